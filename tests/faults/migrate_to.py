"""Migrate the database of DATABASE_URL to a release: `python -m tests.faults.migrate_to 1.1.0`."""

import sys

import django
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from tests.faults.releases import RELEASES


def main(name: str) -> None:
    release = next(release for release in RELEASES if release.name == name)
    MigrationExecutor(connection).migrate(list(release.migrations.items()))


if __name__ == "__main__":
    django.setup()
    main(sys.argv[1])
