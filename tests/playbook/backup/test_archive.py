"""Verifying tells a complete backup from a damaged, a truncated and a foreign file."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, models

from playbook.backup import manifest
from playbook.backup.archive import new_backup, open_backup
from playbook.backup.rows import Checksum, batches_of, converter, line_of, values_of

LINES = [line_of([number, f"Zoë 🦉 {number}"]) for number in range(50)]


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return write(tmp_path / "site.backup")


def write(path: Path, **changed: object) -> Path:
    with new_backup(path) as writer:
        tables = (writer.add("people", ("id", "name"), LINES, last_id=60),)
        described = manifest.describe("sqlite", frozenset({("people", "0001_initial")}), tables)
        text = json.dumps({**json.loads(described.to_json()), **changed})
        writer.finish(text)
    return path


def verify(path: Path) -> str:
    output = StringIO()
    try:
        call_command("verify", str(path), stdout=output)
    except CommandError as fault:
        return str(fault).removeprefix(f"{path} ")
    return output.getvalue().removeprefix(f"{path} ")


def test_a_complete_backup_is_described(backup: Path) -> None:
    with open_backup(backup) as opened:
        made = opened.manifest
        assert list(opened.lines("people")) == LINES
    assert verify(backup) == (
        f"is complete: made {made.made_at} by release {made.version} ({made.release}) from sqlite, "
        "1 migrations, 1 tables, 50 rows.\n"
    )
    assert backup.stat().st_mode & 0o777 == 0o600


def test_every_changed_byte_is_noticed(backup: Path) -> None:
    content = backup.read_bytes()
    for place in range(0, len(content), 7):
        changed = content[place] ^ 0x20
        backup.write_bytes(content[:place] + bytes([changed]) + content[place + 1 :])
        assert verify(backup).startswith(("is damaged", "is not a backup")), place


def test_every_truncation_is_noticed(backup: Path) -> None:
    content = backup.read_bytes()
    for length in range(4, len(content), 11):
        backup.write_bytes(content[:length])
        assert verify(backup).startswith("is damaged: its end is missing"), length


def test_foreign_files_are_named(tmp_path: Path) -> None:
    foreign = tmp_path / "foreign"
    for content in (b"", b"PGDMP", b"SQLite format 3\0", b"\x1f\x8b\x08"):
        foreign.write_bytes(content)
        assert verify(foreign) == "is not a backup of this site"
    with ZipFile(foreign, "w") as archive:
        archive.writestr("manifest.json", "{}")
        archive.writestr("index.html", "")
    assert verify(foreign) == "is not a backup of this site"
    assert verify(tmp_path / "gone") == "cannot be read: No such file or directory"
    assert verify(tmp_path) == "cannot be read: Is a directory"


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"format": "another"}, "cannot be read: its manifest names another format"),
        ({"format_version": 2}, "cannot be read: its format is 2, and this release reads 1"),
        ({"tables": 7}, "cannot be read: "),
        ({"surprise": 7}, "cannot be read: "),
    ],
)
def test_a_manifest_of_another_format_is_refused(
    tmp_path: Path, changed: dict[str, object], reason: str
) -> None:
    assert verify(write(tmp_path / "other.backup", **changed)).startswith(reason)


def test_rows_that_do_not_match_their_summary_are_refused(tmp_path: Path) -> None:
    with open_backup(write(tmp_path / "one.backup")) as opened:
        table = json.loads(opened.manifest.to_json())["tables"][0]
    fewer = write(tmp_path / "two.backup", tables=[{**table, "rows": 49}])
    assert verify(fewer) == "is damaged: the rows of people do not match its manifest"


def test_nothing_is_left_of_a_backup_that_fails(tmp_path: Path) -> None:
    def failing() -> Iterator[bytes]:
        yield LINES[0]
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space"), new_backup(tmp_path / "site.backup") as writer:
        writer.add("people", ("id", "name"), failing(), last_id=1)
    assert list(tmp_path.iterdir()) == []


def test_a_checksum_ignores_the_order_of_rows_and_nothing_else() -> None:
    def checksum(lines: list[bytes]) -> str:
        made = Checksum()
        for line in lines:
            made.add(line)
        return str(made)

    assert checksum(LINES) == checksum(LINES[::-1])
    others = (LINES[1:], [*LINES, LINES[0]], [LINES[0], *LINES[:-1]], [LINES[0] + b" ", *LINES[1:]])
    assert checksum(LINES) not in {checksum(lines) for lines in others}


def test_rows_are_loaded_in_batches_that_fit_into_memory() -> None:
    megabyte = b"x" * (1 << 20)
    assert [len(batch) for batch in batches_of([megabyte] * 9)] == [4, 4, 1]
    assert [len(batch) for batch in batches_of(LINES * 50)] == [2000, 500]
    assert list(batches_of([])) == []


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (models.DateTimeField(), datetime(2026, 2, 28, 23, 59, 59, 123456, tzinfo=UTC)),
        (models.DateField(), date(2026, 2, 28)),
        (models.DurationField(), timedelta(days=-1, microseconds=1)),
        (models.UUIDField(), UUID(int=7)),
        (models.DecimalField(max_digits=9, decimal_places=3), Decimal("1.500")),
        (models.BigIntegerField(), 2**62),
        (models.FloatField(), 0.1),
        (models.BooleanField(), True),
        (models.TextField(), '\u2028 \\ " \r\n 🦉'),
        (models.BinaryField(), b"\x00\xff"),
        (models.JSONField(), {"a": [1, None], "b": 1.5}),
        (models.JSONField(), None),
    ],
    ids=repr,
)
def test_a_value_comes_back_from_its_line(field: models.Field[Any, Any], value: object) -> None:
    field.set_attributes_from_name("value")
    (written,) = json.loads(line_of([value]))
    (stored,) = values_of(line_of([value]), [converter(field, connection)])
    assert stored == field.get_db_prep_value(value, connection)
    assert json.loads(line_of([field.to_python(written)])) == [written]
