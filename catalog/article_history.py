"""What a snapshot showed before: which articles counted at some time, and what they were like."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from operator import itemgetter
from typing import Any, NamedTuple, TypeVar

from catalog.field_changes import ChangeKind, FieldChange
from catalog.history import DELETED, versions_of
from catalog.models import Article, Entry, Status
from catalog.snapshot import CatalogSnapshot

_T = TypeVar("_T")
_Versions = list[tuple[datetime, _T]]
"""What something was, and from when on; the oldest first."""

NONE: frozenset[int] = frozenset()
A_MOMENT = timedelta(microseconds=1)


class _Article(NamedTuple):
    is_seen: bool
    """By the readers of the snapshot; what is retired too."""
    is_countable: bool
    title: str
    url: str


class _Place(NamedTuple):
    title: str
    what_you_learn: str


class Past:
    """Of the articles of a snapshot, by the versions that the history keeps of them."""

    def __init__(self, snapshot: CatalogSnapshot) -> None:
        self._snapshot = snapshot
        self._counting = {
            place.article_id for place in snapshot.indexed_entries if place.is_countable
        }
        self._merged: dict[int, list[int]] = defaultdict(list)
        for gone, kept in snapshot.merged.items():
            self._merged[kept].append(gone)
        self._articles = _article_versions(_statuses(), with_drafts=snapshot.with_drafts)
        self._places = _place_versions()
        self._latest_first = sorted(
            ((versions[-1][0], pk) for pk in self._articles for versions in self._of(pk)),
            reverse=True,
        )
        self.changed_at = dict(self._changes())
        """By the article's key: when something of it changed last that readers see; without those
        that never changed."""

    def new_since(self, at: datetime) -> frozenset[int]:
        """The articles that count and did not at that time, nor any that was merged into them."""
        if not self._latest_first or self._latest_first[0][0] <= at:
            return NONE
        changed = takewhile(lambda change: change[0] > at, self._latest_first)
        return frozenset(
            pk
            for _at, pk in changed
            if pk in self._counting and not any(self._counted(one, at) for one in self._all(pk))
        )

    def changes(self, article: Article, since: datetime) -> tuple[FieldChange, ...]:
        """How what readers see of the article differs from what they saw then."""
        seen = next(filter(None, (self._seen(pk, since) for pk in self._all(article.pk))), None)
        if seen is None:
            return ()
        then, places = seen
        entries = self._snapshot.entries_of(article.pk)
        titles, now = [place.title for place in places], [entry.title for entry in entries]
        described = [place.what_you_learn for place in places]
        replaced = (
            (ChangeKind.RETITLED, _replaced([then.title], [article.title])),
            # Mostly the same words again: a change of both is told once.
            (ChangeKind.RETITLED, _replaced(titles, now)),
            (ChangeKind.ADDRESS, _replaced([then.url], [article.url])),
            (
                ChangeKind.DESCRIBED,
                _replaced(described, [entry.what_you_learn for entry in entries]),
            ),
        )
        changes = (FieldChange(kind, *pair) for kind, pairs in replaced for pair in pairs)
        return tuple(dict.fromkeys(changes))

    def last_places(self, article: Article) -> list[Entry]:
        """Of a retired article the places at which readers saw it last: those that it had when it
        left, else those that it lost last.
        """
        left_at = article.retired_at
        if left_at is None:
            return []
        entries = Entry.objects.filter(article=article).select_related("section__layer")
        lost_at = {
            entry: min(entry.retired_at or left_at, left_at) for entry in entries.in_journey_order()
        }
        seen = {entry: at for entry, at in lost_at.items() if self._was_seen(article.pk, at)}
        last_at = max(seen.values(), default=None)
        return [entry for entry, at in seen.items() if at == last_at]

    def _was_seen(self, article_id: int, at: datetime) -> bool:
        versions = self._articles.get(article_id, [])
        article = _at(versions, at) or next((first for _at, first in versions), None)
        return bool(article and article.is_seen)

    def _changes(self) -> Iterator[tuple[int, datetime]]:
        for pk in self._articles:
            merged = self._merged.get(pk, [])
            versions_of_all = [versions for one in (pk, *merged) for versions in self._of(one)]
            # What was merged with another is not what the other's readers saw.
            times = [versions[-1][0] for versions in versions_of_all if merged or len(versions) > 1]
            if times:
                yield pk, max(times)

    def _all(self, article_id: int) -> Iterator[int]:
        """The article, and those that were merged into it."""
        yield article_id
        yield from self._merged.get(article_id, [])

    def _seen(self, article_id: int, at: datetime) -> tuple[_Article, list[_Place]] | None:
        """The article and its places as readers saw them last until then.

        What an editor wrote while it was hidden from them is not told.
        """
        versions = self._articles.get(article_id, [])
        number = bisect_right(versions, at, key=itemgetter(0))
        for begins_at, article in reversed(versions[:number]):
            if article.is_seen:
                return article, self._places_at(article_id, at)
            at = begins_at - A_MOMENT
        return None

    def _of(self, article_id: int) -> list[_Versions[Any]]:
        """Of the article itself, and of each of its places."""
        places = self._places.get(article_id, {}).values()
        return [self._articles[article_id], *places] if article_id in self._articles else []

    def _places_at(self, article_id: int, at: datetime) -> list[_Place]:
        places = (_at(versions, at) for versions in self._places.get(article_id, {}).values())
        return [place for place in places if place]

    def _counted(self, article_id: int, at: datetime) -> bool:
        article = _at(self._articles[article_id], at)
        return bool(article and article.is_countable and self._places_at(article_id, at))


def article_history_of(snapshot: CatalogSnapshot) -> Past:
    return snapshot.derive("past", Past)


def _at(versions: _Versions[_T], at: datetime) -> _T | None:
    """What it was then; None before there was any of it."""
    number = bisect_right(versions, at, key=itemgetter(0))
    return versions[number - 1][1] if number else None


def _replaced(before: Sequence[str], now: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs of what is there no more and what is there instead."""
    gone = (text for text in dict.fromkeys(before) if text not in now)
    come = (text for text in dict.fromkeys(now) if text not in before)
    return zip(gone, come, strict=False)


