"""Tables of sub-apps on the page of an article, and in its history.

Each sub-app registers its own, because the catalogue does not know them.
"""

from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class ArticleTable:
    inline: type[Any]
    """The inline admin, whose formset is a `CatalogRows`."""
    rows: QuerySet[Any]
    """All rows, each with an `article`."""
    permission: str
    """The permission to see the history of a row, such as `prompts.view_prompt`."""


registered: list[ArticleTable] = []


def inlines() -> list[type[Any]]:
    return [table.inline for table in registered]
