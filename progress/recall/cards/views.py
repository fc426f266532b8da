"""The deck and its cards: list and filter, write, rewrite, split, drop and restore."""

from collections.abc import Callable
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from catalog.dependencies import CATALOG
from catalog.models import Article
from playbook.http import is_on_this_site, safe_next, sign_in_required
from playbook.rendering.pages import Viewed, personal_page
from playbook.rendering.shared_pages import Content
from progress.own_cards import CardTexts, TooManyCards
from progress.recall.cards import editing
from progress.recall.cards.filters import CardFilterForm
from progress.recall.cards.forms import CardSplitForm, CardWriteForm
from progress.recall.cards.rows import resting_cards, rows_of
from progress.recall.deck import Deck
from progress.recall.deck_cards import DeckCard
from progress.recall.faces import CardFace, faces_of
from progress.recall.finding import NoSuchCard
from progress.recall.views import RecallRequest
from progress.responses import expect_reader

READ_OR_POST = ["GET", "HEAD", "POST"]
CARD_FORM = "recall/card_form.html"

_P = ParamSpec("_P")


def of_own_deck(
    view: Callable[Concatenate[RecallRequest, _P], HttpResponse],
) -> Callable[Concatenate[RecallRequest, _P], HttpResponse]:
    """Answer 404 if the deck does not have the card, and 409 if the reader is another one."""

    @wraps(view)
    def checked(request: RecallRequest, /, *args: _P.args, **kwargs: _P.kwargs) -> HttpResponse:
        expect_reader(request)
        try:
            return view(request, *args, **kwargs)
        except NoSuchCard:
            raise Http404(_("Your deck has no such card.")) from None

    return checked


@require_safe
@sign_in_required
@personal_page("recall/card_list.html", depends_on=(CATALOG,), fragments=["filtered"])
def card_list(request: RecallRequest) -> Viewed:
    form = CardFilterForm(request.GET, request.progress.derive(Deck))
    cards = form.apply()
    page = form.page_of(cards)
    address = form.address(page=page.number)
    if not request.htmx and not form.ignored and request.get_full_path() != address:
        return HttpResponseRedirect(address)
    context = {
        "form": form,
        "page": page,
        "rows": rows_of(form.deck, page, form.faces(page)),
        "has_cards": bool(form.deck.cards),
        "filters_to_drop": [] if cards else form.filters_to_drop(),
        "resting": resting_cards(form.deck),
    }
    return Content(context, {"HX-Push-Url": address} if request.htmx else {})


@require_http_methods(READ_OR_POST)
@sign_in_required
@of_own_deck
def card_add(request: RecallRequest, slug: str) -> HttpResponse:
    """Write a card of one's own for an article."""
    article = request.snapshot.article(slug)
    back = _back(request, article.get_absolute_url())
    if request.method != "POST":
        return _render(request, CARD_FORM, article, form=CardWriteForm(), back=back)
    form = CardWriteForm(request.POST)
    if not form.is_valid():
        return _refuse(request, CARD_FORM, article, form=form, back=back)
    try:
        editing.add_card(request.progress, article, form.texts, form.cleaned_data["operation"])
    except TooManyCards:
        form.add_error(None, _too_many())
        return _refuse(request, CARD_FORM, article, form=form, back=back)
    messages.success(request, _("Your card is in the deck."))
    return HttpResponseRedirect(back)


@require_http_methods(READ_OR_POST)
@sign_in_required
@of_own_deck
def card_edit(request: RecallRequest, key: UUID) -> HttpResponse:
    """Edit a card of one's own, or write another one in one's own words."""
    card, face = _find(request, key)
    back = _back(request, reverse("recall:card_list"))
    context: dict[str, Any] = {"card": card, "face": face, "back": back}
    initial = {"question": face.question, "answer": face.answer}
    if request.method != "POST":
        form = CardWriteForm(initial=initial)
        return _render(request, CARD_FORM, card.article, form=form, **context)
    form = CardWriteForm(request.POST)
    if not form.is_valid():
        return _refuse(request, CARD_FORM, card.article, form=form, **context)
    # A form that was not changed must not keep the editors' later changes from the learner.
    if form.texts != CardTexts(face.question, face.answer):
        editing.rewrite_card(request.progress, key, form.texts)
    messages.success(request, _("The card is saved. It comes back when it would have before."))
    return HttpResponseRedirect(back)


