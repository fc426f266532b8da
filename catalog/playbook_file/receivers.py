"""Keep the open questions in step with merged articles.

Merging the two articles of a question answers it. A question about other articles as well stays
open and is asked about the article that is kept.
"""

from django.db.models import Q
from django.utils import timezone

from catalog.models import Article
from catalog.playbook_file.models import OpenQuestion
from catalog.signals import article_merged


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    both = (kept, duplicate)
    answered = OpenQuestion.objects.waiting().filter(Q(article__in=both), candidates__in=both)
    OpenQuestion.objects.filter(pk__in=answered.values("pk")).update(answered_at=timezone.now())
    for question in OpenQuestion.objects.waiting().filter(candidates=duplicate):
        question.candidates.remove(duplicate)
        question.candidates.add(kept)
    for question in OpenQuestion.objects.waiting().filter(article=duplicate):
        move_question(question, kept)


def move_question(question: OpenQuestion, kept: Article) -> None:
    """Ask the question about the kept article; join it with the question that article has."""
    existing = OpenQuestion.objects.filter(article=kept).first()
    if existing is None:
        question.article = kept
        question.save(update_fields=["article"])
        return
    new_candidates = {*question.candidates.all()} - {*existing.candidates.all()}
    if existing.answered_at is None:
        existing.candidates.add(*new_candidates)
    elif new_candidates:
        existing.candidates.set(new_candidates)
        existing.answered_at = existing.answered_by = None
        existing.save(update_fields=["answered_at", "answered_by"])
    question.answered_at = timezone.now()
    question.save(update_fields=["answered_at"])


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="playbook_file.on_article_merged")
