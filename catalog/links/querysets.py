from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.models import Article
from catalog.retirable import RetirableQuerySet

if TYPE_CHECKING:
    from catalog.links.link_checker import Visit
    from catalog.links.models import BrokenLink, Check, Report


class ReportQuerySet(QuerySet["Report"]):
    def file(self, learner_id: int, article: Article, at: datetime) -> bool:
        """Whether it is the learner's first of this article on the day, in UTC."""
        _report, is_new = self.get_or_create(
            learner_id=learner_id,
            article=article,
            day=at.astimezone(UTC).date(),
            defaults={"url": article.url},
        )
        return is_new

    def unsettled(self) -> Self:
        """Of the address that the article has today."""
        return self.filter(settled_at=None, url=F("article__url"))

    def settle(self) -> int:
        return self.filter(settled_at=None).update(settled_at=timezone.now())


class CheckQuerySet(QuerySet["Check"]):
    @transaction.atomic
    def record(self, article_id: int, url: str, visit: Visit, at: datetime) -> Check | None:
        """Nothing, where the article has another address by now."""
        same = Article.objects.select_for_update().filter(pk=article_id, url=url)
        if not (article := same.first()):
            return None
        check = self.filter(article=article).first() or self.model(article=article)
        check.note(url, visit, at)
        check.save()
        return check

    def waiting(self) -> Self:
        """Says something that an editor has to decide, of the address of today."""
        found = self.filter(outcome__in=self.model.DECISIVE, url=F("article__url"))
        return found.exclude(dismissed_outcome=F("outcome"), dismissed_url=F("new_url"))

    def dismiss(self) -> int:
        """What each says is not asked again, until it says something else."""
        found = self.filter(outcome__in=self.model.DECISIVE)
        return found.update(dismissed_outcome=F("outcome"), dismissed_url=F("new_url"))


class BrokenLinkQuerySet(RetirableQuerySet["BrokenLink"]):
    def waiting(self) -> Self:
        """Reported by somebody, gone or moved, and not settled."""
        from catalog.links.models import Check, Report

        reports = Report.objects.unsettled().filter(article=OuterRef("pk"))
        checks = Check.objects.waiting().filter(article=OuterRef("pk"))
        return self.filter(Exists(reports) | Exists(checks), retired_at=None)

    def with_findings(self) -> Self:
        """The reports that are not settled, with their first and last day; and the latest visit."""
        of_today = Q(link_reports__settled_at=None, link_reports__url=F("url"))
        return self.select_related("link_check").annotate(
            old_url=F("url"),
            report_count=Count("link_reports", filter=of_today),
            first_report=Min("link_reports__day", filter=of_today),
            last_report=Max("link_reports__day", filter=of_today),
        )
