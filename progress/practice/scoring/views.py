"""Score a finished practice session, show its result, and go on from there."""

from http import HTTPStatus
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from playbook.http import sign_in_required
from progress.own_cards import TooManyCards
from progress.practice.markdown_sheet import markdown_of
from progress.practice.record import PracticeRecord, is_running, record_of
from progress.practice.review_links.links import address_of
from progress.practice.scoring.next_steps import next_steps
from progress.practice.scoring.rubric_form import RubricForm
from progress.practice.scoring.saving import add_gap_cards, save_own_scores
from progress.responses import expect_reader
from progress.views import LearnerRequest


@require_http_methods(["GET", "HEAD", "POST"])
@sign_in_required
@sensitive_post_parameters()
def session_score(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Ask for the points of each line of the rubric, beside the reference."""
    if is_running(request.user, uuid) and request.method != "POST":
        return redirect("practice:session_detail", uuid)
    record = record_of(request.user, uuid)
    if request.method != "POST":
        form = RubricForm(record.sheet.rubric, record.texts, marks=record.sheet.own.marks)
        return _render(request, "practice/session_score.html", record, {"form": form})
    expect_reader(request)
    form = RubricForm(record.sheet.rubric, record.texts, request.POST)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        return _render(request, "practice/session_score.html", record, {"form": form}, status)
    save_own_scores(record.practice_session, form.marks)
    return redirect("practice:session_result", uuid)


@require_safe
@sign_in_required
def session_result(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Show the points, what others gave, what was written, the reference and what comes next."""
    record = record_of(request.user, uuid)
    context = {
        "next_steps": next_steps(request.progress, request.snapshot, record),
        "links": [(link, address_of(link)) for link in record.links],
        "markdown": markdown_of(record),
        "operation": uuid4(),
    }
    return _render(request, "practice/session_result.html", record, context)


def _render(
    request: LearnerRequest,
    template: str,
    record: PracticeRecord,
    context: dict[str, object],
    status: int = HTTPStatus.OK,
) -> HttpResponse:
    context = {"record": record, "case": record.practice_session.case, **context}
    return render(request, template, context, status=status)


@require_POST
@sign_in_required
def gap_cards_add(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Add a card of the learner's own for each gap."""
    expect_reader(request)
    record = record_of(request.user, uuid)
    steps = next_steps(request.progress, request.snapshot, record)
    if steps.article is None:
        raise Http404(_("No article of the playbook belongs to this case."))
    try:
        count = add_gap_cards(
            request.progress, record.practice_session, steps.article, record.sheet.gaps
        )
    except TooManyCards:
        reason = _("You have as many cards of your own as the site keeps.")
        return render(request, "409.html", {"reason": reason}, status=HTTPStatus.CONFLICT)
    messages.success(request, added_message(count))
    return redirect("practice:session_result", uuid)


def added_message(count: int) -> str:
    if not count:
        return _("The cards of these gaps are in your deck already.")
    return ngettext("%(n)s card added to your deck.", "%(n)s cards added to your deck.", count) % {
        "n": count
    }
