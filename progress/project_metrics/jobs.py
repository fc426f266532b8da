from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Max

from playbook.jobs import Job, register
from progress.project_metrics.models import RepositoryFigures, Summary


def register_all() -> None:
    register(Job("refresh_metrics", timedelta(minutes=15), last_refreshed_at))
    register(
        Job(
            "fetch_repository_figures",
            timedelta(days=1),
            last_fetched_at,
            is_wanted=lambda: bool(settings.METRICS_REPOSITORY),
        )
    )


def last_refreshed_at() -> datetime | None:
    newest: datetime | None = Summary.objects.aggregate(at=Max("made_at"))["at"]
    return newest


def last_fetched_at() -> datetime | None:
    figures = RepositoryFigures.objects.filter(name=settings.METRICS_REPOSITORY)
    newest: datetime | None = figures.aggregate(at=Max("fetched_at"))["at"]
    return newest
