"""The one place where progress is counted: every number of every page comes from `count`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import TypeAlias
from urllib.parse import urlencode

from django.urls import reverse

from catalog.snapshot import IndexedEntry
from progress.models import StateName

Scope: TypeAlias = tuple[str, str]
"""A kind and a slug, as the table's filter has them."""

WHOLE: Scope = ("whole", "")


@dataclass(frozen=True)
class Figure:
    """How much of what is countable in one scope is in which state."""

    scope: Mapping[str, str] = field(default_factory=dict, hash=False)
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


class CountableIndex:
    """What is countable where, the same for every reader of a snapshot: the size of each scope,
    and the scopes that each article counts in.

    A section counts its rows; above it every article counts once, however often it is listed.
    """

    def __init__(self, places: Iterable[IndexedEntry]) -> None:
        countable = [place for place in places if place.is_countable]
        self.statuses = tuple(dict.fromkeys(place.status for place in countable))
        self.sections_of: dict[str, dict[str, None]] = defaultdict(dict)
        self.scopes_of: dict[int, list[Scope]] = defaultdict(list)
        for place in countable:
            self.sections_of[place.layer][place.section] = None
            scopes = self.scopes_of[place.article_id]
            scopes.append(("section", place.section))
            scopes += [scope for scope in (("layer", place.layer), WHOLE) if scope not in scopes]
        self.size = Counter(chain.from_iterable(self.scopes_of.values()))


def count(index: CountableIndex, states: Mapping[int, str]) -> Totals:
    tallies: dict[Scope, Counter[str]] = defaultdict(Counter)
    for article_id, state in states.items():
        for scope in index.scopes_of.get(article_id, ()):
            tallies[scope][state] += 1

    def figure(scope: Scope, parts: Iterable[Figure] = ()) -> Figure:
        tally = tallies[scope]
        return Figure(
            dict([scope]) if scope != WHOLE else {},
            index.statuses,
            todo=index.size[scope] - tally.total(),
            reading=tally[StateName.READING],
            done=tally[StateName.DONE],
            skipped=tally[StateName.SKIPPED],
            parts=tuple(parts),
        )

    sections = {
        section: figure(("section", section))
        for of_layer in index.sections_of.values()
        for section in of_layer
    }
    layers = {
        layer: figure(("layer", layer), (sections[section] for section in of_layer))
        for layer, of_layer in index.sections_of.items()
    }
    return Totals(figure(WHOLE), layers, sections)


def further(*states: str) -> StateName:
    return max([StateName.TODO, *map(StateName, states)], key=lambda state: state.rank)


@dataclass(frozen=True)
class Learners:
    """How many have a state on each of two articles, on both, and who would have which one."""

    on_kept: int
    on_duplicate: int
    on_both: int
    afterwards: Mapping[StateName, int]


def learners(
    of_kept: Mapping[str, int], of_duplicate: Iterable[tuple[str, str | None, int]]
) -> Learners:
    """`of_duplicate`: by their state there and, where they have one, on the other."""
    afterwards = Counter({StateName(state): count for state, count in of_kept.items()})
    on_kept, on_duplicate, on_both = afterwards.total(), 0, 0
    for state, other, count in of_duplicate:
        on_duplicate += count
        if other:
            on_both += count
            afterwards[StateName(other)] -= count
        afterwards[further(state, other or StateName.TODO)] += count
    return Learners(on_kept, on_duplicate, on_both, {s: n for s, n in afterwards.items() if n})
