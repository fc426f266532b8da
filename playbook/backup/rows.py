"""Rows as lines of text that are the same on every database, and their checksums."""

import base64
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any, TypeAlias
from uuid import UUID

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import (
    BinaryField,
    BooleanField,
    CharField,
    Field,
    IntegerField,
    JSONField,
    Model,
    TextField,
)
from django.utils.duration import duration_iso_string

Converter: TypeAlias = Callable[[Any], Any] | None
"""None if nothing has to be converted."""
BATCH = 2000
"""Rows in memory at a time."""
BATCH_OF_FILES = 20
"""The same for tables that hold files, such as revisions with several megabytes each."""
BATCH_BYTES = 4 << 20
MODULUS = 2**256


@dataclass
class Checksum:
    """Counts lines, and adds their hashes, so that their order does not matter."""

    rows: int = 0
    total: int = 0

    def add(self, line: bytes) -> None:
        self.rows += 1
        self.total = (self.total + int.from_bytes(sha256(line).digest(), "big")) % MODULUS

    def __str__(self) -> str:
        return f"{self.total:064x}"


def fields_of(model: type[Model]) -> "list[Field[Any, Any]]":
    return list(model._meta.concrete_fields)


def columns_of(model: type[Model]) -> tuple[str, ...]:
    return tuple(str(field.column) for field in fields_of(model))


def read_lines(model: type[Model], alias: str) -> Iterator[bytes]:
    """Yield every row as a line, a batch in memory at a time."""
    holds_files = any(isinstance(field, BinaryField) for field in fields_of(model))
    size = BATCH_OF_FILES if holds_files else BATCH
    names = [field.attname for field in fields_of(model)]
    rows = model._base_manager.using(alias).order_by("pk").values_list("pk", *names)
    batch = list(rows[:size])
    while batch:
        for _pk, *values in batch:
            yield line_of(values)
        batch = list(rows.filter(pk__gt=batch[-1][0])[:size])


def batches_of(lines: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Yield the lines in lists that fit into memory."""
    batch: list[bytes] = []
    size = 0
    for line in lines:
        batch.append(line)
        size += len(line)
        if len(batch) >= BATCH or size >= BATCH_BYTES:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch


def line_of(values: list[Any]) -> bytes:
    text = json.dumps(
        values, default=as_json, ensure_ascii=False, separators=(",", ":"), sort_keys=True
    )
    return text.encode(errors="surrogatepass")


def as_json(value: object) -> str:
    """Return what the `to_python()` of a field reads."""
    match value:
        case datetime():
            return value.astimezone(UTC).isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return duration_iso_string(value)
        case UUID() | Decimal():
            return str(value)
        case bytes() | memoryview():
            return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} cannot be written to a backup")


def converter(field: "Field[Any, Any]", connection: BaseDatabaseWrapper) -> Converter:
    """Return a function that turns what a line holds into what the database stores."""
    target: Field[Any, Any] = getattr(field, "target_field", field)
    if is_stored_as_it_is(target):
        return None
    if isinstance(field, JSONField) and not field.null:  # null of JSON, not of the database
        return lambda value: field.get_db_prep_value(value, connection)
    return lambda value: field.get_db_prep_save(field.to_python(value), connection)


def is_stored_as_it_is(field: "Field[Any, Any]") -> bool:
    """Return whether the field is one of Django's for a text, a number or a truth value."""
    is_plain = isinstance(field, (CharField, TextField, IntegerField, BooleanField))
    return is_plain and type(field).__module__.startswith("django.db.models.")


def values_of(line: bytes, converters: list[Converter]) -> list[Any]:
    """Return the line's values as the database stores them."""
    values = json.loads(line.decode(errors="surrogatepass"))
    return [
        convert(value) if convert else value
        for value, convert in zip(values, converters, strict=True)
    ]
