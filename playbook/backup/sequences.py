"""The highest number that a table ever gave to a row, so that no number is given twice."""

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

from playbook.backup.schema import has_numbers


def last_id(model: type[Model], connection: BaseDatabaseWrapper) -> int:
    if not has_numbers(model):
        return 0
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT seq FROM sqlite_sequence WHERE name = %s", [model._meta.db_table]
            )
        else:
            sequence = sequence_of(model, connection)
            cursor.execute(f"SELECT last_value FROM {sequence} WHERE is_called")  # noqa: S608 - the database's own name of it
        row = cursor.fetchone()
    return int(row[0]) if row else 0


def set_last_id(model: type[Model], number: int, connection: BaseDatabaseWrapper) -> None:
    if not (number and has_numbers(model)):
        return
    table = model._meta.db_table
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("DELETE FROM sqlite_sequence WHERE name = %s", [table])
            cursor.execute(
                "INSERT INTO sqlite_sequence (name, seq) VALUES (%s, %s)", [table, number]
            )
        else:
            cursor.execute("SELECT setval(%s, %s)", [sequence_of(model, connection), number])


def sequence_of(model: type[Model], connection: BaseDatabaseWrapper) -> str:
    assert model._meta.pk
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [table, model._meta.pk.column])
        return str(cursor.fetchone()[0])
