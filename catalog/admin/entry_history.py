"""The changes of the rows in an article's tables, for the history of the article."""

from collections.abc import Iterator
from typing import Any, cast

from django.db.models import Model, QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.admin import article_tables
from catalog.admin.history import HistoryAdmin, differences
from catalog.history.records import records_of
from catalog.models import Article

RECORDS_MAX = 200
"""The newest records that are read. The history of each entry has all of them."""


def row_changes(rows: QuerySet[Any], *related: str) -> list[dict[str, Any]]:
    """Return the changes of the rows, newest first, without those that only renumber."""
    model: type[Model] = rows.model
    records = records_of(model).filter(id__in=rows.values("pk")).order_by("-history_id")
    records = records.select_related("history_user", "article", *related)
    return list(_changes(list(records[:RECORDS_MAX])))


def table_changes(article: Article, user: Any) -> list[dict[str, Any]]:
    """Return the changes of the rows in the tables of sub-apps, without empty ones."""
    tables = [
        {
            "name": str(table.rows.model._meta.verbose_name_plural),
            "changes": row_changes(table.rows.filter(article=article)),
            "history": f"admin:{table.rows.model._meta.label_lower.replace('.', '_')}_history",
            "may_see": user.has_perm(table.permission),
        }
        for table in article_tables.registered
    ]
    return [table for table in tables if table["changes"]]


class EntryHistoryAdmin(HistoryAdmin[Article]):
    """The history of an article, with the changes of the rows in its tables below."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        page = super().history_view(request, object_id, extra_context)
        context = cast(TemplateResponse, page).context_data
        assert context is not None
        article = context["object"]
        context["entry_changes"] = row_changes(article.entries.all(), "section")
        context["table_changes"] = table_changes(article, request.user)
        context["may_see_entries"] = request.user.has_perm("catalog.view_entry")
        return page


def _changes(records: list[Any]) -> Iterator[dict[str, Any]]:
    older: dict[int, Any] = {}
    pairs = []
    for record in reversed(records):
        pairs.append((record, older.get(record.id)))
        older[record.id] = record
    for record, before in reversed(pairs):
        changes = differences(before, record, without=("id", "number")) if before else []
        is_first = before is None and len(records) < RECORDS_MAX
        if changes or is_first:
            yield {"record": record, "changes": changes, "is_first": is_first}
