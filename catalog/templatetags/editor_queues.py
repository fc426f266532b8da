"""Template tags and filters for editors' pages."""

from collections.abc import Mapping

from django import template
from django.contrib.auth.models import AbstractUser
from django.template.context import RequestContext

from catalog.editor_queues import QueueCount, queue_counts_for

register = template.Library()


@register.simple_tag(takes_context=True)
def queues(context: RequestContext) -> list[QueueCount]:
    """Return the queues of the editor who sees the page."""
    user = context["request"].user
    assert isinstance(user, AbstractUser)
    return list(queue_counts_for(user))


@register.filter(name="of")
def value_of(values: Mapping[str, object] | None, key: str) -> object:
    """Return the value of a key, or 0: `{{ learners|of:changed.uuid }}`."""
    return (values or {}).get(key, 0)
