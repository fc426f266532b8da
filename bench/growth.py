"""Compare response times with a larger catalogue and with more learners."""

from collections.abc import Iterator

from bench import browsing
from bench.compare import Effort, Side, latency
from bench.environment import RunningSite
from bench.paths import ROADMAP
from bench.rows import GrowthRow
from bench.writes import EVENTS

TABLES = {
    "Words that few entries have, and a layer": "/articles/?layer=data-mastery&q=read+path",
    "A word that many entries have, and a layer": "/articles/?layer=data-mastery&q=distributed",
    "By state": "/articles/?state=done",
    "Unfiltered": "/articles/",
}
MY_PROGRESS = "/me/"


def of_catalogue(small: RunningSite, large: RunningSite, effort: Effort) -> Iterator[GrowthRow]:
    """Compare the whole page of the table for signed-in learners."""
    for title, path in TABLES.items():
        sides = reading(large, path), reading(small, path)
        yield GrowthRow.compared(title, 2, *sides, effort, latency)


def of_learners(small: RunningSite, large: RunningSite, effort: Effort) -> Iterator[GrowthRow]:
    roadmaps = reading(large, ROADMAP), reading(small, ROADMAP)
    yield GrowthRow.compared("Roadmap, signed in", 1.2, *roadmaps, effort, latency)
    changes = writing(large), writing(small)
    yield GrowthRow.compared("Set a state", 1.2, *changes, effort, latency)
    progress = reading(large, MY_PROGRESS), reading(small, MY_PROGRESS)
    yield GrowthRow.compared("My progress", 1.5, *progress, effort, latency)


def reading(running_site: RunningSite, path: str) -> Side:
    requests = browsing.of_readers(running_site.site, path, running_site.learners["readers"])
    return Side(running_site, lambda run: requests)


def writing(running_site: RunningSite) -> Side:
    changes = [
        browsing.state_changes(running_site.site, writers)
        for writers in running_site.learners["writers"]
    ]
    return Side(running_site, changes.__getitem__, writes=EVENTS)
