"""The form that owns the table's filter: what can be asked for, what was ignored, its address."""

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
    """One active value: its field and words, and the query string without it."""

    field: str
    label: str
    query_string: str

    @property
    def address(self) -> str:
        return f"{reverse('catalog:entry_list')}?{self.query_string}"


@dataclass(frozen=True)
class Ignored:
    """One value of the query string that could not be used."""

    field: str
    value: str
    reason: str = ""


@dataclass(frozen=True)
class Way:
    """A way out of an empty result: the field to drop, and what there is without it."""

    field: str
    query_string: str
    articles: int


def chosen_layers(query: QueryDict, layers: list[Layer]) -> tuple[list[Layer], list[Ignored]]:
    """The roadmap's filter: the layers asked for, all where none is; and what was no layer."""
    asked = query.getlist("layer")
    chosen = [layer for layer in layers if layer.slug in asked]
    slugs = {layer.slug for layer in layers}
    return chosen or layers, [
        Ignored(str(_("Layer")), slug) for slug in asked if slug and slug not in slugs
    ]


def search(places: list[IndexedEntry], words: str) -> list[IndexedEntry]:
    """The places in whose title, what-you'll-learn or section every word occurs."""
    for word in words.casefold().split():
        places = [place for place in places if word in place.text]
    return places


def sizes(places: list[IndexedEntry]) -> dict[str, int]:
    """How many entries, and how many distinct articles."""
    return {"entries": len(places), "articles": len({place.article_id for place in places})}


def choices_of(snapshot: CatalogSnapshot) -> dict[str, dict[str, str]]:
    """What the playbook offers to filter by: fields, values, labels."""
    return {
        "layer": {layer.slug: layer.title for layer in snapshot.layers},
        "section": {section.slug: section.title for section in snapshot.sections},
        "status": {status.slug: status.label for status in snapshot.statuses},
    }


class EntryFilterForm(forms.Form):
    """Of layer, section, status and state any number of values; what is no value is left out."""

    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    order = forms.ChoiceField(label=_("Order"), required=False)
    page = forms.IntegerField(label=_("Page"), min_value=1, required=False)

    ORDERS: ClassVar = {
        "journey": (_("Journey"), attrgetter("indexed_entries")),
        "title": (_("Title"), attrgetter("by_title")),
        "newest": (_("Newest first"), attrgetter("newest_first")),
    }
    order.choices = [(key, label) for key, (label, _places) in ORDERS.items()]
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
            "q": [words] if (words := " ".join(self.cleaned_data.get("q", "").split())) else [],
            "order": [self.cleaned_data.get("order") or "journey"],
        }

    def apply(self, *, without: str = "") -> list[IndexedEntry]:
        """The places that every field, but the one left out, lets through, in order."""
        values = {**self.values, without: []}
        _label, in_order = self.ORDERS[self.values["order"][0]]
        places: list[IndexedEntry] = in_order(self.snapshot)
        if layers := set(values["layer"]):
            places = [place for place in places if place.layer in layers]
        if sections := set(values["section"]):
            places = [place for place in places if place.section in sections]
        if statuses := set(values["status"]):
            places = [place for place in places if place.status in statuses]
        if states := set(values["state"]):
            assert self.progress, "to filter by state, the form needs a reader's progress"
            is_in_them = self.progress.is_in(states)
            places = [place for place in places if is_in_them(place.article_id)]
        for words in values["q"]:
            places = search(places, words)
        return places

    def ways_out(self) -> list[Way]:
        """Which single field to drop from a filter that lets nothing through."""
        return [
            Way(self._label(name), self.query_string(without=name), articles)
            for name in self.FIELDS
            if self.values[name] and (articles := sizes(self.apply(without=name))["articles"])
        ]

    def page_of(self, places: list[IndexedEntry]) -> Page[IndexedEntry]:
        """The page asked for; the last one where there are fewer."""
        return Paginator(places, PAGE_SIZE).get_page(self.cleaned_data.get("page") or 1)

    def query_string(self, *, without: str = "", value: str = "", page: int = 1) -> str:
        """The canonical one: fields and values in a fixed order, defaults left out.

        `without` a field, or only one `value` of it.
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
        """The canonical one of what was asked for."""
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
        """What the page names as not used."""
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
