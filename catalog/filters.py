"""Filter the table of entries by the query string of its address."""

from collections.abc import Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.http import QueryDict
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog import reader_states
from catalog.models import Layer
from catalog.snapshot import CatalogSnapshot, IndexedEntry
from playbook.http import Progress

PAGE_SIZE = 50


@dataclass(frozen=True)
class Chip:
    """An active filter value, with the query string that removes it."""

    field: str
    label: str
    query_string: str

    @property
    def address(self) -> str:
        return f"{reverse('catalog:entry_list')}?{self.query_string}"


@dataclass(frozen=True)
class Ignored:
    """A value of the query string that could not be used."""

    field: str
    value: str
    reason: str = ""


@dataclass(frozen=True)
class FilterToDrop:
    """A field whose filter hides everything, with the number of articles without that filter."""

    field: str
    query_string: str
    articles: int


def chosen_layers(query: QueryDict, layers: list[Layer]) -> tuple[list[Layer], list[Ignored]]:
    """Return the layers that the query asks for and the values that are no layer.

    Without any known layer in the query, all layers are returned.
    """
    asked = query.getlist("layer")
    chosen = [layer for layer in layers if layer.slug in asked]
    slugs = {layer.slug for layer in layers}
    return chosen or layers, [
        Ignored(str(_("Layer")), slug) for slug in asked if slug and slug not in slugs
    ]


def search(entries: list[IndexedEntry], text: str) -> list[IndexedEntry]:
    """Return the entries with every word in their title, what you'll learn or section."""
    for word in text.casefold().split():
        entries = [entry for entry in entries if word in entry.text]
    return entries


def sizes(entries: list[IndexedEntry]) -> dict[str, int]:
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

    Layer, section, status and state take any number of values. Unknown values are ignored.
    """

    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)
    page = forms.IntegerField(label=_("Page"), min_value=1, required=False)

    ORDERS: ClassVar = {
        "journey": (_("Journey"), attrgetter("indexed_entries")),
        "title": (_("Title"), attrgetter("by_title")),
        "newest": (_("Newest first"), attrgetter("newest_first")),
    }
    order.choices = [(key, label) for key, (label, _entries) in ORDERS.items()]
    LABELS: ClassVar = {
        "layer": _("Layer"),
        "section": _("Section"),
        "status": _("Status"),
        "state": _("My state"),
    }
    FIELDS: ClassVar = (*LABELS, "q")

    def __init__(
        self, query: QueryDict, *, snapshot: CatalogSnapshot, progress: Progress | None = None
    ) -> None:
        super().__init__(query)
        self.query = query
        self.snapshot = snapshot
        self.progress = progress
        of_snapshot = snapshot.derive("choices", choices_of)
        self.choices: dict[str, Mapping[str, str | Promise]] = {
            **of_snapshot,
            "state": dict(reader_states.choices),
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

    def apply(self, *, without: str = "") -> list[IndexedEntry]:
        """Return the entries that match every field except `without`, in the chosen order."""
        values = {**self.values, without: []}
        _label, in_order = self.ORDERS[self.values["order"][0]]
        entries: list[IndexedEntry] = in_order(self.snapshot)
        if layers := set(values["layer"]):
            entries = [entry for entry in entries if entry.layer in layers]
        if sections := set(values["section"]):
            entries = [entry for entry in entries if entry.section in sections]
        if statuses := set(values["status"]):
            entries = [entry for entry in entries if entry.status in statuses]
        if states := set(values["state"]):
            assert self.progress, "filtering by state needs a reader's progress"
            has_state = self.progress.is_in(states)
            entries = [entry for entry in entries if has_state(entry.article_id)]
        for text in values["q"]:
            entries = search(entries, text)
        return entries

    def filters_to_drop(self) -> list[FilterToDrop]:
        """Return each field whose filter alone hides every entry."""
        return [
            FilterToDrop(self._label(name), self.query_string(without=name), articles)
            for name in self.FIELDS
            if self.values[name] and (articles := sizes(self.apply(without=name))["articles"])
        ]

    def page_of(self, entries: list[IndexedEntry]) -> Page[IndexedEntry]:
        """Return the requested page, or the last one if there are fewer."""
        return Paginator(entries, PAGE_SIZE).get_page(self.cleaned_data.get("page") or 1)

    def query_string(self, *, without: str = "", value: str = "", page: int = 1) -> str:
        """Return the canonical query string: a fixed order, defaults left out.

        `without` removes a field, or with `value` one value of that field.
        """
        pairs = [
            (name, item)
            for name, values in self.values.items()
            for item in values
            if (name, item) != ("order", "journey")
            and not (name == without and value in {"", item})
        ]
        if page > 1:
            pairs.append(("page", str(page)))
        return urlencode(pairs)

    def address(self, *, page: int = 1) -> str:
        """Return the canonical address of the requested table."""
        query_string = self.query_string(page=page)
        path = reverse("catalog:entry_list")
        return f"{path}?{query_string}" if query_string else path

    @property
    def chips(self) -> list[Chip]:
        return [
            Chip(
                self._label(name),
                str(self.choices.get(name, {}).get(value, value)),
                self.query_string(without=name, value=value),
            )
            for name in self.FIELDS
            for value in self.values[name]
        ]

    @property
    def ignored(self) -> list[Ignored]:
        """The values of the query string that the page reports as ignored."""
        query = self.query
        unknown = [
            Ignored(self._label(name), value)
            for name in self.LABELS
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
        return str(self.LABELS.get(name) or self.fields[name].label)
