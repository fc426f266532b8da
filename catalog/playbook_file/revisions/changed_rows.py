"""The differences between two catalogues, by row."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from django.utils.functional import cached_property

from catalog.catalog_rows import values_of
from catalog.history.field_changes import ChangeKind, FieldChange


@dataclass(frozen=True, slots=True)
class ChangedRow:
    """A layer, section, article or case, by slug, with its changes."""

    slug: str
    title: str
    is_public: bool
    """True if readers see it, before and after the change."""
    changes: tuple[FieldChange, ...]
    uuid: str = ""

    @property
    def key(self) -> str:
        """Its identity: the UUID of an article or case, else the slug."""
        return self.uuid or self.slug

    @property
    def distinct_changes(self) -> list[FieldChange]:
        """The changes, each once: an article and its entry are usually retitled together."""
        once = {(change.kind, change.old, change.new): change for change in reversed(self.changes)}
        return list(once.values())[::-1]

    @property
    def kinds(self) -> set[str]:
        """The kinds of change; only `new` for a new article, whose fields are all new.

        A restored article is listed again, not in another section.
        """
        kinds = {str(change.kind) for change in self.changes}
        if ChangeKind.BACK in kinds:
            kinds.discard(ChangeKind.LISTED)
        return {str(ChangeKind.NEW)} if ChangeKind.NEW in kinds else kinds

    @property
    def is_renumbered(self) -> bool:
        """True if its number is the only change."""
        return self.kinds == {ChangeKind.RENUMBERED}

    def as_json(self) -> dict[str, Any]:
        return {**values_of(self), "changes": [values_of(change) for change in self.changes]}


@dataclass(frozen=True)
class CatalogDiff:
    layers: list[ChangedRow]
    sections: list[ChangedRow]
    articles: list[ChangedRow]
    cases: list[ChangedRow]
    entry_count: int
    article_count: int
    """The number of listed articles after the change."""

    def __bool__(self) -> bool:
        return bool(self.layers or self.sections or self.articles or self.cases)

    @property
    def weighty(self) -> list[ChangedRow]:
        return [changed for changed in self.articles if not changed.is_renumbered]

    @property
    def weighty_sections(self) -> list[ChangedRow]:
        return [changed for changed in self.sections if not changed.is_renumbered]

    @property
    def weighty_cases(self) -> list[ChangedRow]:
        return [changed for changed in self.cases if not changed.is_renumbered]

    @property
    def renumbered(self) -> list[ChangedRow]:
        rows = (*self.sections, *self.articles, *self.cases)
        return [changed for changed in rows if changed.is_renumbered]

    @cached_property
    def counts(self) -> Counter[str]:
        """The number of articles by kind of change."""
        return Counter(kind for changed in self.articles for kind in changed.kinds)

    def as_json(self) -> dict[str, Any]:
        return {
            "entries": self.entry_count,
            "articles": self.article_count,
            "counts": dict(sorted(self.counts.items())),
            **{
                name: [changed.as_json() for changed in getattr(self, name)]
                for name in ("layers", "sections", "cases")
            },
            "changed": [changed.as_json() for changed in self.articles],
        }
