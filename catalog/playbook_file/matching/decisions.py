"""The questions that a playbook file leaves open, and the decisions of an editor."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext as _

NEW = "new"
SAME = "same"
"""The decision for the most similar article that no other row is."""
ALL = "*"
"""The key of the decision for every question that has none of its own."""

Decisions: TypeAlias = Mapping[str, str]
"""The slug of an article, `SAME` or `NEW` by the key of each question or `ALL`; the slug of a layer
by the key of each placement."""


@dataclass(frozen=True, slots=True)
class Question:
    """A row that may be an article that has a different key.

    If the row is a known article already, the question is whether the two are merged.
    """

    key: str
    title: str
    line: int
    article: str
    """The UUID of the row's article if nobody decides."""
    candidates: tuple[str, ...]
    """The UUIDs of similar articles that no other row is, the most similar first."""
    decision: str = ""
    """The slug or `NEW`. Empty while the question is open."""
    is_merge: bool = False

    @property
    def is_decided_same(self) -> bool:
        return self.decision not in {"", NEW}


@dataclass(frozen=True, slots=True)
class Placement:
    """A new section whose layer the file does not name."""

    section: str
    title: str
    line: int
    layer: str
    """The decided layer, else that of the section before it."""
    is_decided: bool = False

    @property
    def key(self) -> str:
        return placement_key(self.section)


def placement_key(section: str) -> str:
    return f"section:{section}"


def merge_key(slug: str) -> str:
    """Return the key of the question whether this article is merged into that of a row."""
    return f"merge:{slug}"


class Undecidable(Exception):
    """The decision answers no question of this file, or is none of the choices."""


def chosen(decisions: Decisions, key: str, title: str, choices: Iterable[str]) -> str | None:
    """Return the decision, or `None`. Raise `Undecidable` if it is none of the choices."""
    decision, slugs = decisions.get(key), list(choices)
    if decision is not None and decision not in slugs:
        message = _("“%(title)s” cannot be “%(slug)s”. Choose one of %(slugs)s.")
        context = {"title": title, "slug": decision, "slugs": ", ".join(slugs)}
        raise Undecidable(message % context)
    return decision


def chosen_article(
    decisions: Decisions, key: str, title: str, slugs: Iterable[str], taken: Container[str] = ()
) -> str | None:
    """Return the slug that was decided, `NEW`, or `None`.

    `SAME` is the first slug that is not taken.
    """
    choices = list(slugs)
    of_all = chosen(decisions, ALL, title, [NEW, SAME])
    decision = chosen(decisions, key, title, [*choices, NEW, SAME]) or of_all
    if decision == SAME:
        return next((slug for slug in choices if slug not in taken), None)
    return decision
