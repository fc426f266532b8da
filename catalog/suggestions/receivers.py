"""Move suggestions to the article that is kept when two are merged."""

from catalog.models import Article
from catalog.signals import article_merged
from catalog.suggestions.models import Suggestion


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    Suggestion.objects.filter(article=duplicate).update(article=kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="suggestions.on_article_merged")
