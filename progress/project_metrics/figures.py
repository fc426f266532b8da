"""What the page shows: of the public edition in memory, and of stored numbers."""

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from catalog.edition import Edition
from catalog.models import Article, Layer
from progress.project_metrics.models import Summary, VisitorDay

MOST_SHOWN = 10
DAYS_SHOWN = 30
CHART_WIDTH = 300
CHART_HEIGHT = 80
SLOT = CHART_WIDTH // DAYS_SHOWN


@dataclass(frozen=True)
class LayerRow:
    layer: Layer
    entries: int
    articles: int
    width: int
    """Of its bar, up to 100."""


@dataclass(frozen=True)
class StatusRow:
    name: str
    entries: int
    articles: int


def by_layer(edition: Edition) -> list[LayerRow]:
    entries = Counter(place.layer for place in edition.places)
    articles = Counter(layer for layer, _pk in {(p.layer, p.article_id) for p in edition.places})
    most = max(entries.values(), default=0) or 1
    return [
        LayerRow(
            layer, entries[layer.slug], articles[layer.slug], 100 * entries[layer.slug] // most
        )
        for layer in edition.layers
    ]


def by_status(edition: Edition) -> list[StatusRow]:
    entries = Counter(place.status for place in edition.places)
    pairs = {(place.status, place.article_id) for place in edition.places}
    articles = Counter(status for status, _pk in pairs)
    return [
        StatusRow(str(status), entries[status.slug], articles[status.slug])
        for status in edition.statuses
    ]


def most_finished(edition: Edition, summary: Summary | None) -> list[tuple[Article, int]]:
    """Only what is still public and listed."""
    found = [
        (entries[0].article, learners)
        for pk, learners in (summary.most_finished if summary else [])
        if (entries := edition.entries_of(pk))
    ]
    return found[:MOST_SHOWN]


@dataclass(frozen=True)
class DayBar:
    date: date
    count: int
    x: int
    y: int
    height: int


def visitor_days() -> list[DayBar]:
    """The thirty days before today, oldest first; none where nothing was counted yet."""
    today = datetime.now(UTC).date()
    first = today - timedelta(days=DAYS_SHOWN)
    days = VisitorDay.objects.filter(date__gte=first, date__lt=today)
    counted = dict(days.values_list("date", "count"))
    most = max(counted.values(), default=0) or 1
    bars = []
    for number in range(DAYS_SHOWN if counted else 0):
        day = first + timedelta(days=number)
        count = counted.get(day, 0)
        height = CHART_HEIGHT * count // most
        bars.append(DayBar(day, count, number * SLOT, CHART_HEIGHT - height, height))
    return bars
