"""Build the requests that a browser would send, from the pages of the running site."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from html.parser import HTMLParser
from urllib.parse import urlencode, urlsplit
from uuid import uuid4

from bench.load import Request
from bench.measured_learners import MeasuredLearner
from bench.site import Site

AS_A_BROWSER = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, deflate, br",
    "Accept-Language": "en",
    "User-Agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36",
}
ROADMAP, RECALL = "/", "/me/recall/"
SAVES = 8
"""The number of times that a student saves each note."""
SCRATCH_SAVES = 40
"""The number of times that a student saves each scratch; a session has few of them."""
LINE = "- one writer for each event, so no seat is sold twice"
SENTENCE = "A write is *acknowledged* once a quorum has stored it, so a later read finds it there."


@dataclass(frozen=True)
class Page:
    """A page and the cookies of the reader who got it, from which further requests are built."""

    html: str
    cookies: Mapping[str, str]
    address: str

    @property
    def origin(self) -> str:
        parts = urlsplit(self.address)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def headers(self) -> dict[str, str]:
        cookies = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return {**AS_A_BROWSER, "Cookie": cookies}

    def for_reader(self, reader: MeasuredLearner) -> "Page":
        """Return the same page with the session of this learner."""
        return replace(self, cookies={**self.cookies, "sessionid": reader["session"]})


def pages(site: Site, path: str, readers: Sequence[MeasuredLearner]) -> list[Page]:
    """Request the page once and return it for each reader. Raise `ValueError` if that fails."""
    session = f"sessionid={readers[0]['session']}"
    answer = site.ask(Request(path, headers={"Cookie": session}))
    if answer.status != 200:
        raise ValueError(f"{path} answered {answer.status}")
    page = Page(answer.body.decode(), answer.cookies, site.origin + path)
    return [page.for_reader(reader) for reader in readers]


def visitors(path: str) -> list[Request]:
    """Return the request of a visitor without cookies."""
    return [Request(path, headers=AS_A_BROWSER)]


def of_readers(site: Site, path: str, readers: Sequence[MeasuredLearner]) -> list[Request]:
    return [Request(path, headers=page.headers) for page in pages(site, path, readers)]


def fragments(
    site: Site, path: str, target: str, readers: Sequence[MeasuredLearner]
) -> list[Request]:
    """Return the requests htmx sends for the part of the page with the id `target`."""
    return [
        Request(path, headers={**page.headers, **as_htmx(page, target), "Accept": "*/*"})
        for page in pages(site, path, readers)
    ]


def as_htmx(page: Page, target: str) -> dict[str, str]:
    return {
        "HX-Request": "true",
        "HX-Current-URL": page.address,
        "HX-Target": target,
        "Sec-Fetch-Site": "same-origin",
    }


def revisits(site: Site, requests: Sequence[Request]) -> list[Request]:
    """Return the requests as conditional GETs, or none if a response has no ETag."""
    tags = [site.ask(request).headers.get("etag", "") for request in requests]
    if not all(tags):
        return []
    return [
        Request(request.path, headers={**request.headers, "If-None-Match": tag})
        for request, tag in zip(requests, tags, strict=True)
    ]


class StatesForm(HTMLParser):
    """Parses the form that sets states: what it sends, and the address of each article."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.fields: dict[str, str] = {}
        self.addresses: dict[str, str] = {}
        self._is_inside = False
        self._shown: list[str] = []
        self.feed(html)
        # As static/js/marks.js: the ids of the elements that show progress.
        self.fields["shown"] = " ".join(self._shown)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if "data-progress" in values:
            self._shown.append(values["id"])
        if tag == "form":
            self._is_inside = values.get("id") == "states"
        elif tag == "input" and self._is_inside:
            self.fields[values["name"]] = values.get("value", "")
        elif tag == "button" and values.get("form") == "states" and values.get("name") == "state":
            address = values["formaction"]
            kind, slug = urlsplit(address).path.split("/")[1:3]
            if kind == "articles":
                self.addresses.setdefault(slug, address)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_inside = False


