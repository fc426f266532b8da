"""Write the whole database to a backup."""

from pathlib import Path
from typing import Any

from django.db.backends.base.base import BaseDatabaseWrapper

from playbook.backup import manifest
from playbook.backup.archive import BackupWriter, new_backup
from playbook.backup.manifest import Manifest, TableSummary
from playbook.backup.rows import columns_of, read_lines
from playbook.backup.schema import applied_migrations, models_at
from playbook.backup.sequences import last_id
from playbook.backup.snapshot import snapshot


def make_backup(path: Path, database: dict[str, Any]) -> Manifest:
    """Write what the database holds at one moment to a new file, and return its description."""
    with snapshot(database) as reading, new_backup(path) as writer:
        migrations = applied_migrations(reading)
        tables = write_tables(writer, reading, migrations)
        described = manifest.describe(reading.vendor, migrations, tables)
        writer.finish(described.to_json())
    return described


def write_tables(
    writer: BackupWriter, reading: BaseDatabaseWrapper, migrations: frozenset[tuple[str, str]]
) -> tuple[TableSummary, ...]:
    return tuple(
        writer.add(
            table, columns_of(model), read_lines(model, reading.alias), last_id(model, reading)
        )
        for table, model in models_at(migrations).items()
    )
