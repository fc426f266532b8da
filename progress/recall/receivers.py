"""Move the cards of an article that is merged into another one. No card or review is lost."""

from django.db.models import Exists, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce, Left
from django.utils import timezone

from catalog.models import Article
from catalog.signals import article_merged
from progress.models import Completion
from progress.recall.models import ANSWER_MAX_LENGTH, Card, CardKind


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Give the duplicate's cards to the article that is kept.

    The key points of a learner who had both articles are merged by `progress`, so one card asks for
    both. The other one becomes a card of the learner's own, which is dropped and can be restored:
    it asks for the duplicate's title, and answers with the merged key points.
    """
    own = Card.objects.filter(user=OuterRef("user"), article=kept, kind=CardKind.KEY_POINTS)
    moved = Card.objects.filter(article=duplicate)
    repeated = moved.filter(Exists(own), kind=CardKind.KEY_POINTS)
    points = Completion.objects.filter(user=OuterRef("user"), article=kept).values("key_points")
    answer = Left(Coalesce(Subquery(points), Value("")), ANSWER_MAX_LENGTH)
    repeated.filter(question="").update(question=duplicate.title, answer=answer)
    repeated.update(kind=CardKind.OWN, dropped_at=timezone.now())
    moved.update(article=kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="recall.on_article_merged")
