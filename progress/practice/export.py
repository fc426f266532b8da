"""The practice sessions in a learner's export."""

from django.db.models import Prefetch

from accounts.models import User
from progress.export import JSONObject
from progress.practice.models import (
    DroppedScratch,
    Pause,
    PracticeSession,
    ReviewLink,
    Score,
    Scratch,
)


def practice_sessions_of(user: User) -> list[JSONObject]:
    """Return the sessions with everything that belongs to them, in a constant number of queries."""
    sessions = PracticeSession.objects.for_user(user).order_by("started_at", "pk")
    dropped = Prefetch("scratches__dropped_texts", DroppedScratch.objects.kept())
    related = (dropped, "pauses", "review_links", "scores__review_link")
    return [
        _practice_session(each)
        for each in sessions.select_related("case").prefetch_related(*related)
    ]


def _practice_session(session: PracticeSession) -> JSONObject:
    return {
        "uuid": session.uuid,
        "case": {"uuid": session.case.uuid, **_case(session)},
        "order": session.order,
        "length_seconds": session.length_seconds,
        "twist_after_seconds": session.twist_after_seconds,
        "asked": session.asked,
        "started_at": session.started_at,
        "finished_at": session.finished_at,
        "scored_at": session.scored_at,
        "scratches": [_scratch(each) for each in session.scratches.all()],
        "pauses": [_pause(each) for each in session.pauses.all()],
        "review_links": [_review_link(each) for each in session.review_links.all()],
        "scores": [_score(each) for each in session.scores.all()],
    }


def _case(session: PracticeSession) -> JSONObject:
    """Return the case as it was; of a session that goes on only what its page has shown."""
    if session.finished_at:
        return dict(session.case_at_start)
    copy = session.copy
    asked = [list(copy.questions[number]) for number in session.asked]
    return {"title": copy.title, "brief": copy.brief, "questions": asked}


def _scratch(scratch: Scratch) -> JSONObject:
    return {
        "uuid": scratch.uuid,
        "stage": scratch.stage,
        "minutes": scratch.minutes,
        "text": scratch.text,
        "updated_at": scratch.updated_at,
        "dropped_texts": [
            {"uuid": dropped.uuid, "text": dropped.text, "dropped_at": dropped.dropped_at}
            for dropped in scratch.dropped_texts.all()
        ],
    }


def _pause(pause: Pause) -> JSONObject:
    return {
        "uuid": pause.uuid,
        "reason": pause.reason,
        "began_at": pause.began_at,
        "ended_at": pause.ended_at,
    }


def _review_link(link: ReviewLink) -> JSONObject:
    return {
        "uuid": link.uuid,
        "created_at": link.created_at,
        "expires_at": link.expires_at,
        "revoked_at": link.revoked_at,
        "used_at": link.used_at,
        "reviewer": link.reviewer,
        "comment": link.comment,
    }


def _score(score: Score) -> JSONObject:
    return {
        "uuid": score.uuid,
        "review_link": score.review_link.uuid if score.review_link else None,
        "criterion": score.criterion,
        "points": score.points,
        "quote": score.quote,
    }
