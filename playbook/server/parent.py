"""End a process of `serve` when the server was killed."""

import multiprocessing
import os
import signal
import threading
import time

LONGEST_STOP = 10
"""Seconds for what is in progress, as when the server stops its processes itself."""


def end_with_server() -> None:
    threading.Thread(target=_wait_and_end, daemon=True).start()


def _wait_and_end() -> None:
    server = multiprocessing.parent_process()
    if server is None:
        return
    server.join()
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LONGEST_STOP)
    os._exit(1)
