"""The actions of a learner during a practice session. Each is idempotent."""

from uuid import UUID

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from progress.practice.clock import not_before
from progress.practice.models import Pause, PracticeSession
from progress.reader import ReaderGone
from progress.sql import lock_learner


def locked_session(user: User, uuid: UUID) -> PracticeSession:
    """Lock the learner and return their session as it is now.

    Raise `Http404` where they have no such one, and `ReaderGone`.
    """
    if not lock_learner(user):
        raise ReaderGone
    session = PracticeSession.objects.for_user(user).filter(uuid=uuid).first()
    if session is None:
        raise Http404(_("You have no such practice session."))
    return session


@transaction.atomic
def ask(user: User, uuid: UUID, question: int) -> None:
    """Add a clarifying question to those that were asked."""
    practice_session = locked_session(user, uuid)
    if not 0 <= question < len(practice_session.copy.questions):
        raise Http404(_("The case has no such question."))
    if practice_session.finished_at is None and question not in practice_session.asked:
        practice_session.asked.append(question)
        practice_session.save(update_fields=["asked"])


@transaction.atomic
def pause(user: User, uuid: UUID, reason: str) -> None:
    """Stop the clock. If it stands still already, the first reason stays."""
    practice_session = locked_session(user, uuid)
    pauses = list(practice_session.pauses.all())
    if practice_session.finished_at or any(pause.ended_at is None for pause in pauses):
        return
    began_at = not_before(
        timezone.now(), practice_session.started_at, *(pause.ended_at for pause in pauses)
    )
    Pause.objects.create(practice_session=practice_session, reason=reason, began_at=began_at)


@transaction.atomic
def resume(user: User, uuid: UUID) -> None:
    """Let the clock go on."""
    _end_pause(locked_session(user, uuid))


@transaction.atomic
def finish(user: User, uuid: UUID) -> None:
    """End the session, and a pause with it. What is finished stays as it was."""
    practice_session = locked_session(user, uuid)
    if practice_session.finished_at:
        return
    _end_pause(practice_session)
    last = practice_session.pauses.last()
    practice_session.finished_at = not_before(
        timezone.now(), practice_session.started_at, last.ended_at if last else None
    )
    practice_session.save(update_fields=["finished_at"])


def _end_pause(practice_session: PracticeSession) -> None:
    for pause in practice_session.pauses.filter(ended_at=None):
        pause.ended_at = not_before(timezone.now(), pause.began_at)
        pause.save(update_fields=["ended_at"])
