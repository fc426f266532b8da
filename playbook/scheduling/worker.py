"""The scheduler's process: huey looks each minute for jobs that are due, and runs them in threads.

Its queue is in memory. Which run is due, and who has it, is in the database (`claims.py`).
"""

import os
import signal
from collections.abc import Callable

from django.db import connections
from django.utils import timezone
from huey import MemoryHuey
from huey.consumer import Consumer

from playbook.scheduling import running

THREADS = 4
"""A job that takes long leaves the others their threads."""
SECONDS_TO_FINISH = 3
"""Seconds that a run in progress gets when the scheduler stops; the next one begins it again."""

huey = MemoryHuey("playbook", results=False)


def run(name: str) -> None:
    try:
        running.run_if_due(name)
    finally:
        connections.close_all()


# If all threads are busy for 50 seconds, the run is dropped: the next minute queues it again.
run_job = huey.task(expires=50)(run)


def queue_due_jobs() -> None:
    try:
        for name in running.due_jobs(timezone.now()):
            run_job(name)
    finally:
        connections.close_all()


huey.periodic_task(lambda now: True)(queue_due_jobs)


class JobConsumer(Consumer):
    welcome: Callable[[], object]

    def start(self) -> None:
        super().start()
        # huey would start the command of the process again, which may be that of the server.
        signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.welcome()


def work(welcome: Callable[[], object] = lambda: None) -> None:
    """Run jobs until SIGTERM or SIGINT; call `welcome` once both signals are handled."""
    consumer = JobConsumer(
        huey, workers=THREADS, graceful_signal="TERM", shutdown_timeout=SECONDS_TO_FINISH
    )
    consumer.welcome = welcome
    consumer.run()
    if running.in_progress:
        running.release_all()
        # Python would wait for the threads that such a run began.
        os._exit(0)
