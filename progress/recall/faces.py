"""The texts of cards: what the learner wrote instead, or those of the prompt or the key points."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from accounts.models import User
from catalog.prompts.models import Source
from catalog.snapshot import CatalogSnapshot
from progress.page_sql import reports_of
from progress.recall.deck_cards import DeckCard
from progress.recall.models import Card, CardKind

TOPIC_END = re.compile(r",\s+")

FEW = 100
"""The number of cards up to which they are read by their primary keys."""


@dataclass(frozen=True)
class CardFace:
    """The texts of a card."""

    question: str
    answer: str
    points: tuple[str, ...] = ()
    """The lines with which a typed answer is compared."""
    sources: tuple[Source, ...] = ()
    is_rewritten: bool = False
    topics: tuple[str, ...] = ()
    """The topics of the article, with which a typed answer is compared too."""


def faces_of(
    user: User, snapshot: CatalogSnapshot, cards: Iterable[DeckCard]
) -> Mapping[UUID, CardFace]:
    """Return the texts of the cards by their key, in two queries at most."""
    cards = list(cards)
    pks = [card.stored.pk for card in cards if card.stored and card.stored.has_own_text]
    rows = _rows_with_texts(user, pks) if pks else {}
    with_points = [card.article.pk for card in cards if card.kind == CardKind.KEY_POINTS]
    points = {pk: report.points for pk, report in reports_of(user, with_points).items()}
    return {
        card.key: face_of(
            card,
            snapshot,
            rows[card.stored.pk] if card.stored and card.stored.pk in rows else None,
            points.get(card.article.pk, []),
        )
        for card in cards
    }


def _rows_with_texts(user: User, pks: list[int]) -> Mapping[int, Card]:
    own = Card.objects.for_user(user)
    return own.in_bulk(pks) if len(pks) <= FEW else own.in_bulk()


def face_of(
    card: DeckCard, snapshot: CatalogSnapshot, row: Card | None, key_points: list[str]
) -> CardFace:
    """Return the texts of one card, given its row and the learner's key points."""
    if row and row.question:
        points = tuple(line for line in map(str.strip, row.answer.splitlines()) if line)
        is_rewritten = card.kind != CardKind.OWN
        sources = tuple(card.prompt.sources) if card.prompt else ()
        return CardFace(row.question, row.answer, points, sources, is_rewritten)
    if card.prompt:
        prompt = card.prompt
        return CardFace(prompt.question, prompt.answer, (), tuple(prompt.sources))
    entries = snapshot.entries_of(card.article.pk)
    learned = entries[0].what_you_learn if entries else ""
    question = _("Explain in your own words: %(topic)s") % {"topic": card.article.title}
    return CardFace(
        question=question,
        answer="\n".join([*key_points, learned]).strip(),
        points=tuple(key_points),
        topics=tuple(TOPIC_END.split(learned)) if learned else (),
    )
