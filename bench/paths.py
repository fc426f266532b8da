"""The paths whose speed is compared with the limit's."""

from collections.abc import Callable
from dataclasses import dataclass

from bench import browsing
from bench.captured import Captured
from bench.load import Request
from bench.stage import Stage

ROADMAP = "/"
TABLE = "/articles/?layer=data-mastery&q=read+path"
ARTICLE = "/articles/unlocking-scalability-building-blocks-p1/"


@dataclass(frozen=True)
class Path:
    """`requests` of each run, the first of which is not measured; none where it is not possible.

    `limit` is the address of the view that answers the same without doing anything.
    """

    title: str
    bar: float
    requests: Callable[[int], list[Request]]
    limit: str
    status: int = 200
    writes: bool = False


def paths(stage: Stage) -> list[Path]:
    """Also keeps what each page answers, for the limit."""
    site, cast = stage.site, stage.cast
    visitor = browsing.visitors(ROADMAP)
    roadmap = browsing.of_readers(site, ROADMAP, cast["readers"])
    table = browsing.fragments(site, TABLE, "results", cast["readers"])
    article = browsing.of_readers(site, ARTICLE, cast["readers"])
    changes = [browsing.state_changes(site, writers) for writers in cast["writers"]]
    answers = {"visitor": visitor, "roadmap": roadmap, "table": table, "article": article}
    for name, asked in {**answers, "state": changes[0]}.items():
        capture(stage, name, asked[0])

    def always(asked: list[Request]) -> Callable[[int], list[Request]]:
        return lambda run: asked

    def page(title: str, bar: float, name: str) -> Path:
        return Path(title, bar, always(answers[name]), f"/limit/answer/{name}/")

    def revisit(title: str, asked: list[Request]) -> Path:
        again = always(browsing.revisits(site, asked))
        return Path(title, 0.85, again, "/limit/unchanged/", status=304)

    return [
        page("Roadmap, visitor without marks", 0.85, "visitor"),
        page("Roadmap, signed in, 20 of 43 done", 0.5, "roadmap"),
        page("Filtered table fragment, signed in, with words and a layer", 0.5, "table"),
        Path("Set a state", 0.5, changes.__getitem__, "/limit/write/state/", writes=True),
        revisit("Revisit with its ETag, visitor", visitor),
        revisit("Revisit with its ETag, signed in", roadmap),
        page("Article page, signed in", 0.5, "article"),
    ]


def capture(stage: Stage, name: str, request: Request) -> None:
    """Without compression: the limit's own middleware compresses it anew, like the page's."""
    headers = {k: v for k, v in request.headers.items() if k != "Accept-Encoding"}
    plain = Request(request.path, request.method, headers, request.body)
    answer = stage.site.ask(plain)
    if answer.status != 200:
        raise ValueError(f"{request.path} answered {answer.status}")
    captured = Captured(answer.status, answer.headers["content-type"], answer.body.decode())
    captured.keep(stage.product.captured, name)
