"""Template tags for the frame of every page: the reader's menu and messages."""

from django import template
from django.contrib.messages import get_messages
from django.template.loader import render_to_string

from playbook.http import HttpRequest
from playbook.rendering.dependencies import MESSAGES, READER
from playbook.rendering.fragments import cached_fragments, per_user_fragment

register = template.Library()


@register.simple_tag(takes_context=True)
def request_id(context: template.Context) -> str:
    """Return the request id that the log shows, for error pages."""
    return getattr(context.get("request"), "request_id", "")


@per_user_fragment(register, READER)
def account_menu(request: HttpRequest, address: str) -> str:
    """Render the learner's menu, or the link to sign in and return to `address`."""
    # An error before authentication has no user.
    user = getattr(request, "user", None)
    if user and user.is_authenticated:
        render = cached_fragments(request)
        return render(
            "includes/account-menu.html",
            pk=user.pk,
            name=user.get_username(),
            is_staff=user.is_staff,
        )
    match = request.resolver_match
    is_account_page = bool(match and (match.url_name or "").startswith("account_"))
    context = {"address": "" if is_account_page else address}
    return render_to_string("includes/sign-in-link.html", context)


@per_user_fragment(register, MESSAGES)
def message_list(request: HttpRequest) -> str:
    """Render the messages that wait for the reader."""
    messages = get_messages(request)
    name = "includes/messages.html"
    if not len(messages):
        return cached_fragments(request)(name)
    return render_to_string(name, {"messages": messages})


@per_user_fragment(register, MESSAGES)
def announcements(request: HttpRequest) -> str:
    """Render what was announced before a redirect, for readers without JavaScript."""
    messages = [m for m in get_messages(request) if m.extra_tags == "announcement"]
    if not messages:
        return ""
    return render_to_string("includes/announcements.html", {"messages": messages})
