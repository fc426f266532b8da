"""The statement of every page with rows, written in SQL as those of `progress/sql.py`."""

from django.db import connections, router

from accounts.models import User
from progress.notes.models import Note


# 34 µs in SQL, 290 µs with the ORM.
def articles_with_notes(user: User) -> frozenset[int]:
    """Return the primary keys of the articles about which the learner wrote."""
    with connections[router.db_for_read(Note)].cursor() as cursor:
        cursor.execute(
            "SELECT article_id FROM notes_note WHERE user_id = %s AND text <> ''", [user.pk]
        )
        return frozenset(article_id for (article_id,) in cursor.fetchall())
