"""Save a scratch as a note is saved, so that no text is lost."""

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from playbook.diagrams.language import parse
from playbook.diagrams.svg import draw
from progress.practice.models import DRAWING, SCRATCH_MAX_LENGTH, DroppedScratch
from progress.practice.sql import (
    StoredScratch,
    delete_expired_scratches,
    scratch_of,
    write_scratch,
)
from progress.reader import ReaderGone
from progress.sql import lock_learner
from progress.texts.saving import Draft, TextStore

POSITION_MAX = 32_767
"""The largest number that the column holds in PostgreSQL."""


class SessionFinished(Exception):
    """The session is finished, so that its scratches are what is scored."""


class ScratchStore(TextStore[StoredScratch]):
    """The row of a scratch, which exists from the start of its session on."""

    max_length = SCRATCH_MAX_LENGTH

    def __init__(self, user: User, session: UUID, position: int) -> None:
        self.user = user
        self.session = session
        self.position = position
        self.stage = ""
        self.drawn: dict[str, str] = {}

    def read(self) -> StoredScratch:
        """Return the scratch. Raise `Http404` where the learner has no such one."""
        is_position = self.position <= POSITION_MAX
        scratch = scratch_of(self.user, self.session, self.position) if is_position else None
        if scratch is None:
            raise Http404(_("You have no such practice session."))
        self.stage = scratch.stage
        return scratch

    def open(self) -> StoredScratch:
        scratch = self.read()
        if scratch.is_finished:
            raise SessionFinished
        return scratch

    def stored_text(self) -> str:
        return self.read().text

    def prepare(self, text: str) -> None:
        self.drawn[text] = self.draw(text)

    def draw(self, text: str) -> str:
        return draw(parse(text), _("Drawing as text")) if self.stage == DRAWING else ""

    def lock(self) -> StoredScratch:
        if not lock_learner(self.user):
            raise ReaderGone
        return self.open()

    def write(self, saved: StoredScratch, text: str, draft: Draft | None = None) -> None:
        saved.text = text
        saved.version += 1
        saved.updated_at = timezone.now()
        saved.saved_by = draft.page if draft else None
        saved.saved_number = draft.number if draft else 0
        svg = self.drawn[text] if text in self.drawn else self.draw(text)
        write_scratch(saved, svg)

    def drop(self, saved: StoredScratch, text: str) -> None:
        if text:
            delete_expired_scratches(self.user)
            DroppedScratch.objects.create(scratch_id=saved.pk, text=text)
            saved.has_dropped_texts = True

    def has_dropped(self, saved: StoredScratch, text: str) -> bool:
        return DroppedScratch.objects.filter(scratch=saved.pk, text=text).kept().exists()


def restore_scratch(user: User, dropped: DroppedScratch) -> None:
    """Exchange the text of a scratch with one that was dropped earlier."""
    scratch = dropped.scratch
    store = ScratchStore(user, scratch.practice_session.uuid, scratch.position)
    with transaction.atomic():
        saved = store.lock()
        if DroppedScratch.objects.for_user(user).filter(pk=dropped.pk).delete()[0]:
            store.drop(saved, saved.text)
            store.write(saved, dropped.text)


def append_text(user: User, session: UUID, position: int, text: str) -> None:
    """Add a text below a scratch, once. Raise `SessionFinished`, `TooLong` or `ReaderGone`."""
    store = ScratchStore(user, session, position)
    with transaction.atomic():
        saved = store.lock()
        if text not in saved.text:
            store.change(saved, f"{saved.text}\n\n{text}" if saved.text else text)
