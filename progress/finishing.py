"""Finish an article: mark it as done, and keep what the learner reports about it."""

from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from catalog.models import Article
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.reader import StateChange
from progress.states import Stage, StateName


@dataclass(frozen=True)
class Report:
    """What a learner says on finishing an article. Everything is optional."""

    key_points: str = ""
    minutes: int | None = None
    confidence: int | None = None


def completion_of(progress: LearnerProgress, article: Article) -> Completion | None:
    return Completion.objects.for_user(progress.user).filter(article=article).first()


@transaction.atomic
def finish(progress: LearnerProgress, article: Article, report: Report) -> StateChange:
    """Set the article to finished and store the report. The same report again changes nothing.

    Raise `ReaderGone` if the account was deleted.
    """
    change = progress.set(article, StateName.at(Stage.FINISHED)[0])
    completion, is_new = Completion.objects.for_user(progress.user).get_or_create(
        article=change.article, defaults={"user": progress.user, **vars(report)}
    )
    if (
        not is_new
        and Report(**{name: getattr(completion, name) for name in vars(report)}) != report
    ):
        for name, value in vars(report).items():
            setattr(completion, name, value)
        completion.updated_at = timezone.now()
        completion.save()
    return change
