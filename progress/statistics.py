"""Count progress: every number on every page comes from `count`."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple, TypeAlias
from urllib.parse import urlencode

from django.urls import reverse

from catalog.snapshot import IndexedEntry
from progress.states import REQUIRED, Stage, StateName

Scope: TypeAlias = tuple[str, str]
"""The name and value of a field of the table's filter."""

WHOLE: Scope = ("whole", "")


class StateCount(NamedTuple):
    state: StateName
    number: int
    url: str
    """The table, filtered to exactly these articles."""


@dataclass(frozen=True)
class Figure:
    """The number of countable articles of one scope in each state."""

    scope: Mapping[str, str] = field(default_factory=dict, hash=False)
    statuses: tuple[str, ...] = ()
    numbers: tuple[tuple[StateName, int], ...] = ()
    """A pair for every state."""

    def __getitem__(self, state: str) -> int:
        return dict[str, int](self.numbers)[state]

    def number_at(self, *stages: Stage) -> int:
        return sum(number for state, number in self.numbers if state.stage in stages)

    @property
    def finished(self) -> int:
        return self.number_at(Stage.FINISHED)

    @property
    def required(self) -> int:
        """Countable articles without the excluded ones."""
        return self.number_at(*REQUIRED)

    @property
    def excluded(self) -> int:
        return self.number_at(Stage.EXCLUDED)

    @property
    def countable(self) -> int:
        return self.number_at(*Stage)

    @property
    def percent(self) -> int | None:
        """Finished out of required, rounded down; None if nothing is required."""
        return 100 * self.finished // self.required if self.required else None

    @property
    def is_complete(self) -> bool:
        return self.percent == 100

    def _url(self, states: Iterable[str]) -> str:
        query = {**self.scope, "status": self.statuses, "state": [*states]}
        return f"{reverse('catalog:entry_list')}?{urlencode(query, doseq=True)}"

    @property
    def finished_url(self) -> str:
        return self._url(StateName.at(Stage.FINISHED))

    @property
    def required_url(self) -> str:
        return self._url(state for state in StateName if state.stage in REQUIRED)

    @property
    def excluded_url(self) -> str:
        return self._url(StateName.excluded())

    @property
    def countable_url(self) -> str:
        return self._url(())

    @property
    def counts(self) -> list[StateCount]:
        """Every state, in the order of the controls."""
        return [StateCount(state, self[state], self._url([state])) for state in StateName]


class CountableIndex:
    """The countable articles of a snapshot by scope, the same for every reader.

    A section counts its entries. A layer and the whole playbook count each article once, however
    often they list it.
    """

    def __init__(self, entries: Iterable[IndexedEntry]) -> None:
        countable = [entry for entry in entries if entry.is_countable]
        self.statuses = tuple(dict.fromkeys(entry.status for entry in countable))
        self.scopes_of: dict[int, list[Scope]] = defaultdict(list)
        for entry in countable:
            scopes = self.scopes_of[entry.article_id]
            scopes.append(("section", entry.section))
            scopes += [scope for scope in (("layer", entry.layer), WHOLE) if scope not in scopes]
        self.size = Counter(chain.from_iterable(self.scopes_of.values()))


class Totals:
    """The figures of the whole playbook, and of each layer and section by slug.

    A figure is made when it is asked for, because most pages show few of them.
    """

    def __init__(self, index: CountableIndex, tallies: Mapping[Scope, Counter[str]]) -> None:
        self.index = index
        self.tallies = tallies
        self._figures: dict[Scope, Figure] = {}

    @property
    def overall(self) -> Figure:
        return self._figure(WHOLE)

    def of_layer(self, slug: str) -> Figure:
        return self._figure(("layer", slug))

    def of_section(self, slug: str) -> Figure:
        return self._figure(("section", slug))

    def _figure(self, scope: Scope) -> Figure:
        if scope not in self._figures:
            self._figures[scope] = self._counted(scope)
        return self._figures[scope]

    def _counted(self, scope: Scope) -> Figure:
        if scope != WHOLE and scope not in self.index.size:
            return Figure()
        tally = Counter(self.tallies.get(scope, ()))
        tally[StateName.TODO] = self.index.size[scope] - tally.total()
        return Figure(
            dict([scope]) if scope != WHOLE else {},
            self.index.statuses,
            tuple([(state, tally[state]) for state in StateName]),
        )


def count(index: CountableIndex, states: Mapping[int, str]) -> Totals:
    """Return the figures of a reader, from their state by article id."""
    tallies: dict[Scope, Counter[str]] = defaultdict(Counter)
    for article_id, state in states.items():
        for scope in index.scopes_of.get(article_id, ()):
            tallies[scope][state] += 1
    return Totals(index, tallies)
