"""What differs between two catalogues, told for people: one function for every preview, every
comparison and every page of changes."""

from __future__ import annotations

import difflib
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from itertools import zip_longest
from typing import Any

from django.utils.translation import gettext_lazy as _

from catalog.playbook_file.catalogue import (
    ArticleRow,
    Catalogue,
    EntryRow,
    SectionRow,
    values_of,
)

ALIKE = 0.3
"""How much of the words two texts share at least that are shown as one with changes."""
WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class Kind(StrEnum):
    NEW = "new"
    BACK = "back"
    RETIRED = "retired"
    RETITLED = "retitled"
    DESCRIBED = "described"
    ADDRESS = "address"
    JOINED = "joined"
    STATUS = "status"
    MOVED = "moved"
    RENUMBERED = "renumbered"
    LISTED = "listed"
    UNLISTED = "unlisted"
    RENAMED = "renamed"
    PLACED = "placed"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    Kind.NEW: _("New"),
    Kind.BACK: _("Back again"),
    Kind.RETIRED: _("Retired"),
    Kind.RETITLED: _("Title"),
    Kind.DESCRIBED: _("What you’ll learn"),
    Kind.ADDRESS: _("Link"),
    Kind.JOINED: _("Known as well by"),
    Kind.STATUS: _("Status"),
    Kind.MOVED: _("Moved"),
    Kind.RENUMBERED: _("Number"),
    Kind.LISTED: _("Also listed"),
    Kind.UNLISTED: _("No longer listed"),
    Kind.RENAMED: _("Name"),
    Kind.PLACED: _("In"),
}


@dataclass(frozen=True, slots=True)
class Change:
    kind: Kind
    old: str = ""
    new: str = ""
    where: str = ""
    """The section of the place that it is about."""

    @property
    def is_whole(self) -> bool:
        """About the article or section itself, whose title stands above it."""
        return self.kind in {Kind.NEW, Kind.BACK, Kind.RETIRED}

    @property
    def words(self) -> list[tuple[str, str]]:
        """Word by word: pairs of `same`, `old` or `new`, and text."""
        old, new = WORDS.findall(self.old), WORDS.findall(self.new)
        matcher = difflib.SequenceMatcher(None, old, new, False)
        words = [{text for text in texts if text.isalnum()} for texts in (old, new)]
        if len(set.intersection(*words)) < ALIKE * max(map(len, words)):
            return [piece for piece in (("old", self.old), ("new", self.new)) if piece[1]]
        pieces = []
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag == "equal":
                pieces.append(("same", "".join(old[i:j])))
            else:
                pieces += [("old", "".join(old[i:j])), ("new", "".join(new[k:m]))]
        return [piece for piece in pieces if piece[1]]


@dataclass(frozen=True, slots=True)
class Changed:
    """An article or a section, by slug, and what changed of it."""

    slug: str
    title: str
    is_public: bool
    """Whether the public sees it, before and after."""
    changes: tuple[Change, ...]
    uuid: str = ""

    def is_(self, *kinds: Kind) -> bool:
        return any(change.kind in kinds for change in self.changes)

    @property
    def told(self) -> list[Change]:
        """An article and its place are mostly retitled together: that is told once."""
        once = {(change.kind, change.old, change.new): change for change in reversed(self.changes)}
        return list(once.values())[::-1]

    @property
    def kinds(self) -> set[str]:
        """Of a new article that it is new: all else of it is new too."""
        kinds = {str(change.kind) for change in self.changes}
        return {str(Kind.NEW)} if Kind.NEW in kinds else kinds

    @property
    def is_renumbered(self) -> bool:
        """And nothing else."""
        return self.kinds == {Kind.RENUMBERED}

    def as_json(self) -> dict[str, Any]:
        return {**values_of(self), "changes": [values_of(change) for change in self.changes]}


@dataclass(frozen=True)
class Difference:
    layers: list[Changed]
    sections: list[Changed]
    articles: list[Changed]
    entry_count: int
    article_count: int
    """Of the catalogue after it, as it is listed."""

    def __bool__(self) -> bool:
        return bool(self.layers or self.sections or self.articles)

    @property
    def weighty(self) -> list[Changed]:
        return [changed for changed in self.articles if not changed.is_renumbered]

    @property
    def weighty_sections(self) -> list[Changed]:
        return [changed for changed in self.sections if not changed.is_renumbered]

    @property
    def renumbered(self) -> list[Changed]:
        return [changed for changed in (*self.sections, *self.articles) if changed.is_renumbered]

    @cached_property
    def counts(self) -> Counter[str]:
        """How many articles each kind of change is about."""
        return Counter(kind for changed in self.articles for kind in changed.kinds)

    def as_json(self) -> dict[str, Any]:
        return {
            "entries": self.entry_count,
            "articles": self.article_count,
            "counts": dict(sorted(self.counts.items())),
            **{
                name: [changed.as_json() for changed in getattr(self, name)]
                for name in ("layers", "sections")
            },
            "changed": [changed.as_json() for changed in self.articles],
        }


