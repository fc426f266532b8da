from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from catalog.dependencies import CATALOG
from playbook.http import HttpRequest, sign_in_required
from playbook.rendering.pages import Viewed, shared_page
from progress.learner import LearnerProgress
from progress.operations import UsedOperation
from progress.reader import NothingToUndo, Superseded
from progress.recall import fragments
from progress.recall.finding import NoSuchCard
from progress.recall.forms import AnswerForm, ReviewForm
from progress.recall.fragments import Announced
from progress.recall.models import Card, Rating
from progress.recall.reviewing import NotDue, review_card, undo_review
from progress.recall.session import RecallSession
from progress.responses import expect_reader

SESSION = "recall/recall_session.html"
NOTHING_ANNOUNCED = Announced()


class RecallRequest(HttpRequest):
    """A request of a learner."""

    progress: LearnerProgress


@require_safe
@sign_in_required
@shared_page(SESSION, depends_on=(CATALOG,))
def recall_session(request: RecallRequest) -> Viewed:
    """Show the question of the card that is due first, or of the one that was asked for."""
    return {"asked": request.GET.get("card", "")}


@require_POST
@sign_in_required
def answer_show(request: RecallRequest) -> HttpResponse:
    """Show the answer of a card beside what the learner typed. Nothing is stored."""
    form = AnswerForm(request.POST)
    if not form.is_valid():
        return _bad_request(request)
    session = RecallSession(
        request.progress,
        form.cleaned_data["card"],
        form.cleaned_data["operation"],
        form.cleaned_data["answer"],
    )
    if not session.is_asked_card:
        return _continue(request, Announced(_("That card is no longer due. Nothing was changed.")))
    return _render(request, session, is_answered=True)


@require_POST
@sign_in_required
def review_add(request: RecallRequest) -> HttpResponse:
    expect_reader(request)
    form = ReviewForm(request.POST)
    if not form.is_valid():
        return _bad_request(request)
    rating, operation = Rating(form.cleaned_data["rating"]), form.cleaned_data["operation"]
    try:
        reviewed = review_card(request.progress, form.cleaned_data["card"], rating, operation)
    except (NoSuchCard, NotDue):
        return _continue(request, Announced(_("That card is no longer due. Nothing was changed.")))
    except UsedOperation:
        return _continue(request, Announced(_("That rating was sent before. Nothing was changed.")))
    text = _announcement(reviewed.card, Rating(reviewed.review.rating))
    undo_url = reverse("recall:review_undo", args=[operation])
    is_offered = rating == Rating.AGAIN and reviewed.card.needs_rewrite
    rewrite_url = _rewrite_url(form.cleaned_data["card"]) if is_offered else ""
    return _continue(request, Announced(text, undo_url, rewrite_url))


@require_POST
@sign_in_required
def review_undo(request: RecallRequest, operation: UUID) -> HttpResponse:
    expect_reader(request)
    try:
        key = undo_review(request.progress, operation)
    except NothingToUndo:
        raise Http404(_("You have no such review.")) from None
    except Superseded:
        reason = _("The card was reviewed again since. Undo that review first.")
        return render(request, "409.html", {"reason": reason}, status=409)
    return _continue(request, Announced(_("Undone. The card is as it was before.")), key)


def _bad_request(request: RecallRequest) -> HttpResponse:
    reason = _("The card, the rating or the operation is missing or not valid.")
    return render(request, "400.html", {"reason": reason}, status=400)


def _announcement(card: Card, rating: Rating) -> str:
    """Return when the card comes back, in a sentence."""
    assert card.due_on
    assert card.last_reviewed_on
    days = (card.due_on - card.last_reviewed_on).days
    message = ngettext(
        "%(rating)s: back tomorrow.",
        "%(rating)s: back in %(days)s days, on %(date)s.",
        days,
    )
    is_same_year = card.due_on.year == card.last_reviewed_on.year
    date = date_format(card.due_on, "j F" if is_same_year else "j F Y")
    return message % {"rating": rating.label, "days": days, "date": date}


def _rewrite_url(key: UUID) -> str:
    return f"{reverse('recall:card_edit', args=[key])}?next={reverse('recall:recall_session')}"


def _continue(
    request: RecallRequest, announced: Announced, key: UUID | None = None
) -> HttpResponse:
    """Go on with the next card, and say what happened to the last one."""
    if request.htmx:
        return _render(request, RecallSession(request.progress, key), announced)
    message = render_to_string("recall/includes/announcement.html", announced._asdict())
    messages.info(request, message, extra_tags="announcement")
    address = reverse("recall:recall_session")
    return HttpResponseRedirect(f"{address}?card={key}" if key else address)


def _render(
    request: RecallRequest,
    session: RecallSession,
    announced: Announced = NOTHING_ANNOUNCED,
    *,
    is_answered: bool = False,
) -> HttpResponse:
    """Render the page, or for htmx the card with what changes beside it."""
    card = fragments.card_of_session(request, session, is_answered=is_answered)
    if not request.htmx:
        return render(request, SESSION, {"shown": card})
    count = fragments.recall_count(request, oob=True)
    return HttpResponse(f"{card}{count}{fragments.announcement(request, announced)}")
