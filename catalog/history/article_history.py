"""The earlier content of articles: what readers saw of them, and whether they counted."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from functools import lru_cache
from itertools import takewhile
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from catalog.catalog_rows import ArticleData, EntryData, carried
from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.history.records import DELETED, records_of
from catalog.models import Article, Entry, Status
from catalog.snapshot import CatalogSnapshot

_T = TypeVar("_T")
_Timeline = list[tuple[datetime, _T]]
"""Pairs of a time and the value from then on, oldest first."""

NO_ARTICLES: frozenset[int] = frozenset()
A_MOMENT = timedelta(microseconds=1)
CHANGES_KEPT = 10_000


def _public_fields(data: type) -> tuple[str, ...]:
    return tuple(name for name, field in carried(data).items() if field.is_public)


ARTICLE_FIELDS = _public_fields(ArticleData)
ENTRY_FIELDS = _public_fields(EntryData)


class _ArticleVersion(NamedTuple):
    is_seen: bool
    """True if readers of the snapshot could see it, retired or not."""
    is_countable: bool
    values: tuple[Any, ...]
    """The values of `ARTICLE_FIELDS`."""


class _EntryVersion(NamedTuple):
    values: tuple[Any, ...]
    """The values of `ENTRY_FIELDS`."""


class ArticleHistory:
    """The history of a snapshot's articles, read from the historical records."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self._snapshot = snapshot
        self._countable = {
            indexed.article_id for indexed in snapshot.indexed_entries if indexed.is_countable
        }
        self._duplicates: dict[int, list[int]] = defaultdict(list)
        for duplicate, kept in snapshot.merged.items():
            self._duplicates[kept].append(duplicate)
        self._articles = _article_timelines(every_status(), with_drafts=snapshot.with_drafts)
        self._entries = _entry_timelines()
        self._latest_first = sorted(
            ((timeline[-1][0], pk) for pk in self._articles for timeline in self._timelines(pk)),
            reverse=True,
        )
        self.changed_at = dict(self._last_changes())
        """The time of the last change that readers see, by primary key of the article. Articles
        that never changed are missing."""
        self.has_changed = lru_cache(maxsize=CHANGES_KEPT)(self._has_changed)
        """Return whether there are `changes()`. Many learners ask about the ends of the same days,
        so the answers are kept."""

    def new_since(self, at: datetime) -> frozenset[int]:
        """Return the articles that began to count after `at`, themselves or as a duplicate."""
        if not self._latest_first or self._latest_first[0][0] <= at:
            return NO_ARTICLES
        changed = takewhile(lambda change: change[0] > at, self._latest_first)
        return frozenset(
            pk
            for _at, pk in changed
            if pk in self._countable
            and not any(self._was_countable(one, at) for one in self._with_duplicates(pk))
        )

    def changes(self, article: Article, since: datetime) -> tuple[FieldChange, ...]:
        """Return how the article differs from what readers saw at that time.

        A time before its history, such as the demo has, counts as when they could first see it.
        """
        same = list(self._with_duplicates(article.pk))
        last_seen = (self._last_seen(pk, since) for pk in same)
        seen = next(filter(None, last_seen), None) or self._first_seen(same)
        if seen is None:
            return ()
        article_then, entries_then = seen
        entries = self._snapshot.entries_of(article.pk)
        changes = [
            *_changes(ArticleData, ARTICLE_FIELDS, [article_then.values], [article]),
            *_changes(EntryData, ENTRY_FIELDS, [entry.values for entry in entries_then], entries),
        ]
        changes.sort(key=lambda change: change.kind is not ChangeKind.RETITLED)
        # An article and its entry are usually retitled together: show that once.
        return tuple(dict.fromkeys(changes))

    def _has_changed(self, article: Article, since: datetime) -> bool:
        return bool(self.changes(article, since))

    def last_places(self, article: Article) -> list[Entry]:
        """Return the entries under which readers last saw a retired article.

        Those it had when it was retired, else those it lost last.
        """
        retired_at = article.retired_at
        if retired_at is None:
            return []
        entries = Entry.objects.filter(article=article).select_related("section__layer")
        lost_at = {
            entry: min(entry.retired_at or retired_at, retired_at)
            for entry in entries.in_journey_order()
        }
        seen = {entry: at for entry, at in lost_at.items() if self._was_seen(article.pk, at)}
        last_at = max(seen.values(), default=None)
        return [entry for entry, at in seen.items() if at == last_at]

    def _was_seen(self, article_id: int, at: datetime) -> bool:
        timeline = self._articles.get(article_id, [])
        article = _at(timeline, at) or next((first for _at, first in timeline), None)
        return bool(article and article.is_seen)

    def _last_changes(self) -> Iterator[tuple[int, datetime]]:
        for pk in self._articles:
            duplicates = self._duplicates.get(pk, [])
            timelines = [line for one in (pk, *duplicates) for line in self._timelines(one)]
            # A merge is a change: the readers of one article did not see the other.
            times = [line[-1][0] for line in timelines if duplicates or len(line) > 1]
            if times:
                yield pk, max(times)

    def _with_duplicates(self, article_id: int) -> Iterator[int]:
        yield article_id
        yield from self._duplicates.get(article_id, [])

    def _last_seen(
        self, article_id: int, at: datetime
    ) -> tuple[_ArticleVersion, list[_EntryVersion]] | None:
        """Return the article and its entries as readers last saw them until then.

        Edits made while the article was hidden from readers are ignored.
        """
        timeline = self._articles.get(article_id, [])
        number = bisect_right(timeline, at, key=itemgetter(0))
        for begins_at, article in reversed(timeline[:number]):
            if article.is_seen:
                return article, self._seen_entries(article_id, at)
            at = begins_at - A_MOMENT
        return None

    def _first_seen(
        self, article_ids: Sequence[int]
    ) -> tuple[_ArticleVersion, list[_EntryVersion]] | None:
        """Return the one of these articles that readers could see first, as it was then."""
        first = [
            next(((at, pk, version) for at, version in timeline if version.is_seen), None)
            for pk in article_ids
            if (timeline := self._articles.get(pk))
        ]
        earliest = min(filter(None, first), key=itemgetter(0), default=None)
        if earliest is None:
            return None
        at, pk, article = earliest
        return article, self._seen_entries(pk, at)

    def _seen_entries(self, article_id: int, at: datetime) -> list[_EntryVersion]:
        """Return the entries at that time; the first ones if it is before them.

        The first entry of an article is often a little younger than the article.
        """
        timelines = self._entries.get(article_id, {}).values()
        begins_at = min((timeline[0][0] for timeline in timelines), default=at)
        return self._entries_at(article_id, max(at, begins_at))

    def _timelines(self, article_id: int) -> list[_Timeline[Any]]:
        """Return the timeline of the article, and that of each of its entries."""
        entries = self._entries.get(article_id, {}).values()
        return [self._articles[article_id], *entries] if article_id in self._articles else []

    def _entries_at(self, article_id: int, at: datetime) -> list[_EntryVersion]:
        entries = (_at(timeline, at) for timeline in self._entries.get(article_id, {}).values())
        return [entry for entry in entries if entry]

    def _was_countable(self, article_id: int, at: datetime) -> bool:
        article = _at(self._articles[article_id], at)
        return bool(article and article.is_countable and self._entries_at(article_id, at))


