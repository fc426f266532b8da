from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple, Self

from django.contrib.auth.models import AbstractUser
from django.db.models import Count, Q, QuerySet
from django.db.models.functions import Lower

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


class Place(NamedTuple):
    """A countable entry, for counting: slugs of its layer, section and status, its article."""

    layer: str
    section: str
    status: str
    article_id: int


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

    def visible_to(self, user: Reader) -> Self:
        return self if sees_drafts(user) else self.filter(is_public=True)


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

    def visible_to(self, user: Reader) -> Self:
        """With the retired ones: they stay in the history of those who read them."""
        return self if sees_drafts(user) else self.filter(status__is_public=True)

    def listed(self) -> Self:
        """In at least one table of the playbook."""
        return self.filter(
            retired_at=None,
            entries__isnull=False,
            entries__retired_at=None,
            entries__section__retired_at=None,
        ).distinct()


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

    def visible_to(self, user: Reader) -> Self:
        listed = self.listed()
        return listed if sees_drafts(user) else listed.filter(article__status__is_public=True)

    def countable(self) -> Self:
        """Of published articles: what progress is measured against."""
        return self.listed().filter(article__status__is_countable=True)

    def outline(self) -> list[Place]:
        """Every countable place in journey order: what is counted, without what is shown."""
        rows = (
            self.countable()
            .in_journey_order()
            .values_list(
                "section__layer__slug", "section__slug", "article__status__slug", "article_id"
            )
        )
        return [Place(*row) for row in rows]

    def with_place(self) -> Self:
        """With the article, its status, the section and the layer, in the same query."""
        return self.select_related("article__status", "section__layer")

    def in_journey_order(self) -> Self:
        return self.order_by(*JOURNEY)

    def by_title(self) -> Self:
        return self.order_by(Lower("title"), "pk")

    def newest_first(self) -> Self:
        return self.order_by("-article__added_at", *JOURNEY)

    def search(self, words: str) -> Self:
        """Entries in whose title, what-you'll-learn or section every word occurs."""
        found = self
        for word in words.split():
            found = found.filter(
                Q(title__icontains=word)
                | Q(what_you_learn__icontains=word)
                | Q(article__title__icontains=word)
                | Q(section__title__icontains=word)
            )
        return found

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """The articles before and after it in the journey, each at its first place only."""
        journey = list(dict.fromkeys(self.in_journey_order().values_list("article_id", flat=True)))
        if article.pk not in journey:
            return None, None
        place = journey.index(article.pk)
        before, after = journey[max(place - 1, 0) : place], journey[place + 1 : place + 2]
        found = type(article)._default_manager.in_bulk(before + after)
        return (
            next((found[pk] for pk in before), None),
            next((found[pk] for pk in after), None),
        )

    def sizes(self) -> dict[str, int]:
        """How many entries, and how many distinct articles."""
        return self.order_by().aggregate(
            entries=Count("pk"), articles=Count("article", distinct=True)
        )
