"""The list of cases, and the page on which a session of one is started."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from catalog.cases.case_index import CaseIndex
from catalog.cases.models import Case
from catalog.dependencies import CATALOG
from playbook.http import HttpRequest, sign_in_required
from playbook.rendering.dependencies import TIME_ZONE
from playbook.rendering.pages import Viewed, shared_page
from progress.practice.forms import ChoicesForm, StartForm
from progress.practice.models import PracticeSession
from progress.practice.starting import AlreadyRunning, start_session
from progress.responses import expect_reader
from progress.views import LearnerRequest

START = "practice/session_start.html"


@require_safe
@shared_page("practice/practice_list.html", depends_on=(CATALOG, TIME_ZONE))
def practice_list(request: HttpRequest) -> Viewed:
    return {"cases": CaseIndex.of(request.snapshot).cases, "form": ChoicesForm(request.GET.dict())}


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
def session_start(request: LearnerRequest, slug: str) -> HttpResponse:
    """Ask for the length, the order and the minutes of the stages, and start the session."""
    case = CaseIndex.of(request.snapshot).by_slug.get(slug)
    if case is None:
        raise Http404(_("There is no such case."))
    if request.method == "POST":
        return _start(request, case)
    form = StartForm(case, request.GET.dict())
    if "fit" in request.GET:
        form.fit()
    if request.htmx and request.htmx.target == "start-sum":
        return render(request, f"{START}#sum", {"form": form})
    own = PracticeSession.objects.for_user(request.user)
    return _show(request, case, form, own.unfinished().filter(case=case).first())


def _start(request: LearnerRequest, case: Case) -> HttpResponse:
    expect_reader(request)
    form = StartForm(case, request.POST.dict())
    if not form.can_start:
        return _show(request, case, form, None, HTTPStatus.UNPROCESSABLE_ENTITY)
    operation: UUID = form.cleaned_data["operation"]
    try:
        started = start_session(request.user, case, form.order, form.stages, operation)
    except AlreadyRunning as error:
        return _show(request, case, form, error.practice_session, HTTPStatus.CONFLICT)
    return redirect(started)


def _show(
    request: LearnerRequest,
    case: Case,
    form: StartForm,
    running: PracticeSession | None,
    status: HTTPStatus = HTTPStatus.OK,
) -> HttpResponse:
    context = {"case": case, "form": form, "running": running}
    return render(request, START, context, status=status)
