"""Pages with declared dependencies: shared ones with holes, and personal ones.

The decorated view returns what the template shows, or a response that is sent as it is. It runs
only when one of the dependencies that its decorator declares has changed.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC
from functools import wraps
from hashlib import sha256
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, TypeAlias, TypeVar, cast

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.safestring import SafeString

from playbook.http import NEVER_STORED, HttpRequest, site, theme
from playbook.release import RELEASE
from playbook.rendering.dependencies import (
    Dependencies,
    current_language,
    is_known,
    store_for,
    versions,
)
from playbook.rendering.fragments import fill, gap
from playbook.rendering.guard import IS_CHECKED, declared, guarded
from playbook.rendering.shared_pages import (
    FRAME,
    FRAME_FRAGMENTS,
    Content,
    SharedPage,
    content_of,
)
from playbook.rendering.store import PROCESS_STORE, QUERY_MAX_LENGTH

_P = ParamSpec("_P")
_Request = TypeVar("_Request", bound=HttpRequest)

PUBLIC = "public, max-age=0, s-maxage=60"
"""A browser asks again each time; a cache in front of the site may answer for a minute."""
PRIVATE = "private, no-cache"

VARY = ("Accept-Encoding", "Cookie", "HX-Request", "HX-Target", "HX-History-Restore-Request")


@dataclass(frozen=True)
class RenderedFrom:
    """The dependencies of a response, and the versions of them that it shows."""

    depends_on: Dependencies
    versions: tuple[Hashable, ...]

    def is_current(self, request: HttpRequest) -> bool:
        return versions(request, self.depends_on) == self.versions


Viewed: TypeAlias = Content | Mapping[str, Any] | HttpResponse
View: TypeAlias = Callable[Concatenate[_Request, _P], HttpResponse]


def shared_page(
    template: str, *, depends_on: Dependencies, fragments: Collection[str] = ()
) -> Callable[[Callable[Concatenate[_Request, _P], Viewed]], View[_Request, _P]]:
    """Render the template once for everybody, with holes for what differs between readers.

    `depends_on` names what the page and its per-user fragments depend on, beside the address and
    what `base.html` shows. Of `fragments` htmx may ask for one alone.
    """
    page_depends_on = (*FRAME, *depends_on)
    response_depends_on = (*page_depends_on, *FRAME_FRAGMENTS)
    shared = tuple(dependency for dependency in depends_on if not dependency.is_personal)

    def decorate(view: Callable[Concatenate[_Request, _P], Viewed]) -> View[_Request, _P]:
        @wraps(view)
        def respond(request: _Request, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
            name = _template_name(request, template, fragments)
            pages = store_for(request, shared).pages.of(request.META["QUERY_STRING"])
            address = _address(request, name)
            key = (address, versions(request, shared))
            page = cast("SharedPage | None", pages.get(key))
            if page is None:
                with timezone.override(UTC), _checked(name, shared):
                    viewed = view(cast(_Request, guarded(request)), *args, **kwargs)
                    if isinstance(viewed, HttpResponse):
                        return viewed
                    page = SharedPage.of(viewed, name, request, page_depends_on)
                if len(request.META["QUERY_STRING"]) <= QUERY_MAX_LENGTH:
                    pages.put(key, page)
            drawn = page
            return _respond(
                request,
                address,
                response_depends_on,
                lambda: HttpResponse(drawn.fill(name, request), headers=drawn.headers),
            )

        return respond

    return decorate


def personal_page(
    template: str, *, depends_on: Dependencies, fragments: Collection[str] = ()
) -> Callable[[Callable[Concatenate[_Request, _P], Viewed]], View[_Request, _P]]:
    """Render the template for this reader alone; the browser may keep it while nothing changes.

    `depends_on` and `fragments` are those of `shared_page`.
    """
    page_depends_on = (*FRAME, *depends_on)
    response_depends_on = (*page_depends_on, *FRAME_FRAGMENTS)

    def decorate(view: Callable[Concatenate[_Request, _P], Viewed]) -> View[_Request, _P]:
        @wraps(view)
        def respond(request: _Request, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
            name = _template_name(request, template, fragments)

            def render() -> HttpResponse:
                with _checked(name, page_depends_on, FRAME_FRAGMENTS):
                    checked = cast(_Request, guarded(request))
                    viewed = view(checked, *args, **kwargs)
                    if isinstance(viewed, HttpResponse):
                        return viewed
                    content = content_of(viewed)
                    # Context processors are not checked: everything that they return is in the key.
                    context = {**content.context, "request": checked}
                    text = render_to_string(name, context, request)
                return HttpResponse(text, headers=content.headers)

            return _respond(request, _address(request, name), response_depends_on, render)

        return respond

    return decorate


def unstored_page(
    request: HttpRequest, template: str, own_path: str, **values: str
) -> HttpResponse:
    """Return a learner's page that nobody may keep, in a frame rendered once for everybody.

    The template shows the values and no other context. They and the address stand in gaps of the
    frame, so a process keeps nothing of any reader. `own_path` is the end of the address that
    differs between readers: the navigation sees the rest.
    """
    known = site(request)
    section = request.path.removesuffix(own_path)
    key = ("unstored", template, section, theme(request), current_language())
    frame = cast("SharedPage | None", PROCESS_STORE.pages.plain.get(key))
    own = {"address": known["address"], "own_path": own_path, **values}
    if frame is None:
        gaps = {name: gap(name) for name in own}
        context = {**known, **gaps, "path": SafeString(section + gap("own_path")), "query": ""}
        frame = SharedPage(template, Content(context), FRAME)
        PROCESS_STORE.pages.plain.put(key, frame)
    versions(request, (*FRAME, *FRAME_FRAGMENTS))  # as in `_respond`
    text = fill(SafeString(frame.fill(template, request)), **own)
    return HttpResponse(text, headers={"Cache-Control": NEVER_STORED})


def shared_file(
    *, depends_on: Dependencies
) -> Callable[[Callable[Concatenate[_Request, _P], HttpResponse]], View[_Request, _P]]:
    """Send the view's response to everybody alike, with an ETag."""

    def decorate(view: Callable[Concatenate[_Request, _P], HttpResponse]) -> View[_Request, _P]:
        @wraps(view)
        def respond(request: _Request, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
            versions(request, depends_on)  # as in `_respond`
            with timezone.override(UTC), _checked(view.__name__, depends_on):
                response = view(cast(_Request, guarded(request)), *args, **kwargs)
            address = _address(request, view.__name__)
            return _conditional(request, address, depends_on, lambda: response, PUBLIC)

        return respond

    return decorate


@contextmanager
def _checked(name: str, depends_on: Dependencies, frame: Dependencies = ()) -> Iterator[None]:
    if IS_CHECKED:
        with declared(name, depends_on, frame):
            yield
    else:
        yield


def _address(request: HttpRequest, template_name: str) -> tuple[Hashable, ...]:
    """Return what every page depends on: what is asked for, the colour scheme and the language."""
    meta, htmx = request.META, request.htmx
    asked_by = bool(htmx), bool(htmx) and htmx.history_restore_request
    asked_for = template_name, meta["PATH_INFO"], meta["QUERY_STRING"]
    return *asked_for, *asked_by, theme(request), current_language()


def _respond(
    request: HttpRequest,
    address: tuple[Hashable, ...],
    depends_on: Dependencies,
    render: Callable[[], HttpResponse],
) -> HttpResponse:
    """Return 304 if the browser's copy is current, else the page.

    A page with a message is not stored anywhere.
    """
    if not is_known(request):
        with timezone.override(UTC):
            return _conditional(request, address, depends_on, render, PUBLIC)
    if not len(get_messages(request)):
        return _conditional(request, address, depends_on, render, PRIVATE)
    versions(request, depends_on)  # read what is lazy before `render` is checked for what it reads
    response = render()
    response["Cache-Control"] = NEVER_STORED
    patch_vary_headers(response, VARY)
    return response


def _conditional(
    request: HttpRequest,
    address: tuple[Hashable, ...],
    depends_on: Dependencies,
    render: Callable[[], HttpResponse],
    cache_control: str,
) -> HttpResponse:
    rendered_from = RenderedFrom(depends_on, versions(request, depends_on))
    etag = f'"{_digest(address, rendered_from.versions)}"'
    response = get_conditional_response(request, etag) or render()
    if response.status_code == HTTPStatus.PRECONDITION_FAILED:
        cache_control = NEVER_STORED
    elif response.status_code == HTTPStatus.OK:
        response.rendered_from = rendered_from  # type: ignore[attr-defined]  # read in anonymous.py
    elif response.status_code != HTTPStatus.NOT_MODIFIED:
        return response
    response["ETag"] = etag
    response["Cache-Control"] = cache_control
    patch_vary_headers(response, VARY)
    return response


def _digest(address: tuple[Hashable, ...], depended: Hashable) -> str:
    parts = (RELEASE, (settings.SITE_URL, settings.HAS_EMAIL), address, depended)
    return sha256(repr(parts).encode()).hexdigest()[:32]


def requested_fragment(request: HttpRequest, fragments: Collection[str]) -> str:
    """Return the fragment that htmx asks for; empty for the whole page, which Back gets too."""
    if not request.htmx or request.htmx.history_restore_request:
        return ""
    target = request.htmx.target or ""
    return target if target in fragments else ""


def _template_name(request: HttpRequest, template: str, fragments: Collection[str]) -> str:
    fragment = requested_fragment(request, fragments)
    return f"{template}#{fragment}" if fragment else template
