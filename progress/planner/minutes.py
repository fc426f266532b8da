"""The minutes that an article takes a learner."""

from __future__ import annotations

from catalog.models import Article
from progress.learner import LearnerProgress

DEFAULT_MINUTES = 15
"""The minutes of an article for which the playbook states none; pages say “about”."""

PRIOR_MINUTES = 60
"""The minutes at a pace of 1 that are averaged in, so that one article changes little."""

FASTEST, SLOWEST = 0.5, 2.0


def stated_minutes(article: Article) -> int:
    """Return the minutes that editors state for the article, or else the default."""
    return article.reading_minutes or DEFAULT_MINUTES


def pace_from(reported: list[tuple[int, int]]) -> float:
    """Return the learner's pace from pairs of reported and stated minutes. 1 without any."""
    took = sum(minutes for minutes, _stated in reported)
    stated = sum(stated for _minutes, stated in reported)
    factor = (took + PRIOR_MINUTES) / (stated + PRIOR_MINUTES)
    return min(max(factor, FASTEST), SLOWEST)


def at_pace(minutes: int, pace: float) -> int:
    return max(round(minutes * pace), 1)


def reported_by(progress: LearnerProgress) -> list[tuple[int, int]]:
    """Return the reported and the stated minutes of each article with reported ones."""
    by_pk = progress.snapshot.by_pk
    return [
        (completion.minutes, stated_minutes(article))
        for article_id, completion in progress.completions.items()
        if completion.minutes and (article := by_pk.get(article_id))
    ]
