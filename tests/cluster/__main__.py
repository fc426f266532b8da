"""Serve the site from a cluster on this machine until Ctrl-C, for `make cluster`."""

import signal
import sys
from threading import Event

from tests import machine
from tests.cluster.cluster import running

WELCOME = """\
System Design Playbook is at {address}
  web nodes      http://127.0.0.1:{first} and http://127.0.0.1:{second}
  with a cache   http://127.0.0.1:{cache}, which stores pages as a CDN does
  data           {folder}, removed when the cluster stops
To stop it: Ctrl-C."""


def main() -> None:
    machine.provide(*machine.CLUSTER)
    print(
        "Starting PostgreSQL with a replica, PgBouncer, Redis, two web nodes, nginx …", flush=True
    )
    with running() as cluster:
        ports = cluster.ports
        print(WELCOME.format(address=cluster.address, folder=cluster.folder, **ports), flush=True)
        Event().wait()


if __name__ == "__main__":
    # On SIGTERM, stop every program of the cluster too.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    try:
        main()
    except KeyboardInterrupt:
        sys.exit(130)
