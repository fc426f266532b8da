"""Changes that editors made by hand, as readers see them, by day.

It comes from the historical records. A record is a hand edit if an editor made it and no revision
did. Nothing else can change the catalogue while a revision is applied (`applying.py`), so the
records of that time are the revision's.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from operator import itemgetter
from typing import Any, NamedTuple

from django.db.models.functions import Coalesce

from catalog.catalog_rows import ArticleData, EntryData, carried
from catalog.history.article_history import ARTICLE_FIELDS, ENTRY_FIELDS, every_status, replaced
from catalog.history.field_changes import ChangeKind, FieldChange
from catalog.history.records import DELETED, records_of
from catalog.models import Article, Entry, Section
from catalog.playbook_file.models import Revision


class ArticleEdits(NamedTuple):
    """The changes of one article on one day (UTC), between two revisions."""

    article_id: int
    day: date
    period: int
    """The number of revisions before."""
    last_at: datetime
    changes: list[FieldChange]


class _ArticleVersion(NamedTuple):
    is_visible: bool
    """True if it was public and not retired."""
    values: tuple[Any, ...]
    """The values of `ARTICLE_FIELDS`."""


class _Place(NamedTuple):
    section: str
    values: tuple[Any, ...]
    """The values of `ENTRY_FIELDS`."""


class _Record(NamedTuple):
    at: datetime
    period: int
    """The number of revisions before."""
    is_by_hand: bool
    entry_id: int | None
    """None for a record of the article itself."""
    value: Any
    """An `_ArticleVersion`, or the `_Place` of the entry, if it had one."""


class _Seen(NamedTuple):
    """A listed article as readers saw it."""

    values: tuple[Any, ...]
    places: tuple[_Place, ...]


def hand_edits() -> list[ArticleEdits]:
    """Return the hand edits that readers see, in six queries."""
    return [edits for pk, records in _records().items() for edits in _edits(pk, records)]


@dataclass
class _Replay:
    """One article while its records are replayed."""

    article: _ArticleVersion | None = None
    places: dict[int, _Place] = field(default_factory=dict)

    def seen(self) -> _Seen | None:
        if self.article is None or not self.article.is_visible or not self.places:
            return None
        return _Seen(self.article.values, tuple(self.places.values()))

    def apply(self, record: _Record) -> None:
        if record.entry_id is None:
            self.article = record.value
        elif record.value is None:
            self.places.pop(record.entry_id, None)
        else:
            self.places[record.entry_id] = record.value


def _edits(article_id: int, records: list[_Record]) -> Iterator[ArticleEdits]:
    """Compare the article before and after each run of hand edits of one day and period."""
    replay, was_seen = _Replay(), False
    records.sort(key=lambda record: record.at)
    before: _Seen | None = None
    for number, record in enumerate(records):
        previous = records[number - 1] if number else None
        following = records[number + 1] if number + 1 < len(records) else None
        if not _same_run(previous, record):
            before = replay.seen()
            was_seen = was_seen or before is not None
        replay.apply(record)
        if record.is_by_hand and not _same_run(record, following):
            changes = _changes(before, replay.seen(), is_back=was_seen)
            if changes:
                yield ArticleEdits(article_id, record.at.date(), record.period, record.at, changes)


def _same_run(one: _Record | None, other: _Record | None) -> bool:
    if one is None or other is None:
        return False
    are_by_hand = one.is_by_hand and other.is_by_hand
    return are_by_hand and (one.at.date(), one.period) == (other.at.date(), other.period)


def _changes(before: _Seen | None, after: _Seen | None, *, is_back: bool) -> list[FieldChange]:
    if before is None and after is None:
        return []
    if before is None:
        kind = ChangeKind.BACK if is_back else ChangeKind.NEW
        return [FieldChange(kind), *_distinct(_first_values(after))]
    if after is None:
        return [FieldChange(ChangeKind.RETIRED)]
    return _distinct(_differences(before, after))


def _distinct(changes: Iterable[FieldChange]) -> list[FieldChange]:
    """Return the changes once: an article and its entry are usually retitled together."""
    return list(dict.fromkeys(changes))


def _first_values(seen: _Seen | None) -> Iterator[FieldChange]:
    for place in seen.places if seen else ():
        yield FieldChange(ChangeKind.PLACED, "", place.section)
        for name, value in zip(ENTRY_FIELDS, place.values, strict=True):
            if name != "title" and value:
                yield FieldChange(carried(EntryData)[name].change, "", str(value))


def _differences(before: _Seen, after: _Seen) -> Iterator[FieldChange]:
    yield from _field_changes(ArticleData, ARTICLE_FIELDS, [before.values], [after.values])
    values = [[place.values for place in seen.places] for seen in (before, after)]
    yield from _field_changes(EntryData, ENTRY_FIELDS, *values)
    yield from _section_changes(
        *({place.section: None for place in seen.places} for seen in (before, after))
    )


def _section_changes(
    before: Mapping[str, None], after: Mapping[str, None]
) -> Iterator[FieldChange]:
    """Pair the sections that the article left with those that it came to; the rest stand alone."""
    left = [section for section in before if section not in after]
    come = [section for section in after if section not in before]
    for pair in zip(left, come, strict=False):
        yield FieldChange(ChangeKind.MOVED, *pair)
    for section in come[len(left) :]:
        yield FieldChange(ChangeKind.LISTED, "", section)
    for section in left[len(come) :]:
        yield FieldChange(ChangeKind.UNLISTED, section, "")


def _field_changes(
    data: type, names: Iterable[str], before: list[tuple[Any, ...]], after: list[tuple[Any, ...]]
) -> Iterator[FieldChange]:
    for place, name in enumerate(names):
        texts = [[_text(values[place]) for values in rows] for rows in (before, after)]
        for pair in replaced(*texts):
            yield FieldChange(carried(data)[name].change, *pair)


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _records() -> Mapping[int, list[_Record]]:
    """Return the records of each article and of its entries."""
    records: dict[int, list[_Record]] = defaultdict(list)
    revision_times = RevisionTimes()
    public = {pk for pk, status in every_status().items() if status.is_public}
    for pk, at, user, status, retired_at, *values in _rows(
        Article, "id", "status_id", "retired_at", *ARTICLE_FIELDS
    ):
        article = _ArticleVersion(status in public and retired_at is None, tuple(values))
        period, is_by_hand = revision_times.period_of(at), bool(user) and at not in revision_times
        records[pk].append(_Record(at, period, is_by_hand, None, article))
    sections = {section.pk: section.title for section in Section.objects.all()}
    article_of: dict[int, int] = {}
    for pk, at, user, article_id, section_id, retired_at, *values in _rows(
        Entry, "id", "article_id", "section_id", "retired_at", *ENTRY_FIELDS
    ):
        period, is_by_hand = revision_times.period_of(at), bool(user) and at not in revision_times
        previous = article_of.get(pk, article_id)
        if previous != article_id:
            records[previous].append(_Record(at, period, is_by_hand, pk, None))
        is_listed = retired_at is None and section_id in sections
        place = _Place(sections[section_id], tuple(values)) if is_listed else None
        records[article_id].append(_Record(at, period, is_by_hand, pk, place))
        article_of[pk] = article_id
    return records


def _rows(model: type[Article | Entry], key: str, *names: str) -> Iterable[tuple[Any, ...]]:
    rows = records_of(model).exclude(history_type=DELETED).order_by("history_date", "history_id")
    values: Iterable[tuple[Any, ...]] = rows.values_list(
        key, "history_date", "history_user_id", *names
    )
    return values


class RevisionTimes:
    """The times at which a revision was being applied."""

    def __init__(self) -> None:
        applied = Revision.objects.applied().order_by("applied_at")
        times = applied.values_list(Coalesce("apply_began_at", "made_at"), "applied_at")
        self._times = [(began_at, ended_at) for began_at, ended_at in times if ended_at]

    def period_of(self, at: datetime) -> int:
        """Return the number of revisions that had ended before that time."""
        return bisect_left(self._times, at, key=itemgetter(1))

    def __contains__(self, at: datetime) -> bool:
        """Return whether the first revision that ended at that time or later had begun by then."""
        number = self.period_of(at)
        return number < len(self._times) and self._times[number][0] <= at
