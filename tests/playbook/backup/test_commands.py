"""The commands refuse what would lose something, and a failure changes nothing."""

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError
from django.utils.timezone import localdate
from pytest_django import Settings

from accounts.models import User
from playbook.backup import replacing
from playbook.backup.archive import new_backup, open_backup
from playbook.backup.loading import compare
from playbook.backup.moving import unchanged
from playbook.backup.nightly import back_up
from playbook.backup.replacing import RestoreError
from playbook.backup.schema import models_at
from tests.playbook.backup.conftest import Database, NewDatabase, Site
from tests.playbook.backup.stored import rows_of


@pytest.fixture(scope="module")
def other(site: Site, new_database: NewDatabase) -> Database:
    """Return a second database with the content of the first."""
    database = new_database("other")
    database.run("restore", str(site.backup))
    return database


def refusal(database: Database, *command: str) -> str:
    with pytest.raises(CommandError) as refused:
        database.run(*command)
    return str(refused.value)


def changed(backup: Path, path: Path, change: Callable[[str, list[bytes]], list[bytes]]) -> Path:
    """Write a backup like the given one, but with changed rows."""
    with open_backup(backup) as original, new_backup(path) as writer:
        described = json.loads(original.manifest.to_json())
        described["tables"] = []
        for table in original.manifest.tables:
            lines = change(table.table, list(original.lines(table.table)))
            written = writer.add(table.table, table.columns, lines, table.last_id)
            described["tables"].append(vars(written))
        writer.finish(json.dumps(described))
    return path


@pytest.mark.same_everywhere
def test_a_backup_overwrites_no_file(site: Site) -> None:
    content = site.backup.read_bytes()
    assert refusal(site.database, "backup", str(site.backup)) == (
        f"{site.backup} exists already: nothing was written; choose another name"
    )
    assert site.backup.read_bytes() == content
    assert list(site.backup.parent.iterdir()) == [site.backup]


def test_a_restore_replaces_content_only_if_told_to(site: Site, other: Database) -> None:
    with other.used():
        User.objects.all().delete()
    before = rows_of(other.url)
    assert refusal(other, "restore", str(site.backup)).startswith(
        "Nothing was changed: the database of DATABASE_URL has content. Add --yes to replace"
    )
    assert rows_of(other.url) == before

    other.run("restore", str(site.backup), "--yes")
    after, original = rows_of(other.url), rows_of(site.database.url)
    assert after["progress_event"] == original["progress_event"]
    assert after["accounts_user"] == original["accounts_user"]
    # Pages depend on numbers that a restore sets back, so it replaces the catalog version.
    assert after["catalog_stamp"] not in (before["catalog_stamp"], original["catalog_stamp"])


def without_learners(table: str, lines: list[bytes]) -> list[bytes]:
    return [] if table == "accounts_user" else lines


def test_a_restore_that_fails_changes_nothing(site: Site, other: Database, tmp_path: Path) -> None:
    before = rows_of(other.url)
    unusable = changed(site.backup, tmp_path / "unusable.backup", without_learners)
    damaged = tmp_path / "damaged.backup"
    damaged.write_bytes(site.backup.read_bytes()[:-1])
    for file in (unusable, damaged, tmp_path / "gone.backup"):
        reason = refusal(other, "restore", str(file), "--yes")
        assert reason.startswith("Nothing was changed: ")
        assert "\n" not in reason
        assert rows_of(other.url) == before
    assert list(Path(other.name).parent.glob("*.restoring*")) == []


def with_one_account_twice(table: str, lines: list[bytes]) -> list[bytes]:
    return lines if table != "accounts_user" else [*lines, lines[-1]]


def test_a_row_that_cannot_be_stored_is_named(
    site: Site, new_database: NewDatabase, tmp_path: Path
) -> None:
    unusable = changed(site.backup, tmp_path / "unusable.backup", with_one_account_twice)
    reason = refusal(new_database("unusable"), "restore", str(unusable))
    assert reason.startswith("Nothing was changed: the row 2 of accounts_user cannot be stored: ")


@pytest.mark.same_everywhere
@pytest.mark.parametrize("difference", [{"rows": 3}, {"checksum": "0" * 64}])
def test_rows_that_differ_after_a_restore_are_noticed(
    site: Site, difference: dict[str, Any]
) -> None:
    with open_backup(site.backup) as opened:
        (summary,) = (table for table in opened.manifest.tables if table.table == "accounts_user")
        model = models_at(opened.manifest.migrations)["accounts_user"]
    with site.database.used():
        compare(model, summary)
        with pytest.raises(RestoreError, match="accounts_user differs from the backup"):
            compare(model, replace(summary, **difference))


def test_a_restore_tells_that_the_secret_key_is_another(
    site: Site, new_database: NewDatabase, settings: Any
) -> None:
    settings.SECRET_KEY = "another-key-" * 5
    output = new_database("with_another_key").run("restore", str(site.backup))
    assert "It was made with a different SECRET_KEY: everybody is signed out" in output


