"""Filter the cards of a deck by the query string of the page's address."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import urlencode

from django import forms
from django.core.paginator import Page, Paginator
from django.db.models import TextChoices
from django.http import QueryDict
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from catalog.active_filters import NO_VALUES, FilterToDrop, Ignored, Values
from catalog.filters import choices_of
from catalog.search.facets import Choice, Facet
from catalog.search.search_index import fold, fold_text
from progress.recall.deck import Deck
from progress.recall.deck_cards import DeckCard
from progress.recall.faces import CardFace, faces_of
from progress.recall.models import CardKind

if TYPE_CHECKING:
    from uuid import UUID

    from django_stubs_ext import StrOrPromise

PAGE_SIZE = 50


class Standing(TextChoices):
    """The standing of a card with its learner."""

    DUE = "due", _("Due today")
    NEW = "new", _("New")
    LATER = "later", _("Due later")
    REWRITE = "rewrite", _("Needs rewriting")
    DROPPED = "dropped", _("Dropped")


@dataclass(frozen=True)
class CardChip:
    """An active filter value, with the address that removes it."""

    field: str
    label: str
    address: str


class CardFilterForm(forms.Form):
    """The filter of a learner's deck. Unknown values are ignored, and the page names them.

    Without a standing it leaves out what the learner dropped.
    """

    q = forms.CharField(label=_("Search"), max_length=200, required=False)
    day = forms.DateField(label=_("Due on"), required=False, input_formats=["%Y-%m-%d"])
    page = forms.IntegerField(label=_("Page"), min_value=1, required=False)

    LABELS: ClassVar[dict[str, StrOrPromise]] = {
        "layer": _("Layer"),
        "section": _("Section"),
        "kind": _("Kind"),
        "standing": _("State"),
    }

    def __init__(self, query: QueryDict, deck: Deck) -> None:
        super().__init__(query)
        self.query = query
        self.deck = deck
        of_snapshot = deck.snapshot.derive("choices", choices_of)
        self.choices: Mapping[str, Mapping[str, StrOrPromise]] = {
            "layer": of_snapshot["layer"],
            "section": of_snapshot["section"],
            "kind": dict(CardKind.choices),
            "standing": dict(Standing.choices),
        }
        self.is_valid()
        day, text = self.cleaned_data.get("day"), self.cleaned_data.get("q", "")
        self.values: dict[str, list[str]] = {
            **{
                name: [value for value in labels if value in query.getlist(name)]
                for name, labels in self.choices.items()
            },
            "day": [day.isoformat()] if day else [],
            "q": [text] if (text := " ".join(text.split())) else [],
        }

    def apply(self, changed: Values = NO_VALUES) -> list[DeckCard]:
        """Return the cards that match every field, with other values for the changed fields."""
        values = {**self.values, **changed}
        return [card for card in self.deck.cards if self._matches(card, values)]

    def _matches(self, card: DeckCard, values: Values) -> bool:
        if not values["standing"] and card.is_dropped:
            return False
        return all(self._has(card, name, chosen) for name, chosen in values.items() if chosen)

    def _has(self, card: DeckCard, name: str, chosen: list[str]) -> bool:
        if name == "q":
            return all(word in self._text_of[card.key] for word in fold(chosen[0]).split())
        return not self._values_of(card, name).isdisjoint(chosen)

    def _values_of(self, card: DeckCard, name: str) -> set[str]:
        """Return the values of a field that a card has."""
        if name == "kind":
            return {card.kind.value}
        if name == "standing":
            return standings_of(card, self.deck)
        if name == "day":
            day = card.due_day(self.deck.day)
            return {day.isoformat()} if day else set()
        sections = [entry.section for entry in self.deck.snapshot.entries_of(card.article.pk)]
        if name == "layer":
            return {section.layer.slug for section in sections}
        return {section.slug for section in sections}

    @cached_property
    def _text_of(self) -> Mapping[UUID, str]:
        return {
            card.key: fold_text(f"{face.question}\n{face.answer}\n{card.article.title}")
            for card in self.deck.cards
            for face in [self._faces[card.key]]
        }

    @cached_property
    def _faces(self) -> Mapping[UUID, CardFace]:
        return faces_of(self.deck.user, self.deck.snapshot, self.deck.cards)

    def faces(self, page: Iterable[DeckCard]) -> Mapping[UUID, CardFace]:
        """Return the texts of the cards of a page, which a search has read already."""
        if self.values["q"]:
            return self._faces
        return faces_of(self.deck.user, self.deck.snapshot, page)

    @cached_property
    def facets(self) -> dict[str, Facet]:
        """The fields with a choice of values, each with the number of cards that it would show."""
        return {name: self._facet(name) for name in self.LABELS}

    def _facet(self, name: str) -> Facet:
        among = self.apply({name: list(Standing) if name == "standing" else []})
        held = [self._values_of(card, name) for card in among]
        colours = {layer.slug: layer.colour for layer in self.deck.snapshot.layers}
        choices = (
            Choice(
                value,
                str(label),
                value in self.values[name],
                sum(value in values for values in held),
                colours.get(value, "") if name == "layer" else "",
            )
            for value, label in self.choices[name].items()
        )
        offered = (
            choice
            for choice in choices
            if name != "section" or choice.entry_count or choice.is_chosen
        )
        return Facet(name, str(self.LABELS[name]), tuple(offered))

    def filters_to_drop(self) -> list[FilterToDrop]:
        """Return each field whose filter alone hides every card."""
        return [
            FilterToDrop(name, self._label(name), self.address({name: []}), len(cards))
            for name in self.values
            if self.values[name] and (cards := self.apply({name: []}))
        ]

    def page_of(self, cards: list[DeckCard]) -> Page[DeckCard]:
        """Return the requested page, or the last one if there are fewer."""
        return Paginator(cards, PAGE_SIZE).get_page(self.cleaned_data.get("page") or 1)

    def address(self, changed: Values = NO_VALUES, *, page: int = 1) -> str:
        """Return the canonical address: a fixed order, defaults left out."""
        values = {**self.values, **changed}
        pairs = [(name, value) for name, chosen in values.items() for value in chosen]
        if page > 1:
            pairs.append(("page", str(page)))
        path = reverse("recall:card_list")
        return f"{path}?{urlencode(pairs)}" if pairs else path

    @property
    def chips(self) -> list[CardChip]:
        return [
            CardChip(
                self._label(name),
                self._value_label(name, value),
                self.address({name: [other for other in chosen if other != value]}),
            )
            for name, chosen in self.values.items()
            for value in chosen
        ]

    def _value_label(self, name: str, value: str) -> str:
        if name == "day":
            return date_format(self.cleaned_data["day"], "j F Y")
        return str(self.choices.get(name, {}).get(value, value))

    @property
    def ignored(self) -> list[Ignored]:
        """The values of the query string that the page reports as ignored."""
        unknown = [
            Ignored(self._label(name), value)
            for name in self.LABELS
            for value in self.query.getlist(name)
            if value and value not in self.values[name]
        ]
        return unknown + [
            Ignored(
                self._label(name),
                self.query.get(name, ""),
                " ".join(map(str, errors)) if name == "q" else "",
            )
            for name, errors in self.errors.items()
        ]

    def _label(self, name: str) -> str:
        return str(self.LABELS.get(name) or self.fields[name].label)


def standings_of(card: DeckCard, deck: Deck) -> set[str]:
    if card.is_dropped:
        return {Standing.DROPPED}
    if card.is_new:
        standing = Standing.NEW
    else:
        standing = Standing.DUE if card.is_due(deck.day) else Standing.LATER
    return {standing, Standing.REWRITE} if card.needs_rewrite else {standing}
