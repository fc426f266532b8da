"""What a larger catalogue and more learners do to the time of an answer."""

from collections.abc import Iterator

from bench import browsing
from bench.compare import Effort, Side, figures, interleave, latency, ratio
from bench.load import RunFailed, TooSlow
from bench.paths import ROADMAP
from bench.rows import GrowthRow
from bench.stage import Stage

TABLES = {
    "Words that few entries have, and a layer": "/articles/?layer=data-mastery&q=read+path",
    "A word that many entries have, and a layer": "/articles/?layer=data-mastery&q=distributed",
    "By state": "/articles/?state=done",
    "Unfiltered": "/articles/",
}
MY_PROGRESS = "/me/"


def of_catalogue(small: Stage, large: Stage, effort: Effort) -> Iterator[GrowthRow]:
    """The table's whole page, signed in."""
    for title, path in TABLES.items():
        yield compared(title, 2, reading(small, path), reading(large, path), effort)


def of_learners(small: Stage, large: Stage, effort: Effort) -> Iterator[GrowthRow]:
    yield compared(
        "Roadmap, signed in", 1.2, reading(small, ROADMAP), reading(large, ROADMAP), effort
    )
    yield compared("Set a state", 1.2, writing(small), writing(large), effort)
    yield compared(
        "My progress", 1.5, reading(small, MY_PROGRESS), reading(large, MY_PROGRESS), effort
    )


def reading(stage: Stage, path: str) -> Side:
    asked = browsing.of_readers(stage.site, path, stage.cast["readers"])
    return Side(stage, lambda run: asked)


def writing(stage: Stage) -> Side:
    changes = [browsing.state_changes(stage.site, writers) for writers in stage.cast["writers"]]
    return Side(stage, changes.__getitem__, writes=True)


def compared(title: str, bar: float, small: Side, large: Side, effort: Effort) -> GrowthRow:
    database = small.stage.databases.vendor
    try:
        before, after = interleave([small, large], effort)
    except TooSlow as slow:
        return GrowthRow(database, title, bar, unavailable=str(slow))
    except RunFailed as failure:
        return GrowthRow(database, title, bar, failure=str(failure))
    times = ratio(latency(after), latency(before))
    return GrowthRow(database, title, bar, figures(after), figures(before), times)
