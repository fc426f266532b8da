"""Filter the table of entries by the query string of its address."""

from collections.abc import Mapping
from typing import ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise, cached_property
from django.utils.translation import gettext_lazy as _

from catalog import reader_filters
from catalog.active_filters import NO_VALUES, Chip, FilterToDrop, Ignored, Values
from catalog.search.bitmaps import Bitmap
from catalog.search.entry_index import EntryIndex
from catalog.search.facets import Choice, Facet, ReaderFacet
from catalog.search.search_index import Matches
from catalog.snapshot import CatalogSnapshot, IndexedEntry
from playbook.http import Progress

PAGE_SIZE = 50


def filters_in(query: QueryDict) -> set[tuple[str, str]]:
    """Return the values of a query string other than the search and the page, without defaults."""
    return {
        (name, value)
        for name, values in query.lists()
        for value in values
        if value and name not in {"q", "page"} and (name, value) != ("order", "journey")
    }


def result_counts(entries: list[IndexedEntry]) -> dict[str, int]:
    """Return the number of entries and the number of distinct articles."""
    return {"entries": len(entries), "articles": len({entry.article_id for entry in entries})}


def choices_of(snapshot: CatalogSnapshot) -> dict[str, dict[str, str]]:
    """Return the labels of the possible filter values, by field and value."""
    return {
        "layer": {layer.slug: layer.title for layer in snapshot.layers},
        "section": {section.slug: section.title for section in snapshot.sections},
        "status": {status.slug: status.label for status in snapshot.statuses},
    }


