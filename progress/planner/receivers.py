"""Keep plans right when two articles are merged."""

from catalog.models import Article
from catalog.signals import article_merged
from progress.planner.models import Plan

LeftOut = Plan.left_out.through


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Leave the kept article out of the plans that left out the duplicate.

    Lists of days name an article by its UUID, which leads to the kept one by itself. The learners
    are locked by `progress`, which runs first.
    """
    rows = LeftOut._default_manager
    moved = rows.filter(article=duplicate)
    moved.filter(plan__in=rows.filter(article=kept).values("plan")).delete()
    moved.update(article=kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="planner.on_article_merged")
