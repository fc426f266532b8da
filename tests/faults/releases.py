"""The releases of the site: the schema that each left, and the statements of its marks.

A release adds itself to `RELEASES`: its last migrations, and how it writes a mark if that changed.
"""

from dataclasses import dataclass
from typing import TypeAlias

Statement: TypeAlias = tuple[str, ...]

_NEXT = "CASE WHEN progress_state.state = 'done' THEN 'reading' ELSE 'done' END"
_WRITE_EVENT = (
    "INSERT INTO progress_event (user_id, article_id, from_state, to_state, happened_at)"
    f" SELECT %(learner)s, %(article)s, coalesce(progress_state.state, 'todo'), {_NEXT},"
    " CURRENT_TIMESTAMP FROM catalog_article LEFT JOIN progress_state"
    " ON article_id = catalog_article.id AND user_id = %(learner)s"
    " WHERE catalog_article.id = %(article)s"
)
_WRITE_STATE = (
    "INSERT INTO progress_state (user_id, article_id, state, changed_at)"
    " VALUES (%(learner)s, %(article)s, 'done', CURRENT_TIMESTAMP)"
    f" ON CONFLICT (user_id, article_id) DO UPDATE SET state = {_NEXT},"
    " changed_at = excluded.changed_at"
)
_WRITE = (_WRITE_EVENT, _WRITE_STATE)
_LOCK_LEARNER = "SELECT id FROM accounts_user WHERE id = %(learner)s FOR NO KEY UPDATE"
_COUNT_CHANGE = (
    "UPDATE accounts_user SET progress_version = progress_version + 1 WHERE id = %(learner)s"
)
_LOCK_ARTICLE = (
    "SELECT id, coalesce(merged_into_id, id) FROM catalog_article WHERE id = %(article)s FOR SHARE"
)


@dataclass(frozen=True)
class Release:
    name: str
    migrations: dict[str, str]
    """The last migration of each app that the release has."""
    mark: Statement
    """The statements of one transaction. On SQLite, those that only lock a row are left out."""


RELEASES = [
    Release(
        "1.0.0",
        {"accounts": "0001_initial", "catalog": "0002_editors", "progress": "0001_initial"},
        (_LOCK_LEARNER, *_WRITE),
    ),
    Release(
        "1.1.0",
        {"accounts": "0002_progress_version", "catalog": "0003_stamp", "progress": "0001_initial"},
        (_COUNT_CHANGE, *_WRITE),
    ),
    Release(
        "1.2.0",
        {
            "accounts": "0003_visits",
            "catalog": "0008_entries_added_with_articles",
            "links": "0001_initial",
            "playbook_file": "0002_editors",
            "progress": "0002_changes_seen",
            "project_metrics": "0001_initial",
            "suggestions": "0002_editors",
        },
        (_LOCK_ARTICLE, _COUNT_CHANGE, *_WRITE),
    ),
]
