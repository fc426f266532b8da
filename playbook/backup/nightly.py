"""The backup of each day in `BACKUP_FOLDER`, of which the newest are kept."""

import re
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from playbook.backup.faults import reported
from playbook.backup.making import make_backup
from playbook.backup.snapshot import of_this_site

NAME = re.compile(r"daily-\d{4}-\d\d-\d\d\.backup")


def back_up() -> None:
    """Make the backup of today unless there is one, and delete those that are too old."""
    folder = settings.BACKUP_FOLDER
    assert folder is not None  # The job is wanted only with a folder.
    file = folder / f"daily-{timezone.localdate(timezone=timezone.get_default_timezone())}.backup"
    with reported(f"No backup was made to {file}", file):
        folder.mkdir(mode=0o700, exist_ok=True)
        if not file.exists():
            make_backup(file, of_this_site())
        delete_old(folder)


def delete_old(folder: Path) -> None:
    """Delete all but the newest backups that this module made; others in the folder stay."""
    backups = sorted(file for file in folder.iterdir() if NAME.fullmatch(file.name))
    for file in backups[: -settings.BACKUPS_KEPT]:
        file.unlink()
