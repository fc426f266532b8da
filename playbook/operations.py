"""Migration operations that are safe while the previous release serves."""

from typing import Any

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import AddIndex


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
