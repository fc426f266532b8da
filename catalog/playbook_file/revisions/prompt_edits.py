"""Changes of prompts that editors made by hand, which only editors see."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from catalog.catalog_rows import PromptData
from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.history.records import DELETED, records_of
from catalog.playbook_file.revisions.diff import prompt_changes
from catalog.playbook_file.revisions.hand_edits import ArticleEdits, RevisionTimes
from catalog.stored_catalog import MODELS


class _Record(NamedTuple):
    at: datetime
    is_by_editor: bool
    article: int
    prompt: PromptData


def prompt_edits() -> list[ArticleEdits]:
    """Return the changes of each article's prompts by day and period, in two queries."""
    times = RevisionTimes()
    last: dict[str, PromptData] = {}
    changes: dict[tuple[int, date, int], list[FieldChange]] = defaultdict(list)
    last_at: dict[tuple[int, date, int], datetime] = {}
    for record in _records():
        before, last[record.prompt.uuid] = last.get(record.prompt.uuid), record.prompt
        made = [
            change
            for change in prompt_changes(before, record.prompt)
            if change.kind is not ChangeKind.RENUMBERED
        ]
        if made and record.is_by_editor and record.at not in times:
            run = record.article, record.at.date(), times.period_of(record.at)
            changes[run] += made
            last_at[run] = record.at
    return [ArticleEdits(*run, last_at[run], list(dict.fromkeys(changes[run]))) for run in changes]


def _records() -> Iterator[_Record]:
    rows = records_of(MODELS[PromptData]).exclude(history_type=DELETED)
    for uuid, article, user, at, retired_at, question, answer, sources in rows.order_by(
        "history_date", "history_id"
    ).values_list(
        "uuid", "article_id", "history_user_id", "history_date", "retired_at",
        "question", "answer", "source_lines",
    ):  # fmt: skip
        prompt = PromptData(
            str(uuid), str(article), 0, question, answer, sources, retired_at is not None
        )
        yield _Record(at, user is not None, article, prompt)