def test_a_restore_gives_up_if_others_do_not_leave(
    site: Site, other: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(replacing, "LONGEST_WAIT", 0.1)
    with closing(connect(other.url)) as writer:
        writer.execute("DELETE FROM progress_event")
        assert refusal(other, "restore", str(site.backup), "--yes") == (
            "Nothing was changed: the database is in use: stop the site, and try again"
        )


def test_a_backup_waits_for_no_writer_and_holds_what_was_committed(
    site: Site, tmp_path: Path
) -> None:
    file = tmp_path / "online.backup"
    with closing(connect(site.database.url)) as writer:
        writer.execute("DELETE FROM progress_event")
        site.database.run("backup", str(file))
        writer.rollback()
    with open_backup(file) as online, open_backup(site.backup) as before:
        assert online.manifest.tables == before.manifest.tables


def connect(url: str) -> Any:
    if url.startswith("postgres"):
        return psycopg.connect(url)
    return sqlite3.connect(url.removeprefix("sqlite:///"))


def test_a_backup_of_an_older_release_is_migrated_and_of_a_newer_one_refused(
    site: Site, new_database: NewDatabase, tmp_path: Path
) -> None:
    older, restored = new_database("older"), new_database("restored_from_older")
    older.run("migrate", "accounts", "0001", "--verbosity=0")
    backup = str(tmp_path / "older.backup")
    older.run("backup", backup)
    restored.run("restore", backup)
    assert migrations(restored) == migrations(site.database) > migrations(older)

    with closing(connect(older.url)) as newer:
        newer.execute(
            "INSERT INTO django_migrations (app, name, applied) "
            "VALUES ('catalog', '9999_next', '2099-01-01')"
        )
        newer.commit()
    assert refusal(older, "backup", str(tmp_path / "newer.backup")) == (
        f"No backup was made to {tmp_path}/newer.backup: a newer release made the "
        "tables (it has the migration catalog.9999_next, which this one has not): "
        "install that release first"
    )


def migrations(database: Database) -> set[tuple[str, str]]:
    return {(row[0], row[3]) for row in rows_of(database.url)["django_migrations"]}


@pytest.mark.same_everywhere
@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (
            ("backup", "{folder}/gone/site.backup"),
            "No backup was made to {folder}/gone/site.backup: No such file",
        ),
        (("backup", "{folder}"), "{folder} exists already"),
        (("restore", "{folder}"), "Nothing was changed: {folder}: Is a directory"),
        (("restore", "{folder}/none"), "Nothing was changed: {folder}/none: No such file"),
        (("move_database", "{folder}/none"), "{folder}/none is no SQLite file"),
        (
            ("move_database", "{folder}/text"),
            "Nothing was moved, and {folder}/text is as it was: file is not a database",
        ),
    ],
)
def test_what_cannot_be_used_is_named(
    site: Site, new_database: NewDatabase, tmp_path: Path, command: tuple[str, str], reason: str
) -> None:
    (tmp_path / "text").write_text("No database. " * 100)
    database = (
        site.database if command[0] == "backup" else new_database(f"empty_{abs(hash(reason))}")
    )
    name, file = command
    message = refusal(database, name, file.format(folder=tmp_path))
    assert message.startswith(reason.format(folder=tmp_path))


def test_a_move_needs_an_empty_database(other: Database, tmp_path: Path) -> None:
    source = tmp_path / "source.sqlite3"
    source.touch()
    before = rows_of(other.url)
    assert refusal(other, "move_database", str(source)) == (
        "The database of DATABASE_URL is not empty: nothing was moved. "
        "Create an empty one, and set DATABASE_URL to it"
    )
    assert rows_of(other.url) == before


def test_a_move_notices_that_the_site_still_writes(tmp_path: Path) -> None:
    source = tmp_path / "source.sqlite3"
    with closing(sqlite3.connect(source)) as writer:
        writer.execute("CREATE TABLE learner (id)")
        writer.commit()
        with unchanged(source) as check:
            check()
            writer.execute("INSERT INTO learner VALUES (1)")
            writer.commit()
            with pytest.raises(RestoreError, match="was changed meanwhile: stop the site"):
                check()


def test_the_backup_of_a_day_is_made_once_and_is_complete(
    site: Site, settings: Settings, tmp_path: Path
) -> None:
    settings.BACKUP_FOLDER = folder = tmp_path / "backups"
    with site.database.used():
        back_up()
        (file,) = folder.iterdir()
        made_at = file.stat().st_mtime_ns
        back_up()
    assert list(folder.iterdir()) == [file]
    assert (file.name, file.stat().st_mtime_ns) == (f"daily-{localdate()}.backup", made_at)
    assert (folder.stat().st_mode & 0o777, file.stat().st_mode & 0o777) == (0o700, 0o600)
    assert "is complete" in site.database.run("verify", str(file))
