"""How pages are drawn: once for everybody, with slots for what is the reader's own.

A page of the catalogue is the same for every reader but for a few parts: a row's state, a figure,
the menu with their name. Each of those is a slot. The rest is drawn once for each snapshot of the
playbook, by templates that are told nothing of any reader, and kept with the snapshot.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Collection, Hashable, Mapping
from functools import lru_cache
from hashlib import sha256
from http import HTTPStatus
from threading import Lock
from typing import Any, Protocol, TypeAlias

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.template import Context, Library
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString

from playbook.http import HttpRequest, site, theme
from playbook.release import RELEASE

MARK = SafeString(secrets.token_hex(16))
"""Where a slot is in a page that is drawn. Nobody can type it: pages show what was typed."""

HAS_LANGUAGES = len(settings.LANGUAGES) > 1
"""With one there is no need to ask which, some eighty times for a page."""

PIECES_KEPT = 5_000
PAGES_KEPT = 300
"""Of each kind; the oldest goes first."""

QUERY_MAX_LENGTH = 500
"""What has a longer one is not kept."""

FOR_EVERYBODY = "public, max-age=0, s-maxage=60"
"""A browser asks again each time; a cache in front of the site may answer for a minute."""
FOR_ONE = "private, no-cache"
ONCE = "private, no-store"

KNOWN_BY = {settings.SESSION_COOKIE_NAME, "messages"}
"""Of who has none of these cookies, nothing is known but the theme and the time zone."""

VARY = ("Accept-Encoding", "Cookie", "HX-Request", "HX-Target", "HX-History-Restore-Request")

_keeping = Lock()

Fill: TypeAlias = Callable[[HttpRequest], str]


class Piece(Protocol):
    def __call__(self, template: str, **values: Any) -> SafeString: ...


def piece_keeper() -> Piece:
    """Renders parts of pages that are the same for every reader with these values: each once.

    A template sees the values and nothing else: no request, no user.
    """

    @lru_cache(PIECES_KEPT)
    def render(
        template: str, language: str | None, values: tuple[tuple[str, Any], ...]
    ) -> SafeString:
        return render_to_string(template, dict(values))

    def piece(template: str, **values: Any) -> SafeString:
        language = translation.get_language() if HAS_LANGUAGES else None
        return render(template, language, tuple(values.items()))

    return piece


piece = piece_keeper()
"""For what does not depend on the catalogue; a snapshot has its own."""


def slot(library: Library) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Makes a tag for templates of a function that draws what is the reader's own.

    The function is given the request, and the values that stand in the tag.
    """

    def decorate(draw: Callable[..., str]) -> Callable[..., str]:
        def tag(context: Context, *args: Any, **values: Any) -> str:
            if "slots" not in context:
                return draw(context["request"], *args, **values)
            context["slots"].append(lambda request: draw(request, *args, **values))
            return MARK

        library.simple_tag(tag, takes_context=True, name=draw.__name__)
        return draw

    return decorate


class Page:
    """A drawn page: its texts, and between each two of them a slot to fill."""

    def __init__(self, template: str, context: Mapping[str, Any]) -> None:
        self.slots: list[Fill] = []
        drawn = render_to_string(template, {**context, "slots": self.slots})
        self.texts = drawn.split(MARK)
        if len(self.texts) != len(self.slots) + 1:
            raise ValueError(f"{template} draws a slot and then leaves it out or shows it twice")

    def fill(self, request: HttpRequest) -> str:
        filled = [self.texts[0]]
        for fill, text in zip(self.slots, self.texts[1:], strict=True):
            filled += fill(request), text
        return "".join(filled)


def render_shared(
    request: HttpRequest,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *,
    fragments: Collection[str] = (),
) -> HttpResponse:
    """A page that is the same for everybody but for its slots, or the fragment that htmx fills.

    `context` knows nothing of the reader, and is asked for only where the page is drawn.
    """

    def draw() -> HttpResponse:
        page = _kept_page(request, _name(request, template, fragments), context)
        return HttpResponse(page.fill(request))

    return _answer(request, draw)


def render_own(
    request: HttpRequest,
    template: str,
    context: Callable[[], Mapping[str, Any]],
    *,
    fragments: Collection[str] = (),
    shown: Hashable = None,
) -> HttpResponse:
    """A page of this reader alone, or the fragment that htmx fills.

    `shown` is what the page shows beside the catalogue and the reader's progress.
    """
    name = _name(request, template, fragments)

    def draw() -> HttpResponse:
        return HttpResponse(render_to_string(name, dict(context()), request))

    return _answer(request, draw, shown)


def _answer(
    request: HttpRequest, draw: Callable[[], HttpResponse], shown: Hashable = None
) -> HttpResponse:
    """304 where the browser has the page as it is now; with a message on it, it is kept nowhere."""
    known = is_known(request)
    if known and len(get_messages(request)):
        response = draw()
        response["Cache-Control"] = ONCE
    else:
        kind = FOR_ONE if known else FOR_EVERYBODY
        of_reader = (request.progress.version, shown) if known else None
        etag = f'"{_version(request, of_reader)}"'
        response = get_conditional_response(request, etag) or draw()
        if response.status_code == HTTPStatus.PRECONDITION_FAILED:
            kind = ONCE
        response["ETag"] = etag
        response["Cache-Control"] = kind
    patch_vary_headers(response, VARY)
    return response


def is_known(request: HttpRequest) -> bool:
    """Whether a page could be another one for this reader than for everybody."""
    return not KNOWN_BY.isdisjoint(request.COOKIES)


def _version(request: HttpRequest, of_reader: Hashable) -> str:
    """Another one whenever the page would look different."""
    snapshot, htmx = request.snapshot, request.htmx
    parts = (
        RELEASE,
        snapshot.version,
        snapshot.with_drafts,
        of_reader,
        theme(request),
        (settings.SITE_URL, settings.HAS_EMAIL),
        request.META["PATH_INFO"],
        request.META["QUERY_STRING"],
        (htmx.target, htmx.history_restore_request) if htmx else None,
    )
    return sha256(repr(parts).encode()).hexdigest()[:32]


def asked_fragment(request: HttpRequest, fragments: Collection[str]) -> str:
    """The one that htmx asks for; Back gets the whole page, and so does who is not htmx."""
    if not request.htmx or request.htmx.history_restore_request:
        return ""
    target = request.htmx.target or ""
    return target if target in fragments else ""


def _name(request: HttpRequest, template: str, fragments: Collection[str]) -> str:
    """Of the template, or of its fragment."""
    fragment = asked_fragment(request, fragments)
    return f"{template}#{fragment}" if fragment else template


def put(kept: dict[Any, Any], key: Hashable, thing: object) -> None:
    """Keeps it, in the place of the oldest where there are PAGES_KEPT."""
    with _keeping:
        kept[key] = thing
        while len(kept) > PAGES_KEPT:
            del kept[next(iter(kept))]


def _kept_page(
    request: HttpRequest, template: str, context: Callable[[], Mapping[str, Any]]
) -> Page:
    query = request.META["QUERY_STRING"]
    # Apart, so that no number of searches drives the pages out that everybody reads.
    pages: dict[tuple[str, ...], Page] = request.snapshot.pages[bool(query)]
    address = (request.path, query)
    key = (template, *address, theme(request), translation.get_language() or "")
    page = pages.get(key)
    if page is None:
        page = Page(template, {**site(request), **context()})
        if len(query) <= QUERY_MAX_LENGTH:
            put(pages, key, page)
    return page
