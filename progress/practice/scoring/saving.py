"""Store the points of a practice session, and make cards of its gaps."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext

from progress import own_cards
from progress.own_cards import CardTexts
from progress.practice.models import PracticeSession, ReviewLink, Score
from progress.practice.scoring.score_sheet import Marks
from progress.reader import ReaderGone
from progress.sql import lock_learner

if TYPE_CHECKING:
    from catalog.models import Article
    from progress.learner import LearnerProgress
    from progress.practice.scoring.score_sheet import SheetLine


@transaction.atomic
def save_own_scores(practice_session: PracticeSession, marks: Marks) -> None:
    """Replace the learner's own points. Raise `ReaderGone`, or `Http404` if it was deleted."""
    lock_session(practice_session)
    Score.objects.filter(practice_session=practice_session, review_link=None).delete()
    write_scores(practice_session, marks)
    sessions = PracticeSession.objects.filter(pk=practice_session.pk, scored_at=None)
    sessions.update(scored_at=timezone.now())


def lock_session(practice_session: PracticeSession) -> None:
    """Lock the learner. Raise `ReaderGone`, or `Http404` if the session was deleted meanwhile."""
    if not lock_learner(practice_session.user):
        raise ReaderGone
    if not PracticeSession.objects.filter(pk=practice_session.pk).exists():
        raise Http404(gettext("You have no such practice session."))


def write_scores(
    practice_session: PracticeSession, marks: Marks, link: ReviewLink | None = None
) -> None:
    Score.objects.bulk_create(
        Score(
            practice_session=practice_session,
            review_link=link,
            criterion=criterion,
            points=mark.points,
            quote=mark.quote,
        )
        for criterion, mark in marks.items()
    )


def add_gap_cards(
    progress: LearnerProgress,
    practice_session: PracticeSession,
    article: Article,
    gaps: Iterable[SheetLine],
) -> int:
    """Add a card of the learner's own for each gap, and return how many are new.

    The operation is the session, so the same gaps make the same cards, and sent twice they are
    added once.
    """
    texts = [card_of(practice_session.copy.title, line) for line in gaps]
    return own_cards.add(progress, article, texts, practice_session.uuid)


def card_of(title: str, line: SheetLine) -> CardTexts:
    question = gettext("%(case)s, %(criterion)s: what does a full answer show?")
    names = {"case": title, "criterion": line.criterion.label.lower()}
    return CardTexts(question % names, line.shows)
