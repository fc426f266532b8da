"""Move the prompts of an article that is merged into another one."""

from catalog.models import Article
from catalog.prompts.models import Prompt
from catalog.signals import article_merged


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Give the duplicate's prompts to the article that is kept, after its own."""
    Prompt.objects.of_article(duplicate).in_order().append_to(kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="prompts.on_article_merged")
