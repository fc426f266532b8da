"""What the public may know of a revision: what it saw before, and sees now."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from catalog.edition import Edition
from catalog.models import Article
from catalog.playbook_file.difference import Change, Kind
from catalog.playbook_file.models import Revision

REVISIONS_SHOWN = 20
TOLD = (
    Kind.NEW,
    Kind.BACK,
    Kind.RETIRED,
    Kind.RETITLED,
    Kind.DESCRIBED,
    Kind.ADDRESS,
    Kind.MOVED,
    Kind.PLACED,
)
"""What a learner reads of; numbers and keys are the editors' own."""


@dataclass(frozen=True)
class ChangedArticle:
    article: Article
    changes: list[Change]


@dataclass(frozen=True)
class PublicRevision:
    number: int
    applied_at: datetime
    articles: list[ChangedArticle]

    @property
    def title(self) -> str:
        return f"#{self.number}"


def public_revisions(edition: Edition) -> list[PublicRevision]:
    """The latest ones that changed something that this edition shows, the latest first."""
    by_uuid = {str(article.uuid): article for article in edition.articles.values()}
    revisions = Revision.objects.applied().without_contents()[:REVISIONS_SHOWN]
    public = (
        PublicRevision(
            revision.pk, revision.applied_at, list(_changed(revision.plan["changed"], by_uuid))
        )
        for revision in revisions
        if revision.applied_at
    )
    return [revision for revision in public if revision.articles]


def _changed(
    rows: list[Mapping[str, Any]], articles: Mapping[str, Article]
) -> Iterator[ChangedArticle]:
    for row in rows:
        article = articles.get(row["uuid"])
        # An article and its place are mostly retitled together: that is told once.
        told = {
            (change["kind"], change["old"], change["new"]): Change(
                Kind(change["kind"]), change["old"], change["new"]
            )
            for change in row["changes"]
            if change["kind"] in TOLD
        }
        if article and row["is_public"] and told:
            yield ChangedArticle(article, list(told.values()))
