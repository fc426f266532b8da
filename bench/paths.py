"""The paths whose speed is compared with the limit's."""

from collections.abc import Callable
from dataclasses import dataclass

from bench import browsing
from bench.captured import Captured
from bench.environment import RunningSite
from bench.load import Request

ROADMAP = "/"
TABLE = "/articles/?layer=data-mastery&q=read+path"
ARTICLE = "/articles/unlocking-scalability-building-blocks-p1/"


@dataclass(frozen=True)
class Path:
    """`requests` of each run, the first of which is not measured; none where it is not possible.

    `limit` is the address of the view that answers the same without doing anything.
    """

    name: str
    title: str
    bar: float
    requests: Callable[[int], list[Request]]
    limit: str
    status: int = 200
    writes: bool = False


def paths(running_site: RunningSite) -> list[Path]:
    """Also keeps what each page answers, for the limit."""
    site, learners = running_site.site, running_site.learners
    visitor = browsing.visitors(ROADMAP)
    roadmap = browsing.of_readers(site, ROADMAP, learners["readers"])
    table = browsing.fragments(site, TABLE, "results", learners["readers"])
    article = browsing.of_readers(site, ARTICLE, learners["readers"])
    changes = [browsing.state_changes(site, writers) for writers in learners["writers"]]
    answers = {"visitor": visitor, "roadmap": roadmap, "table": table, "article": article}
    for name, asked in {**answers, "state": changes[0]}.items():
        capture(running_site, name, asked[0])

    def page(name: str, bar: float, title: str) -> Path:
        return Path(name, title, bar, lambda run: answers[name], f"/limit/answer/{name}/")

    def revisit(name: str, title: str) -> Path:
        again = browsing.revisits(site, answers[name])
        return Path(f"{name}-again", title, 0.85, lambda run: again, "/limit/unchanged/", 304)

    state = Path(
        "state", "Set a state", 0.5, changes.__getitem__, "/limit/write/state/", writes=True
    )
    return [
        page("visitor", 0.85, "Roadmap, visitor without marks"),
        page("roadmap", 0.5, "Roadmap, signed in, 20 of 43 done"),
        page("table", 0.5, "Filtered table fragment, signed in, with words and a layer"),
        state,
        revisit("visitor", "Revisit with its ETag, visitor"),
        revisit("roadmap", "Revisit with its ETag, signed in"),
        page("article", 0.5, "Article page, signed in"),
    ]


def capture(running_site: RunningSite, name: str, request: Request) -> None:
    """Without compression: the limit's own middleware compresses it anew, like the page's."""
    headers = {k: v for k, v in request.headers.items() if k != "Accept-Encoding"}
    plain = Request(request.path, request.method, headers, request.body)
    answer = running_site.site.ask(plain)
    if answer.status != 200:
        raise ValueError(f"{request.path} answered {answer.status}")
    captured = Captured(answer.status, answer.headers["content-type"], answer.body.decode())
    captured.keep(running_site.product.captured, name)
