"""Cached fragments, and the template tags that put per-user fragments into pages."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from functools import cache, wraps
from html import escape
from typing import NamedTuple
from uuid import uuid4, uuid5

from django.template import Context, Library
from django.utils.safestring import SafeString

from playbook.http import HttpRequest
from playbook.rendering.dependencies import (
    Dependencies,
    Dependency,
    current_language,
    store_for,
    versions,
)
from playbook.rendering.guard import IS_CHECKED, check_values, declared, guarded, is_checking
from playbook.rendering.store import RenderStore


class CachedFragments:
    """Renders templates that are the same wherever their values and dependencies are.

    A template sees the values it is given and nothing else: no request, no user.
    """

    def __init__(
        self, store: RenderStore, depends_on: Dependencies, depended: tuple[Hashable, ...]
    ) -> None:
        self._render = store.render_fragment
        self._depends_on = depends_on
        self._scope = (current_language(), *depended)

    def __call__(self, template: str, **values: object) -> SafeString:
        if IS_CHECKED:
            check_values(template, self._depends_on, values)
        return self._render(template, self._depends_on, self._scope, tuple(values.items()))

    def filled(self, template: str, own: Mapping[str, str | int], **values: object) -> SafeString:
        """Return the fragment of the values, with a gap for each of the reader's own, filled."""
        gaps = {name: gap(name) for name in own}
        return fill(self(template, **values, **gaps), **own)


def cached_fragments(request: HttpRequest, *depends_on: Dependency) -> CachedFragments:
    """Return a renderer of fragments that depend on these and on the values they are given."""
    return CachedFragments(
        store_for(request, depends_on), depends_on, versions(request, depends_on)
    )


GAPS = uuid4()
"""Random, so that a text which a reader typed cannot contain a gap that is made of it."""


@cache
def gap(name: str) -> SafeString:
    """Return the value that leaves a gap in a cached fragment, for `fill` to close.

    So a fragment is rendered once for all readers, and nothing of any reader is kept. A template
    can show the gap and ask whether it is there, but cannot change it with a filter. It is a UUID,
    so an address can have it where one belongs.
    """
    return SafeString(uuid5(GAPS, name))


def fill(fragment: str, **values: str | int) -> SafeString:
    """Return the fragment with each value, escaped unless it is safe, in the gap of its name."""
    for name, value in values.items():
        # As `conditional_escape` does, in a third of its time.
        safe = value if isinstance(value, SafeString) else escape(str(value))
        fragment = fragment.replace(gap(name), safe)
    return SafeString(fragment)


def gaps_for(own: Mapping[str, str | int]) -> Mapping[str, str]:
    """Return a gap for each value that is not empty, so that a template can ask which are there."""
    return {name: gap(name) if value else "" for name, value in own.items()}


class Hole(NamedTuple):
    """The place of a per-user fragment in a page that is rendered once for everybody."""

    name: str
    depends_on: Dependencies
    fill: Callable[[HttpRequest], str]


class Holes(list[Hole]):
    """The holes of a page in their order, and the text that marks each."""

    mark: SafeString


def per_user_fragment(
    library: Library, *depends_on: Dependency
) -> Callable[[Callable[..., str]], Callable[..., str]]:
    """Register a function as a template tag that renders what differs between readers.

    The function gets the request and the values that stand in the tag. Its dependencies have to be
    declared by every page that shows it.
    """

    def decorate(draw: Callable[..., str]) -> Callable[..., str]:
        @wraps(draw)
        def checked(request: HttpRequest, *args: object, **values: object) -> str:
            if not is_checking():
                return draw(request, *args, **values)
            with declared(draw.__name__, depends_on):
                return draw(guarded(request), *args, **values)

        def tag(context: Context, *args: object, **values: object) -> str:
            holes: Holes | None = context.get("holes")
            if holes is None:
                return checked(context["request"], *args, **values)
            holes.append(
                Hole(draw.__name__, depends_on, lambda request: checked(request, *args, **values))
            )
            return holes.mark

        library.simple_tag(tag, takes_context=True, name=draw.__name__)
        return checked

    return decorate
