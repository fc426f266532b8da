"""Read a JSON file as the site exports it: layers, and entries with the prompts of their articles.

Such a file is made by a program, so one that does not fit is refused, with each reason.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from catalog.catalog_data import MODELS, ArticleData, EntryData, PromptData, carried
from catalog.models import Layer, Section
from catalog.playbook_file.reading.checks import max_length_of
from catalog.playbook_file.reading.file_builder import REASONS_SHOWN, FileBuilder
from catalog.playbook_file.reading.parsed_file import (
    FileLayer,
    FilePrompt,
    FileRow,
    FileSection,
    Note,
    PlaybookFile,
    Unreadable,
)

_Value = TypeVar("_Value", str, int, list[Any])

BEGINNING = re.compile(r"\ufeff?\s*(\{\s*[\"}]|\[\s*[{\]])")
ENTRIES = re.compile(r"\"entries\"\s*:\s*\[")
SEPARATOR = re.compile(r"[\s,]*")
UNSTORABLE = re.compile("[\0\ud800-\udfff]")
"""Characters that no database stores."""
LAYER_NUMBER_MAX = 99
PROMPTS_MAX = 100
"""The most prompts of one article."""
PROMPT_TEXTS = ("question", "answer", "source_lines")


def is_json(text: str) -> bool:
    """Return whether the text begins like JSON, which no Markdown does."""
    return bool(BEGINNING.match(text))


def read_json(text: str) -> PlaybookFile:
    """Return the content of a file. Raise `Unreadable` if it is not as the site exports it."""
    text = text.removeprefix("\ufeff")
    try:
        content = json.loads(text)
    except json.JSONDecodeError as error:
        message = _("The file is not valid JSON: %(reason)s.")
        raise Unreadable(Note(error.lineno, message % {"reason": error.msg})) from error
    except (ValueError, RecursionError) as error:
        raise Unreadable(Note(0, _("The file is not JSON that can be read."))) from error
    return _JsonReader([], lines=_lines_of_entries(text)).file(content)


def _lines_of_entries(text: str) -> list[int]:
    """Return the line on which each entry begins."""
    lines: list[int] = []
    start = ENTRIES.search(text)
    place, line, counted_to = (start.end() if start else len(text)), 1, 0
    decoder = json.JSONDecoder()
    while (place := SEPARATOR.match(text, place).end()) < len(text):  # type: ignore[union-attr]
        line += text.count("\n", counted_to, place)
        counted_to = place
        try:
            _entry, place = decoder.raw_decode(text, place)
        except ValueError:
            break
        lines.append(line)
    return lines


def _prompt_error(prompt: FilePrompt) -> str:
    """Return why the prompt cannot be stored, or an empty string."""
    model = MODELS[PromptData]
    texts = {name: getattr(prompt, name) for name in PROMPT_TEXTS}
    for name, text in texts.items():
        field: Any = model._meta.get_field(name)
        length = max_length_of(model, name)
        if len(text) > length:
            message = _("The %(name)s has %(count)d characters; %(length)d are possible.")
            return message % {"name": field.verbose_name, "count": len(text), "length": length}
    others = [field.name for field in model._meta.fields if field.name not in texts]
    try:
        model(**texts).clean_fields(exclude=others)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@dataclass
class _JsonReader(FileBuilder):
    lines: list[int] = field(default_factory=list)
    line: int = 0
    section_of: dict[tuple[str, str], FileSection] = field(default_factory=dict)
    """The section by its layer and heading."""
    reasons: list[Note] = field(default_factory=list)

    def file(self, content: Any) -> PlaybookFile:
        if not isinstance(content, dict) or not isinstance(content.get("entries"), list):
            raise Unreadable(Note(0, _("The file has no list of “entries”, as an export has.")))
        for layer in self._objects(content, "layers"):
            self._read_layer(layer)
        for section in self._objects(content, "sections"):
            self._read_section(section)
        for number, entry in enumerate(self._objects(content, "entries")):
            self.line = self.lines[number] if number < len(self.lines) else 0
            self._read_entry(entry)
        if self.reasons:
            raise Unreadable(*self.reasons[:REASONS_SHOWN])
        return self._whole(_("The file has no entry that can be used."))

    # --- Layers and entries

    def _read_layer(self, layer: Mapping[str, Any]) -> None:
        title = self._text(layer, "title")
        number = self._value(layer, "number", int, len(self.layers) + 1)
        if not title or not 1 <= number <= LAYER_NUMBER_MAX:
            self._refuse(_("A layer needs a title, and a number from 1 to 99."))
            return
        self.layers.append(
            FileLayer(
                self.line,
                number,
                self._fitting(self.line, Layer, "title", title),
                self._fitting(self.line, Layer, "tagline", self._text(layer, "tagline")),
            )
        )

    def _read_section(self, row: Mapping[str, Any]) -> FileSection | None:
        """Return the section that the row is or names, which the first such row makes."""
        layer, heading = self._text(row, "layer"), self._text(row, "section")
        if not heading:
            return None
        if (layer, heading) not in self.section_of:
            text = self._fitting(self.line, Section, "title", heading)
            named = next((each for each in self.layers if each.title == layer), None)
            self.section_of[layer, heading] = FileSection(self.line, text, named)
            self.sections.append(self.section_of[layer, heading])
        return self.section_of[layer, heading]

    def _read_entry(self, entry: Mapping[str, Any]) -> None:
        title, section = self._text(entry, "title"), self._read_section(entry)
        if not title or section is None:
            self._refuse(_("An entry needs a title and a section."))
            return
        values = {
            name: self._text(entry, mark.export)
            for data in (EntryData, ArticleData)
            for name, mark in carried(data).items()
            if name not in {"title", "url"} and mark.export in entry
        }
        row = FileRow(
            self.line,
            title,
            self._text(entry, "link"),
            self._text(entry, "status") or None,
            values,
            self._prompts(entry) if "prompts" in entry else None,
        )
        self._add(section, row)

    # --- Prompts

    def _prompts(self, entry: Mapping[str, Any]) -> tuple[FilePrompt, ...]:
        prompts = self._objects(entry, "prompts")
        if len(prompts) > PROMPTS_MAX:
            message = _("An article has at most %(count)d prompts.")
            self._refuse(message % {"count": PROMPTS_MAX})
            return ()
        return tuple(map(self._prompt, prompts))

    def _prompt(self, prompt: Mapping[str, Any]) -> FilePrompt:
        lines = "\n".join(
            f"{self._text(source, 'title')} {self._text(source, 'url')}".strip()
            for source in self._objects(prompt, "sources")
        )
        question, answer = self._text(prompt, "question"), self._text(prompt, "answer")
        read = FilePrompt(self._uuid(prompt), question, answer, lines)
        if reason := _prompt_error(read):
            message = _("The prompt “%(question)s” cannot be used: %(reason)s")
            self._refuse(message % {"question": question[:80], "reason": reason})
        return read

    def _uuid(self, prompt: Mapping[str, Any]) -> str:
        text = self._text(prompt, "uuid")
        try:
            return str(UUID(text)) if text else ""
        except ValueError:
            self._refuse(_("“%(text)s” is not a UUID.") % {"text": text[:80]})
            return ""

    # --- Values

    def _text(self, row: Mapping[str, Any], name: str) -> str:
        text = self._value(row, name, str, "")
        if UNSTORABLE.search(text):
            self._refuse(_("“%(name)s” has a character that cannot be stored.") % {"name": name})
            return ""
        return text.strip()

    def _objects(self, row: Mapping[str, Any], name: str) -> list[Mapping[str, Any]]:
        rows = self._value(row, name, list, [])
        if not all(isinstance(each, dict) for each in rows):
            self._refuse(_("“%(name)s” must be a list of objects.") % {"name": name})
            return []
        return rows

    def _value(
        self, row: Mapping[str, Any], name: str, type_: type[_Value], default: _Value
    ) -> _Value:
        value = row.get(name)
        if isinstance(value, type_) and not isinstance(value, bool):
            return value
        if value is not None:
            kinds = {str: _("a text"), int: _("a number"), list: _("a list")}
            message = _("“%(name)s” must be %(kind)s.")
            self._refuse(message % {"name": name, "kind": kinds[type_]})
        return default

    def _refuse(self, text: str) -> None:
        self.reasons.append(Note(self.line, text))
