"""A practice session while its clock runs."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST, require_safe

from playbook.http import HttpRequest, sign_in_required
from playbook.rendering.pages import unstored_page
from playbook.server.bodies import takes_up_to
from progress.practice.forms import PauseForm, QuestionForm
from progress.practice.running import ask, finish, pause, resume
from progress.practice.scratch_views import BODY_MAX, save_texts, texts_in
from progress.practice.session_page import SessionPage
from progress.practice.session_parts import SessionParts
from progress.responses import expect_reader
from progress.views import LearnerRequest


@require_safe
@sign_in_required
def session_detail(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Show the stage that was asked for, or else that of the clock."""
    page = SessionPage.of(request.user, uuid, request.GET.get("stage", ""))
    if page.practice_session.finished_at:
        return redirect("practice:session_result", uuid)
    return unstored_page(
        request,
        "practice/session_detail.html",
        own_path=f"{uuid}/",
        title=_("%(title)s: %(stage)s")
        % {"title": page.practice_session.copy.title, "stage": page.row.label},
        body=SessionParts(request, page).body(has_answer="asked" in request.GET),
    )


@require_safe
@sign_in_required
def session_clock(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Render what changes with the time: the clock, the stages, the twist once it is due."""
    page = SessionPage.of(request.user, uuid, request.GET.get("stage", ""))
    if page.practice_session.finished_at:
        return HttpResponse(headers={"HX-Refresh": "true"})
    return HttpResponse(SessionParts(request, page).changing())


@require_POST
@sign_in_required
def question_ask(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    form = QuestionForm(request.POST)
    if not form.is_valid():
        reason = _("The question is missing or not valid.")
        return render(request, "400.html", {"reason": reason}, status=400)
    ask(request.user, uuid, form.cleaned_data["question"])
    if request.htmx:
        page = SessionPage.of(request.user, uuid)
        return HttpResponse(SessionParts(request, page).answer())
    # Without a fragment, which would keep the browser from focusing the answer.
    return _back(request, uuid, "&asked=1")


@require_POST
@sign_in_required
@sensitive_post_parameters("reason")
def session_pause(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    form = PauseForm(request.POST)
    if not form.is_valid():
        reason = _("The clock goes on: %(error)s") % {
            "error": " ".join(map(str, form.errors["reason"]))
        }
        return render(request, "400.html", {"reason": reason}, status=400)
    pause(request.user, uuid, form.cleaned_data["reason"])
    return _back(request, uuid)


@require_POST
@sign_in_required
def session_resume(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    resume(request.user, uuid)
    return _back(request, uuid)


@require_POST
@takes_up_to(BODY_MAX)
@sensitive_post_parameters("text")
def session_finish(request: HttpRequest, uuid: UUID) -> HttpResponse:
    """End the session, with the texts that are sent. None of them is lost by a refusal."""
    return save_texts(request, uuid, texts_in(request)) or _finish(request, uuid)


@sign_in_required
def _finish(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    finish(request.user, uuid)
    return redirect("practice:session_score", uuid)


def _back(request: LearnerRequest, uuid: UUID, spot: str = "") -> HttpResponse:
    """Go back to the stage that was shown."""
    page = SessionPage.of(request.user, uuid, request.POST.get("stage", ""))
    return redirect(f"{page.practice_session.get_absolute_url()}?stage={page.number}{spot}")
