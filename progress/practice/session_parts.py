"""The parts of a running session's page, each a cached fragment with the session's own in its gaps.

So the page is rendered once for all sessions that look alike, and nothing of any learner is kept.
A case is as it was at the start of its session, so its texts are values: none depends on `CATALOG`.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils.safestring import SafeString
from django.utils.timezone import get_current_timezone
from django.utils.translation import gettext as _

from playbook.diagrams.tags import DrawnText
from playbook.http import HttpRequest
from playbook.rendering.fragments import cached_fragments, gap
from progress.practice.session_page import (
    SessionPage,
    StageRow,
    earlier_url,
    editor_id,
    empty_editor,
)
from progress.practice.sql import ShownScratch
from progress.texts.editor import TextEditor


class SessionParts:
    """Renders the page of a session, and what replaces a part of it."""

    def __init__(self, request: HttpRequest, page: SessionPage) -> None:
        self._page = page
        self._session = page.practice_session
        self._case = page.practice_session.copy
        self._render = cached_fragments(request)
        self._zone = get_current_timezone()
        self._everywhere: dict[str, str | int] = {
            "uuid": str(self._session.uuid),
            "reader": self._session.user_id,
            "number": page.number,
        }

    def body(self, *, has_answer: bool) -> SafeString:
        page, next_row = self._page, self._page.next_row
        own = {
            **self._changing(),
            "title": self._case.title,
            "interviewer": self._interviewer(has_answer=has_answer),
            "scratch": self._scratch(),
            "drawing": self._drawing(),
        }
        return self._part(
            "session_body.html",
            own,
            minutes=self._session.length_minutes,
            order=page.order_label,
            stages=len(page.rows),
            position=page.row.scratch.position,
            next_position=next_row.scratch.position if next_row else 0,
            next_stage=next_row.name if next_row else "",
        )

    def changing(self) -> SafeString:
        """Render the parts of the page that a poll of the clock replaces."""
        return self._part("session_clock.html", self._changing(), stages=len(self._page.rows))

    def answer(self) -> SafeString:
        """Render the interviewer with the answer to the question that was just asked."""
        own = {
            "interviewer": self._interviewer(has_answer=True),
            "last_answer": self._page.last_answer,
        }
        return self._part("interviewer.html", own)

    def _part(self, template: str, own: Mapping[str, str | int], **values: object) -> SafeString:
        return self._render.filled(f"practice/{template}", {**self._everywhere, **own}, **values)

    def _changing(self) -> dict[str, str | int]:
        page = self._page
        return {
            "clock": self._clock(),
            "rows": SafeString("".join([self._stage(row) for row in page.rows])),
            "twist": self._twist(),
            "stages_over": page.clock.stages_over,
            "elapsed": page.elapsed_minutes,
            "length": self._session.length_minutes,
        }

    def _clock(self) -> SafeString:
        page, clock = self._page, self._page.clock
        reason = page.pause.reason if page.pause else ""
        own = {
            **self._moment("now", page.now),
            **self._moment("ends_at", clock.ends_at),
            **self._moment("paused_since", clock.paused_since),
            "seconds_left": str(page.seconds_left),
            "time_left": page.time_left,
            "stage_ends": page.stage_end_seconds,
            "length_seconds": self._session.length_seconds,
            "twist_seconds": "" if clock.has_twist else self._session.twist_after_seconds,
            "reason": reason,
        }
        return self._part(
            "includes/clock.html",
            own,
            is_paused=clock.is_paused,
            is_up=clock.is_up,
            has_reason=bool(reason),
        )

    def _stage(self, row: StageRow) -> SafeString:
        return self._render.filled(
            "practice/includes/stage.html",
            self._moment("ends_at", row.ends_at),
            position=row.scratch.position,
            stage=row.stage,
            minutes=row.scratch.minutes,
            is_shown=row is self._page.row,
            is_over=row.is_over,
            is_now=row.is_now,
        )

    def _twist(self) -> SafeString:
        clock = self._page.clock
        if clock.has_twist:
            return self._part("includes/twist.html", {"twist": self._case.twist})
        own = self._moment("twist_at", clock.twist_at)
        return self._part("includes/twist-ahead.html", own, minutes=self._page.minutes_to_twist)

    def _interviewer(self, *, has_answer: bool) -> SafeString:
        return self._part(
            "includes/interviewer.html",
            {"brief": self._case.brief},
            open_questions=tuple(self._page.open_questions),
            asked=tuple(self._page.asked),
            has_answer=has_answer,
        )

    def _scratch(self) -> SafeString:
        scratch = self._page.row.scratch
        editor = self._editor(scratch)
        return self._part(
            "includes/scratch.html",
            editor.own_parts,
            editor=editor.for_everybody,
            position=scratch.position,
            minutes=scratch.minutes,
            is_estimates=self._page.is_estimates,
        )

    def _drawing(self) -> SafeString:
        scratch = self._page.drawing
        editor = self._editor(scratch)
        drawn = DrawnText.of(scratch.text, _("Drawing as text"), scratch.svg)._asdict()
        return self._part(
            "includes/drawing.html",
            {**editor.own_parts, **drawn},
            editor=editor.for_everybody,
            position=scratch.position,
            sent_with=f"{editor_id(self._page.row.scratch.position)}-form",
            drawn=DrawnText(**{name: gap(name) if html else html for name, html in drawn.items()}),
        )

    def _editor(self, scratch: ShownScratch) -> TextEditor:
        session, position = gap("uuid"), scratch.position
        return replace(
            empty_editor(session, position, scratch.stage),
            reader=str(self._session.user_id),
            text=scratch.text,
            version=scratch.version,
            saved_at=scratch.updated_at if scratch.version > 1 else None,
            earlier_url=earlier_url(session, position) if scratch.has_dropped_texts else "",
        )

    def _moment(self, name: str, at: datetime | None) -> dict[str, str]:
        """Return an instant for machines and its minute, in the learner's time zone."""
        if at is None:
            return {}
        local = at.astimezone(self._zone)
        return {name: local.isoformat(), f"{name}_minute": f"{local:%H:%M}"}
