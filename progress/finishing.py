"""Finish an article: mark it as done, and keep what the learner reports about it."""

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from catalog.models import Article
from progress.learner import LearnerProgress
from progress.models import Completion, Confidence, lines_of
from progress.reader import StateChange
from progress.states import Stage, StateName


@dataclass(frozen=True)
class Report:
    """The report of a learner who finishes an article. Everything is optional."""

    key_points: str = ""
    minutes: int | None = None
    confidence: int | None = None


@dataclass(frozen=True)
class Finished:
    """The result of finishing an article."""

    change: StateChange
    kept_points: int
    """The number of key points that were stored since the page was shown, and stay."""


def completion_of(progress: LearnerProgress, article: Article) -> Completion | None:
    return Completion.objects.for_user(progress.user).filter(article=article).first()


@transaction.atomic
def finish(
    progress: LearnerProgress,
    article: Article,
    report: Report,
    seen_points: Collection[str] | None = None,
) -> Finished:
    """Set the article to finished and store the report. The same report again changes nothing.

    Key points that were stored since the page was shown, by another tab or by a merge of two
    articles, stay. `seen_points` are those that it showed; without them the report replaces all.
    Raise `ReaderGone` if the account was deleted.
    """
    change = progress.set(article, StateName.at(Stage.FINISHED)[0])
    completion, is_new = Completion.objects.for_user(progress.user).get_or_create(
        article=change.article, defaults={"user": progress.user, **vars(report)}
    )
    kept_points = 0
    if not is_new and seen_points is not None:
        sent = list(dict.fromkeys(lines_of(report.key_points)))
        points = with_unseen(sent, completion.points, seen_points)
        kept_points = len(points) - len(sent)
        report = replace(report, key_points="\n".join(points))
    if (
        not is_new
        and Report(**{name: getattr(completion, name) for name in vars(report)}) != report
    ):
        for name, value in vars(report).items():
            setattr(completion, name, value)
        completion.updated_at = timezone.now()
        completion.save()
    return Finished(change, kept_points)


def with_unseen(
    sent: Iterable[str], stored: Iterable[str], seen_points: Collection[str]
) -> list[str]:
    """Return the key points that were sent, then the stored ones that their author did not see."""
    unseen = [point for point in stored if point not in seen_points]
    return list(dict.fromkeys([*sent, *unseen]))


@dataclass(frozen=True)
class ConfidenceCount:
    """The number of listed articles for which the learner reported a confidence."""

    level: Confidence
    articles: int

    @property
    def url(self) -> str:
        """The table of exactly these articles."""
        return f"{reverse('catalog:entry_list')}?{urlencode({'confidence': self.level.value})}"


def confidence_counts(progress: LearnerProgress) -> list[ConfidenceCount]:
    """Return the number of articles by confidence, the least sure first; empty without reports."""
    listed = [pk for pk in progress.confidences if progress.snapshot.entries_of(pk)]
    levels = Counter(progress.confidences[pk] for pk in listed)
    return [ConfidenceCount(level, levels[level]) for level in Confidence] if levels else []
