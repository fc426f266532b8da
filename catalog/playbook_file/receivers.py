"""An uncertain match is answered by merging the two articles, wherever that is done; one that is
about other articles too goes on being asked, of the article that stayed."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from catalog.models import Article
from catalog.playbook_file.models import OpenQuestion
from catalog.signals import article_merged


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: Any
) -> None:
    both = (kept, duplicate)
    asked = OpenQuestion.objects.waiting().filter(Q(article__in=both), candidates__in=both)
    OpenQuestion.objects.filter(pk__in=asked.values("pk")).update(answered_at=timezone.now())
    for question in OpenQuestion.objects.waiting().filter(candidates=duplicate):
        question.candidates.remove(duplicate)
        question.candidates.add(kept)
    for question in OpenQuestion.objects.waiting().filter(article=duplicate):
        ask_of(kept, question)


def ask_of(kept: Article, question: OpenQuestion) -> None:
    """Each article has one question: where there is one already, it asks of these too."""
    known = OpenQuestion.objects.filter(article=kept).first()
    if known is None:
        question.article = kept
        question.save(update_fields=["article"])
        return
    asked = {*question.candidates.all()} - {*known.candidates.all()}
    if known.answered_at is None:
        known.candidates.add(*asked)
    elif asked:
        known.candidates.set(asked)
        known.answered_at = known.answered_by = None
        known.save(update_fields=["answered_at", "answered_by"])
    question.answered_at = timezone.now()
    question.save(update_fields=["answered_at"])


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="playbook_file.on_article_merged")
