from __future__ import annotations

from typing import TYPE_CHECKING, Self

from django.contrib.auth.models import AbstractUser
from django.db.models import QuerySet

from catalog.retirable import NumberedQuerySet, RetirableQuerySet

if TYPE_CHECKING:
    from catalog.models import Alias, Article, Entry, Layer, Section, Status
    from playbook.http import Reader

# Ends in a primary key, so that two rows with one number still have one order.
JOURNEY = (
    "section__layer__number",
    "section__layer_id",
    "section__number",
    "section_id",
    "number",
    "pk",
)


def sees_drafts(user: Reader) -> bool:
    """Editors: staff who may change articles."""
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

    def bring_back(self) -> int:
        """All but those that were merged into another one."""
        return super(ArticleQuerySet, self.filter(merged_into=None)).bring_back()

    def public(self) -> Self:
        """With the retired ones: they stay in the history of those who read them."""
        return self.filter(status__is_public=True)

    def listed(self) -> Self:
        """In at least one table of the playbook."""
        return self.filter(
            retired_at=None,
            entries__isnull=False,
            entries__retired_at=None,
            entries__section__retired_at=None,
        ).distinct()

    def drafts(self) -> Self:
        """Not retired, and not seen by the public."""
        return self.filter(retired_at=None, status__is_public=False)

    def unlisted(self) -> Self:
        """Not retired, and in no table of the playbook."""
        return self.filter(retired_at=None).exclude(pk__in=self.model._default_manager.listed())


class AliasQuerySet(QuerySet["Alias"]):
    def get_by_natural_key(self, key: str) -> Alias:
        return self.get(key=key)

    def taken_from(self, article: Article) -> Alias | None:
        """The alias by which another article already has this one's key."""
        others = self.exclude(article_id=article.pk) if article.pk else self
        return others.filter(key=article.key).select_related("article").first()


class EntryQuerySet(NumberedQuerySet["Entry"]):
    def get_by_natural_key(self, section: str, article: str, title: str) -> Entry:
        return self.get(section__slug=section, article__slug=article, title=title, retired_at=None)

    def current(self) -> Self:
        """Neither the place nor its article is retired."""
        return self.filter(retired_at=None, article__retired_at=None)

    def listed(self) -> Self:
        return self.current().filter(section__retired_at=None)

    def public(self) -> Self:
        return self.filter(article__status__is_public=True)

    def in_journey_order(self) -> Self:
        return self.order_by(*JOURNEY)
