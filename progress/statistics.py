"""The one place where progress is counted: every number of every page comes from `count`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from urllib.parse import urlencode

from django.urls import reverse

from catalog.querysets import Place
from progress.models import StateName


@dataclass(frozen=True)
class Figure:
    """How much of what is countable in one scope is in which state."""

    scope: Mapping[str, str] = field(default_factory=dict)
    statuses: tuple[str, ...] = ()
    todo: int = 0
    reading: int = 0
    done: int = 0
    skipped: int = 0
    parts: tuple["Figure", ...] = ()
    """A layer's sections that hold something countable, in the order of the journey."""

    @property
    def required(self) -> int:
        """What there is to do: countable articles without the skipped ones."""
        return self.todo + self.reading + self.done

    @property
    def countable(self) -> int:
        return self.required + self.skipped

    @property
    def percent(self) -> int | None:
        """Rounded down, so that 100 means all of it; None where nothing is required."""
        return 100 * self.done // self.required if self.required else None

    @property
    def is_complete(self) -> bool:
        return self.percent == 100

    def _url(self, *states: str) -> str:
        query = {**self.scope, "status": self.statuses, "state": states}
        return f"{reverse('catalog:entry_list')}?{urlencode(query, doseq=True)}"

    @property
    def todo_url(self) -> str:
        return self._url(StateName.TODO)

    @property
    def reading_url(self) -> str:
        return self._url(StateName.READING)

    @property
    def done_url(self) -> str:
        return self._url(StateName.DONE)

    @property
    def skipped_url(self) -> str:
        return self._url(StateName.SKIPPED)

    @property
    def required_url(self) -> str:
        return self._url(StateName.TODO, StateName.READING, StateName.DONE)


@dataclass(frozen=True)
class Totals:
    """The figure of the playbook, and of each layer and section by slug."""

    overall: Figure
    layers: Mapping[str, Figure]
    sections: Mapping[str, Figure]

    def of_layer(self, slug: str) -> Figure:
        return self.layers.get(slug, Figure())

    def of_section(self, slug: str) -> Figure:
        return self.sections.get(slug, Figure())


def count(outline: Iterable[Place], states: Mapping[int, str]) -> Totals:
    """`outline` in the order of the journey; `states` by article id, without those to do.

    A section counts its rows. Above it an article counts once, however often it is listed.
    """
    places = list(outline)
    statuses = tuple(dict.fromkeys(place.status for place in places))
    sections: dict[str, list[int]] = defaultdict(list)
    layers: dict[str, dict[str, list[int]]] = defaultdict(dict)
    for place in places:
        sections[place.section].append(place.article_id)
        layers[place.layer][place.section] = sections[place.section]

    def figure(
        article_ids: Iterable[int], scope: Mapping[str, str], parts: Iterable[Figure] = ()
    ) -> Figure:
        tally = Counter(states.get(article_id, StateName.TODO) for article_id in article_ids)
        numbers = {str(state): tally[state] for state in StateName.values}
        return Figure(scope, statuses, **numbers, parts=tuple(parts))

    of_sections = {
        section: figure(article_ids, {"section": section})
        for section, article_ids in sections.items()
    }
    of_layers = {
        layer: figure(
            set(chain.from_iterable(parts.values())),
            {"layer": layer},
            (of_sections[section] for section in parts),
        )
        for layer, parts in layers.items()
    }
    overall = figure({place.article_id for place in places}, {})
    return Totals(overall, of_layers, of_sections)
