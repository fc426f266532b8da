"""Today and the plan behind it."""

from collections.abc import Callable
from http import HTTPStatus
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.dependencies import CATALOG
from playbook.http import sign_in_required
from playbook.rendering.dependencies import DAY, TIME_ZONE
from playbook.rendering.pages import Viewed, personal_page, shared_page
from progress.forms import ReasonForm
from progress.planner import saving
from progress.planner.forms import (
    DayMinutesForm,
    OutcomeForm,
    PlanForm,
    TickForm,
    WeeklyMinutesForm,
)
from progress.planner.models import Plan
from progress.planner.page_sql import active_plan
from progress.planner.planning import Planning, plan_of
from progress.responses import ReaderRequest, expect_reader
from progress.views import LearnerRequest

TODAY = "planner:today_detail"
PLANS_ON_A_PAGE = 20


@require_safe
@shared_page("planner/today_detail.html", depends_on=(CATALOG, DAY, TIME_ZONE))
def today_detail(request: ReaderRequest) -> Viewed:
    """Show what to do today."""
    return {}


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def plan_edit(request: LearnerRequest) -> HttpResponse:
    """Show the form of a plan, or store it."""
    plan, snapshot = active_plan(request.user), request.snapshot
    if request.method != "POST":
        form = PlanForm(snapshot, request.progress.today, plan=plan)
        return render(request, "planner/plan_edit.html", {"form": form, "plan": plan})
    expect_reader(request)
    form = PlanForm(snapshot, request.progress.today, request.POST, plan)
    if not form.is_valid():
        context = {"form": form, "plan": plan}
        return render(
            request, "planner/plan_edit.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY
        )
    saving.save_plan(request.progress, form.values)
    return redirect(TODAY)


@require_safe
@sign_in_required
def plan_detail(request: LearnerRequest) -> HttpResponse:
    """Show the whole plan by day, to read and to print."""
    plan_or_404(request)
    return whole_plan_page(request)


@shared_page("planner/plan_detail.html", depends_on=(CATALOG, DAY, TIME_ZONE))
def whole_plan_page(request: LearnerRequest) -> Viewed:
    return {}


@require_safe
@sign_in_required
@personal_page("planner/plan_list.html", depends_on=(CATALOG, TIME_ZONE))
def plan_list(request: LearnerRequest) -> Viewed:
    """Show the plans that ended."""
    plans = Plan.objects.for_user(request.user).exclude(archived_at=None)
    page = Paginator(plans, PLANS_ON_A_PAGE).get_page(request.GET.get("page"))
    return {
        "plans": [(plan, _outcome_form(plan)) for plan in page],
        "page": page,
        "query": QueryDict(),
    }


def _outcome_form(plan: Plan) -> OutcomeForm:
    return OutcomeForm(initial={"outcome": plan.outcome}, auto_id=f"id_%s_{plan.uuid}")


def plan_or_404(request: LearnerRequest) -> Plan:
    plan = request.progress.derive(plan_of)
    if plan is None:
        raise Http404(_("You have no plan."))
    return plan


@require_POST
@sign_in_required
def plan_archive(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """End a plan and keep it; ended before, only what the learner says is stored."""
    expect_reader(request)
    plan = get_object_or_404(Plan.objects.for_user(request.user), uuid=uuid)
    form = OutcomeForm(request.POST)
    if not form.is_valid():
        return _refused(request, form.reason)
    outcome = form.cleaned_data["outcome"] if "outcome" in request.POST else None
    saving.archive_plan(request.user, uuid, outcome)
    if plan.archived_at:
        messages.success(request, _("What you wrote about the interview is saved."))
        return redirect("planner:plan_list")
    messages.success(request, _("The plan is archived. What you marked and wrote stays."))
    return redirect(TODAY)


@require_POST
@sign_in_required
def minutes_set(request: LearnerRequest) -> HttpResponse:
    """Give today other minutes."""
    return _changed(
        request,
        DayMinutesForm(request.POST),
        lambda plan, form: saving.set_minutes_of_today(
            Planning(plan, request.progress), form.cleaned_data["minutes"]
        ),
    )


@require_POST
@sign_in_required
def weekly_minutes_set(request: LearnerRequest) -> HttpResponse:
    """Give the weekdays other minutes, as Today suggests."""
    return _changed(
        request,
        WeeklyMinutesForm(request.POST),
        lambda plan, form: _set_weekly_minutes(request, plan, form.cleaned_data["minutes"]),
    )


def _set_weekly_minutes(request: LearnerRequest, plan: Plan, minutes: list[int]) -> None:
    saving.set_weekly_minutes(plan, minutes)
    message = ngettext(
        "Your week has %(n)s minute now, from tomorrow on.",
        "Your week has %(n)s minutes now, from tomorrow on.",
        sum(minutes),
    )
    messages.success(request, message % {"n": sum(minutes)})


@require_POST
@sign_in_required
def articles_leave_out(request: LearnerRequest) -> HttpResponse:
    """Leave articles out of the plan, as Today suggests, or take them back."""
    expect_reader(request)
    snapshot = request.snapshot
    articles = [snapshot.article(slug) for slug in request.POST.getlist("article")[:200]]
    is_left_out = request.POST.get("left_out") != "no"
    saving.leave_out(plan_or_404(request), articles, is_left_out=is_left_out)
    messages.success(request, _left_out_message(len(articles), is_left_out=is_left_out))
    return redirect(TODAY)


def _left_out_message(count: int, *, is_left_out: bool) -> str:
    if not is_left_out:
        message = ngettext(
            "%(n)s article is in the plan again.", "%(n)s articles are in the plan again.", count
        )
    else:
        message = ngettext(
            "%(n)s article is left out. “The whole plan” has it, to take it back.",
            "%(n)s articles are left out. “The whole plan” has them, to take them back.",
            count,
        )
    return message % {"n": count}


@require_POST
@sign_in_required
def part_tick(request: LearnerRequest, part: str) -> HttpResponse:
    """Say that a part of today's list is done, or not."""
    return _changed(
        request,
        TickForm(request.POST),
        lambda plan, form: _tick(request, plan, part, is_ticked=form.cleaned_data["is_ticked"]),
    )


def _tick(request: LearnerRequest, plan: Plan, part: str, *, is_ticked: bool) -> None:
    if not saving.tick(Planning(plan, request.progress), part, is_ticked=is_ticked):
        raise Http404(_("That is not on today’s list."))


def _changed(
    request: LearnerRequest, form: ReasonForm, change: Callable[[Plan, ReasonForm], None]
) -> HttpResponse:
    expect_reader(request)
    if not form.is_valid():
        return _refused(request, form.reason)
    plan = plan_or_404(request)
    try:
        change(plan, form)
    except saving.NotRunning:
        return _not_running(request, plan)
    return redirect(TODAY)


def _not_running(request: LearnerRequest, plan: Plan) -> HttpResponse:
    if plan.begins_on > request.progress.today:
        reason = _("Your plan begins on %(day)s. Until then there is no list of the day.")
        reason %= {"day": date_format(plan.begins_on, "l, j F")}
    else:
        reason = _("Your plan is over: the day of the interview has come.")
    return render(request, "409.html", {"reason": reason}, status=HTTPStatus.CONFLICT)


def _refused(request: LearnerRequest, reason: str) -> HttpResponse:
    return render(request, "400.html", {"reason": reason}, status=HTTPStatus.BAD_REQUEST)
