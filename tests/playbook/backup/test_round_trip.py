"""A backup brings everything back, and moving to another database loses nothing."""

from pathlib import Path
from typing import Any

from tests.playbook.backup import content
from tests.playbook.backup.conftest import NewDatabase, Site
from tests.playbook.backup.stored import rows_of
from tests.playbook.program import manage

# The catalog version is replaced by a restore; the cache counts attempts to sign in.
NOT_KEPT = {"catalog_stamp", "playbook_cache"}


def kept(url: str) -> dict[str, Any]:
    rows = {table: rows for table, rows in rows_of(url).items() if table not in NOT_KEPT}
    # The columns are sorted: app, applied, id, name. The database numbers and dates them again.
    rows["django_migrations"] = sorted((row[0], row[3]) for row in rows["django_migrations"])
    return rows


def test_a_restored_backup_holds_every_row_of_every_table(
    site: Site, new_database: NewDatabase
) -> None:
    copy = new_database("restored")
    copy.run("restore", str(site.backup))
    original = kept(site.database.url)
    assert kept(copy.url) == original
    assert original["progress_state"]
    assert original["progress_event"]
    assert original["django_session"]
    assert original["catalog_historicalarticle"]


def test_a_moved_site_is_the_same_site(
    site: Site, new_database: NewDatabase, tmp_path: Path
) -> None:
    source = tmp_path / "source.sqlite3"
    as_sqlite = manage("restore", str(site.backup), DATABASE_URL=f"sqlite:///{source}")
    assert (as_sqlite.returncode, as_sqlite.stderr) == (0, "")
    assert source.stat().st_mode & 0o777 == 0o600
    content_before = source.read_bytes()
    moved = new_database("moved")
    moved.run("move_database", str(source))
    assert source.read_bytes() == content_before
    assert kept(moved.url) == kept(site.database.url)
    with moved.used():
        assert content.use(**site.sessions) == {
            "learner": ["done"],
            "visitor": ["skipped"],
            "after signing in and marking": ["reading"],
            # The account that was deleted before had number 3, which is not given again.
            "new account": 4,
        }
