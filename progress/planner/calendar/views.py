"""The plan as a calendar: its settings, its secret address and the file."""

from collections.abc import Mapping
from hashlib import sha256
from http import HTTPStatus

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from playbook.http import sign_in_required
from progress.planner.calendar import feeds
from progress.planner.calendar.forms import StartsAtForm
from progress.planner.calendar.ics import ics_of
from progress.planner.models import CalendarFeed
from progress.planner.page_sql import active_plan
from progress.planner.views import plan_or_404
from progress.responses import expect_reader
from progress.views import LearnerRequest

SETTINGS = "planner:calendar_edit"


@require_safe
def calendar_feed(request: HttpRequest, secret: str) -> HttpResponse:
    """Send the plan to a calendar program that has its secret address."""
    try:
        feed = feeds.feed_with(secret)
    except CalendarFeed.DoesNotExist:
        raise Http404(_("There is no such calendar.")) from None
    content = ics_of(feed)
    etag = f'"{sha256(content).hexdigest()[:32]}"'
    response = get_conditional_response(request, etag) or _file(content)
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache"
    response["X-Robots-Tag"] = "noindex"
    return response


@require_safe
@sign_in_required
def calendar_download(request: LearnerRequest) -> HttpResponse:
    """Send the plan as a file, as it is now."""
    plan_or_404(request)
    response = _file(ics_of(feeds.feed_of(request.user)))
    response["Content-Disposition"] = 'attachment; filename="study-plan.ics"'
    return response


def _file(content: bytes) -> HttpResponse:
    return HttpResponse(content, content_type="text/calendar; charset=utf-8")


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def calendar_edit(request: LearnerRequest) -> HttpResponse:
    """Show the settings of the calendar, or store when each day begins."""
    feed = feeds.feed_of(request.user)
    if request.method != "POST":
        return _page(request, feed, StartsAtForm(initial={"starts_at": feed.starts_at}))
    expect_reader(request)
    form = StartsAtForm(request.POST)
    if not form.is_valid():
        return _page(request, feed, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    feeds.save_starts_at(request.user, form.cleaned_data["starts_at"])
    messages.success(request, _("Your calendar was saved."))
    return redirect(SETTINGS)


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def calendar_address_add(request: LearnerRequest) -> HttpResponse:
    """Make a secret address and show it, this once: only its hash is stored."""
    if request.method != "POST":
        return redirect(SETTINGS)
    expect_reader(request)
    address = feeds.address_of(feeds.make_secret(request.user))
    feed = feeds.feed_of(request.user)
    form = StartsAtForm(initial={"starts_at": feed.starts_at})
    return _page(request, feed, form, {"calendar_address": address})


@require_POST
@sign_in_required
def calendar_address_revoke(request: LearnerRequest) -> HttpResponse:
    expect_reader(request)
    feeds.revoke_secret(request.user)
    messages.success(request, _("The address is closed. Calendars that read it get nothing more."))
    return redirect(SETTINGS)


def _page(
    request: LearnerRequest,
    feed: CalendarFeed,
    form: StartsAtForm,
    extra: Mapping[str, object] | None = None,
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"form": form, "feed": feed, "plan": active_plan(request.user), **(extra or {})}
    return render(request, "planner/calendar_edit.html", context, status=status)