def _note(versions: _Versions[_T], at: datetime, what: _T) -> None:
    if not versions or versions[-1][1] != what:
        versions.append((at, what))


def _statuses() -> Mapping[int, Status]:
    """Those that were deleted too, as they were: articles had them."""
    deleted = versions_of(Status).filter(history_type=DELETED).order_by("history_id")
    return {
        **{version.id: version.instance for version in deleted},
        **{status.pk: status for status in Status.objects.all()},
    }


def _article_versions(
    statuses: Mapping[int, Status], *, with_drafts: bool
) -> Mapping[int, _Versions[_Article]]:
    seen = {pk for pk, status in statuses.items() if with_drafts or status.is_public}
    countable = {pk for pk, status in statuses.items() if status.is_countable}
    rows = versions_of(Article).exclude(history_type=DELETED).order_by("id", "history_id")
    articles: dict[int, _Versions[_Article]] = defaultdict(list)
    for pk, at, added_at, status, retired_at, *words in rows.values_list(
        "id", "history_date", "added_at", "status_id", "retired_at", "title", "url"
    ):
        # The history may have begun when the article was there already.
        begins_at = at if pk in articles else min(at, added_at)
        is_countable = status in countable and retired_at is None
        _note(articles[pk], begins_at, _Article(status in seen, is_countable, *words))
    return dict(articles)


def _place_versions() -> Mapping[int, Mapping[int, _Versions[_Place | None]]]:
    """By article and entry: the place, or None from when the article lost it."""
    added_at = dict(Entry.objects.order_by().values_list("pk", "added_at"))
    rows = versions_of(Entry).exclude(history_type=DELETED).order_by("id", "history_id")
    places: dict[int, dict[int, _Versions[_Place | None]]] = defaultdict(lambda: defaultdict(list))
    listed_by: dict[int, int] = {}
    for pk, at, article_id, retired_at, *words in rows.values_list(
        "id", "history_date", "article_id", "retired_at", "title", "what_you_learn"
    ):
        before = listed_by.get(pk)
        begins_at = at if before else min(at, added_at.get(pk, at))
        if before and before != article_id:
            _note(places[before][pk], at, None)
        _note(places[article_id][pk], begins_at, _Place(*words) if retired_at is None else None)
        listed_by[pk] = article_id
    return dict(places)
