"""Take values out of a JSON file, and collect why it is refused."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.translation import gettext as _

from catalog.playbook_file.reading.checks import max_length_of
from catalog.playbook_file.reading.file_builder import FileBuilder
from catalog.playbook_file.reading.parsed_file import Note

_Value = TypeVar("_Value", str, int, list[Any])

SEPARATOR = re.compile(r"[\s,]*")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that no database stores."""


def lines_of(text: str, name: str) -> list[int]:
    """Return the line on which each object of a list begins."""
    lines: list[int] = []
    start = re.search(rf'"{name}"\s*:\s*\[', text)
    place, line, counted_to = (start.end() if start else len(text)), 1, 0
    decoder = json.JSONDecoder()
    while (place := SEPARATOR.match(text, place).end()) < len(text):  # type: ignore[union-attr]  # matches the empty text too
        line += text.count("\n", counted_to, place)
        counted_to = place
        try:
            _object, place = decoder.raw_decode(text, place)
        except ValueError:
            break
        lines.append(line)
    return lines


def too_long(model: type[Model], texts: Mapping[str, Any]) -> str:
    """Return which text is longer than its field, or an empty string."""
    for name, text in texts.items():
        length = max_length_of(model, name) if isinstance(text, str) else None
        if length and len(text) > length:
            message = _("The %(name)s has %(count)d characters; %(length)d are possible.")
            values = {"name": name_of(model, name), "count": len(text), "length": length}
            return message % values
    return ""


def errors_of(model: type[Model], values: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Return why the values cannot be stored, by field."""
    others = [field.name for field in model._meta.fields if field.name not in values]
    try:
        model(**values).clean_fields(exclude=others)
    except ValidationError as error:
        return error.message_dict
    return {}


def name_of(model: type[Model], name: str) -> str:
    field: Any = model._meta.get_field(name)
    return str(field.verbose_name)


@dataclass
class JsonValues(FileBuilder):
    text_of_file: str = ""
    line: int = 0
    """The line on which the row begins that is being read."""
    reasons: list[Note] = field(default_factory=list)

    def each(self, content: Mapping[str, Any], name: str) -> Iterator[Mapping[str, Any]]:
        """Yield the objects of a list of the file, each while `line` is where it begins."""
        lines = lines_of(self.text_of_file, name)
        for number, row in enumerate(self.objects(content, name)):
            self.line = lines[number] if number < len(lines) else 0
            yield row

    def uuid(self, row: Mapping[str, Any]) -> str:
        text = self.text(row, "uuid")
        try:
            return str(UUID(text)) if text else ""
        except ValueError:
            self.refuse(_("“%(text)s” is not a UUID.") % {"text": text[:80]})
            return ""

    def text(self, row: Mapping[str, Any], name: str) -> str:
        text = self.value(row, name, str, "")
        if UNSTORABLE.search(text):
            self.refuse(_("“%(name)s” has a character that cannot be stored.") % {"name": name})
            return ""
        return text.strip()

    def objects(self, row: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        rows = self.value(row, name, list, [])
        if not all(isinstance(each, dict) for each in rows):
            self.refuse(_("“%(name)s” must be a list of objects.") % {"name": name})
            return []
        return rows

    def value(
        self, row: Mapping[str, Any], name: str, type_: type[_Value], default: _Value
    ) -> _Value:
        value = row.get(name)
        if isinstance(value, type_) and not isinstance(value, bool):
            return value
        if value is not None:
            kinds = {str: _("a text"), int: _("a number"), list: _("a list")}
            message = _("“%(name)s” must be %(kind)s.")
            self.refuse(message % {"name": name, "kind": kinds[type_]})
        return default

    def refuse(self, text: str) -> None:
        self.reasons.append(Note(self.line, text))
