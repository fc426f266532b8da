"""Read the cases of a JSON file."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog.catalog_rows import CaseData, carried
from catalog.playbook_file.reading.json_articles import read_article
from catalog.playbook_file.reading.json_values import JsonValues, errors_of, name_of, too_long
from catalog.playbook_file.reading.parsed_file import FileArticle, FileCase
from catalog.stored_catalog import MODELS

CASES_MAX = 500
NUMBERS = {"twist_minute"}
REQUIRED = {"title", "brief", "question_lines", "stage_lines", "twist", "rubric_lines"}
"""The required parts. A file may omit the others, which then stay as they are."""
EXPORTED = {name: mark.export for name, mark in carried(CaseData).items() if mark.export}


def read_cases(reader: JsonValues, content: Mapping[str, Any]) -> list[FileCase]:
    """Return the cases of the file, all of which the reader refuses if one cannot be used."""
    if len(reader.objects(content, "cases")) > CASES_MAX:
        reader.refuse(_("A file has at most %(count)d cases.") % {"count": CASES_MAX})
        return []
    return [_case(reader, row) for row in reader.each(content, "cases")]


def _case(reader: JsonValues, row: Mapping[str, Any]) -> FileCase:
    values = {
        name: reader.value(row, export, int, 0) if name in NUMBERS else reader.text(row, export)
        for name, export in EXPORTED.items()
        if export in row or name in REQUIRED
    }
    case = FileCase(
        reader.line,
        reader.uuid(row),
        reader.text(row, "slug"),
        values,
        _articles(reader, row) if "articles" in row else None,
    )
    if reason := _error(case):
        message = _("The case “%(title)s” cannot be used: %(reason)s")
        reader.refuse(message % {"title": case.title[:80], "reason": reason})
    return case


def _error(case: FileCase) -> str:
    """Return why the case cannot be stored, or an empty string."""
    model = MODELS[CaseData]
    values = {**case.values, "slug": case.slug or "case"}
    return too_long(model, values) or " ".join(
        f"{name_of(model, name)}: {message}"
        for name, messages in errors_of(model, values).items()
        for message in messages
    )


def _articles(reader: JsonValues, row: Mapping[str, Any]) -> tuple[FileArticle, ...]:
    needs_name = _("An article of a case needs a title or a link.")
    articles = reader.objects(row, "articles")
    return tuple(read_article(reader, article, needs_name) for article in articles)
