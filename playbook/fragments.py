"""What of every page's frame is the reader's own."""

from django import template
from django.contrib.messages import get_messages
from django.template.loader import render_to_string

from playbook.http import HttpRequest
from playbook.pages import piece, slot

register = template.Library()


@register.simple_tag(name="piece")
def still(name: str) -> str:
    """Includes a template that is told nothing, and so is always the same."""
    return piece(name)


@slot(register)
def account_menu(request: HttpRequest, address: str) -> str:
    """The learner's menu, or the way to sign in and back to `address`."""
    # Where an error page comes early, there is nobody yet.
    user = getattr(request, "user", None)
    if user and user.is_authenticated:
        name, is_staff = user.get_username(), user.is_staff
        return piece("includes/account-menu.html", name=name, is_staff=is_staff)
    match = request.resolver_match
    is_account_page = bool(match and (match.url_name or "").startswith("account_"))
    return render_to_string(
        "includes/sign-in-link.html", {"address": "" if is_account_page else address}
    )


@slot(register)
def message_list(request: HttpRequest) -> str:
    told = get_messages(request)
    name = "includes/messages.html"
    return render_to_string(name, {"messages": told}) if len(told) else piece(name)


@slot(register)
def announcements(request: HttpRequest) -> str:
    """What was announced before a redirect, for who has no JavaScript."""
    told = [m for m in get_messages(request) if m.extra_tags == "announcement"]
    return render_to_string("includes/announcements.html", {"messages": told}) if told else ""
