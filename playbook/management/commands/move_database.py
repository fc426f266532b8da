from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection

from playbook.backup.faults import reported
from playbook.backup.moving import move_from
from playbook.backup.replacing import is_empty


class Command(BaseCommand):
    help = "Copy everything from an SQLite file into the empty database of DATABASE_URL."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the SQLite file, which stays as it is")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        with reported(f"Nothing was moved, and {file} is as it was"):
            if not file.is_file():
                raise CommandError(
                    f"{file} is no SQLite file: nothing was moved. Name the file to move; "
                    "DATABASE_URL names the new database"
                )
            if not is_empty():
                raise CommandError(
                    "The database of DATABASE_URL is not empty: nothing was moved. "
                    "Create an empty one, and set DATABASE_URL to it"
                )
            moved = move_from(file)
        self.stdout.write(
            f"Moved {file} to {connection.display_name}: {len(moved.tables)} tables, "
            f"{moved.rows:,} rows, each compared in number and checksum. Start the site; "
            f"keep {file} until you have seen that it works."
        )
