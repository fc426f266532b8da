from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import NamedTuple
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import User
from playbook.http import HttpRequest, sign_in_required
from playbook.server.bodies import KIBIBYTE, takes_up_to
from progress.practice.models import DroppedScratch
from progress.practice.scratches import (
    ScratchStore,
    SessionFinished,
    append_text,
    restore_scratch,
)
from progress.practice.session_page import SessionPage, earlier_url, empty_editor
from progress.practice.sql import StoredScratch
from progress.responses import expect_reader
from progress.texts.requests import (
    TextForm,
    refusal_of,
    respond_to_conflict,
    respond_to_refusal,
    respond_to_stored_text,
    with_sent_text,
)
from progress.texts.saving import Conflict, TooLong
from progress.views import LearnerRequest

BODY_MAX = 512 * KIBIBYTE
"""Two texts, of which a character takes up to nine bytes in a form."""

PAGE = "practice/scratch_save.html"
"""The page that shows a text that was not saved."""


class SentText(NamedTuple):
    """A text as a form sends it with others, under the names of its fields."""

    position: int
    text: str
    version: str


@require_http_methods(["GET", "HEAD", "POST"])
@takes_up_to(BODY_MAX)
@sensitive_post_parameters("text")
def scratch_save(request: HttpRequest, uuid: UUID, position: int) -> HttpResponse:
    """Store the text of a scratch. No answer loses it: what is refused is shown again."""
    if request.method != "POST":
        return redirect(address_of(uuid, position))
    sent = {each.position: each for each in texts_in(request)}
    own = sent.pop(position, None)
    form = TextForm({**request.POST.dict(), **(own._asdict() if own else {})})
    scratch = _store(request, uuid, position, form, list(sent.values()))
    if isinstance(scratch, HttpResponse):
        return scratch
    if refused := save_texts(request, uuid, list(sent.values())):
        return refused
    return respond_to_save(request, uuid, position, scratch, sent=form.draft.text)


def texts_in(request: HttpRequest) -> list[SentText]:
    """Return the texts that were sent with their positions.

    Without JavaScript one form sends the texts of the stage and of the drawing, so that each of its
    buttons saves both.
    """
    sent = zip(*map(request.POST.getlist, SentText._fields), strict=False)
    return [
        SentText(int(position[:5]), text, version)
        for position, text, version in sent
        if position.isascii() and position.isdigit()
    ]


def save_texts(request: HttpRequest, uuid: UUID, texts: Sequence[SentText]) -> HttpResponse | None:
    """Store these texts. Return the response that shows the first one that is refused."""
    for number, each in enumerate(texts, start=1):
        form = TextForm(each._asdict())
        stored = _store(request, uuid, each.position, form, texts[number:])
        if isinstance(stored, HttpResponse):
            return stored
    return None


def _store(
    request: HttpRequest, uuid: UUID, position: int, form: TextForm, others: Sequence[SentText]
) -> StoredScratch | HttpResponse:
    """Store a text; return the row, or the response that shows the text if it is refused.

    The form of that response sends the other texts too, which were not stored yet.
    """
    fields = [field for each in others for field in each._asdict().items()]
    empty = replace(empty_editor(uuid, position), hidden_fields=(("position", position), *fields))
    editor = partial(with_sent_text, empty, request, form)
    if refusal := refusal_of(request, form):
        return respond_to_refusal(request, PAGE, editor(), *refusal)
    assert isinstance(request.user, User)
    try:
        return ScratchStore(request.user, uuid, position).accept(
            form.draft, form.choice_made, form.version_seen
        )
    except TooLong as error:
        return respond_to_refusal(request, PAGE, editor(), too_long(error), HTTPStatus.BAD_REQUEST)
    except SessionFinished:
        return respond_to_refusal(request, PAGE, editor(), finished(), HTTPStatus.CONFLICT)
    except Conflict as conflict:
        return respond_to_conflict(request, PAGE, editor(), conflict)


def respond_to_save(
    request: HttpRequest, uuid: UUID, position: int, scratch: StoredScratch, *, sent: str
) -> HttpResponse:
    if not request.htmx:
        messages.success(request, _("Saved."))
        return redirect(address_of(uuid, stage_after(request, position)))
    editor = replace(
        empty_editor(uuid, position, scratch.stage),
        version=scratch.version,
        text=scratch.text,
        saved_at=scratch.updated_at,
        earlier_url=earlier_url(uuid, position) if scratch.has_dropped_texts else "",
    )
    return respond_to_stored_text(request, editor, has_other_text=scratch.text != sent)


def stage_after(request: HttpRequest, position: int) -> int:
    """Return the stage to show after a save: the one that was sent, or else that of the text."""
    stage = request.POST.get("stage", "")
    return int(stage[:4]) if stage.isascii() and stage.isdigit() else position


def address_of(uuid: UUID, position: int) -> str:
    return f"{reverse('practice:session_detail', args=[uuid])}?stage={position}"


def too_long(error: TooLong) -> str:
    return _(
        "Not saved: the text has %(length)s characters, and a scratch can have %(limit)s. "
        "Shorten it by %(excess)s."
    ) % {
        "length": f"{error.length:,}",
        "limit": f"{error.limit:,}",
        "excess": f"{error.length - error.limit:,}",
    }


def finished() -> str:
    return _(
        "Not saved: this session is finished. What was saved before is what you score. "
        "Your text is kept here: copy it if you need it."
    )


@require_safe
@sign_in_required
def earlier_scratches(request: LearnerRequest, uuid: UUID, position: int) -> HttpResponse:
    """Show the texts of a scratch that were dropped in the last 30 days."""
    scratch = ScratchStore(request.user, uuid, position).read()
    dropped = DroppedScratch.objects.for_user(request.user).filter(scratch=scratch.pk).kept()
    context = {"dropped_texts": dropped, "back_url": address_of(uuid, position)}
    return render(request, "practice/earlier_scratches.html", context)


@require_POST
@sign_in_required
def scratch_restore(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    texts = DroppedScratch.objects.for_user(request.user).kept()
    dropped = get_object_or_404(texts.select_related("scratch__practice_session"), uuid=uuid)
    try:
        restore_scratch(request.user, dropped)
    except SessionFinished:
        return render(request, "409.html", {"reason": finished()}, status=HTTPStatus.CONFLICT)
    scratch = dropped.scratch
    return redirect(address_of(scratch.practice_session.uuid, scratch.position))


@require_POST
@sign_in_required
@sensitive_post_parameters("text")
def estimate_take(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Add a result of the estimates page to the scratch of the estimates, or else the first."""
    expect_reader(request)
    page = SessionPage.of(request.user, uuid)
    position = page.estimates_position
    form = TextForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", {"reason": _("The estimate is not valid.")}, status=400)
    try:
        append_text(request.user, uuid, position, form.draft.text)
    except TooLong as error:
        return render(request, "400.html", {"reason": too_long(error)}, status=400)
    except SessionFinished:
        return render(request, "409.html", {"reason": finished()}, status=HTTPStatus.CONFLICT)
    return redirect(address_of(uuid, position))
