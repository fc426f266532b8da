"""Count a learner's reviews of a study day, or by study day for the heat map and the streak."""

from collections import Counter
from collections.abc import Mapping
from datetime import date

from django.db import connections, router

from accounts.models import User
from progress.kept_rows import reading
from progress.recall.models import Rating, Review


@reading("recall_review")
def reviews_by_day(user: User) -> Mapping[date, int]:
    """Return the number of a learner's lasting reviews, by study day."""
    with connections[router.db_for_read(Review)].cursor() as cursor:
        cursor.execute(
            "SELECT reviewed_on, count(*) FROM recall_review"
            " WHERE user_id = %s AND undone_at IS NULL GROUP BY reviewed_on",
            [user.pk],
        )
        rows = cursor.fetchall()
    # SQLite returns dates as text.
    return {
        day if isinstance(day, date) else date.fromisoformat(day): reviews for day, reviews in rows
    }


def ratings_on(user: User, day: date) -> Mapping[Rating, int]:
    """Return the number of a learner's lasting reviews of a study day by rating, best first."""
    reviews = Review.objects.for_user(user).lasting().filter(reviewed_on=day)
    counts = Counter(reviews.order_by().values_list("rating", flat=True))
    return {rating: counts[rating] for rating in reversed(Rating) if counts[rating]}
