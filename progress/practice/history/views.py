"""The history of a learner's practice."""

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from catalog.cases.case_index import CaseIndex
from catalog.dependencies import CATALOG
from playbook.http import sign_in_required
from playbook.rendering.dependencies import TIME_ZONE
from playbook.rendering.pages import Viewed, personal_page
from progress.practice.history.figures import not_practised, totals_of, trends_of
from progress.practice.history.sql import past_scores_of
from progress.practice.models import PracticeSession
from progress.practice.record import record_of
from progress.reader import ReaderGone
from progress.responses import expect_reader
from progress.sql import lock_learner
from progress.views import LearnerRequest

PAGE_SIZE = 50


@require_safe
@sign_in_required
@personal_page("practice/practice_history.html", depends_on=(CATALOG, TIME_ZONE))
def practice_history(request: LearnerRequest) -> Viewed:
    """Show every session, the points by criterion over time, and the cases not practised."""
    sessions = PracticeSession.objects.for_user(request.user)
    page = Paginator(sessions.prefetch_related("pauses"), PAGE_SIZE).get_page(
        request.GET.get("page")
    )
    practised = set(sessions.order_by().values_list("case", flat=True).distinct())
    scores = request.progress.rows(past_scores_of)
    totals = totals_of(scores)
    return {
        "rows": [(session, totals.get(session.pk)) for session in page],
        "page": page,
        "query": QueryDict(),
        "trends": trends_of(scores),
        "not_practised": not_practised(CaseIndex.of(request.snapshot).cases, practised),
    }


@require_POST
@sign_in_required
def session_delete(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    """Delete a finished session with all that belongs to it."""
    expect_reader(request)
    record = record_of(request.user, uuid)
    with transaction.atomic():
        if not lock_learner(request.user):
            raise ReaderGone
        record.practice_session.delete()
    messages.success(request, _("The practice session is deleted."))
    return redirect("practice:practice_history")
