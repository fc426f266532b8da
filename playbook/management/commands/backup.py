from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from playbook.backup.faults import reported
from playbook.backup.making import make_backup
from playbook.backup.snapshot import of_this_site


class Command(BaseCommand):
    help = "Write the whole database to a new file that only you can read, while the site runs."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="the file to create")

    def handle(self, *args: object, file: Path, **options: object) -> None:
        if file.exists():
            raise CommandError(f"{file} exists already: nothing was written; choose another name")
        with reported(f"No backup was made to {file}"):
            made = make_backup(file, of_this_site())
        self.stdout.write(
            f"{file}: {len(made.tables)} tables, {made.rows:,} rows. "
            "Keep it private, and keep .env too: SECRET_KEY is not in it."
        )
