"""Merge a visitor's marks into their account when they sign in. The higher rank wins."""

from collections import Counter, defaultdict
from collections.abc import Iterator
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import user_logged_in
from django.db import transaction
from django.db.models import Max
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from progress.learner import LearnerProgress
from progress.models import Event, State
from progress.sessions import MARKS
from progress.sql import lock_and_resolve
from progress.states import StateName
from progress.visitor import Mark, follow, lasting, read_marks


@transaction.atomic
def merge(user: User, marks: list[Mark]) -> Counter[StateName]:
    """Merge the marks and return the number of articles by new state. Repeating changes nothing.

    An article without events in the account gets the visitor's whole history. An article with
    events gets one more event if the visitor's state has the higher rank.
    """
    now = lock_and_resolve({mark.article_id for mark in marks})
    marks = [mark for mark in follow(marks, now) if mark.article_id in now.values()]
    LearnerProgress(user).lock()
    by_article: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_article[mark.article_id].append(mark)
    existing = set(by_article)
    last_event_at = dict(
        Event.objects.for_user(user)
        .filter(article__in=existing)
        .order_by()
        .values_list("article")
        .annotate(Max("happened_at"))
    )
    states = dict(
        State.objects.for_user(user).filter(article__in=existing).values_list("article", "state")
    )
    events: list[Event] = []
    changed: list[State] = []
    for article_id in existing:
        steps = [(mark.state, mark.happened_at) for mark in by_article[article_id]]
        before = StateName(states.get(article_id, StateName.TODO))
        after, at = steps[-1]
        is_further = after.rank > before.rank
        if article_id in last_event_at:
            # Events form a chain, so a new one cannot be earlier than the last.
            steps = [(after, max(at, last_event_at[article_id]))] if is_further else []
        events += chain_of(user, article_id, before, steps)
        if is_further:
            changed.append(State(user=user, article_id=article_id, state=after, changed_at=at))
    Event.objects.bulk_create(events)
    State.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["user", "article"],
        update_fields=["state", "changed_at"],
    )
    return Counter(StateName(state.state) for state in changed)


def chain_of(
    user: User, article_id: int, before: StateName, steps: list[tuple[StateName, datetime]]
) -> Iterator[Event]:
    """Yield an event for each step that changes the state."""
    for after, at in steps:
        if after != before:
            yield Event(
                user=user,
                article_id=article_id,
                from_state=before,
                to_state=after,
                happened_at=at,
            )
        before = after


def merge_session(request: HttpRequest, user: User, **kwargs: object) -> None:
    marks = read_marks(request.session)
    if not marks:
        return
    merged = merge(user, lasting(marks))
    del request.session[MARKS]
    messages.success(request, summary(merged))


def summary(merged: Counter[StateName]) -> str:
    if not merged:
        return _("Your account already had everything you marked in this browser.")
    furthest_first = sorted(merged, key=lambda state: state.rank, reverse=True)
    parts = [f"{merged[state]} {state.label.lower()}" for state in furthest_first]
    return ngettext(
        "%(count)s article you marked in this browser is now in your account: %(parts)s.",
        "%(count)s articles you marked in this browser are now in your account: %(parts)s.",
        merged.total(),
    ) % {"count": merged.total(), "parts": get_text_list(parts, _("and"))}


def connect() -> None:
    user_logged_in.connect(merge_session, dispatch_uid="progress.merge_session")
