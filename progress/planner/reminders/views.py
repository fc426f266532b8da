"""A learner's reminder: when it is sent, and the address that stops it."""

from http import HTTPStatus

from allauth.account.models import EmailAddress
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from playbook.http import sign_in_required, unlisted
from progress.planner.models import Reminder
from progress.planner.reminders import unsubscribing
from progress.planner.reminders.forms import ReminderForm
from progress.planner.reminders.saving import save_reminder
from progress.responses import expect_reader
from progress.views import LearnerRequest


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def reminder_edit(request: LearnerRequest) -> HttpResponse:
    if request.method != "POST":
        stored = Reminder.objects.for_user(request.user).first() or Reminder()
        initial = {"weekdays": stored.weekdays, "hour": stored.hour}
        return _page(request, ReminderForm(initial=initial))
    expect_reader(request)
    form = ReminderForm(request.POST)
    if not form.is_valid():
        return _page(request, form, HTTPStatus.UNPROCESSABLE_ENTITY)
    save_reminder(request.user, form.values)
    messages.success(request, _("Your reminders were saved."))
    return redirect("planner:reminder_edit")


def _page(request: LearnerRequest, form: ReminderForm, status: int = HTTPStatus.OK) -> HttpResponse:
    confirmed = EmailAddress.objects.filter(user=request.user, verified=True, primary=True).first()
    context = {"form": form, "mail_address": confirmed.email if confirmed else ""}
    return render(request, "planner/reminder_edit.html", context, status=status)


# A mail program posts here without any page of this site (RFC 8058). The address is signed.
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def reminder_stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the reminders of the learner with this address. A GET, as scanners send, stops none."""
    uuid = unsubscribing.uuid_in(token)
    if uuid is None:
        raise Http404(_("There is no such reminder."))
    if request.method == "POST":
        unsubscribing.stop(uuid)
    context = {"is_stopped": request.method == "POST"}
    return unlisted(render(request, "planner/reminder_stop.html", context))
