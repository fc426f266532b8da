"""Two statements that nearly every request makes, written out.

The ORM takes ten times as long to phrase either of them as SQLite to answer it.
"""

from collections.abc import Mapping

from django.db import connections, router

from accounts.models import User
from progress.models import State


def states_of(user: User) -> Mapping[int, str]:
    """State by article id, without those to do."""
    with connections[router.db_for_read(State)].cursor() as cursor:
        cursor.execute("SELECT article_id, state FROM progress_state WHERE user_id = %s", [user.pk])
        return dict(cursor.fetchall())


def take_turn(user: User) -> bool:
    """Holds the learner's row until the transaction ends, with their progress' next version on it.

    False where the account is gone.
    """
    with connections[router.db_for_write(User)].cursor() as cursor:
        cursor.execute(
            "UPDATE accounts_user SET progress_version = progress_version + 1 WHERE id = %s",
            [user.pk],
        )
        return bool(cursor.rowcount)
