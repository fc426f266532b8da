"""A learner's deck: the cards they have, and those that are due on a study day.

The deck is derived. It has a card for each current prompt of an article that the learner finished,
one for their own key points of such an article, and their own cards. A stored row only adds when
the card comes back, and texts that the learner changed. So a prompt that an editor adds is in the
deck at once, and the card of a retired prompt, or of an article that is no longer finished, rests.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

from django.db.models import F
from django.utils.functional import cached_property

from accounts.models import User
from catalog.history.article_history import article_history_of
from catalog.models import Article
from catalog.snapshot import CatalogSnapshot
from playbook.study_day import end_of
from progress.learner import LearnerProgress
from progress.recall.aiming import in_pass_today
from progress.recall.deck_cards import DeckCard, PromptCards, is_due
from progress.recall.models import CardKind, Review
from progress.recall.sql import StoredCard, stored_cards
from progress.states import Stage, StateName

KEY_POINTS, OWN = CardKind.KEY_POINTS, CardKind.OWN
A_DAY = timedelta(days=1)


class DueCards(NamedTuple):
    """The cards of a deck that are due, whatever the daily limits."""

    known: list[StoredCard]
    """The cards that were reviewed before."""
    new_count: int


class Deck:
    """The deck of one learner on one study day. It takes two queries, whatever its size.

    It takes a third one if an article changed on the day of the last review of one of its cards.
    """

    def __init__(self, progress: LearnerProgress) -> None:
        self.progress = progress
        self.user: User = progress.user
        self.snapshot: CatalogSnapshot = progress.snapshot
        self.day = progress.today

    @cached_property
    def cards(self) -> list[DeckCard]:
        """The cards that do not rest, in the order of the journey; dropped ones as well."""
        own = {row.article_id for row in self._stored if row.kind == OWN}
        articles = (self._finished | own) & self.snapshot.by_pk.keys()
        return list(self._cards_of(sorted(articles, key=self.snapshot.place_of)))

    @cached_property
    def active(self) -> list[DeckCard]:
        return [card for card in self.cards if not card.is_dropped]

    @cached_property
    def active_rows(self) -> list[StoredCard]:
        """The stored rows of `active`, found without making the cards."""
        return [row for row in self._in_deck if not row.is_dropped]

    @cached_property
    def resting_rows(self) -> list[StoredCard]:
        """The stored rows that rest until their article is finished or their prompt is back."""
        in_deck = {row.pk for row in self._in_deck}
        return [row for row in self._stored if not row.is_dropped and row.pk not in in_deck]

    @cached_property
    def due_cards(self) -> DueCards:
        """The cards that are due, found without making the others, since every page counts them."""
        today, active = self._today, self.active_rows
        reviewed = [row for row in active if row.last_reviewed_on]
        offered = {*self._changed, *self._in_pass} if reviewed else ()
        known = [
            row
            for row in reviewed
            if is_due(row.last_reviewed_on, row.due_on, today, is_offered=row.pk in offered)
        ]
        return DueCards(known, self._size - (len(self._in_deck) - len(active)) - len(reviewed))

    @property
    def _today(self) -> str:
        return self.day.isoformat()

    @cached_property
    def due(self) -> list[DeckCard]:
        """The cards to review now, within the learner's daily limits.

        The cards that are most likely forgotten come first, and new ones last.
        """
        day, due_pks = self.day, {row.pk for row in self.due_cards.known}
        known = [
            (-card.stored.forgetting_on(day), place, card)
            for place, card in enumerate(self.cards)
            if card.stored and card.stored.pk in due_pks
        ]
        new = [card for card in self.active if card.is_new] if self.due_cards.new_count else []
        in_order = [card for _forgetting, _place, card in sorted(known)]
        return [*in_order, *new[: self._new_left]][: self._left]

    @cached_property
    def first_due(self) -> DeckCard | None:
        """The first of `due`, found without making the others."""
        known = self.due_cards.known
        if not known or not self.due_count:
            return next(iter(self.due), None)
        forgetting = [row.forgetting_on(self.day) for row in known]
        most = max(forgetting)
        first = [row for row, value in zip(known, forgetting, strict=True) if value == most]
        article_of = self._prompt_cards.article_of
        articles = {article_of.get(row.prompt_id, row.article_id) for row in first}
        article = min(articles, key=self.snapshot.place_of)
        pks = {row.pk for row in first}
        cards = self._cards_of([article])
        return next(card for card in cards if card.stored and card.stored.pk in pks)

    @cached_property
    def due_count(self) -> int:
        """The number of `due`, without putting them in order."""
        known, new_count = self.due_cards
        return min(len(known) + min(new_count, self._new_left), self._left)

    @property
    def waiting_count(self) -> int:
        """The number of cards that are due but over the limits of this day."""
        known, new_count = self.due_cards
        return len(known) + new_count - self.due_count

    @property
    def _left(self) -> int:
        return max(self.user.daily_review_limit - self.reviewed_count, 0)

    @property
    def _new_left(self) -> int:
        return max(self.user.daily_new_card_limit - self.new_count, 0)

    @cached_property
    def reviewed_count(self) -> int:
        """The number of cards reviewed on this study day. No card is reviewed twice on a day."""
        today = self._today
        return sum(stored.last_reviewed_on == today for stored in self._stored)

    @cached_property
    def new_count(self) -> int:
        """The number of cards reviewed for the first time on this study day."""
        today = self._today
        return sum(stored.first_reviewed_on == today for stored in self._stored)

    def of_article(self, article: Article) -> list[DeckCard]:
        return [card for card in self.active if card.article.pk == article.pk]

    def brought_count(self, article: Article) -> int:
        """Return how many cards finishing the article brought, without those dropped since."""
        cards = self._cards_of([article.pk])
        return sum(card.kind != OWN and not card.is_dropped for card in cards)

    def _cards_of(self, articles: Iterable[int]) -> Iterator[DeckCard]:
        of_prompt = {stored.prompt_id: stored for stored in self._stored}
        of_points = {row.article_id: row for row in self._stored if row.kind == KEY_POINTS}
        own: dict[int, list[StoredCard]] = defaultdict(list)
        for row in self._stored:
            if row.kind == OWN:
                own[row.article_id].append(row)
        prompt_cards, with_points = self._prompt_cards.by_article, self._with_points
        for pk in articles:
            article = self.snapshot.by_pk[pk]
            if pk in self._finished:
                for prompt, card in prompt_cards.get(pk, {}).items():
                    yield self._as_stored(card, of_prompt.get(prompt))
            if pk in with_points:
                card = DeckCard(self.progress.completions[pk].uuid, KEY_POINTS, article)
                yield self._as_stored(card, of_points.get(pk))
            for row in own[pk]:
                yield self._as_stored(DeckCard(row.key, OWN, article), row)

    def _as_stored(self, card: DeckCard, row: StoredCard | None) -> DeckCard:
        if row is None:
            return card
        key, kind, article, prompt, *_ = card
        is_changed, is_in_pass = row.pk in self._changed, row.pk in self._in_pass
        return DeckCard(key, kind, article, prompt, row, is_changed, is_in_pass)

    @cached_property
    def _in_deck(self) -> list[StoredCard]:
        """The stored cards that do not rest."""
        article_of, finished = self._prompt_cards.article_of, self._finished
        others = {KEY_POINTS.value: self._with_points, OWN.value: self.snapshot.by_pk}
        return [
            row
            for row in self._stored
            if article_of.get(row.prompt_id) in finished
            or row.article_id in others.get(row.kind, ())
        ]

    @property
    def _size(self) -> int:
        """The number of `cards`."""
        prompt_cards = self._prompt_cards.by_article
        prompts = sum(len(prompt_cards.get(pk, ())) for pk in self._finished)
        own = sum(row.kind == OWN for row in self._in_deck)
        return prompts + len(self._with_points) + own

    @cached_property
    def _prompt_cards(self) -> PromptCards:
        return PromptCards.of(self.snapshot)

    @cached_property
    def _changed(self) -> Collection[int]:
        return self.progress.derive(changed_since_review)

    @cached_property
    def _in_pass(self) -> Collection[int]:
        """The cards that come today because the interview is near."""
        return in_pass_today(self.active_rows, self.day, self.user.recall_aims_at)

    @cached_property
    def _finished(self) -> set[int]:
        finished = {state.value for state in StateName.at(Stage.FINISHED)}
        return {pk for pk, state in self.progress.states.items() if state in finished}

    @cached_property
    def _with_points(self) -> Collection[int]:
        """The finished articles about which the learner wrote key points."""
        with_points = {pk for pk, row in self.progress.completions.items() if row.point_count}
        return self._finished & with_points & self.snapshot.by_pk.keys()

    @property
    def _stored(self) -> Sequence[StoredCard]:
        return self.progress.rows(stored_cards)


def changed_since_review(progress: LearnerProgress) -> Collection[int]:
    """Return the primary keys of the cards whose article changed after their last review.

    Dismissing the news of a change does not take its cards back. One query; none if no article
    changed on the study day of the last review of one of its cards.
    """
    history, by_pk = article_history_of(progress.snapshot), progress.snapshot.by_pk
    span_of = lru_cache(maxsize=None)(_span_of)
    changed, on_day = set(), {}
    for row in progress.rows(stored_cards):
        changed_at = history.changed_at.get(row.article_id)
        if changed_at is None or not row.last_reviewed_on or row.is_dropped:
            continue
        begins_at, ends_at = span_of(row.last_reviewed_on)
        article = by_pk.get(row.article_id)
        if changed_at < begins_at or article is None or article.is_retired:
            continue
        if changed_at < ends_at:
            on_day[row.pk] = article
        elif history.has_changed(article, ends_at):
            changed.add(row.pk)
    if on_day:
        reviews = Review.objects.for_user(progress.user).lasting().order_by()
        last = reviews.filter(card__in=on_day, reviewed_on=F("card__last_reviewed_on"))
        times = last.values_list("card", "reviewed_at")
        changed |= {card for card, at in times if history.changes(on_day[card], at)}
    return changed


def _span_of(day: str) -> tuple[datetime, datetime]:
    """Return the beginning and the end of a study day."""
    this = date.fromisoformat(day)
    return end_of(this - A_DAY), end_of(this)
