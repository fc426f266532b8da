"""Rows of sub-apps that concern an article, which the page for merging links to.

Each sub-app registers its own, because the catalogue does not know them.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from django.contrib.auth.models import AbstractUser

from catalog.models import Article


@dataclass(frozen=True)
class RelatedRow:
    title: str
    address: str


@dataclass(frozen=True)
class Related:
    permission: str
    """The permission to see the rows, such as `suggestions.view_suggestion`."""
    about: Callable[[Article], Iterable[RelatedRow]]
    matching: Callable[[str], Iterable[RelatedRow]]
    """Find rows by a search term."""


_registered: dict[str, Related] = {}


def register(slug: str, related: Related) -> None:
    """Register rows, or replace those with the same slug."""
    _registered[slug] = related


def _for_user(user: AbstractUser) -> Iterator[Related]:
    return (related for related in _registered.values() if user.has_perm(related.permission))


def rows_about(user: AbstractUser, article: Article) -> list[RelatedRow]:
    return [row for related in _for_user(user) for row in related.about(article)]


def rows_matching(user: AbstractUser, term: str) -> list[RelatedRow]:
    return [row for related in _for_user(user) for row in related.matching(term)]
