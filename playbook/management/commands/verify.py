from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from playbook.backup.archive import UnusableBackup, open_backup


class Command(BaseCommand):
    help = "Say whether a file is a complete backup, without using the database."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)

    def handle(self, *args: object, file: Path, **options: object) -> None:
        try:
            with open_backup(file) as backup:
                made = backup.manifest
        except UnusableBackup as fault:
            raise CommandError(f"{file} {fault}") from fault
        except OSError as error:
            raise CommandError(f"{file} cannot be read: {error.strerror}") from error
        self.stdout.write(
            f"{file} is complete: made {made.made_at} by release {made.version} "
            f"({made.release}) from {made.vendor}, {len(made.migrations)} migrations, "
            f"{len(made.tables)} tables, {made.rows:,} rows."
        )
