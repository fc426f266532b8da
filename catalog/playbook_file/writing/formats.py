"""The formats in which the playbook can be written."""

from dataclasses import replace

from catalog.catalog_data import CatalogData
from catalog.playbook_file.writing.markdown import markdown
from catalog.playbook_file.writing.tables import as_csv, as_json

FORMATS = {
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "json": ("application/json", "json"),
    "csv": ("text/csv; charset=utf-8", "csv"),
}
"""By name: the media type and the ending of the file's name."""


def public(catalogue: CatalogData) -> CatalogData:
    """Without what the public does not see."""
    articles = {
        uuid_: article
        for uuid_, article in catalogue.articles.items()
        if catalogue.is_public(article)
    }
    entries = {pk: entry for pk, entry in catalogue.entries.items() if entry.article in articles}
    return replace(catalogue, articles=articles, entries=entries)


def write(catalogue: CatalogData, format_: str) -> str:
    """One of FORMATS; with the drafts, if the catalogue has them."""
    writers = {"markdown": markdown, "json": as_json, "csv": as_csv}
    return writers[format_](catalogue)