def difference(before: Catalogue, after: Catalogue) -> Difference:
    return Difference(
        layers=list(_layers(before, after)),
        sections=list(_sections(before, after)),
        articles=list(_articles(before, after)),
        entry_count=sum(map(len, after.listed.values())),
        article_count=len(after.listed),
    )


def _layers(before: Catalogue, after: Catalogue) -> Iterator[Changed]:
    for slug, new in after.layers.items():
        old = before.layers.get(slug)
        changes = [Change(Kind.NEW, "", new.title)] if old is None else []
        if old:
            changes += _if(Kind.RENAMED, old.title, new.title)
            changes += _if(Kind.DESCRIBED, old.tagline, new.tagline)
            changes += _if(Kind.RENUMBERED, str(old.number), str(new.number))
        if changes:
            yield Changed(slug, new.title, True, tuple(changes))


def _sections(before: Catalogue, after: Catalogue) -> Iterator[Changed]:
    for slug, new in after.sections.items():
        if changes := list(_section_changes(before, after, before.sections.get(slug), new)):
            yield Changed(slug, new.title, True, tuple(changes))


def _section_changes(
    before: Catalogue, after: Catalogue, old: SectionRow | None, new: SectionRow
) -> Iterator[Change]:
    if old is None or old.is_retired:
        if not new.is_retired:
            yield Change(Kind.NEW if old is None else Kind.BACK, "", new.heading)
            yield Change(Kind.PLACED, "", after.layers[new.layer].title)
        return
    if new.is_retired:
        yield Change(Kind.RETIRED, old.heading, "")
        return
    yield from _if(Kind.RENAMED, old.heading, new.heading)
    if old.layer != new.layer:
        layers = before.layers[old.layer].title, after.layers[new.layer].title
        yield Change(Kind.MOVED, *layers)
    yield from _if(Kind.RENUMBERED, str(old.number), str(new.number))


def _articles(before: Catalogue, after: Catalogue) -> Iterator[Changed]:
    for uuid_, new in after.articles.items():
        old = before.articles.get(uuid_)
        if changes := list(_article_changes(before, after, old, new)):
            is_public = after.is_public(new) and (old is None or before.is_public(old))
            yield Changed(new.slug, new.title, is_public, tuple(changes), uuid_)


def _article_changes(
    before: Catalogue, after: Catalogue, old: ArticleRow | None, new: ArticleRow
) -> Iterator[Change]:
    if old is None:
        if not new.is_retired:
            yield from _new_article(after, new)
        return
    if old.is_retired != new.is_retired:
        yield Change(Kind.RETIRED if new.is_retired else Kind.BACK, old.title, new.title)
    yield from _if(Kind.RETITLED, old.title, new.title)
    yield from _if(Kind.ADDRESS, old.url, new.url)
    if joined := sorted({*new.keys} - {*old.keys}):
        yield Change(Kind.JOINED, "", ", ".join(joined))
    labels = before.statuses[old.status].label, after.statuses[new.status].label
    yield from _if(Kind.STATUS, *labels)
    if not new.is_retired:
        yield from _place_changes(before, after, old.uuid)


def _new_article(after: Catalogue, new: ArticleRow) -> Iterator[Change]:
    yield Change(Kind.NEW, "", new.title)
    yield from _if(Kind.ADDRESS, "", new.url)
    yield Change(Kind.STATUS, "", after.statuses[new.status].label)
    for place in after.listed.get(new.uuid, ()):
        yield Change(Kind.PLACED, "", after.sections[place.section].heading)
        yield from _if(Kind.DESCRIBED, "", place.what_you_learn)


def _place_changes(before: Catalogue, after: Catalogue, article: str) -> Iterator[Change]:
    old_places = {entry.id: entry for entry in before.listed.get(article, ())}
    new_places = {entry.id: entry for entry in after.listed.get(article, ())}
    both = old_places.keys() & new_places.keys()
    for pk in sorted(both):
        yield from _kept_place_changes(before, after, old_places[pk], new_places[pk])
    gone = [old_places[pk] for pk in sorted(old_places.keys() - both)]
    come = [new_places[pk] for pk in sorted(new_places.keys() - both)]
    for left, joined in zip_longest(gone, come):
        old = before.sections[left.section].title if left else ""
        new = after.sections[joined.section].title if joined else ""
        kind = Kind.MOVED if left and joined else Kind.LISTED if joined else Kind.UNLISTED
        yield Change(kind, old, new, new or old)


def _kept_place_changes(
    before: Catalogue, after: Catalogue, old: EntryRow, new: EntryRow
) -> Iterator[Change]:
    section = after.sections[new.section].title
    if old.section != new.section:
        yield Change(Kind.MOVED, before.sections[old.section].title, section, section)
    elif old.number != new.number:
        yield Change(Kind.RENUMBERED, str(old.number), str(new.number), section)
    yield from _if(Kind.RETITLED, old.title, new.title, section)
    yield from _if(Kind.DESCRIBED, old.what_you_learn, new.what_you_learn, section)


def _if(kind: Kind, old: str, new: str, where: str = "") -> Iterator[Change]:
    if old != new:
        yield Change(kind, old, new, where)
