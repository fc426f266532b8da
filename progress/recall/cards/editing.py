"""Write cards: one's own, a card in one's own words, a split one, dropped and restored ones.

Each write names its target, so sent twice it does one thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from uuid import UUID, uuid5

from django.db import transaction
from django.utils import timezone

from catalog.models import Article
from progress.learner import LearnerProgress
from progress.own_cards import CardTexts, TooManyCards
from progress.recall.finding import NoSuchCard, find_card, lock_card
from progress.recall.models import Card, CardKind
from progress.sql import lock_and_resolve

OWN_CARDS_MAX = 2000


@transaction.atomic
def add_card(
    progress: LearnerProgress, article: Article, texts: CardTexts, operation: UUID
) -> None:
    """Add a card of the learner's own. The same operation with the same texts adds it once.

    Raise `TooManyCards` or `ReaderGone`.
    """
    add_cards(progress, article, [texts], operation)


@transaction.atomic
def add_cards(
    progress: LearnerProgress, article: Article, all_texts: Sequence[CardTexts], operation: UUID
) -> int:
    """Add cards of the learner's own, and return how many are new.

    The same operation with the same texts adds them once, in whatever order they are. Raise
    `TooManyCards` or `ReaderGone`.
    """
    article_id = lock_and_resolve([article.pk]).get(article.pk, article.pk)
    progress.lock()
    return sum(_add_all(progress, article_id, [texts], operation) for texts in all_texts)


@transaction.atomic
def rewrite_card(progress: LearnerProgress, key: UUID, texts: CardTexts) -> None:
    """Give a card the learner's own texts. When it comes back stays as it is.

    Its lapses count anew, so that it is offered to be rewritten after as many again. The same texts
    again change nothing. Raise `NoSuchCard` or `ReaderGone`.
    """
    card = lock_card(progress, key)
    if CardTexts(card.question, card.answer) == texts:
        return
    card.question, card.answer = texts.question, texts.answer
    card.lapses_before_rewrite = card.lapse_count
    _save(card, progress)


@transaction.atomic
def reset_card(progress: LearnerProgress, key: UUID) -> None:
    """Give a card the texts of its prompt or of the key points again.

    Raise `NoSuchCard`, also for a card of the learner's own, or `ReaderGone`.
    """
    card = lock_card(progress, key)
    if card.kind == CardKind.OWN:
        raise NoSuchCard
    if card.question:
        card.question = card.answer = ""
        _save(card, progress)


@transaction.atomic
def split_card(
    progress: LearnerProgress, key: UUID, parts: Iterable[CardTexts], operation: UUID
) -> None:
    """Add cards of the learner's own in place of a card, which is dropped.

    Raise `NoSuchCard`, `TooManyCards` or `ReaderGone`.
    """
    card = lock_card(progress, key)
    _add_all(progress, card.article_id, parts, operation)
    _set_dropped(progress, card, is_dropped=True)


@transaction.atomic
def drop_card(progress: LearnerProgress, key: UUID, *, is_dropped: bool = True) -> None:
    """Drop a card, or restore it. Its reviews stay, and so does when it comes back.

    Raise `NoSuchCard` or `ReaderGone`.
    """
    current = find_card(progress, key)
    if current is None or (current.dropped_at is not None) != is_dropped:
        _set_dropped(progress, lock_card(progress, key), is_dropped=is_dropped)


def _set_dropped(progress: LearnerProgress, card: Card, *, is_dropped: bool) -> None:
    if (card.dropped_at is not None) != is_dropped:
        card.dropped_at = timezone.now() if is_dropped else None
        _save(card, progress)


def _add_all(
    progress: LearnerProgress, article_id: int, all_texts: Iterable[CardTexts], operation: UUID
) -> int:
    own = Card.objects.for_user(progress.user).filter(kind=CardKind.OWN)
    cards = [
        Card(
            # From the operation and the texts: a form that is sent again after an edit adds another
            # card, and so nothing that was written is lost.
            uuid=uuid5(
                operation, f"{progress.user.pk}\n{number}\n{texts.question}\n{texts.answer}"
            ),
            user=progress.user,
            article_id=article_id,
            kind=CardKind.OWN,
            question=texts.question,
            answer=texts.answer,
        )
        for number, texts in enumerate(all_texts)
    ]
    known = set(own.filter(uuid__in=[card.uuid for card in cards]).values_list("uuid", flat=True))
    new = [card for card in cards if card.uuid not in known]
    if new and own.count() + len(new) > OWN_CARDS_MAX:
        raise TooManyCards
    Card.objects.bulk_create(new)
    progress.forget()
    return len(new)


def _save(card: Card, progress: LearnerProgress) -> None:
    card.updated_at = timezone.now()
    card.save()
    progress.forget()
