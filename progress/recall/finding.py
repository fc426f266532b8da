"""Find one card of a learner's deck without reading the whole deck, to write to it."""

from uuid import UUID

from catalog.prompts.prompt_index import PromptIndex
from progress.learner import LearnerProgress
from progress.models import Completion
from progress.recall.deck import finished_states
from progress.recall.models import Card, CardKind


def find_card(progress: LearnerProgress, key: UUID) -> Card | None:
    """Return the row of a card in the deck, or a new one that is not saved; None if it rests.

    The key is the UUID of a prompt, of a completion with key points, or of an own card.
    """
    cards = Card.objects.for_user(progress.user).select_related("article", "prompt")
    if prompt := PromptIndex.of(progress.snapshot).by_uuid.get(key):
        if progress.state_of(prompt.article_id) not in finished_states():
            return None
        return cards.filter(prompt=prompt).first() or Card(
            user=progress.user, article=prompt.article, kind=CardKind.PROMPT, prompt=prompt
        )
    if own := cards.filter(uuid=key, kind=CardKind.OWN).first():
        return own if own.article_id in progress.snapshot.by_pk else None
    completions = Completion.objects.for_user(progress.user).exclude(key_points="")
    completion = completions.select_related("article").filter(uuid=key).first()
    if completion is None or progress.state_of(completion.article_id) not in finished_states():
        return None
    article = completion.article
    return cards.filter(article=article, kind=CardKind.KEY_POINTS).first() or Card(
        user=progress.user, article=article, kind=CardKind.KEY_POINTS
    )


def key_of(card: Card) -> UUID:
    """Return the key under which a stored card is in the deck."""
    if card.prompt:
        return card.prompt.uuid
    if card.kind == CardKind.KEY_POINTS:
        completions = Completion.objects.filter(user=card.user_id, article=card.article_id)
        return completions.values_list("uuid", flat=True).get()
    return card.uuid
