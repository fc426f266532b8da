from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from playbook import jobs
from playbook.jobs import Every, Job, register


@dataclass
class Work:
    """A job of the tests, which counts its runs and fails if it is told to."""

    name: str
    done: list[str] = field(default_factory=list)
    during: Callable[[], object] = lambda: None

    def __call__(self) -> None:
        self.done.append(self.name)
        self.during()


@pytest.fixture
def no_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "_jobs", {})


@pytest.fixture
def work(no_jobs: None) -> Work:
    """Return the only job, which runs each hour."""
    work = Work("work")
    register(Job(work.name, work, Every(timedelta(hours=1)), description="Works."))
    return work
