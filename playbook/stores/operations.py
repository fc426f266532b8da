"""Migration operations that are safe while the previous release serves."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex
from django.db.migrations.operations.base import Operation


class AddIndexWhileServing(AddIndexConcurrently):
    """Adds an index without blocking writers; its migration must not be `atomic`.

    On SQLite, and within a transaction (a restore), it is an ordinary `AddIndex`.
    """

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        operation_for(schema_editor).database_forwards(
            self, app_label, schema_editor, from_state, to_state
        )

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        operation_for(schema_editor).database_backwards(
            self, app_label, schema_editor, from_state, to_state
        )


def operation_for(schema_editor: BaseDatabaseSchemaEditor) -> type[AddIndex]:
    database = schema_editor.connection
    concurrently = database.vendor == "postgresql" and not database.in_atomic_block
    return AddIndexConcurrently if concurrently else AddIndex


class LockTables(Operation):
    """Locks tables on PostgreSQL until the migration ends, in this order and these modes.

    A migration that alters several tables begins with it if the release that still serves writes
    them together. It takes the order of that release; the order in which Django alters the tables
    can deadlock with a mark.
    """

    reversible = True

    def __init__(self, **modes: str) -> None:
        self.modes = modes

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Leave the models as they are."""

    def database_forwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        if schema_editor.connection.vendor == "postgresql":
            for table, mode in self.modes.items():
                schema_editor.execute(f"LOCK TABLE {table} IN {mode} MODE")

    def database_backwards(
        self,
        app_label: str,
        schema_editor: BaseDatabaseSchemaEditor,
        from_state: Any,
        to_state: Any,
    ) -> None:
        self.database_forwards(app_label, schema_editor, from_state, to_state)

    def describe(self) -> str:
        return f"Lock {', '.join(self.modes)}"
