from django import template
from django.contrib.auth.models import AbstractUser
from django.template.context import RequestContext

from catalog.desk import Waiting, waiting_for

register = template.Library()


@register.simple_tag(takes_context=True)
def queues(context: RequestContext) -> list[Waiting]:
    """What waits for the editor who looks."""
    user = context["request"].user
    assert isinstance(user, AbstractUser)
    return list(waiting_for(user))