class EntryFilterForm(forms.Form):
    """The filter of the table of entries.

    All fields but the search take any number of values. Unknown values are ignored.
    """

    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)
    page = forms.IntegerField(label=_("Page"), min_value=1, required=False)

    ORDERS: ClassVar = {
        "journey": _("Journey"),
        "title": _("Title"),
        "newest": _("Newest first"),
    }
    order.choices = list(ORDERS.items())
    url_name = "catalog:entry_list"
    CATALOGUE_LABELS: ClassVar = {
        "layer": _("Layer"),
        "section": _("Section"),
        "status": _("Status"),
    }

    def __init__(
        self, query: QueryDict, *, snapshot: CatalogSnapshot, progress: Progress | None = None
    ) -> None:
        super().__init__(query)
        self.query = query
        self.snapshot = snapshot
        self.progress = progress
        self.index = EntryIndex.of(snapshot)
        of_snapshot = snapshot.derive("choices", choices_of)
        self.choices: dict[str, Mapping[str, str | Promise]] = {
            **of_snapshot,
            **{name: field.labels() for name, field in reader_filters.registered.items()},
        }
        self.is_valid()
        self.values: dict[str, list[str]] = {
            **{
                name: [value for value in labels if value in asked]
                for name, labels in self.choices.items()
                for asked in [query.getlist(name)]
            },
            "q": [text] if (text := " ".join(self.cleaned_data.get("q", "").split())) else [],
            "order": [self.cleaned_data.get("order") or "journey"],
        }

    @cached_property
    def labels(self) -> dict[str, str]:
        """The labels of the fields with a choice of values, by name."""
        own = {name: field.label for name, field in reader_filters.registered.items()}
        return {name: str(label) for name, label in {**self.CATALOGUE_LABELS, **own}.items()}

    @property
    def filter_names(self) -> list[str]:
        return [*self.labels, "q"]

    def apply(self) -> list[IndexedEntry]:
        """Return the entries that match, in the chosen order; exact matches of the search first."""
        matching, exact, order = self.matching(), self.exact, self.values["order"][0]
        return [
            *self.index.in_order(matching & exact, order),
            *self.index.in_order(matching & ~exact, order),
        ]

    def matching(self, changed: Values = NO_VALUES) -> Bitmap:
        """Return the entries that match every field, with other values for the changed fields."""
        values = {**self.values, **changed}
        matching = self.index.everything
        for name in EntryIndex.FIELDS:
            if values[name]:
                matching &= self._having(name, values[name])
        for name in reader_filters.registered:
            if values[name]:
                assert self.progress, "a filter that depends on the reader needs their progress"
                matching &= self.progress.entries_with(name, values[name], self.snapshot)
        for text in values["q"]:
            matching &= self.index.search.find(text).all
        return matching

    def _having(self, name: str, values: list[str]) -> Bitmap:
        having = 0
        for value in values:
            having |= self.index.having(name, value)
        return having

    @property
    def exact(self) -> Bitmap:
        """The entries in which every word of the search occurs as it was typed."""
        return self._search.exact if self._search else self.index.everything

    @cached_property
    def _search(self) -> Matches | None:
        return next((self.index.search.find(text) for text in self.values["q"]), None)

    @cached_property
    def correction(self) -> str:
        """The search that was probably meant, if nothing matches as typed and that would match."""
        for text in self.values["q"]:
            if not self.matching() & self.exact and (meant := self.index.search.correct(text)):
                return meant if self.matching({"q": [meant]}) else ""
        return ""

    @cached_property
    def has_only_fuzzy_matches(self) -> bool:
        """True if each result matches the search only with a typo forgiven."""
        return bool(self.matching()) and not self.matching() & self.exact

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """The fields other than the reader's state, by name."""
        return {name: self._facet(name) for name in EntryIndex.FIELDS}

    def _facet(self, name: str) -> Facet:
        among = self.matching({name: []})
        colours = {layer.slug: layer.colour for layer in self.snapshot.layers}
        choices = (
            Choice(
                value,
                str(label),
                value in self.values[name],
                (among & self.index.having(name, value)).bit_count(),
                colours.get(value, "") if name == "layer" else "",
            )
            for value, label in self.choices[name].items()
            if name != "section" or value in self._offered_sections
        )
        return Facet(name, self._label(name), tuple(choices))

    @cached_property
    def _offered_sections(self) -> set[str]:
        """The sections of the chosen layers, and those that are chosen themselves."""
        layers = self.values["layer"] or self.choices["layer"]
        of_layers = {
            section.slug for section in self.snapshot.sections if section.layer.slug in layers
        }
        return of_layers.union(self.values["section"])

    @cached_property
    def reader_facets(self) -> dict[str, ReaderFacet]:
        """The fields that depend on the reader, by name."""
        return {
            name: ReaderFacet(
                name, self._label(name), tuple(self.values[name]), self.matching({name: []})
            )
            for name in reader_filters.registered
        }

    def filters_to_drop(self) -> list[FilterToDrop]:
        """Return each field whose filter alone hides every entry."""
        return [
            FilterToDrop(name, self._label(name), self.address({name: []}), articles)
            for name in self.filter_names
            if self.values[name] and (articles := self._articles(self.matching({name: []})))
        ]

    def _articles(self, bitmap: Bitmap) -> int:
        return result_counts(self.index.in_order(bitmap, "journey"))["articles"]

    def page_of(self, entries: list[IndexedEntry]) -> Page[IndexedEntry]:
        """Return the requested page, or the last one if there are fewer."""
        return Paginator(entries, PAGE_SIZE).get_page(self.cleaned_data.get("page") or 1)

    def query_string(self, changed: Values = NO_VALUES, *, page: int = 1) -> str:
        """Return the canonical query string: a fixed order, defaults left out.

        `changed` has other values for the changed fields.
        """
        pairs = [
            (name, value)
            for name, values in {**self.values, **changed}.items()
            for value in values
            if (name, value) != ("order", "journey")
        ]
        if page > 1:
            pairs.append(("page", str(page)))
        return urlencode(pairs)

    def address(self, changed: Values = NO_VALUES, *, page: int = 1) -> str:
        """Return the canonical address of the table, with other values for the changed fields."""
        query_string = self.query_string(changed, page=page)
        path = reverse(self.url_name)
        return f"{path}?{query_string}" if query_string else path

    @property
    def correction_address(self) -> str:
        return self.address({"q": [self.correction]})

    @property
    def is_only_search(self) -> bool:
        """True if the search is the only active filter."""
        return not any(self.values[name] for name in self.labels)

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                self._label(name),
                str(self.choices.get(name, {}).get(value, value)),
                self.query_string({name: [other for other in values if other != value]}),
                reverse(self.url_name),
            )
            for name in self.filter_names
            for values in [self.values[name]]
            for value in values
        ]

    @property
    def ignored(self) -> list[Ignored]:
        """The values of the query string that the page reports as ignored."""
        query = self.query
        unknown = [
            Ignored(self._label(name), value)
            for name in self.labels
            for value in query.getlist(name)
            if value and value not in self.values[name]
        ]
        return unknown + [
            Ignored(
                self._label(name),
                query.get(name, ""),
                "" if name in {"order", "page"} else " ".join(map(str, errors)),
            )
            for name, errors in self.errors.items()
        ]

    def _label(self, name: str) -> str:
        return str(self.labels.get(name) or self.fields[name].label)
