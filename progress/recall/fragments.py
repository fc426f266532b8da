"""Render the parts of pages that show a learner's deck. `oob` is for out-of-band swaps."""

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
from playbook.rendering.fragments import cached_fragments, fill, gap, per_user_fragment
from progress.learner import LearnerProgress
from progress.recall.cards.rows import ArticleCards, CardRow
from progress.recall.deck import Deck
from progress.recall.session import RecallSession
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
    context = {"session": RecallSession(progress, _key(asked)), "request": request}
    return render_to_string("recall/includes/session.html", context)


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
    return fill(
        frame,
        rows=SafeString("".join([_card_row(request, row, article) for row in cards.rows])),
        first_url=first_url,
        prompts="" if is_finished else article_prompts(request, article),
    )


def _card_row(request: HttpRequest, row: CardRow, article: Article) -> SafeString:
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
    url = reverse("recall:card_edit", args=[row.card.key])
    next_url = f"{article.get_absolute_url()}%23article-cards"
    answer = Truncator(row.first_line).chars(90)
    return fill(text, url=f"{url}?next={next_url}", question=row.face.question, answer=answer)


def _key(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
