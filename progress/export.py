"""Export a learner's data.

Every row has a UUID, by which an import can recognise what it has imported before.
"""

from collections.abc import Callable
from typing import Any, TypeAlias

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from catalog.suggestions.models import Suggestion
from progress.models import Completion, Event, State

SCHEMA = 2
"""Version 1 had no UUIDs: rows were states, events with the id of the site, and suggestions."""

JSONObject: TypeAlias = dict[str, object]
"""A row that `DjangoJSONEncoder` can write."""
Part: TypeAlias = Callable[[User], list[JSONObject]]


def progress_of(user: User) -> dict[str, Any]:
    """Return visits, preferences, and every part, oldest rows first. Times are in UTC."""
    return {
        "schema": SCHEMA,
        "site": settings.SITE_URL,
        "learner": user.get_username(),
        "exported_at": timezone.now(),
        "visit_began_at": user.visit_began_at,
        "previous_visit_at": user.previous_visit_at,
        "preferences": {
            "time_zone": user.time_zone,
            "shows_streak": user.shows_streak,
            "marks_reading_on_open": user.marks_reading_on_open,
            "daily_review_limit": user.daily_review_limit,
            "daily_new_card_limit": user.daily_new_card_limit,
            "retention": user.retention,
        },
        **{name: rows_of(user) for name, rows_of in parts.items()},
    }


def states_of(user: User) -> list[JSONObject]:
    states = State.objects.for_user(user).order_by("changed_at", "pk")
    return [
        {
            "uuid": state.uuid,
            "article": identified(state.article),
            "state": state.state,
            "changed_at": state.changed_at,
            "changes_seen_at": state.changes_seen_at,
        }
        for state in states.select_related("article__status")
    ]


def events_of(user: User) -> list[JSONObject]:
    events = Event.objects.for_user(user).order_by("happened_at", "pk")
    return [
        {
            "uuid": event.uuid,
            "article": identified(event.article),
            "from": event.from_state,
            "to": event.to_state,
            "happened_at": event.happened_at,
            "undoes": event.undoes.uuid if event.undoes else None,
        }
        for event in events.select_related("article__status", "undoes")
    ]


def completions_of(user: User) -> list[JSONObject]:
    completions = Completion.objects.for_user(user).order_by("completed_at", "pk")
    return [
        {
            "uuid": completion.uuid,
            "article": identified(completion.article),
            "key_points": completion.points,
            "minutes": completion.minutes,
            "confidence": completion.confidence,
            "completed_at": completion.completed_at,
            "updated_at": completion.updated_at,
        }
        for completion in completions.with_article()
    ]


def suggestions_of(user: User) -> list[JSONObject]:
    return [_suggestion(row) for row in Suggestion.objects.for_user(user).with_article()]


def _suggestion(suggestion: Suggestion) -> JSONObject:
    """Return a suggestion and its decision, without an article that is not public."""
    article = suggestion.public_article
    return {
        "uuid": suggestion.uuid,
        "kind": suggestion.kind,
        "title": suggestion.title,
        "url": suggestion.url,
        "article": identified(article) if article else None,
        "section": suggestion.section.slug if suggestion.section else None,
        "notes": suggestion.notes,
        "suggested_at": suggestion.suggested_at,
        "decision": suggestion.decision,
        "decided_at": suggestion.decided_at,
        "reason": suggestion.reason,
    }


def identified(article: Article) -> JSONObject:
    """Identify an article. One that is not public keeps its title here, but not its link."""
    url = article.url if article.status.is_public else ""
    return {"uuid": article.uuid, "title": article.title, "url": url}


parts: dict[str, Part] = {
    "states": states_of,
    "events": events_of,
    "completions": completions_of,
    "suggestions": suggestions_of,
}
"""The rows of each kind. Sub-apps add theirs."""
