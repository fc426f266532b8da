"""The formats of an exported playbook."""

from dataclasses import replace

from catalog.catalog_data import CatalogData
from catalog.playbook_file.writing.markdown import markdown
from catalog.playbook_file.writing.tables import as_csv, as_json

FORMATS = {
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "json": ("application/json", "json"),
    "csv": ("text/csv; charset=utf-8", "csv"),
}
"""The media type and the file name extension by format."""
FORMAT_LABELS = {"markdown": "Markdown", "json": "JSON", "csv": "CSV"}
"""The names of the formats, as people write them."""


def public(catalogue: CatalogData) -> CatalogData:
    """Return the catalogue without the articles that readers cannot see, and without cases.

    Readers see the reference of a case after they finished it.
    """
    articles = {
        uuid_: article
        for uuid_, article in catalogue.articles.items()
        if catalogue.is_public(article)
    }
    entries = {pk: entry for pk, entry in catalogue.entries.items() if entry.article in articles}
    return replace(catalogue, articles=articles, entries=entries, cases=None)


def write(catalogue: CatalogData, format_: str) -> str:
    """Return the catalogue, drafts included, in one of `FORMATS`."""
    writers = {"markdown": markdown, "json": as_json, "csv": as_csv}
    return writers[format_](catalogue)
