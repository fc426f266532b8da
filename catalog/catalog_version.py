"""The catalogue's stamp: another one after every change, whoever makes it and however.

Triggers give it, in the transaction of the change, so that no way of writing forgets it and every
process sees it with the change itself. It is random: a number could come back with a backup.
"""

from collections import deque
from math import inf
from time import monotonic
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.db import connection, connections
from django.db.models.expressions import RawSQL

VALUE = RawSQL("(SELECT value FROM catalog_stamp)", ())
"""For a query that asks for something else as well."""

TABLES = ("layer", "section", "status", "article", "entry")

SQLITE = """
CREATE TRIGGER IF NOT EXISTS stamp_{table}_{change} AFTER {change} ON catalog_{table} BEGIN
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

# Before the statement locks a row of its own: two editors take turns here and cannot block each
# other in a circle.
POSTGRESQL = """
CREATE OR REPLACE TRIGGER stamp_{table}
BEFORE INSERT OR UPDATE OR DELETE OR TRUNCATE ON catalog_{table}
FOR EACH STATEMENT EXECUTE FUNCTION catalog_new_stamp()
"""


_last: deque[tuple[float, str]] = deque([(-inf, "")], maxlen=1)
"""When this process last asked for the stamp, by the monotonic clock, and what it was."""


def current() -> str:
    """Empty in a database that never held anything."""
    asked_at = monotonic()
    with connection.cursor() as cursor:
        cursor.execute("SELECT value FROM catalog_stamp")
        row = cursor.fetchone()
    stamp = row[0] if row else ""
    _last.append((asked_at, stamp))
    return stamp


def recent() -> str:
    """As this process knows it from the last `settings.VISITORS_SEE_CHANGES_AFTER` seconds."""
    asked_at, stamp = _last[0]
    is_recent = monotonic() - asked_at < settings.VISITORS_SEE_CHANGES_AFTER
    return stamp if is_recent else current()


def lock_catalog() -> None:
    """Waits for whoever is changing the catalogue; after it nobody else can until the end of the
    transaction. Taken before any row is, so that two editors cannot block each other in a circle.
    """
    if connection.vendor == "postgresql":  # SQLite lets one transaction write at a time anyway.
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM catalog_stamp FOR UPDATE")


def statements(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [POSTGRESQL_FUNCTION, *(POSTGRESQL.format(table=table) for table in TABLES)]
    changes = ("INSERT", "UPDATE", "DELETE")
    return [SQLITE.format(table=table, change=change) for table in TABLES for change in changes]


def install(sender: AppConfig, using: str, **kwargs: Any) -> None:
    """After every `migrate`: where SQLite alters a table, it loses its triggers."""
    database = connections[using]
    with database.cursor() as cursor:
        if "catalog_stamp" in database.introspection.table_names(cursor):
            for statement in statements(database.vendor):
                cursor.execute(statement)
