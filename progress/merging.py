"""What a visitor marked before signing in joins their account: the further state wins."""

from collections import Counter, defaultdict
from typing import Any

from django.contrib import messages
from django.contrib.auth import user_logged_in
from django.db import transaction
from django.http import HttpRequest
from django.utils.text import get_text_list
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts.models import User
from catalog.models import Article
from progress.learner import LearnerProgress
from progress.models import Event, State, StateName
from progress.visitor import SESSION_KEY, Mark, read_marks


@transaction.atomic
def merge(user: User, marks: list[Mark]) -> Counter[StateName]:
    """How many articles of the account got which state from the marks; repeating changes nothing.

    An article that the account knows nothing of gets the visitor's whole history. Of one that
    it knows only the further state is taken over, as one event.
    """
    LearnerProgress(user).lock()
    by_article: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_article[mark.article_id].append(mark)
    existing = set(Article.objects.filter(pk__in=by_article).values_list("pk", flat=True))
    known = set(
        Event.objects.for_user(user).filter(article__in=existing).values_list("article", flat=True)
    )
    states = dict(
        State.objects.for_user(user).filter(article__in=existing).values_list("article", "state")
    )
    events: list[Event] = []
    changed: list[State] = []
    for article_id in existing:
        history = by_article[article_id]
        before = StateName(states.get(article_id, StateName.TODO))
        after = history[-1].state
        if after.rank > before.rank:
            changed.append(
                State(
                    user=user,
                    article_id=article_id,
                    state=after,
                    changed_at=history[-1].happened_at,
                )
            )
        elif article_id in known:
            continue
        for mark in history if article_id not in known else history[-1:]:
            if mark.state != before:
                events.append(
                    Event(
                        user=user,
                        article_id=article_id,
                        from_state=before,
                        to_state=mark.state,
                        happened_at=mark.happened_at,
                    )
                )
                before = mark.state
    Event.objects.bulk_create(events)
    State.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["user", "article"],
        update_fields=["state", "changed_at"],
    )
    return Counter(StateName(state.state) for state in changed)


def merge_session(request: HttpRequest, user: User, **kwargs: Any) -> None:
    marks = read_marks(request.session)
    if not marks:
        return
    merged = merge(user, marks)
    del request.session[SESSION_KEY]
    messages.success(request, summary(merged))


def summary(merged: Counter[StateName]) -> str:
    if not merged:
        return _("Your account already had everything that you marked in this browser.")
    furthest_first = sorted(merged, key=lambda state: state.rank, reverse=True)
    parts = [f"{merged[state]} {state.label.lower()}" for state in furthest_first]
    return ngettext(
        "%(count)s article that you marked in this browser is in your account now: %(parts)s.",
        "%(count)s articles that you marked in this browser are in your account now: %(parts)s.",
        merged.total(),
    ) % {"count": merged.total(), "parts": get_text_list(parts, _("and"))}


def connect() -> None:
    user_logged_in.connect(merge_session, dispatch_uid="progress.merge_session")
