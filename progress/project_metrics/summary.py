"""What is counted over learners' rows: by a command, never for a view."""

from datetime import timedelta

from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from accounts.models import User
from catalog.models import Article
from progress.models import Event, State, StateName
from progress.project_metrics.models import Summary

KEPT = 30
"""Of the most finished; some may leave the playbook before the next refresh."""


def learners() -> QuerySet[User]:
    """Who ever marked something; not who has an account only to edit or to look after the site."""
    marked = (Exists(model.objects.filter(user=OuterRef("pk"))) for model in (State, Event))
    return User.objects.filter(Q(*marked, _connector=Q.OR), is_active=True)


def refresh() -> Summary:
    """Only what the public sees listed counts as finished."""
    listed = Article.objects.public().listed().order_by().values("pk")
    done = State.objects.filter(state=StateName.DONE, article__in=listed)
    week_ago = timezone.now() - timedelta(weeks=1)
    by_article = done.values("article").annotate(learners=Count("pk"))
    most = by_article.order_by("-learners", "article").values_list("article", "learners")[:KEPT]
    summary, _is_new = Summary.objects.update_or_create(
        pk=1,
        defaults={
            "made_at": timezone.now(),
            "learners": learners().count(),
            "finished": done.count(),
            "finished_this_week": done.filter(changed_at__gte=week_ago).count(),
            "most_finished": list(most),
        },
    )
    return summary
