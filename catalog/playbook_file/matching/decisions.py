"""What a playbook file leaves open, and what an editor decides about it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from django.utils.translation import gettext as _

NEW = "new"

Decisions: TypeAlias = Mapping[str, str]
"""By the key of a question the slug of the article that it is, or NEW; by the key of a placement
the slug of a layer."""


@dataclass(frozen=True, slots=True)
class Question:
    """A row that may be an article whose key it does not have."""

    key: str
    title: str
    line: int
    article: str
    """The UUID that the row gets where nobody decides."""
    candidates: tuple[str, ...]
    """UUIDs of articles that the file does not list otherwise, the most alike first."""
    decision: str = ""
    """What was decided; empty while it is open."""


@dataclass(frozen=True, slots=True)
class Placement:
    """A new section whose layer the file does not name."""

    section: str
    title: str
    line: int
    layer: str
    """The one that it gets: as decided, else that of the section before it."""
    is_decided: bool = False

    @property
    def key(self) -> str:
        return placement_key(self.section)


def placement_key(section: str) -> str:
    return f"section:{section}"


class Undecidable(Exception):
    """A decision that answers nothing that this file asks, or not with one of the choices."""


def chosen(decisions: Decisions, key: str, title: str, choices: Iterable[str]) -> str | None:
    """What was decided, or None; Undecidable where it is none of the choices."""
    decision, slugs = decisions.get(key), list(choices)
    if decision is not None and decision not in slugs:
        words = _("“%(title)s” cannot be “%(slug)s”: choose one of %(slugs)s.")
        shown = {"title": title, "slug": decision, "slugs": ", ".join(slugs)}
        raise Undecidable(words % shown)
    return decision
