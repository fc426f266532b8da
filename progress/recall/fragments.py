"""Render the parts of pages that show a learner's deck. `oob` is for out-of-band swaps."""

from uuid import UUID

from django import template
from django.template.loader import render_to_string

from catalog.dependencies import CATALOG
from catalog.models import Article
from catalog.prompts.fragments import article_prompts
from playbook.http import HttpRequest
from playbook.rendering.dependencies import DECK, READER
from playbook.rendering.fragments import cached_fragments, per_user_fragment
from progress.learner import LearnerProgress
from progress.recall.deck import Deck
from progress.recall.deck_page import ArticleCards
from progress.recall.session import Session
from progress.states import Stage

register = template.Library()


@per_user_fragment(register, READER, DECK)
def recall_count(request: HttpRequest, *, oob: bool = False) -> str:
    """Render the number of cards that are due today, for the navigation."""
    # An error before authentication has no progress.
    progress = getattr(request, "progress", None)
    if not isinstance(progress, LearnerProgress):
        return ""
    due = progress.derive(Deck).due_count
    return cached_fragments(request)("recall/includes/recall-count.html", due=due, oob=oob)


@per_user_fragment(register, READER, CATALOG)
def recall_card(request: HttpRequest, asked: str) -> str:
    """Render the question of the card that is due first, or of the one with the key `asked`."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return ""
    context = {"session": Session(progress, _key(asked)), "request": request}
    return render_to_string("recall/includes/session.html", context)


@per_user_fragment(register, READER, CATALOG)
def article_cards(request: HttpRequest, article: Article, *, oob: bool = False) -> str:
    """Render the learner's cards of an article; what everybody can test themselves on before."""
    progress = request.progress
    if not isinstance(progress, LearnerProgress):
        return article_prompts(request, article)
    is_finished = progress.state_of(article.pk).stage is Stage.FINISHED
    context = {
        "cards": ArticleCards(progress.derive(Deck), article),
        "article": article,
        "is_finished": is_finished,
        "prompts": "" if is_finished else article_prompts(request, article),
        "oob": oob,
    }
    return render_to_string("recall/includes/article-cards.html", context)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
