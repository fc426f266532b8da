"""The backups of each day: which are kept, and where; test_commands.py makes one."""

from datetime import date
from pathlib import Path

import pytest
from django.core.management.base import CommandError
from pytest_django import Settings

from playbook.backup import nightly
from playbook.jobs import wanted_jobs

pytestmark = pytest.mark.same_everywhere


@pytest.fixture
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.BACKUP_FOLDER = tmp_path / "backups"
    settings.BACKUPS_KEPT = 2
    return tmp_path / "backups"


def names(folder: Path) -> list[str]:
    return sorted(file.name for file in folder.iterdir())


def test_the_newest_backups_and_all_other_files_are_kept(folder: Path) -> None:
    folder.mkdir()
    days = [date(2025, 12, 31), date(2026, 1, 1), date(2026, 1, 2)]
    others = ["before-upgrade-2020-01-01.backup", "daily-2020-01-01.backup.1.partial", "notes"]
    for name in [*(f"daily-{day}.backup" for day in days), *others]:
        (folder / name).touch()
    nightly.delete_old(folder)
    assert names(folder) == sorted(["daily-2026-01-01.backup", "daily-2026-01-02.backup", *others])


def test_a_folder_that_cannot_be_created_is_named(settings: Settings, tmp_path: Path) -> None:
    settings.BACKUP_FOLDER = tmp_path / "not-mounted" / "backups"
    with pytest.raises(CommandError, match=r"No backup was made to .*: No such file or directory"):
        nightly.back_up()


def test_backups_are_made_only_with_a_folder(settings: Settings, folder: Path) -> None:
    assert "backup" in wanted_jobs()
    settings.BACKUP_FOLDER = None
    assert "backup" not in wanted_jobs()
