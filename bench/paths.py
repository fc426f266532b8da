"""The requests whose speed is compared with that of their limit."""

from collections.abc import Callable
from dataclasses import dataclass

from bench import browsing
from bench.captured import Captured
from bench.environment import RunningSite
from bench.load import Request
from bench.writes import EVENTS, NOTE_SAVES, REVIEWS, SCRATCH_SAVES, Writes

ROADMAP, RECALL = browsing.ROADMAP, browsing.RECALL
TABLE = "/articles/?layer=data-mastery&q=read+path"
TODAY, MAP = "/today/", "/map/"
ARTICLE = "/articles/unlocking-scalability-building-blocks-p1/"


@dataclass(frozen=True)
class Path:
    """Requests of one kind, and the limit that they are compared with.

    `requests` returns those of a run by its number, or none if the path cannot be measured.
    `limit` is the address of the view that sends the same response without doing anything.
    """

    name: str
    title: str
    bar: float
    requests: Callable[[int], list[Request]]
    limit: str
    status: int = 200
    writes: Writes | None = None


def paths(running_site: RunningSite) -> list[Path]:
    """Return all paths, after capturing the response of each for its limit."""
    site, learners = running_site.site, running_site.learners
    visitor = browsing.visitors(ROADMAP)
    roadmap = browsing.of_readers(site, ROADMAP, learners["readers"])
    table = browsing.fragments(site, TABLE, "results", learners["readers"])
    article = browsing.of_readers(site, ARTICLE, learners["readers"])
    changes = [browsing.state_changes(site, writers) for writers in learners["writers"]]
    students = learners["students"]
    recall = browsing.of_readers(site, RECALL, students[0])
    ratings = [browsing.ratings(site, group, learners["prompts"]) for group in students]
    notes = [browsing.note_saves(site, group) for group in students]
    practice = browsing.practice_pages(site, students[0])
    scratches = [browsing.scratch_saves(site, group) for group in students]
    today = browsing.of_readers(site, TODAY, learners["writers"][0])
    prerequisites = browsing.of_readers(site, MAP, learners["readers"])
    answers = {
        "visitor": visitor,
        "roadmap": roadmap,
        "table": table,
        "article": article,
        "recall": recall,
        "practice": practice,
        "today": today,
        "map": prerequisites,
    }
    first_writes = {
        "state": changes[0],
        "rating": ratings[0],
        "note": notes[0],
        "scratch": scratches[0],
    }
    # The writes first, because they change what the pages show.
    for name, requests in {**first_writes, **answers}.items():
        capture(running_site, name, requests[0])

    def page(name: str, bar: float, title: str) -> Path:
        return Path(name, title, bar, lambda run: answers[name], f"/limit/answer/{name}/")

    def revisit(name: str, title: str) -> Path:
        again = browsing.revisits(site, answers[name])
        return Path(f"{name}-again", title, 0.85, lambda run: again, "/limit/unchanged/", 304)

    def write(
        name: str, bar: float, title: str, requests: list[list[Request]], writes: Writes
    ) -> Path:
        limit = f"/limit/write/{name}/"
        return Path(name, title, bar, requests.__getitem__, limit, writes=writes)

    return [
        page("visitor", 0.85, "Roadmap, visitor without marks"),
        page("roadmap", 0.5, "Roadmap, signed in, 20 of 43 done"),
        page("table", 0.5, "Filtered table fragment, signed in, with words and a layer"),
        write("state", 0.5, "Set a state", changes, EVENTS),
        revisit("visitor", "Revisit with its ETag, visitor"),
        revisit("roadmap", "Revisit with its ETag, signed in"),
        page("article", 0.5, "Article page, signed in"),
        page("recall", 0.4, "Recall, with a card due for each of the prompts"),
        write("rating", 0.4, "Rate a card", ratings, REVIEWS),
        write("note", 0.4, "Save a note", notes, NOTE_SAVES),
        page("practice", 0.4, "Running practice session"),
        write("scratch", 0.4, "Save a scratch", scratches, SCRATCH_SAVES),
        page("today", 0.4, "Today, with a plan"),
        page("map", 0.4, "Map, signed in, 20 of 43 done"),
    ]


def capture(running_site: RunningSite, name: str, request: Request) -> None:
    """Store the response without compression, because the middleware compresses the limit's."""
    headers = {k: v for k, v in request.headers.items() if k != "Accept-Encoding"}
    plain = Request(request.path, request.method, headers, request.body)
    answer = running_site.site.ask(plain)
    if answer.status != 200:
        raise ValueError(f"{request.path} answered {answer.status}")
    captured = Captured(answer.status, answer.headers["content-type"], answer.body.decode())
    captured.write(running_site.product.captured, name)
