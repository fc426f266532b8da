"""Create and revoke review links, and let somebody without an account score through one."""

from http import HTTPStatus
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from playbook.http import HttpRequest, sign_in_required, unlisted
from progress.practice.models import ReviewLink
from progress.practice.record import PracticeRecord, record_of
from progress.practice.review_links.forms import OperationForm, ReviewForm
from progress.practice.review_links.links import (
    LinkClosed,
    TooManyLinks,
    create_link,
    link_of,
    revoke_link,
    use_link,
)
from progress.responses import expect_reader
from progress.views import LearnerRequest


@require_POST
@sign_in_required
def review_link_add(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    record = record_of(request.user, uuid)
    form = OperationForm(request.POST)
    if not form.is_valid():
        return render(request, "400.html", {"reason": form.reason}, status=HTTPStatus.BAD_REQUEST)
    try:
        create_link(record.practice_session, form.cleaned_data["operation"])
    except TooManyLinks:
        reason = _("This session has as many links as it can have.")
        return render(request, "409.html", {"reason": reason}, status=HTTPStatus.CONFLICT)
    return HttpResponseRedirect(f"{record.url}#review-links")


@require_POST
@sign_in_required
def review_link_revoke(request: LearnerRequest, uuid: UUID) -> HttpResponse:
    expect_reader(request)
    links = ReviewLink.objects.for_user(request.user)
    link = get_object_or_404(links.select_related("practice_session__user"), uuid=uuid)
    revoke_link(link)
    return HttpResponseRedirect(f"{PracticeRecord(link.practice_session).url}#review-links")


@require_http_methods(["GET", "HEAD", "POST"])
@sensitive_post_parameters()
def review_add(request: HttpRequest, token: str) -> HttpResponse:
    """Show a practice session to somebody who has its link, and take their points once."""
    try:
        link = link_of(token)
    except ReviewLink.DoesNotExist:
        raise Http404(_("There is no such review link.")) from None
    if not link.is_open:
        return _closed(request, link)
    record = PracticeRecord(link.practice_session)
    rubric = record.practice_session.copy.rubric
    form = ReviewForm(rubric, record.texts, request.POST if request.method == "POST" else None)
    if not form.is_valid():
        status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
        context = {"record": record, "link": link, "form": form}
        return unlisted(render(request, "practice/review_add.html", context, status=status))
    data = form.cleaned_data
    try:
        use_link(link, form.marks, data["reviewer"], data["comment"])
    except LinkClosed as closed:
        return _closed(request, closed.link)
    return unlisted(render(request, "practice/review_thanks.html", {"record": record}))


def _closed(request: HttpRequest, link: ReviewLink) -> HttpResponse:
    context = {"link": link}
    status = HTTPStatus.GONE
    return unlisted(render(request, "practice/review_closed.html", context, status=status))
