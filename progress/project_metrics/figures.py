"""Compute the figures of the Metrics page from the public snapshot and stored numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import accumulate

from catalog.models import Article, Layer, Status
from catalog.snapshot import CatalogSnapshot
from progress.project_metrics.models import DaySalt, Summary, VisitorDay
from progress.project_metrics.visitors import today

MOST_SHOWN = 10
DAYS_SHOWN = 30
TEXTURES = 6
"""The number of patterns in `project_metrics/includes/textures.html`, and one without."""


@dataclass(frozen=True)
class Segment:
    """A segment of a bar: the number of things with one status."""

    status: Status
    texture: int
    count: int
    x: str
    width: str


@dataclass(frozen=True)
class LayerFigures:
    layer: Layer
    total: int
    segments: tuple[Segment, ...]


@dataclass(frozen=True)
class Crosstab:
    """Numbers by layer and status. A thing in several layers counts once in the total."""

    rows: tuple[LayerFigures, ...]
    total: int
    segments: tuple[Segment, ...]

    @property
    def has_shared(self) -> bool:
        return sum(row.total for row in self.rows) > self.total


@dataclass(frozen=True)
class PlaybookFigures:
    entries: Crosstab
    articles: Crosstab


@dataclass(frozen=True)
class Finished:
    article: Article
    learners: int
    width: str


@dataclass(frozen=True)
class DayBar:
    date: date
    count: int
    x: str
    y: str
    height: str


@dataclass(frozen=True)
class VisitorFigures:
    days: tuple[DayBar, ...]
    """The oldest first; the last one is the last closed day."""

    top: int
    """The end of the scale."""

    @property
    def middle(self) -> int:
        return self.top // 2

    @property
    def average(self) -> float:
        return sum(day.count for day in self.days) / len(self.days)

    @property
    def busiest(self) -> DayBar:
        return max(self.days, key=lambda day: day.count)


def of_playbook(snapshot: CatalogSnapshot) -> PlaybookFigures:
    """Return the figures of the playbook. This reads every entry: use `snapshot.derive`."""
    indexed = snapshot.indexed_entries
    return PlaybookFigures(
        _crosstab(snapshot, {(entry.layer, entry.status, entry.entry.pk) for entry in indexed}),
        _crosstab(snapshot, {(entry.layer, entry.status, entry.article_id) for entry in indexed}),
    )


def _crosstab(snapshot: CatalogSnapshot, things: Iterable[tuple[str, str, int]]) -> Crosstab:
    """Count things, given as the layer, status and primary key of each."""
    cells: dict[tuple[str, str], set[int]] = {}
    for layer, status, pk in things:
        cells.setdefault((layer, status), set()).add(pk)

    def counts(layers: Sequence[Layer]) -> list[int]:
        return [
            len(set().union(*(cells.get((layer.slug, status.slug), ()) for layer in layers)))
            for status in snapshot.statuses
        ]

    by_layer = {layer: counts([layer]) for layer in snapshot.layers}
    all_layers = counts(snapshot.layers)
    most = max(map(sum, by_layer.values()), default=0)
    return Crosstab(
        tuple(
            LayerFigures(layer, sum(row), _segments(snapshot.statuses, row, most))
            for layer, row in by_layer.items()
        ),
        sum(all_layers),
        _segments(snapshot.statuses, all_layers, sum(all_layers)),
    )


def _segments(statuses: list[Status], counts: list[int], scale: int) -> tuple[Segment, ...]:
    begins = accumulate(counts, initial=0)
    return tuple(
        Segment(status, number % TEXTURES, count, _percent(begin, scale), _percent(count, scale))
        for number, (status, count, begin) in enumerate(zip(statuses, counts, begins, strict=False))
    )


def _percent(part: float, whole: float) -> str:
    """Return a percentage for an SVG attribute, with a point in every language."""
    return f"{100 * part / (whole or 1):.2f}%"


def most_finished(snapshot: CatalogSnapshot, summary: Summary | None) -> tuple[Finished, ...]:
    """Return the most finished articles that are still public and listed."""
    finished = [
        (entries[0].article, learners)
        for pk, learners in (summary.most_finished if summary else [])
        if (entries := snapshot.entries_of(pk))
    ][:MOST_SHOWN]
    most = max((learners for _article, learners in finished), default=0)
    return tuple(
        Finished(article, learners, _percent(learners, most)) for article, learners in finished
    )


def of_visitors() -> VisitorFigures | None:
    """Return the last thirty closed days, from the first one with a count, if there is one."""
    open_days = DaySalt.objects.filter(date__lt=today()).order_by("date")
    end = open_days.values_list("date", flat=True).first() or today()
    begin = end - timedelta(days=DAYS_SHOWN)
    days = VisitorDay.objects.filter(date__gte=begin, date__lt=end)
    counted = dict(days.values_list("date", "count"))
    if not counted:
        return None
    top = _scale_end(max(counted.values()))
    numbers = range((min(counted) - begin).days, DAYS_SHOWN)
    dates = {number: begin + timedelta(days=number) for number in numbers}
    bars = (_bar(number, date_, counted.get(date_, 0), top) for number, date_ in dates.items())
    return VisitorFigures(tuple(bars), top)


def _bar(number: int, date_: date, count: int, top: int) -> DayBar:
    x, y = _percent(number + 0.1, DAYS_SHOWN), _percent(top - count, top)
    return DayBar(date_, count, x, y, _percent(count, top))


def _scale_end(most: int) -> int:
    """Return an even number of two digits and zeros that is at least `most`."""
    step: int = 2 * 10 ** max(len(str(most)) - 2, 0)
    return max(-(-most // step), 1) * step
