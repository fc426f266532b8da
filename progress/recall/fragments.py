"""Render the parts of pages that show a learner's deck. `oob` is for out-of-band swaps."""

from typing import NamedTuple
from uuid import UUID

from django import template
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.text import Truncator

from catalog.dependencies import CATALOG
from catalog.models import Article
from catalog.prompts.fragments import article_prompts
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DECK, READER
from playbook.rendering.fragments import (
    cached_fragments,
    fill,
    gap,
    gaps_for,
    per_user_fragment,
)
from progress.learner import LearnerProgress
from progress.recall.cards.rows import ArticleCards, CardRow
from progress.recall.deck import Deck
from progress.recall.models import CardKind
from progress.recall.session import RecallSession
from progress.states import Stage

register = template.Library()


class Announced(NamedTuple):
    """A sentence about the last card, and where that is undone or the card is rewritten."""

    text: str = ""
    undo_url: str = ""
    rewrite_url: str = ""


@per_user_fragment(register, READER, DECK)
def recall_count(request: HttpRequest, *, oob: bool = False) -> str:
    """Render the number of cards that are due today, for the navigation, and when that ends."""
    # An error before authentication has no progress.
    progress = getattr(request, "progress", None)
    if not isinstance(progress, LearnerProgress):
        return ""
    # A page that answers a form would send it again if it was loaded again.
    is_loaded_again = oob or request.method in {"GET", "HEAD"}
    return cached_fragments(request)(
        "recall/includes/recall-count.html",
        due=progress.derive(Deck).due_count,
        day_ends_at=int(progress.day_ends_at.timestamp()) if is_loaded_again else "",
        oob=oob,
    )


@per_user_fragment(register, READER, CATALOG)
def recall_card(request: HttpRequest, asked: str) -> str:
    """Render the question of the card that is due first, or of the one with the key `asked`."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return ""
    return card_of_session(request, RecallSession(progress, _key(asked)))


def card_of_session(
    request: HttpRequest, session: RecallSession, *, is_answered: bool = False
) -> SafeString:
    """Render the question of a session's card or also its answer, or why there is no card."""
    card, face, entry = session.card, session.face, session.entry
    context = {"session": session, "request": request}
    if card is None or face is None:
        return render_to_string("recall/includes/nothing-to-review.html", context)
    shared = {
        "colour": entry.section.layer.colour if entry else "",
        "kind": "" if card.kind == CardKind.PROMPT else str(card.kind.label),
        "is_changed": card.is_changed,
        "is_before_interview": card.is_before_interview,
    }
    own: dict[str, str | int] = {
        "number": session.number,
        "total": session.total,
        "reviewed": session.deck.reviewed_count,
        "url": card.article.get_absolute_url(),
        "title": card.article.title,
        "question": face.question,
        "key": str(card.key),
        "operation": str(session.operation),
    }
    if is_answered:
        return render_to_string("recall/includes/answered.html", {**shared, **own, **context})
    gaps = {name: gap(name) for name in own}
    frame = cached_fragments(request)("recall/includes/question.html", **shared, **gaps)
    return fill(frame, **own)


def announcement(request: HttpRequest, announced: Announced) -> SafeString:
    """Render the region that tells what happened to the last card; empty without a text."""
    own = announced._asdict()
    return fill(cached_fragments(request)("recall/announced.html", **gaps_for(own)), **own)


@per_user_fragment(register, READER, CATALOG)
def article_cards(request: HttpRequest, article: Article, *, oob: bool = False) -> str:
    """Render the learner's cards of an article; what everybody can test themselves on before."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return article_prompts(request, article)
    is_finished = progress.state_of(article.pk).stage is Stage.FINISHED
    cards = ArticleCards(progress.derive(Deck), article)
    frame = cached_fragments(request, CATALOG)(
        "recall/includes/article-cards.html",
        article=article,
        rows=gap("rows") if cards.rows else "",
        first_url=gap("first_url") if cards.first else "",
        due=len(cards.due),
        new=len(cards.new),
        is_finished=is_finished,
        prompts=gap("prompts"),
        oob=oob,
    )
    first_url = f"{reverse('recall:recall_session')}?card={cards.first.key}" if cards.first else ""
    next_url = f"{article.get_absolute_url()}%23article-cards"
    return fill(
        frame,
        rows=SafeString("".join([_card_row(request, row, next_url) for row in cards.rows])),
        first_url=first_url,
        prompts="" if is_finished else article_prompts(request, article),
    )


def _card_row(request: HttpRequest, row: CardRow, next_url: str) -> SafeString:
    text = cached_fragments(request)(
        "recall/includes/article-card.html",
        is_dropped=row.card.is_dropped,
        is_new=row.card.is_new,
        days=row.days,
        due_on=row.due_on,
        url=gap("url"),
        question=gap("question"),
        answer=gap("answer") if row.days else "",
    )
    url = f"{reverse('recall:card_edit', args=[row.card.key])}?next={next_url}"
    # The answer of a card that is due would give it away.
    answer = Truncator(row.first_line).chars(90) if row.days else ""
    return fill(text, url=url, question=row.face.question, answer=answer)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