def state_changes(site: Site, writers: Sequence[MeasuredLearner]) -> list[Request]:
    """Return two requests for each learner and article, each of which changes the state.

    Sending the list again changes every state again. The learners take turns, so that two
    requests of one learner seldom wait for each other.
    """
    roadmaps = pages(site, ROADMAP, writers)
    form = StatesForm(roadmaps[0].html)
    if not form.addresses:
        raise ValueError("the roadmap has no buttons of a form “states” that set a state")
    states = [dict(writer["states"]) for writer in writers]
    requests = []
    for _ in range(2):
        for slug, address in form.addresses.items():
            for page, writer, state in zip(roadmaps, writers, states, strict=True):
                state[slug] = "reading" if state[slug] == "done" else "done"
                fields = {**form.fields, "reader": str(writer["pk"]), "state": state[slug]}
                requests.append(state_change(page, address, fields))
    return requests


def ratings(
    site: Site, students: Sequence[MeasuredLearner], prompts: Sequence[str]
) -> list[Request]:
    """Return one rating of each student for the card of each prompt. The students take turns."""
    recall = pages(site, RECALL, students)
    return [
        form_sent(
            page,
            "recall",
            f"{RECALL}review/",
            {"card": key, "operation": str(uuid4()), "reader": str(student["pk"]), "rating": "3"},
        )
        for key in prompts
        for page, student in zip(recall, students, strict=True)
    ]


def note_saves(site: Site, students: Sequence[MeasuredLearner]) -> list[Request]:
    """Return the saves of texts that grow, as the page sends them while somebody types.

    The students take turns, and each goes round the articles, so that a save of a note seldom
    overtakes the one before it. Each save names the version of the page when it was opened, as a
    page does that got no answer yet: so the saves of a note may arrive in any order.
    """
    articles = list(students[0]["states"])
    opened = {slug: pages(site, f"/articles/{slug}/", students) for slug in articles}
    page_id, opened_version = str(uuid4()), "1"
    return [
        form_sent(
            page,
            "note-status",
            f"/articles/{slug}/note/",
            {
                "text": "\n\n".join([SENTENCE] * (number + 1)),
                "reader": str(student["pk"]),
                "version": opened_version,
                "page": page_id,
                "number": str(number),
            },
        )
        for number in range(1, SAVES + 1)
        for slug in articles
        for page, student in zip(opened[slug], students, strict=True)
    ]


def practice_pages(site: Site, students: Sequence[MeasuredLearner]) -> list[Request]:
    """Return the request of each student for the page of their practice session."""
    requests = (of_readers(site, student["practice"], [student]) for student in students)
    return [request for of_student in requests for request in of_student]


def scratch_saves(site: Site, students: Sequence[MeasuredLearner]) -> list[Request]:
    """Return the saves of scratches that grow, in the order and form of `note_saves`."""
    opened = [page for student in students for page in pages(site, student["practice"], [student])]
    stages = range(1, opened[0].html.count("data-stage-row=") + 1)
    page_id, opened_version = str(uuid4()), "1"
    return [
        form_sent(
            page,
            f"scratch-{stage}-status",
            f"{student['practice']}scratches/{stage}/",
            {
                "text": "\n".join([LINE] * (number + 1)),
                "reader": str(student["pk"]),
                "stage": str(stage),
                "version": opened_version,
                "page": page_id,
                "number": str(number),
            },
        )
        for number in range(1, SCRATCH_SAVES + 1)
        for stage in stages
        for page, student in zip(opened, students, strict=True)
    ]


def state_change(page: Page, address: str, fields: Mapping[str, str]) -> Request:
    return form_sent(page, "states", address, fields)


def form_sent(page: Page, target: str, address: str, fields: Mapping[str, str]) -> Request:
    """Return the request that htmx sends for a form of the page."""
    headers = {
        **page.headers,
        **as_htmx(page, target),
        "Accept": "*/*",
        "Content-Type": "application/x-www-form-urlencoded",
        "Origin": page.origin,
        "Referer": page.address,
    }
    return Request(address, "POST", headers, urlencode(fields))
