"""`make cluster`: the site on several machines, played on this one, until Ctrl-C."""

import signal
import sys
from threading import Event

from tests import machine
from tests.cluster.cluster import running

WELCOME = """\
System Design Playbook is at {address}
  web nodes      http://127.0.0.1:{first} and http://127.0.0.1:{second}
  with a cache   http://127.0.0.1:{cache}, as a CDN would hold the pages
  everything of it is in {folder} and goes with it
To stop it: Ctrl-C."""


def main() -> None:
    machine.provide(*machine.CLUSTER)
    print(
        "Starting PostgreSQL with a replica, PgBouncer, Redis, two web nodes, nginx …", flush=True
    )
    with running() as cluster:
        words = WELCOME.format(address=cluster.address, folder=cluster.folder, **cluster.ports)
        print(words, flush=True)
        Event().wait()


if __name__ == "__main__":
    # A stop from outside takes everything down too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
