"""The share of a learner's reviews that were recalled, counted by the database."""

from django.db import connections, router

from accounts.models import User
from progress.kept_rows import reading
from progress.recall.models import Rating, Review
from progress.recall.statistics.figures import LATE_DAYS, RecallShare

DAYS_LATE = {
    "sqlite": "julianday(reviewed_on) - julianday(due_on)",
    "postgresql": "reviewed_on - due_on",
}
"""The days between being due and the review, by database."""


@reading("recall_review")
def recall_share_of(user: User) -> RecallShare:
    """Return what `recall_share` makes of the learner's reviews, without reading each of them."""
    connection = connections[router.db_for_read(Review)]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(CASE WHEN rating <> %s THEN 1 ELSE 0 END), 0),"  # noqa: S608 - a fixed condition
            " coalesce(sum(predicted_recall), 0) FROM recall_review"
            " WHERE user_id = %s AND undone_at IS NULL AND predicted_recall IS NOT NULL"
            f" AND {DAYS_LATE[connection.vendor]} <= %s",
            [Rating.AGAIN.value, user.pk, LATE_DAYS],
        )
        return RecallShare(*cursor.fetchone())