@require_http_methods(READ_OR_POST)
@sign_in_required
@of_own_deck
def card_split(request: RecallRequest, key: UUID) -> HttpResponse:
    """Replace a card by two of one's own."""
    card, face = _find(request, key)
    back = _back(request, reverse("recall:card_list"))
    context: dict[str, Any] = {"card": card, "face": face, "back": back}
    template = "recall/card_split.html"
    if request.method != "POST":
        form = CardSplitForm(
            initial={"question": face.question, "answer": face.answer, "second_answer": face.answer}
        )
        return _render(request, template, card.article, form=form, **context)
    form = CardSplitForm(request.POST)
    if not form.is_valid():
        return _refuse(request, template, card.article, form=form, **context)
    try:
        operation = form.cleaned_data["operation"]
        editing.split_card(request.progress, key, form.parts, operation)
    except TooManyCards:
        form.add_error(None, _too_many())
        return _refuse(request, template, card.article, form=form, **context)
    messages.success(request, _("Two new cards are in the deck, and the old one is dropped."))
    return HttpResponseRedirect(back)


@require_POST
@sign_in_required
@of_own_deck
def card_reset(request: RecallRequest, key: UUID) -> HttpResponse:
    """Go back to the text of the playbook, or to the key points."""
    editing.reset_card(request.progress, key)
    messages.success(request, _("The card has its original text again."))
    return HttpResponseRedirect(_back(request, reverse("recall:card_list")))


@require_POST
@sign_in_required
@of_own_deck
def card_drop(request: RecallRequest, key: UUID) -> HttpResponse:
    editing.drop_card(request.progress, key)
    back = _back(request, reverse("recall:card_list"))
    context = {"key": key, "back": back, "reader": request.user.pk}
    message = render_to_string("recall/includes/dropped.html", context)
    messages.info(request, message, extra_tags="announcement")
    return HttpResponseRedirect(back)


@require_POST
@sign_in_required
@of_own_deck
def card_restore(request: RecallRequest, key: UUID) -> HttpResponse:
    editing.drop_card(request.progress, key, is_dropped=False)
    messages.success(request, _("The card is in the deck again."))
    return HttpResponseRedirect(_back(request, reverse("recall:card_list")))


def _find(request: RecallRequest, key: UUID) -> tuple[DeckCard, CardFace]:
    deck = request.progress.derive(Deck)
    card = next((card for card in deck.cards if card.key == key), None)
    if card is None:
        raise NoSuchCard
    return card, faces_of(deck.user, deck.snapshot, [card])[key]


def _back(request: RecallRequest, default: str) -> str:
    """Return the page to go back to: the one that the form or the link names, if it is ours."""
    if request.method == "POST":
        return safe_next(request, default)
    target = request.GET.get("next", "")
    return target if is_on_this_site(target, secure=request.is_secure()) else default


def _too_many() -> str:
    message = _(
        "You have %(max)s cards of your own, the limit. Nothing was saved: edit one instead."
    )
    return message % {"max": editing.OWN_CARDS_MAX}


def _refuse(
    request: RecallRequest, template: str, article: Article, **context: Any
) -> HttpResponse:
    return _render(request, template, article, status=HTTPStatus.UNPROCESSABLE_ENTITY, **context)


def _render(
    request: RecallRequest,
    template: str,
    article: Article,
    status: HTTPStatus = HTTPStatus.OK,
    **context: Any,
) -> HttpResponse:
    entry = next(iter(request.snapshot.entries_of(article.pk)), None)
    context |= {"article": article, "entry": entry}
    return render(request, template, context, status=status)
