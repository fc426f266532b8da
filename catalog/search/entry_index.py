"""Answers which entries of a snapshot have which values, as bitmaps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from itertools import chain
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from django.utils.functional import cached_property

from catalog.search.bitmaps import IN, Bitmap, bitmap_at, digits_of
from catalog.search.search_index import SearchIndex

if TYPE_CHECKING:
    from catalog.snapshot import CatalogSnapshot, IndexedEntry


class EntryIndex:
    """The entries of one snapshot, by the values of their fields, their article and their text."""

    FIELDS = ("layer", "section", "status")

    def __init__(self, entries: list[IndexedEntry]) -> None:
        self.entries = entries
        self.search = SearchIndex([entry.text for entry in entries])
        self.everything = self.search.everything

    @classmethod
    def of(cls, snapshot: CatalogSnapshot) -> EntryIndex:
        return snapshot.derive("entry-index", lambda snapshot: cls(snapshot.indexed_entries))

    @cached_property
    def _by_value(self) -> Mapping[str, Mapping[str, Bitmap]]:
        return {
            field: {
                value: bitmap_at(positions, len(self.entries))
                for value, positions in self._positions_by(field).items()
            }
            for field in self.FIELDS
        }

    @cached_property
    def _of_article(self) -> Mapping[int, list[int]]:
        return self._positions_by("article_id")

    def _positions_by(self, field: str) -> dict[Any, list[int]]:
        positions = defaultdict(list)
        for position, value in enumerate(map(attrgetter(field), self.entries)):
            positions[value].append(position)
        return dict(positions)

    @cached_property
    def orders(self) -> Mapping[str, Iterable[int]]:
        """The positions of all entries in each order that the table offers."""
        journey = range(len(self.entries))
        return {
            "journey": journey,
            "title": sorted(journey, key=lambda number: self.entries[number].title),
            "newest": sorted(
                journey, key=lambda number: self.entries[number].added_at, reverse=True
            ),
        }

    def having(self, field: str, value: str) -> Bitmap:
        return self._by_value[field].get(value, 0)

    def of_articles(self, article_ids: Iterable[int]) -> Bitmap:
        positions = (self._of_article.get(pk, ()) for pk in article_ids)
        return bitmap_at(chain.from_iterable(positions), len(self.entries))

    def in_order(self, bitmap: Bitmap, order: str) -> list[IndexedEntry]:
        digits, entries = digits_of(bitmap, len(self.entries)), self.entries
        return [entries[position] for position in self.orders[order] if digits[position] == IN]
