"""What a larger catalogue and more learners do to the time of an answer."""

from collections.abc import Iterator

from bench import browsing
from bench.compare import Effort, Side, latency
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
        sides = reading(large, path), reading(small, path)
        yield GrowthRow.compared(title, 2, *sides, effort, latency)


def of_learners(small: Stage, large: Stage, effort: Effort) -> Iterator[GrowthRow]:
    roadmaps = reading(large, ROADMAP), reading(small, ROADMAP)
    yield GrowthRow.compared("Roadmap, signed in", 1.2, *roadmaps, effort, latency)
    changes = writing(large), writing(small)
    yield GrowthRow.compared("Set a state", 1.2, *changes, effort, latency)
    progress = reading(large, MY_PROGRESS), reading(small, MY_PROGRESS)
    yield GrowthRow.compared("My progress", 1.5, *progress, effort, latency)


def reading(stage: Stage, path: str) -> Side:
    asked = browsing.of_readers(stage.site, path, stage.cast["readers"])
    return Side(stage, lambda run: asked)


def writing(stage: Stage) -> Side:
    changes = [browsing.state_changes(stage.site, writers) for writers in stage.cast["writers"]]
    return Side(stage, changes.__getitem__, writes=True)
