"""Read a JSON file as the site exports it: layers, cases, entries with prompts and prerequisites.

Such a file is made by a program, so one that does not fit is refused, with each reason.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from catalog.catalog_rows import ArticleData, Carried, EntryData, PromptData, carried
from catalog.models import Layer, Section
from catalog.playbook_file.reading.file_builder import REASONS_SHOWN
from catalog.playbook_file.reading.json_articles import read_prerequisites
from catalog.playbook_file.reading.json_cases import read_cases
from catalog.playbook_file.reading.json_values import JsonValues, errors_of, too_long
from catalog.playbook_file.reading.parsed_file import (
    FileLayer,
    FilePrompt,
    FileRow,
    FileSection,
    Note,
    PlaybookFile,
    Unreadable,
)
from catalog.stored_catalog import MODELS

BEGINNING = re.compile(r"\ufeff?\s*(\{\s*[\"}]|\[\s*[{\]])")
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
    return _JsonReader([], text_of_file=text).file(content)


def _prompt_error(prompt: FilePrompt) -> str:
    """Return why the prompt cannot be stored, or an empty string."""
    texts = {name: getattr(prompt, name) for name in PROMPT_TEXTS}
    model = MODELS[PromptData]
    errors = errors_of(model, texts).values()
    return too_long(model, texts) or " ".join(text for messages in errors for text in messages)


@dataclass
class _JsonReader(JsonValues):
    section_of: dict[tuple[str, str], FileSection] = field(default_factory=dict)
    """The section by its layer and heading."""

    def file(self, content: Any) -> PlaybookFile:
        if not isinstance(content, dict) or not isinstance(content.get("entries"), list):
            raise Unreadable(Note(0, _("The file has no list of “entries”, as an export has.")))
        for layer in self.objects(content, "layers"):
            self._read_layer(layer)
        for section in self.objects(content, "sections"):
            self._read_section(section)
        for entry in self.each(content, "entries"):
            self._read_entry(entry)
        cases = read_cases(self, content) if "cases" in content else None
        if self.reasons:
            raise Unreadable(*self.reasons[:REASONS_SHOWN])
        file = self._whole(_("The file has no entry that can be used."))
        file.cases = cases
        return file

    # --- Layers and entries

    def _read_layer(self, layer: Mapping[str, Any]) -> None:
        title = self.text(layer, "title")
        number = self.value(layer, "number", int, len(self.layers) + 1)
        if not title or not 1 <= number <= LAYER_NUMBER_MAX:
            self.refuse(_("A layer needs a title, and a number from 1 to 99."))
            return
        self.layers.append(
            FileLayer(
                self.line,
                number,
                self._fitting(self.line, Layer, "title", title),
                self._fitting(self.line, Layer, "tagline", self.text(layer, "tagline")),
            )
        )

    def _read_section(self, row: Mapping[str, Any]) -> FileSection | None:
        """Return the section that the row is or names, which the first such row makes."""
        layer, heading = self.text(row, "layer"), self.text(row, "section")
        if not heading:
            return None
        if (layer, heading) not in self.section_of:
            text = self._fitting(self.line, Section, "title", heading)
            named = next((each for each in self.layers if each.title == layer), None)
            self.section_of[layer, heading] = FileSection(self.line, text, named)
            self.sections.append(self.section_of[layer, heading])
        return self.section_of[layer, heading]

    def _read_entry(self, entry: Mapping[str, Any]) -> None:
        title, section = self.text(entry, "title"), self._read_section(entry)
        if not title or section is None:
            self.refuse(_("An entry needs a title and a section."))
            return
        values = {
            name: self._value(entry, mark)
            for data in (EntryData, ArticleData)
            for name, mark in carried(data).items()
            if name not in {"title", "url"} and mark.export in entry
        }
        row = FileRow(
            self.line,
            title,
            self.text(entry, "link"),
            self.text(entry, "status") or None,
            values,
            self._prompts(entry) if "prompts" in entry else None,
            read_prerequisites(self, entry) if "requires" in entry else None,
        )
        self._add(section, row)

    def _value(self, entry: Mapping[str, Any], mark: Carried) -> object:
        """Return the value of a carried field: a text, or a number that is parsed as one."""
        if mark.parse is str:
            return self.text(entry, mark.export)
        number = self.value(entry, mark.export, int, 0)
        if number == 0 and entry.get(mark.export) != 0:
            return None
        try:
            return mark.parse(str(number))
        except ValueError:
            message = _("“%(value)s” cannot be used as %(field)s.")
            self.refuse(message % {"value": number, "field": mark.change.label})
            return None

    # --- Prompts

    def _prompts(self, entry: Mapping[str, Any]) -> tuple[FilePrompt, ...]:
        prompts = self.objects(entry, "prompts")
        if len(prompts) > PROMPTS_MAX:
            message = _("An article has at most %(count)d prompts.")
            self.refuse(message % {"count": PROMPTS_MAX})
            return ()
        return tuple(map(self._prompt, prompts))

    def _prompt(self, prompt: Mapping[str, Any]) -> FilePrompt:
        lines = "\n".join(
            f"{self.text(source, 'title')} {self.text(source, 'url')}".strip()
            for source in self.objects(prompt, "sources")
        )
        question, answer = self.text(prompt, "question"), self.text(prompt, "answer")
        read = FilePrompt(self.uuid(prompt), question, answer, lines)
        if reason := _prompt_error(read):
            message = _("The prompt “%(question)s” cannot be used: %(reason)s")
            self.refuse(message % {"question": question[:80], "reason": reason})
        return read
