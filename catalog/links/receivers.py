"""Move reports and checks when two articles are merged."""

from django.db.models import Exists, OuterRef

from catalog.links.models import Check, Report
from catalog.models import Article
from catalog.signals import article_merged


def on_article_merged(
    sender: type[Article], kept: Article, duplicate: Article, **kwargs: object
) -> None:
    move_reports(kept, duplicate)
    move_check(kept, duplicate)


def move_reports(kept: Article, duplicate: Article) -> None:
    """Move reports; if a learner reported both on one day, the duplicate keeps its own."""
    same = Report.objects.filter(article=kept, learner=OuterRef("learner"), day=OuterRef("day"))
    Report.objects.filter(~Exists(same), article=duplicate).update(article=kept)


def move_check(kept: Article, duplicate: Article) -> None:
    """Move the check if the kept article has none of its present link."""
    own, other = Check.objects.filter(article=kept), Check.objects.filter(article=duplicate)
    if other.exists() and not own.filter(url=kept.url).exists():
        own.delete()
        other.update(article=kept)


def connect() -> None:
    article_merged.connect(on_article_merged, dispatch_uid="links.on_article_merged")
