"""Find one card of a learner's deck without reading the whole deck, to write to it."""

from uuid import UUID

from catalog.prompts.models import Prompt
from catalog.prompts.prompt_index import PromptIndex
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.recall.models import Card, CardKind
from progress.recall.sql import card_from, stored_cards
from progress.sql import lock_article
from progress.states import Stage


class NoSuchCard(Exception):
    """The card is not in the learner's deck, or it rests."""


def lock_card(progress: LearnerProgress, key: UUID) -> Card:
    """Lock the card's article and the learner, and return the card as it is then.

    Raise `NoSuchCard` or `ReaderGone`.
    """
    lock_for_card(progress, key)
    card = find_card(progress, key)
    if card is None:
        raise NoSuchCard
    return card


def lock_for_card(progress: LearnerProgress, key: UUID) -> None:
    """Lock the article of a card, and the learner. Raise `ReaderGone`."""
    if article_id := article_of(progress, key):
        lock_article(article_id)
    progress.lock()


def article_of(progress: LearnerProgress, key: UUID) -> int | None:
    """Return the article of a card by the card's key, whether the card is in the deck or not."""
    if prompt := PromptIndex.of(progress.snapshot).by_uuid.get(key):
        return prompt.article_id
    for rows in (Card.objects.filter(kind=CardKind.OWN), Completion.objects.all()):
        own = rows.filter(user=progress.user, uuid=key).values_list("article_id", flat=True)
        if article_id := own.first():
            return article_id
    return None


def find_card(progress: LearnerProgress, key: UUID) -> Card | None:
    """Return the row of a card in the deck, or a new one that is not saved; None if it rests.

    The key is the UUID of a prompt, of a completion with key points, or of an own card.
    """
    if prompt := PromptIndex.of(progress.snapshot).by_uuid.get(key):
        if not _is_finished(progress, prompt.article_id):
            return None
        return card_of_prompt(progress, prompt) or Card(
            user=progress.user, article=prompt.article, kind=CardKind.PROMPT, prompt=prompt
        )
    cards = Card.objects.for_user(progress.user)
    if own := cards.filter(uuid=key, kind=CardKind.OWN).first():
        return own if own.article_id in progress.snapshot.by_pk else None
    completions = Completion.objects.for_user(progress.user).exclude(key_points="")
    completion = completions.select_related("article").filter(uuid=key).first()
    if completion is None or not _is_finished(progress, completion.article_id):
        return None
    article = completion.article
    return cards.filter(article=article, kind=CardKind.KEY_POINTS).first() or Card(
        user=progress.user, article=article, kind=CardKind.KEY_POINTS
    )


def card_of_prompt(progress: LearnerProgress, prompt: Prompt) -> Card | None:
    rows = (row for row in progress.rows(stored_cards) if row.prompt_id == prompt.pk)
    row = next(rows, None)
    if row is None:
        return None
    card = card_from(row, progress.user)
    card.article, card.prompt = prompt.article, prompt
    return card


def _is_finished(progress: LearnerProgress, article_id: int) -> bool:
    return progress.state_of(article_id).stage is Stage.FINISHED


def key_of(card: Card) -> UUID:
    """Return the key under which a stored card is in the deck."""
    if card.prompt:
        return card.prompt.uuid
    if card.kind == CardKind.KEY_POINTS:
        completions = Completion.objects.filter(user=card.user_id, article=card.article_id)
        return completions.values_list("uuid", flat=True).get()
    return card.uuid
