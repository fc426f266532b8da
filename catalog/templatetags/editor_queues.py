from collections.abc import Mapping

from django import template
from django.contrib.auth.models import AbstractUser
from django.template.context import RequestContext

from catalog.editor_queues import Waiting, waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def queues(context: RequestContext) -> list[Waiting]:
    """What waits for the editor who looks."""
    user = context["request"].user
    assert isinstance(user, AbstractUser)
    return list(waiting_for(user))


@register.filter(name="of")
def count_of(counts: Mapping[str, int] | None, key: str) -> int:
    """`{{ learners|of:changed.uuid }}`: 0 where there is none."""
    return (counts or {}).get(key, 0)
