from pathlib import Path

from django.core.management.base import BaseCommand, CommandError, CommandParser

from playbook.backup.archive import open_backup
from playbook.backup.faults import reported
from playbook.backup.manifest import Manifest, secret_key_fingerprint
from playbook.backup.replacing import is_empty
from playbook.backup.restoring import restore

OTHER_KEY = (
    "It was made with a different SECRET_KEY: everybody is signed out, and what visitors marked "
    "without an account cannot be read. Set the SECRET_KEY of that time in .env to avoid it."
)


class Command(BaseCommand):
    help = "Verify a backup, and replace the whole database by it, or change nothing."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--yes", action="store_true", help="replace a database with content")

    def handle(self, *args: object, file: Path, yes: bool, **options: object) -> None:
        with reported("Nothing was changed", file), open_backup(file) as backup:
            if not (yes or is_empty()):
                raise CommandError(
                    "Nothing was changed: the database of DATABASE_URL has content. "
                    f"Add --yes to replace all of it by {file}; make backup keeps it before"
                )
            restore(backup)
            self.report(file, backup.manifest)

    def report(self, file: Path, made: Manifest) -> None:
        self.stdout.write(
            f"Restored {file} of {made.made_at}: {len(made.tables)} tables, {made.rows:,} rows, "
            "each compared with the backup. Restart the site."
        )
        if made.secret_key != secret_key_fingerprint():
            self.stdout.write(OTHER_KEY)
