"""Check that the database answers and has the schema of this release."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from django.db import DatabaseError, connection, connections
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils.timezone import now

from playbook.backup.schema import UnknownMigrations, check_known
from playbook.doctor.findings import Finding, in_one_line, ok, problem, warning
from playbook.stores.database_file import make_private
from playbook.stores.replica import REPLICA

PREPARE = "Run manage.py prepare"
OLDEST_POSTGRESQL = 15
CLOCKS_DIFFER = 5
"""Seconds by which two clocks may differ."""


def examine_database() -> Iterator[Finding]:
    make_private()
    try:
        connection.ensure_connection()
    except DatabaseError as error:
        yield problem(
            f"The database of DATABASE_URL does not answer: {in_one_line(error)}",
            "Start the database, or correct DATABASE_URL",
        )
        return
    version = ".".join(map(str, connection.get_database_version()))
    yield ok(f"{connection.display_name} {version} answers")
    if connection.vendor == "postgresql":
        yield from examine_postgresql()
    else:
        yield from examine_file()
    if REPLICA in connections:
        yield from examine_replica()


def examine_postgresql() -> Iterator[Finding]:
    if connection.get_database_version() < (OLDEST_POSTGRESQL,):
        yield problem(
            f"PostgreSQL is older than {OLDEST_POSTGRESQL}",
            f"Upgrade the server to PostgreSQL {OLDEST_POSTGRESQL} or newer",
        )


def examine_file() -> Iterator[Finding]:
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA quick_check(1)")
        result = cursor.fetchone()[0]
    if result != "ok":
        yield problem(f"The file is damaged: {result}", "Restore the newest backup")
    file = Path(connection.settings_dict["NAME"])
    if file.stat().st_mode & 0o077:
        yield warning(
            f"Others on this machine can read {file}, with password hashes and sessions",
            f"Run chmod 600 {file}*",
        )


def examine_replica() -> Iterator[Finding]:
    try:
        connections[REPLICA].ensure_connection()
    except DatabaseError as error:
        yield warning(
            f"The replica does not answer, so the primary does its work: {in_one_line(error)}",
            "Start the replica, or correct DATABASE_REPLICA_URL",
        )
    else:
        yield ok("The replica answers")


def examine_migrations() -> Iterator[Finding]:
    applied = MigrationRecorder(connection).applied_migrations().keys()
    missing = sorted(set(MigrationLoader(None).graph.nodes) - set(applied))
    if missing:
        first = ".".join(missing[0])
        yield problem(f"{len(missing)} migrations are missing, the first is {first}", PREPARE)
    try:
        check_known(frozenset(applied))
    except UnknownMigrations as newer:
        yield warning(
            f"The database was migrated by a newer release ({newer})",
            "Install that release; this one keeps working meanwhile",
        )
    if not missing:
        yield ok("Every migration of this release is applied")


def examine_clock() -> Iterator[Finding]:
    """Compare this machine's clock with the server's, or with the times in the file."""
    difference = seconds_ahead()
    if abs(difference) > CLOCKS_DIFFER:
        yield problem(
            f"The database is {abs(difference):,.0f} seconds "
            f"{'ahead of' if difference > 0 else 'behind'} the clock of this machine",
            "Synchronise the clocks, for example with timedatectl set-ntp true",
        )
    else:
        yield ok("The clock of this machine agrees with the database")


def seconds_ahead() -> float:
    """Return by how much the database is ahead; a file is never behind, since it has no clock."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT clock_timestamp()")
            server_time: datetime = cursor.fetchone()[0]
        return (server_time - now()).total_seconds()
    newest = MigrationRecorder(connection).migration_qs.order_by("-applied").first()
    return max(0.0, (newest.applied - now()).total_seconds()) if newest else 0.0
