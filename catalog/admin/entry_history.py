"""The changes of an article's entries, for the history of the article."""

from collections.abc import Iterator
from typing import Any, cast

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse

from catalog.admin.history import HistoryAdmin, differences
from catalog.history.records import records_of
from catalog.models import Article, Entry

RECORDS_MAX = 200
"""The newest records that are read. The history of each entry has all of them."""


def entry_changes(article: Article) -> list[dict[str, Any]]:
    """Return the changes of the entries, newest first, without those that only renumber."""
    entries = article.entries.values("pk")
    records = records_of(Entry).filter(id__in=entries).order_by("-history_id")
    related = records.select_related("history_user", "section", "article")
    return list(_changes(list(related[:RECORDS_MAX])))


class EntryHistoryAdmin(HistoryAdmin[Article]):
    """The history of an article, with the changes of its entries below."""

    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, object] | None = None
    ) -> HttpResponse:
        page = super().history_view(request, object_id, extra_context)
        context = cast(TemplateResponse, page).context_data
        assert context is not None
        context["entry_changes"] = entry_changes(context["object"])
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
