"""The current cases of a snapshot, read once for each catalog version."""

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

from catalog.cases.models import Case
from catalog.models import Article
from catalog.snapshot import CatalogSnapshot


class CaseIndex:
    """The cases that learners may start, in order, by slug and by UUID."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self._snapshot = snapshot
        self.cases: Sequence[Case] = list(Case.objects.current().in_order())
        self.by_slug: Mapping[str, Case] = {case.slug: case for case in self.cases}
        self.by_uuid: Mapping[UUID, Case] = {case.uuid: case for case in self.cases}
        # From the database: a duplicate may have been a draft, which the snapshot does not have.
        merged = Article.objects.exclude(merged_into=None).order_by()
        self._kept: Mapping[str, int] = {
            slug: kept for slug, kept in merged.values_list("slug", "merged_into") if kept
        }

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> "CaseIndex":
        return snapshot.derive("cases", cls)

    def articles_of(self, case: Case) -> list[Article]:
        """Return the articles of a case, retired or not, that readers find, in their order.

        A duplicate is replaced by the article that is kept.
        """
        return list(dict.fromkeys(self._found(case.article_slugs)))

    def _found(self, slugs: Sequence[str]) -> Iterator[Article]:
        for slug in slugs:
            kept = self._kept.get(slug)
            article = self._snapshot.by_pk.get(kept) if kept else self._snapshot.articles.get(slug)
            if article and article.status.is_public and not article.is_retired:
                yield article