def article_history_of(snapshot: CatalogSnapshot) -> ArticleHistory:
    return snapshot.derive("article_history", ArticleHistory)


def _at(timeline: _Timeline[_T], at: datetime) -> _T | None:
    """Return the value at that time, or `None` if there was none yet."""
    number = bisect_right(timeline, at, key=itemgetter(0))
    return timeline[number - 1][1] if number else None


def _changes(
    data: type,
    names: Iterable[str],
    then: Sequence[tuple[Any, ...]],
    now: Sequence[Article | Entry],
) -> Iterator[FieldChange]:
    """Compare earlier values of an article, or of all its entries, with the current ones."""
    for place, name in enumerate(names):
        kind = carried(data)[name].change
        before = [_text(values[place]) for values in then]
        for pair in replaced(before, [_text(getattr(row, name)) for row in now]):
            yield FieldChange(kind, *pair)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def replaced(before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pair removed texts with the texts that were added."""
    removed = (text for text in dict.fromkeys(before) if text not in now)
    added = (text for text in dict.fromkeys(now) if text not in before)
    return zip(removed, added, strict=False)


def _append_change(timeline: _Timeline[_T], at: datetime, value: _T) -> None:
    if not timeline or timeline[-1][1] != value:
        timeline.append((at, value))


def every_status() -> Mapping[int, Status]:
    """Return every status, deleted ones included, because earlier articles had them."""
    deleted = records_of(Status).filter(history_type=DELETED).order_by("history_id")
    return {
        **{record.id: record.instance for record in deleted},
        **{status.pk: status for status in Status.objects.all()},
    }


def _article_timelines(
    statuses: Mapping[int, Status], *, with_drafts: bool
) -> Mapping[int, _Timeline[_ArticleVersion]]:
    seen = {pk for pk, status in statuses.items() if with_drafts or status.is_public}
    countable = {pk for pk, status in statuses.items() if status.is_countable}
    records = records_of(Article).exclude(history_type=DELETED).order_by("id", "history_id")
    timelines: dict[int, _Timeline[_ArticleVersion]] = defaultdict(list)
    for pk, at, added_at, status, retired_at, *values in records.values_list(
        "id", "history_date", "added_at", "status_id", "retired_at", *ARTICLE_FIELDS
    ):
        # An article can be older than its first record, which is backdated then.
        begins_at = at if pk in timelines else min(at, added_at)
        is_countable = status in countable and retired_at is None
        article = _ArticleVersion(status in seen, is_countable, tuple(values))
        _append_change(timelines[pk], begins_at, article)
    return dict(timelines)


def _entry_timelines() -> Mapping[int, Mapping[int, _Timeline[_EntryVersion | None]]]:
    """Return the timelines by article and entry. `None` means that the article lost the entry."""
    added_at = dict(Entry.objects.order_by().values_list("pk", "added_at"))
    records = records_of(Entry).exclude(history_type=DELETED).order_by("id", "history_id")
    timelines: dict[int, dict[int, _Timeline[_EntryVersion | None]]] = defaultdict(
        lambda: defaultdict(list)
    )
    article_of: dict[int, int] = {}
    for pk, at, article_id, retired_at, *values in records.values_list(
        "id", "history_date", "article_id", "retired_at", *ENTRY_FIELDS
    ):
        previous = article_of.get(pk)
        begins_at = at if previous else min(at, added_at.get(pk, at))
        if previous and previous != article_id:
            _append_change(timelines[previous][pk], at, None)
        entry = _EntryVersion(tuple(values)) if retired_at is None else None
        _append_change(timelines[article_id][pk], begins_at, entry)
        article_of[pk] = article_id
    return dict(timelines)
