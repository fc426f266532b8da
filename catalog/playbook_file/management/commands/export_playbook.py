from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from catalog.playbook_file.writing.formats import FORMATS, public, write
from catalog.stored_catalog import stored


class Command(BaseCommand):
    help = "Write the playbook to standard output, as a file that import_playbook can read."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--format", choices=FORMATS, default="markdown")
        parser.add_argument(
            "--public", action="store_true", help="leave out articles that readers cannot see"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        catalogue = public(stored()) if options["public"] else stored()
        self.stdout.write(write(catalogue, options["format"]), ending="")
