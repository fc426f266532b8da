"""The cards and reviews in a learner's export."""

from accounts.models import User
from progress.export import JSONObject, identified, parts
from progress.recall.models import Card, CardKind, Review


def cards_of(user: User) -> list[JSONObject]:
    cards = Card.objects.for_user(user).order_by("created_at", "pk")
    return [
        {
            "uuid": card.uuid,
            "kind": card.kind,
            "article": identified(card.article),
            "prompt": card.prompt.uuid if card.prompt else None,
            "question": card.question or (card.prompt.question if card.prompt else ""),
            "answer": card.answer or (card.prompt.answer if card.prompt else ""),
            "is_rewritten": card.kind != CardKind.OWN and bool(card.question),
            "created_at": card.created_at,
            "updated_at": card.updated_at,
            "dropped_at": card.dropped_at,
            "stability": card.stability,
            "difficulty": card.difficulty,
            "due_on": card.due_on,
            "first_reviewed_on": card.first_reviewed_on,
            "last_reviewed_on": card.last_reviewed_on,
            "lapse_count": card.lapse_count,
            "lapses_before_rewrite": card.lapses_before_rewrite,
        }
        for card in cards.select_related("article__status", "prompt")
    ]


def reviews_of(user: User) -> list[JSONObject]:
    reviews = Review.objects.for_user(user).order_by("reviewed_at", "pk").select_related("card")
    return [
        {
            "uuid": review.uuid,
            "card": review.card.uuid,
            "rating": review.rating,
            "reviewed_on": review.reviewed_on,
            "reviewed_at": review.reviewed_at,
            "due_on": review.due_on,
            "predicted_recall": review.predicted_recall,
            "retention": review.retention,
            "undone_at": review.undone_at,
        }
        for review in reviews
    ]


def register_all() -> None:
    parts["cards"] = cards_of
    parts["reviews"] = reviews_of
