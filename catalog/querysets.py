"""QuerySets of the catalogue's models."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet

from catalog.retirable import NumberedQuerySet, RetirableQuerySet

if TYPE_CHECKING:
    from catalog.models import Alias, Article, Entry, Layer, Section, Status
    from playbook.http import Reader

# The primary keys give rows with the same number a fixed order.
JOURNEY = (
    "section__layer__number",
    "section__layer_id",
    "section__number",
    "section_id",
    "number",
    "pk",
)


def sees_drafts(user: Reader) -> bool:
    """Return whether this reader is an editor: staff who may change articles."""
    return (
        isinstance(user, AbstractUser) and user.is_staff and user.has_perm("catalog.change_article")
    )


class LayerQuerySet(QuerySet["Layer"]):
    def get_by_natural_key(self, slug: str) -> Layer:
        return self.get(slug=slug)


class StatusQuerySet(QuerySet["Status"]):
    def get_by_natural_key(self, slug: str) -> Status:
        return self.get(slug=slug)

    def public(self) -> Self:
        return self.filter(is_public=True)


class SectionQuerySet(NumberedQuerySet["Section"]):
    def get_by_natural_key(self, slug: str) -> Section:
        return self.get(slug=slug)

    def listed(self) -> Self:
        return self.filter(retired_at=None)

    def in_journey_order(self) -> Self:
        return self.select_related("layer").order_by("layer__number", "layer_id", "number", "pk")


class ArticleQuerySet(RetirableQuerySet["Article"]):
    def get_by_natural_key(self, slug: str) -> Article:
        return self.get(slug=slug)

    def restore(self) -> int:
        """Restore all articles except those that were merged into another one."""
        return super(ArticleQuerySet, self.filter(merged_into=None)).restore()

    def public(self) -> Self:
        """Return the public articles, including retired ones, which learners keep."""
        return self.filter(status__is_public=True)

    def listed(self) -> Self:
        """Return the articles that are in at least one section of the playbook."""
        return self.filter(
            retired_at=None,
            entries__isnull=False,
            entries__retired_at=None,
            entries__section__retired_at=None,
        ).distinct()

    def drafts(self) -> Self:
        """Return the articles that are neither retired nor public."""
        return self.filter(retired_at=None, status__is_public=False)

    def unlisted(self) -> Self:
        """Return the articles that are not retired and in no section of the playbook."""
        return self.filter(retired_at=None).exclude(pk__in=self.model._default_manager.listed())


class AliasQuerySet(QuerySet["Alias"]):
    def get_by_natural_key(self, key: str) -> Alias:
        return self.get(key=key)

    def held_by_another(self, article: Article) -> Alias | None:
        """Return the alias by which another article already has this article's key."""
        others = self.exclude(article_id=article.pk) if article.pk else self
        return others.filter(key=article.key).select_related("article").first()


class EntryQuerySet(NumberedQuerySet["Entry"]):
    def get_by_natural_key(self, section: str, article: str, title: str) -> Entry:
        return self.get(section__slug=section, article__slug=article, title=title, retired_at=None)

    def current(self) -> Self:
        """Return the entries that are not retired and whose article is not retired."""
        return self.filter(retired_at=None, article__retired_at=None)

    def listed(self) -> Self:
        return self.current().filter(section__retired_at=None)

    def public(self) -> Self:
        return self.filter(article__status__is_public=True)

    def in_journey_order(self) -> Self:
        return self.order_by(*JOURNEY)

    def rename(self, old: str, new: str, keeping: Collection[int] = ()) -> int:
        """Rename the current entries of one article that have the title `old`; return how many.

        The entries with the keys in `keeping` keep their title, and so does an entry whose section
        already lists the article under the title `new`.
        """
        current = self.filter(retired_at=None)
        taken = current.filter(title=new).values("section")
        chosen = current.filter(title=old).exclude(section__in=taken).exclude(pk__in=keeping)
        keys = list(chosen.values_list("pk", flat=True)) if old and old != new else []
        return self.model._default_manager.filter(pk__in=keys).change(title=new) if keys else 0
