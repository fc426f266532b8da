"""What was suggested of an article that was merged into another one is said of that one."""

from typing import Any

from catalog.models import Article
from catalog.signals import article_merged
from catalog.suggestions.models import Suggestion


def move(sender: type[Article], kept: Article, gone: Article, **more: Any) -> None:
    Suggestion.objects.filter(article=gone).update(article=kept)


def connect() -> None:
    article_merged.connect(move, dispatch_uid="suggestions.article_merging")
