"""Pages rendered once for everybody, with a hole for each fragment that differs between readers."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from playbook.http import HttpRequest, site
from playbook.rendering.dependencies import DECK, MESSAGES, READER, Dependencies
from playbook.rendering.fragments import Hole, Holes
from playbook.rendering.guard import IS_CHECKED, declared

FRAME: Dependencies = (READER, MESSAGES)
"""The dependencies of `base.html`, which every page extends."""

FRAME_FRAGMENTS: Dependencies = (DECK,)
"""The dependencies of the fragments in `base.html` only, so that pages have to declare theirs."""


@dataclass(frozen=True)
class Content:
    """The context of a page's template, and the headers that go with it."""

    context: Mapping[str, object]
    headers: Mapping[str, str] = field(default_factory=dict)


def content_of(viewed: Content | Mapping[str, Any]) -> Content:
    return viewed if isinstance(viewed, Content) else Content(viewed)


class SharedPage:
    """A page rendered once for everybody: its text, with a hole for each per-user fragment."""

    def __init__(self, template: str, content: Content, depends_on: Dependencies) -> None:
        holes = Holes()
        # Random, so that a text which a reader typed cannot contain it.
        holes.mark = SafeString(secrets.token_hex(16))
        text = render_to_string(template, {**content.context, "holes": holes})
        self.headers = content.headers
        self.depends_on = depends_on
        self.texts = text.split(holes.mark)
        self.holes: list[Hole] = holes
        if len(self.texts) != len(holes) + 1:
            raise ValueError(f"{template} renders a per-user fragment and shows it never or twice")

    @classmethod
    def of(
        cls,
        viewed: Content | Mapping[str, Any],
        template: str,
        request: HttpRequest,
        depends_on: Dependencies,
    ) -> Self:
        """Return the page of what a view returned, with what every template knows."""
        content = content_of(viewed)
        context = {**site(request), **content.context}
        return cls(template, Content(context, content.headers), depends_on)

    def fill(self, template: str, request: HttpRequest) -> str:
        """Return the page with the fragments of this reader."""
        if IS_CHECKED:
            with declared(template, self.depends_on, FRAME_FRAGMENTS):
                return self._filled(request)
        return self._filled(request)

    def _filled(self, request: HttpRequest) -> str:
        filled = [self.texts[0]]
        for hole, text in zip(self.holes, self.texts[1:], strict=True):
            filled += hole.fill(request), text
        return "".join(filled)
