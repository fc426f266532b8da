"""What was found of the link of an article that was merged into another one."""

from typing import Any

from django.db.models import Exists, OuterRef

from catalog.links.models import Check, Report
from catalog.models import Article
from catalog.signals import article_merged


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: Any
) -> None:
    move_reports(kept, duplicate)
    move_check(kept, duplicate)


def move_reports(kept: Article, duplicate: Article) -> None:
    """Where a learner reported both on one day, the one of the article that went stays with it:
    it is in no queue there, and a day has one report."""
    same = Report.objects.filter(article=kept, learner=OuterRef("learner"), day=OuterRef("day"))
    Report.objects.filter(~Exists(same), article=duplicate).update(article=kept)


def move_check(kept: Article, duplicate: Article) -> None:
    """In the place of none, or of one of an address that the article no longer has."""
    own, other = Check.objects.filter(article=kept), Check.objects.filter(article=duplicate)
    if other.exists() and not own.filter(url=kept.url).exists():
        own.delete()
        other.update(article=kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="links.on_article_merged")
