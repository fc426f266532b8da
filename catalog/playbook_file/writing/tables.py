"""Write the entries of the playbook as rows: JSON and CSV."""

import csv
import io
import json
import re
from collections.abc import Iterator
from typing import Any

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import (
    ArticleData,
    CaseData,
    EntryData,
    PrerequisiteData,
    PromptData,
    carried,
)
from catalog.playbook_file.writing.markdown import TITLE

FIRST_COLUMNS = (
    "layer", "section", "number", "title", "link", "what_you_learn", "status", "article", "slug",
)  # fmt: skip
FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|%]")


def as_json(catalogue: CatalogData) -> str:
    rows = list(_rows(catalogue))
    if catalogue.prompts is not None:
        _add_prompts(catalogue, rows)
    if catalogue.prerequisites is not None:
        _add_prerequisites(catalogue, rows)
    layers = [
        {"slug": layer.slug, "number": layer.number, "title": layer.title, "tagline": layer.tagline}
        for layer in sorted(catalogue.layers.values(), key=lambda row: (row.number, row.slug))
    ]
    sections = [
        {"layer": catalogue.layers[section.layer].title, "section": section.heading}
        for section in catalogue.journey
    ]
    content: dict[str, object] = {
        "title": TITLE,
        "layers": layers,
        "sections": sections,
        "entries": rows,
    }
    if catalogue.cases is not None:
        content["cases"] = [_case(catalogue, case) for case in catalogue.current_cases]
    return json.dumps(content, ensure_ascii=False, indent=2) + "\n"


def _add_prompts(catalogue: CatalogData, rows: list[dict[str, Any]]) -> None:
    """Add the prompts of each article to the first of its rows."""
    done: set[str] = set()
    for row in rows:
        if row["article"] not in done:
            done.add(row["article"])
            prompts = catalogue.prompts_of.get(row["article"], ())
            row["prompts"] = [_prompt(prompt) for prompt in prompts if not prompt.is_retired]


def _add_prerequisites(catalogue: CatalogData, rows: list[dict[str, Any]]) -> None:
    """Add what each article requires to the first of its rows."""
    done: set[str] = set()
    for row in rows:
        if row["article"] not in done:
            done.add(row["article"])
            prerequisites = catalogue.prerequisites_of.get(row["article"], ())
            row["requires"] = [
                _prerequisite(catalogue, prerequisite)
                for prerequisite in prerequisites
                if not prerequisite.is_retired and prerequisite.requires in catalogue.listed
            ]


def _prerequisite(catalogue: CatalogData, row: PrerequisiteData) -> dict[str, object]:
    requires = catalogue.articles[row.requires]
    return {
        "uuid": row.uuid,
        "title": requires.title,
        "link": requires.url,
        "reason": row.reason,
    }


def _prompt(prompt: PromptData) -> dict[str, object]:
    lines = [line.rpartition(" ") for line in prompt.source_lines.splitlines()]
    return {
        "uuid": prompt.uuid,
        "question": prompt.question,
        "answer": prompt.answer,
        "sources": [{"title": title, "url": url} for title, _space, url in lines],
    }


def _case(catalogue: CatalogData, case: CaseData) -> dict[str, object]:
    articles = catalogue.articles_of(case)
    return {
        "uuid": case.uuid,
        "slug": case.slug,
        **_exported(case),
        "articles": [{"title": article.title, "link": article.url} for article in articles],
    }


def as_csv(catalogue: CatalogData) -> str:
    """Return CSV in which no cell starts like a formula; spreadsheets hide the apostrophe."""
    out = io.StringIO()
    rows = list(_rows(catalogue))
    names = list(rows[0]) if rows else ["layer", "section", "number", "title"]
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _without_formula(value) for name, value in row.items()})
    return out.getvalue()


def _without_formula(value: object) -> object:
    is_formula = isinstance(value, str) and FORMULA.match(value)
    return f"'{value}" if is_formula else value


def _rows(catalogue: CatalogData) -> Iterator[dict[str, Any]]:
    for section, entry, article in catalogue.places():
        row = {
            "layer": catalogue.layers[section.layer].title,
            "section": section.heading,
            "number": entry.number,
            **_exported(entry),
            **_exported(article),
            "status": catalogue.statuses[article.status].label,
            "article": article.uuid,
            "slug": article.slug,
        }
        yield {name: row[name] for name in sorted(row, key=_column)}


def _exported(row: ArticleData | EntryData | CaseData) -> dict[str, object]:
    fields = carried(type(row)).items()
    return {field.export: getattr(row, name) for name, field in fields if field.export}


def _column(name: str) -> int:
    """Return the position of a column. New columns come last, which breaks no script."""
    return FIRST_COLUMNS.index(name) if name in FIRST_COLUMNS else len(FIRST_COLUMNS)
