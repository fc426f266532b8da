"""The file of a backup: a zip archive of tables as lines of JSON, with a manifest.

Its last 64 characters, the comment of the archive, are the SHA-256 of everything before them.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import IO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

from playbook.backup import manifest
from playbook.backup.manifest import Manifest, TableSummary
from playbook.backup.rows import Checksum

MANIFEST = "manifest.json"
DIGEST_LENGTH = 64
CHUNK = 1 << 20
FOREIGN = "is not a backup of this site"
DAMAGED = "is damaged: its end is missing, or it was changed"


class UnusableBackup(Exception):
    """The file is no complete backup; says why."""


class BackupWriter:
    def __init__(self, archive: ZipFile) -> None:
        self._archive = archive

    def add(
        self, table: str, columns: tuple[str, ...], lines: Iterable[bytes], last_id: int
    ) -> TableSummary:
        checksum = Checksum()
        with self._archive.open(member_of(table), "w", force_zip64=True) as member:
            for line in lines:
                checksum.add(line)
                member.write(line + b"\n")
        return TableSummary(table, columns, checksum.rows, str(checksum), last_id)

    def finish(self, manifest_text: str) -> None:
        self._archive.writestr(MANIFEST, manifest_text)


def member_of(table: str) -> str:
    return f"tables/{table}.jsonl"


@contextmanager
def new_backup(path: Path) -> Iterator[BackupWriter]:
    """Write a backup that only its owner can read; it has its name when it is complete."""
    partial = path.with_name(f"{path.name}.{os.getpid()}.partial")
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w+b") as file:
            with ZipFile(file, "w", ZIP_DEFLATED) as archive:
                archive.comment = b"0" * DIGEST_LENGTH
                yield BackupWriter(archive)
            seal(file)
        partial.rename(path)
    finally:
        with suppress(FileNotFoundError):
            partial.unlink()


def seal(file: IO[bytes]) -> None:
    digest = digest_of(file)
    file.seek(-DIGEST_LENGTH, os.SEEK_END)
    file.write(digest)
    file.flush()
    os.fsync(file.fileno())


def digest_of(file: IO[bytes]) -> bytes:
    """Return the digest of everything but the digest at the end."""
    remaining = file.seek(0, os.SEEK_END) - DIGEST_LENGTH
    file.seek(0)
    digested = sha256()
    while remaining > 0 and (chunk := file.read(min(CHUNK, remaining))):
        digested.update(chunk)
        remaining -= len(chunk)
    return digested.hexdigest().encode()


class Backup:
    """A backup that was verified when it was opened."""

    def __init__(self, archive: ZipFile, described: Manifest) -> None:
        self._archive = archive
        self.manifest = described

    def lines(self, table: str) -> Iterator[bytes]:
        with self._archive.open(member_of(table)) as member:
            for line in member:
                yield line.removesuffix(b"\n")


@contextmanager
def open_backup(path: Path) -> Iterator[Backup]:
    """Yield the backup if it is complete, else raise `UnusableBackup`."""
    with path.open("rb") as file:
        try:
            with ZipFile(file) as archive:
                check_digest(file, archive.namelist())
                backup = Backup(archive, manifest_of(archive))
                check_tables(backup)
                yield backup
        except BadZipFile as error:
            raise UnusableBackup(zip_fault(file)) from error


def zip_fault(file: IO[bytes]) -> str:
    file.seek(0)
    return DAMAGED if file.read(4) == b"PK\x03\x04" else FOREIGN


def check_digest(file: IO[bytes], members: list[str]) -> None:
    expected = digest_of(file)
    if file.read(DIGEST_LENGTH) != expected:
        is_ours = MANIFEST in members and all(
            name.startswith("tables/") for name in members if name != MANIFEST
        )
        raise UnusableBackup(DAMAGED if is_ours else FOREIGN)


def manifest_of(archive: ZipFile) -> Manifest:
    try:
        return manifest.from_json(archive.read(MANIFEST))
    except (ValueError, TypeError, KeyError) as error:
        raise UnusableBackup(f"cannot be read: {error}") from error


def check_tables(backup: Backup) -> None:
    for table in backup.manifest.tables:
        checksum = Checksum()
        for line in backup.lines(table.table):
            checksum.add(line)
        if (checksum.rows, str(checksum)) != (table.rows, table.checksum):
            raise UnusableBackup(f"is damaged: the rows of {table.table} do not match its manifest")
