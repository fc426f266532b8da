"""The pages of a comparison, which can have as many rows as the catalogue."""

from django.core.paginator import Page, Paginator
from django.http import HttpRequest

from catalog.playbook_file.revisions.changed_rows import CatalogDiff, ChangedRow

ROWS_PER_PAGE = 100

Change = tuple[str, ChangedRow]
"""A change with the kind of its row: layer, section, article or case."""


def changes_of(diff: CatalogDiff) -> list[Change]:
    """Return the changes in the order in which they are shown; those of numbers only are last."""
    return [
        *(("layer", row) for row in diff.layers),
        *(("section", row) for row in diff.weighty_sections),
        *(("article", row) for row in diff.weighty),
        *(("case", row) for row in diff.weighty_cases),
        *(("renumbered", row) for row in diff.renumbered),
    ]


def page_of(request: HttpRequest, diff: CatalogDiff, questions: int = 0) -> "ComparisonPage":
    """Return the page of the address. It has as many questions as changes at most."""
    changes = changes_of(diff)
    paginator = Paginator(range(max(len(changes), questions)), ROWS_PER_PAGE)
    return ComparisonPage(changes, paginator.get_page(request.GET.get("page")))


class ComparisonPage:
    def __init__(self, changes: list[Change], page: Page[int]) -> None:
        self.page = page
        self.rows = slice(max(page.start_index() - 1, 0), page.end_index())
        shown = changes[self.rows]
        self.changes = [change for change in shown if change[0] != "renumbered"]
        self.renumbered = [row for kind, row in shown if kind == "renumbered"]
