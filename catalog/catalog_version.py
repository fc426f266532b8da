"""The catalog version: a random value that every change of the catalogue replaces.

Database triggers replace it in the transaction of the change, so every kind of write does it, and
every process sees the new version together with the change. The value is random, because a number
could come back with a backup.
"""

from collections import deque
from collections.abc import Collection
from math import inf
from time import monotonic
from uuid import uuid4

from django.apps import AppConfig
from django.conf import settings
from django.db import connection, connections
from django.db.models.expressions import RawSQL

VALUE = RawSQL("(SELECT value FROM catalog_stamp)", ())
"""The version as a column of another query."""

TABLES = [
    "catalog_layer",
    "catalog_section",
    "catalog_status",
    "catalog_article",
    "catalog_entry",
]
"""The tables of the catalogue. Sub-apps add theirs with `watch()`."""

SQLITE = """
CREATE TRIGGER IF NOT EXISTS {trigger}_{change} AFTER {change} ON {table} BEGIN
    INSERT INTO catalog_stamp (id, value) VALUES (1, lower(hex(randomblob(16))))
    ON CONFLICT (id) DO UPDATE SET value = excluded.value;
END
"""

POSTGRESQL_FUNCTION = """
CREATE OR REPLACE FUNCTION catalog_new_stamp() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    INSERT INTO catalog_stamp (id, value) VALUES (1, replace(gen_random_uuid()::text, '-', ''))
    ON CONFLICT (id) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END $$
"""

# The trigger runs before the statement locks any row, so two editors cannot deadlock.
POSTGRESQL = """
CREATE OR REPLACE TRIGGER {trigger}
BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON {table}
FOR EACH STATEMENT EXECUTE FUNCTION catalog_new_stamp()
"""


_last: deque[tuple[float, str]] = deque([(-inf, "")], maxlen=1)
"""The version that this process last read, and the monotonic time when it did."""


def current() -> str:
    """Return the stored version, which is empty in a database that never held a catalogue."""
    asked_at = monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM catalog_stamp")
        row = cursor.fetchone()
    version = row[0] if row else ""
    _last.append((asked_at, version))
    return version


def recent() -> str:
    """Return a version that is at most `settings.VISITORS_SEE_CHANGES_AFTER` seconds old."""
    asked_at, version = _last[0]
    is_recent = monotonic() - asked_at < settings.VISITORS_SEE_CHANGES_AFTER
    return version if is_recent else current()


def lock_catalog() -> None:
    """Lock the catalogue until the end of the transaction.

    Call it before locking any row, so that two editors cannot deadlock.
    """
    if connection.vendor == "postgresql":  # SQLite lets one transaction write at a time anyway.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM catalog_stamp FOR UPDATE")


def watch(table: str) -> None:
    """Make every change of a sub-app's table a change of the catalogue."""
    TABLES.append(table)


def statements(vendor: str, tables: Collection[str]) -> list[str]:
    """Return the statements that create the triggers of these tables."""
    # The triggers of the catalogue are named as in the first releases, so that none exists twice.
    triggers = {table: f"stamp_{table.removeprefix('catalog_')}" for table in tables}
    if vendor == "postgresql":
        created = [POSTGRESQL.format(table=table, trigger=triggers[table]) for table in tables]
        return [POSTGRESQL_FUNCTION, *created]
    changes = ("INSERT", "UPDATE", "DELETE")
    return [
        SQLITE.format(table=table, trigger=triggers[table], change=change)
        for table in tables
        for change in changes
    ]


def replace(**kwargs: object) -> None:
    """Replace the version although the catalogue did not change.

    After a restore, numbers on which learners' pages depend can come back with other content.
    """
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_stamp SET value = %s", [uuid4().hex])


def install(sender: AppConfig, using: str, **kwargs: object) -> None:
    """Install the triggers after every `migrate`: SQLite drops them when it alters a table."""
    database = connections[using]
    with database.cursor() as cursor:
        existing = database.introspection.table_names(cursor)
        if "catalog_stamp" in existing:
            tables = [table for table in TABLES if table in existing]
            for statement in statements(database.vendor, tables):
                cursor.execute(statement)
