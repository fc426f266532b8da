from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from django.db import transaction
from django.db.models import Count, Exists, F, Max, Min, OuterRef, Q, QuerySet
from django.utils import timezone

from catalog.models import Article
from catalog.retirable import RetirableQuerySet

if TYPE_CHECKING:
    from catalog.links.models import BrokenLink, Check, Report
    from catalog.links.results import CheckResult


class ReportQuerySet(QuerySet["Report"]):
    def file(self, learner_id: int, article: Article, at: datetime) -> bool:
        """Store a report; return whether it is the learner's first of the article that UTC day."""
        _report, is_new = self.get_or_create(
            learner_id=learner_id,
            article=article,
            day=at.astimezone(UTC).date(),
            defaults={"url": article.url},
        )
        return is_new

    def unsettled(self) -> Self:
        """Return the open reports of the articles' present links."""
        return self.filter(settled_at=None, url=F("article__url"))

    def settle(self) -> int:
        return self.filter(settled_at=None).update(settled_at=timezone.now())


class CheckQuerySet(QuerySet["Check"]):
    @transaction.atomic
    def record(self, article_id: int, url: str, result: CheckResult, at: datetime) -> Check | None:
        """Store a result; return None if the article has a different link by now."""
        same = Article.objects.select_for_update().filter(pk=article_id, url=url)
        if not (article := same.first()):
            return None
        check = self.filter(article=article).first() or self.model(article=article)
        check.note(url, result, at)
        check.save()
        return check

    def waiting(self) -> Self:
        """Return the checks that an editor has to decide on, of the articles' present links."""
        found = self.filter(outcome__in=self.model.DECISIVE, url=F("article__url"))
        return found.exclude(dismissed_outcome=F("outcome"), dismissed_url=F("new_url"))

    def dismiss(self) -> int:
        """Leave the present outcomes out of the queue until they change."""
        found = self.filter(outcome__in=self.model.DECISIVE)
        return found.update(dismissed_outcome=F("outcome"), dismissed_url=F("new_url"))


class BrokenLinkQuerySet(RetirableQuerySet["BrokenLink"]):
    def waiting(self) -> Self:
        """Return the articles in the queue: with an open report, or whose link is gone or moved."""
        from catalog.links.models import Check, Report

        reports = Report.objects.unsettled().filter(article=OuterRef("pk"))
        checks = Check.objects.waiting().filter(article=OuterRef("pk"))
        return self.filter(Exists(reports) | Exists(checks), retired_at=None)

    def with_findings(self) -> Self:
        """Annotate the open reports, with their first and last day, and join the latest check."""
        is_open = Q(link_reports__settled_at=None, link_reports__url=F("url"))
        return self.select_related("link_check").annotate(
            old_url=F("url"),
            report_count=Count("link_reports", filter=is_open),
            first_report=Min("link_reports__day", filter=is_open),
            last_report=Max("link_reports__day", filter=is_open),
        )
