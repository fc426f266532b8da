"""A job that writes to the folder `SLOW_JOB` when it begins and ends, and waits between."""

import os
import time
from datetime import timedelta
from pathlib import Path

from django.apps import AppConfig

from playbook.jobs import Every, Job, register


class SlowJobConfig(AppConfig):
    name = "tests.playbook.scheduling"
    label = "slow_job"

    def ready(self) -> None:
        register(Job("slow", work, Every(timedelta(days=1))))


def work() -> None:
    folder = Path(os.environ["SLOW_JOB"])
    (folder / f"began-{os.getpid()}").touch()
    while not (folder / "may-end").exists():
        time.sleep(0.05)
    (folder / f"ended-{os.getpid()}").touch()
