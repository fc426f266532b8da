"""The minutes that an article takes a learner."""

from __future__ import annotations

from accounts.models import User
from catalog.models import Article
from catalog.snapshot import CatalogSnapshot
from progress.planner.page_sql import reported_minutes

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


def reported_by(user: User, snapshot: CatalogSnapshot) -> list[tuple[int, int]]:
    """Return the reported and the stated minutes of each finished article, in one query."""
    return [
        (minutes, stated_minutes(article))
        for article_id, minutes in reported_minutes(user)
        if (article := snapshot.by_pk.get(article_id))
    ]
