"""The scheduler as a process of `serve`, beside the workers."""

import logging
import multiprocessing
import threading
from typing import Self

import django

from playbook.server.parent import LONGEST_STOP, end_with_server

logger = logging.getLogger(__name__)

RESTARTED_AFTER = 2
"""Seconds from the end of a scheduler that was killed to the start of another."""


def schedule() -> None:
    """Run jobs until the server stops."""
    end_with_server()
    django.setup()  # A process that was not forked has no apps yet.
    from playbook.scheduling.worker import work

    work()


class SchedulerProcess:
    """Keeps one scheduler running, from its start until the end of the block."""

    def __init__(self) -> None:
        self.is_stopping = threading.Event()
        self.starting = threading.Lock()
        self.process: multiprocessing.process.BaseProcess | None = None
        self.keeper = threading.Thread(target=self.keep, daemon=True)

    def start(self) -> None:
        """Start it in the main thread, and another one whenever it ends."""
        self.start_process()
        self.keeper.start()

    def start_process(self) -> None:
        with self.starting:
            if not self.is_stopping.is_set():
                self.process = multiprocessing.Process(target=schedule, name="scheduler")
                self.process.start()

    def keep(self) -> None:
        while self.process and not self.is_stopping.is_set():
            self.process.join()
            if not self.is_stopping.wait(RESTARTED_AFTER):
                logger.warning("The scheduler ended (%s) and is restarted", self.process.exitcode)
                self.start_process()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self.starting:
            self.is_stopping.set()
        if self.process is None:
            return
        self.process.terminate()
        self.keeper.join(LONGEST_STOP)
        if self.keeper.is_alive():
            self.process.kill()
