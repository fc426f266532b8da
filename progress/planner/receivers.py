"""Keep plans right when two articles are merged."""

from catalog.models import Article
from catalog.signals import article_merged
from progress.planner.models import Plan


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    """Leave the kept article out of the plans that left out the duplicate.

    Lists of days name an article by its UUID, which leads to the kept one by itself.
    """
    for plan in Plan.objects.filter(left_out=duplicate).order_by("user", "pk"):
        plan.left_out.remove(duplicate)
        plan.left_out.add(kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="planner.on_article_merged")
