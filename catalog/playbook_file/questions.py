"""An uncertain match is answered by merging the two articles, wherever that is done."""

from typing import Any

from django.db.models import Q
from django.utils import timezone

from catalog.models import Article
from catalog.playbook_file.models import OpenQuestion
from catalog.signals import article_merged


def answer(sender: type[Article], kept: Article, gone: Article, **kwargs: Any) -> None:
    both = (kept, gone)
    asked = OpenQuestion.objects.waiting().filter(Q(article__in=both), candidates__in=both)
    OpenQuestion.objects.filter(pk__in=asked.values("pk")).update(answered_at=timezone.now())


def connect() -> None:
    article_merged.connect(answer, dispatch_uid="playbook_file.answer")
