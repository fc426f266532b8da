"""Read the articles that a JSON file names, and what an article requires."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from catalog import identity
from catalog.catalog_rows import PrerequisiteData
from catalog.playbook_file.reading.checks import link_error
from catalog.playbook_file.reading.json_values import JsonValues, errors_of, too_long
from catalog.playbook_file.reading.parsed_file import FileArticle, FilePrerequisite
from catalog.stored_catalog import MODELS

PREREQUISITES_MAX = 100
"""The most prerequisites of one article."""


def read_article(reader: JsonValues, row: Mapping[str, Any], needs_name: str) -> FileArticle:
    """Return the article that the row names by its link, else by its title.

    The reader refuses a link that cannot be used, and with `needs_name` a row that has neither.
    """
    title, link = reader.text(row, "title"), reader.text(row, "link")
    reason = link_error(link) if link else ""
    if not title and not link:
        reason = needs_name
    if reason:
        reader.refuse(reason)
        return FileArticle(title or link, "")
    return FileArticle(title or link, identity.url_key(link) if link else identity.title_key(title))


def read_prerequisites(
    reader: JsonValues, entry: Mapping[str, Any]
) -> tuple[FilePrerequisite, ...]:
    """Return what the article of an entry requires."""
    rows = reader.objects(entry, "requires")
    if len(rows) > PREREQUISITES_MAX:
        message = _("An article has at most %(count)d prerequisites.")
        reader.refuse(message % {"count": PREREQUISITES_MAX})
        return ()
    return tuple(_prerequisite(reader, row) for row in rows)


def _prerequisite(reader: JsonValues, row: Mapping[str, Any]) -> FilePrerequisite:
    needs_name = _("A prerequisite needs the title or the link of an article.")
    article, reason = read_article(reader, row, needs_name), reader.text(row, "reason")
    if error := _error(reason):
        message = _("The prerequisite “%(title)s” cannot be used: %(reason)s")
        reader.refuse(message % {"title": article.title[:80], "reason": error})
    return FilePrerequisite(reader.line, reader.uuid(row), article, reason)


def _error(reason: str) -> str:
    """Return why the reason cannot be stored, or an empty string."""
    model, values = MODELS[PrerequisiteData], {"reason": reason}
    errors = (text for messages in errors_of(model, values).values() for text in messages)
    return too_long(model, values) or " ".join(errors)
