"""The description of a backup: `manifest.json` in its file."""

import json
import tomllib
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.utils.crypto import salted_hmac

from playbook.release import RELEASE

FORMAT = "system-design-playbook backup"
FORMAT_VERSION = 1


@dataclass(frozen=True)
class TableSummary:
    """The rows of one table: how many there are, and a checksum that ignores their order."""

    table: str
    columns: tuple[str, ...]
    rows: int
    checksum: str
    last_id: int
    """The highest number that the table ever gave to a row, or 0 if it does not number them."""


@dataclass(frozen=True)
class Manifest:
    made_at: str
    version: str
    release: str
    vendor: str
    secret_key: str
    """A fingerprint of SECRET_KEY, without which sessions in the backup cannot be read."""
    migrations: frozenset[tuple[str, str]]
    tables: tuple[TableSummary, ...]

    @property
    def rows(self) -> int:
        return sum(table.rows for table in self.tables)

    def to_json(self) -> str:
        described = {"format": FORMAT, "format_version": FORMAT_VERSION, **asdict(self)}
        return json.dumps({**described, "migrations": sorted(self.migrations)}, indent=1)


def from_json(text: bytes) -> Manifest:
    """Return the manifest, or raise `ValueError` with the reason why it is none."""
    try:
        described: dict[str, Any] = json.loads(text)
        if described.pop("format") != FORMAT:
            raise ValueError("its manifest names another format")
        version = described.pop("format_version")
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError("its manifest names no format") from error
    if version != FORMAT_VERSION:
        raise ValueError(
            f"its format is {version}, and this release reads {FORMAT_VERSION}: "
            "use the release that made it, or a newer one"
        )
    tables = tuple(
        TableSummary(**{**table, "columns": tuple(table["columns"])})
        for table in described.pop("tables")
    )
    migrations = frozenset((app, name) for app, name in described.pop("migrations"))
    return Manifest(**described, tables=tables, migrations=migrations)


def describe(
    vendor: str, migrations: frozenset[tuple[str, str]], tables: tuple[TableSummary, ...]
) -> Manifest:
    """Return the manifest of a backup that is made now by this release."""
    return Manifest(
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        version=product_version(),
        release=RELEASE,
        vendor=vendor,
        secret_key=secret_key_fingerprint(),
        migrations=migrations,
        tables=tables,
    )


def product_version() -> str:
    project = tomllib.loads((settings.BASE_DIR / "pyproject.toml").read_text(encoding="utf-8"))
    return str(project["project"]["version"])


def secret_key_fingerprint() -> str:
    return salted_hmac("playbook.backup", "fingerprint", algorithm="sha256").hexdigest()[:16]
