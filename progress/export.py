"""Export a learner's data."""

from datetime import datetime
from typing import TypeAlias, TypedDict

from django.conf import settings
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from catalog.suggestions.models import Suggestion
from progress.models import Event, State

JSONObject: TypeAlias = dict[str, object]
"""A row that `DjangoJSONEncoder` can write."""


class ExportedProgress(TypedDict):
    site: str
    learner: str
    exported_at: datetime
    visit_began_at: datetime | None
    previous_visit_at: datetime | None
    states: list[JSONObject]
    events: list[JSONObject]
    suggestions: list[JSONObject]


def progress_of(user: User) -> ExportedProgress:
    """Return visits, states, events and suggestions, oldest first. Times are in UTC."""
    states = State.objects.for_user(user).order_by("changed_at", "pk")
    events = Event.objects.for_user(user).order_by("happened_at", "pk")
    suggestions = Suggestion.objects.for_user(user).with_article()
    return {
        "site": settings.SITE_URL,
        "learner": user.get_username(),
        "exported_at": timezone.now(),
        "visit_began_at": user.visit_began_at,
        "previous_visit_at": user.previous_visit_at,
        "states": [
            {
                "article": _article(state.article),
                "state": state.state,
                "changed_at": state.changed_at,
                "changes_seen_at": state.changes_seen_at,
            }
            for state in states.select_related("article__status")
        ],
        "events": [
            {
                "id": event.pk,
                "article": _article(event.article),
                "from": event.from_state,
                "to": event.to_state,
                "happened_at": event.happened_at,
                "undoes": event.undoes_id,
            }
            for event in events.with_article()
        ],
        "suggestions": [_suggestion(suggestion) for suggestion in suggestions],
    }


def _suggestion(suggestion: Suggestion) -> JSONObject:
    """Return a suggestion and its decision, without an article that is not public."""
    article = suggestion.public_article
    return {
        "kind": suggestion.kind,
        "title": suggestion.title,
        "url": suggestion.url,
        "article": _article(article) if article else None,
        "section": suggestion.section.slug if suggestion.section else None,
        "notes": suggestion.notes,
        "suggested_at": suggestion.suggested_at,
        "decision": suggestion.decision,
        "decided_at": suggestion.decided_at,
        "reason": suggestion.reason,
    }


def _article(article: Article) -> JSONObject:
    """Identify an article. One that is not public keeps its title here, but not its link."""
    url = article.url if article.status.is_public else ""
    return {"uuid": article.uuid, "title": article.title, "url": url}
