"""Count what learners did. This reads all of their rows, so a command does it, never a view."""

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from progress.models import Event, State
from progress.project_metrics.models import Summary

KEPT = 30
"""More than the page shows: some articles may leave the playbook before the next refresh."""


def learners() -> QuerySet[User]:
    """Return the active users who ever set a state, which leaves out most editors and operators."""
    has_progress = (Exists(model.objects.filter(user=OuterRef("pk"))) for model in (State, Event))
    return User.objects.filter(Q(*has_progress, _connector=Q.OR), is_active=True)


def refresh() -> Summary:
    """Count again and store the result. Only articles that are public and listed count."""
    listed = Article.objects.public().listed().order_by().values("pk")
    finished = State.objects.finished().filter(article__in=listed)
    week_ago = timezone.now() - timedelta(weeks=1)
    by_article = finished.values("article").annotate(learners=Count("pk"))
    most = by_article.order_by("-learners", "article").values_list("article", "learners")[:KEPT]
    summary, _is_new = Summary.objects.update_or_create(
        pk=1,
        defaults={
            "made_at": timezone.now(),
            "learners": learners().count(),
            "finished": finished.count(),
            "finished_this_week": finished.filter(changed_at__gte=week_ago).count(),
            "most_finished": list(most),
        },
    )
    return summary
