"""The one place where progress is counted: every number of every page comes from `count`."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.urls import reverse

from catalog.querysets import Place
from progress.models import StateName


@dataclass(frozen=True)
class Figure:
    """How many distinct countable articles of one scope are in which state."""

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
    def left(self) -> int:
        return self.todo + self.reading

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
    def left_url(self) -> str:
        return self._url(StateName.TODO, StateName.READING)

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

    An article counts once in every scope, however often it is listed there.
    """
    places = list(outline)
    statuses = tuple(dict.fromkeys(place.status for place in places))
    layers: dict[str, dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for place in places:
        layers[place.layer][place.section].add(place.article_id)

    def figure(
        article_ids: set[int], scope: Mapping[str, str], parts: Iterable[Figure] = ()
    ) -> Figure:
        tally = dict.fromkeys(StateName.values, 0)
        for article_id in article_ids:
            tally[states.get(article_id, StateName.TODO)] += 1
        return Figure(scope, statuses, **tally, parts=tuple(parts))

    by_section = {
        section: figure(article_ids, {"section": section})
        for sections in layers.values()
        for section, article_ids in sections.items()
    }
    by_layer = {
        layer: figure(
            set().union(*sections.values()),
            {"layer": layer},
            (by_section[section] for section in sections),
        )
        for layer, sections in layers.items()
    }
    overall = figure({place.article_id for place in places}, {})
    return Totals(overall, by_layer, by_section)
