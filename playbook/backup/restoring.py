"""Restore a backup in one transaction, or not at all."""

from collections.abc import Callable

from django.core.management import call_command

from playbook.backup.archive import Backup
from playbook.backup.loading import load
from playbook.backup.replacing import replaced_database
from playbook.signals import database_restored


def nothing() -> None:
    """Do nothing."""


def restore(backup: Backup, before_commit: Callable[[], None] = nothing) -> None:
    """Replace the content of the site's database by the backup's.

    Nothing has changed if it raises, also if `before_commit` does.
    """
    with replaced_database():
        load(backup)
        bring_up_to_date()
        before_commit()


def bring_up_to_date() -> None:
    """Migrate to this release, and let the apps forget what they knew of the old content."""
    call_command("migrate", verbosity=0, interactive=False)
    call_command("createcachetable", verbosity=0)
    database_restored.send(sender=None)
