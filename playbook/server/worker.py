"""The site in a worker of `serve`, which ends when the server does."""

import multiprocessing
import os
import signal
import threading
import time

from playbook.server.rsgi import site

__all__ = ["site"]

LONGEST_STOP = 10
"""Seconds for requests in progress, as when the server stops its workers itself."""


def end_with_server() -> None:
    """Stop when the server was killed, so that no worker keeps the port."""
    server = multiprocessing.parent_process()
    if server is None:
        return
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LONGEST_STOP)
    os._exit(1)


threading.Thread(target=end_with_server, daemon=True).start()
