"""An in-memory snapshot of the catalogue, kept by each process.

Every change gives the catalogue a new version (`catalog/catalog_version.py`), so one small query
tells a process whether its snapshot is still current.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any, TypeVar

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import Http404
from django.utils.functional import cached_property

from catalog import catalog_version
from catalog.models import Article, Entry, Layer, Section, Status
from catalog.querysets import sees_drafts
from catalog.search.search_index import fold
from playbook.http import Reader
from playbook.rendering.store import RenderStore

_Row = TypeVar("_Row", bound=Model)
_T = TypeVar("_T")

read_ahead: list[Callable[[CatalogSnapshot], object]] = []
"""Functions of sub-apps that derive values from a snapshot and the database.

A preview calls them before its change is rolled back.
"""


@dataclass(frozen=True, slots=True)
class IndexedEntry:
    """An entry with the values by which pages search, filter, sort and count it."""

    entry: Entry
    layer: str
    section: str
    status: str
    article_id: int
    is_countable: bool
    title: str
    added_at: datetime
    text: str

    @classmethod
    def of(cls, entry: Entry) -> IndexedEntry:
        section, article = entry.section, entry.article
        names = f"{section.emoji} {section.title}"
        texts = (entry.title, entry.what_you_learn, article.title, names)
        return cls(
            entry=entry,
            layer=section.layer.slug,
            section=section.slug,
            status=article.status.slug,
            article_id=article.pk,
            is_countable=article.is_countable,
            title=entry.title.casefold(),
            added_at=article.added_at,
            text="\n".join(map(fold, texts)),
        )


class CatalogSnapshot:
    """The catalogue at one catalog version, with or without drafts.

    All requests of the process share a snapshot, so nothing may change it.
    """

    def __init__(self, version: str, *, with_drafts: bool) -> None:
        self.version = version
        self.with_drafts = with_drafts
        entries, articles = Entry.objects.listed(), Article.objects.all()
        statuses = Status.objects.all()
        if not with_drafts:
            entries, articles, statuses = entries.public(), articles.public(), statuses.public()
        # Entries are read before the rows that they refer to. If an editor adds an entry with its
        # section in between, the section is read as well.
        in_order = list(entries.in_journey_order())
        self.articles: Mapping[str, Article] = {article.slug: article for article in articles}
        self.statuses = list(statuses)
        self.sections = list(Section.objects.listed().in_journey_order())
        self.layers = list(Layer.objects.all())
        self.indexed_entries = [IndexedEntry.of(entry) for entry in self._joined(in_order)]
        self.key: tuple[str, bool] = version, with_drafts
        """The key under which caches keep what depends on it."""
        self.rendered = RenderStore()
        """The pages and fragments rendered from this snapshot."""
        self._derived: dict[str, Any] = {}

    def _joined(self, entries: list[Entry]) -> list[Entry]:
        """Set the relations of the entries. Entries of one section or article share its object."""
        _join(self.articles.values(), status=self.statuses)
        _join(self.sections, layer=self.layers)
        return _join(entries, section=self.sections, article=list(self.articles.values()))

    @cached_property
    def _entries_of(self) -> Mapping[int, list[Entry]]:
        """The entries by article id, in the order of the journey."""
        entries: dict[int, list[Entry]] = defaultdict(list)
        for indexed in self.indexed_entries:
            entries[indexed.article_id].append(indexed.entry)
        return dict(entries)

    @cached_property
    def _order_of(self) -> Mapping[int, int]:
        """The position of each article in the journey, by article id; its first entry decides."""
        return {pk: number for number, pk in enumerate(self._entries_of)}

    @cached_property
    def _journey(self) -> list[Article]:
        return [entries[0].article for entries in self._entries_of.values()]

    def article(self, slug: str) -> Article:
        """Return the article, or the one that it was merged into.

        Retired articles and articles in no section are found as well. Raise `Http404` if there
        is no such article.
        """
        article = _or_404(self.articles.get(slug))
        kept_id = article.merged_into_id
        return _or_404(self.by_pk.get(kept_id)) if kept_id else article

    @cached_property
    def by_pk(self) -> Mapping[int, Article]:
        return {article.pk: article for article in self.articles.values()}

    @cached_property
    def merged(self) -> Mapping[int, int]:
        """The primary key of the kept article, by the primary key of the merged one."""
        merged = ((article.pk, article.merged_into_id) for article in self.articles.values())
        return {pk: kept_id for pk, kept_id in merged if kept_id}

    def section(self, slug: str) -> Section:
        return _or_404(next((section for section in self.sections if section.slug == slug), None))

    def layer(self, slug: str) -> Layer:
        return _or_404(next((layer for layer in self.layers if layer.slug == slug), None))

    def countable_articles(self, scope: Section | Layer) -> list[Article]:
        """Return the countable articles of a section or layer, each once, in journey order."""
        articles = {
            indexed.article_id: indexed.entry.article
            for indexed in self.indexed_entries
            if indexed.is_countable
            and scope in {indexed.entry.section, indexed.entry.section.layer}
        }
        return list(articles.values())

    def entries_of(self, article_id: int) -> list[Entry]:
        return self._entries_of.get(article_id, [])

    def place_of(self, article_id: int) -> tuple[int, int]:
        """Return a value that sorts articles by the journey; those in no section come last."""
        return self._order_of.get(article_id, len(self._order_of)), article_id

    def neighbours(self, article: Article) -> tuple[Article | None, Article | None]:
        """Return the previous and the next article of the journey."""
        number = self._order_of.get(article.pk)
        if number is None:
            return None, None
        journey = self._journey
        previous = journey[number - 1] if number else None
        following = journey[number + 1] if number + 1 < len(journey) else None
        return previous, following

    def derive(self, name: str, make: Callable[[CatalogSnapshot], _T]) -> _T:
        """Return the result of `make`, which is called once for this snapshot."""
        if name not in self._derived:
            self._derived[name] = make(self)
        derived: _T = self._derived[name]
        return derived


def _join(rows: Iterable[_Row], **related: Sequence[Model]) -> list[_Row]:
    """Set each relation to its object. Return the rows whose related objects all exist."""
    by_pk = {name: {obj.pk: obj for obj in objects} for name, objects in related.items()}
    joined = []
    for row in rows:
        relations = {
            name: objects.get(getattr(row, f"{name}_id")) for name, objects in by_pk.items()
        }
        if all(relations.values()):
            for name, obj in relations.items():
                setattr(row, name, obj)
            joined.append(row)
    return joined


def _or_404(obj: _T | None) -> _T:
    if obj is None:
        raise Http404
    return obj


_snapshots: dict[bool, CatalogSnapshot] = {}
_read_lock = Lock()


def recent() -> CatalogSnapshot:
    """Return the public snapshot of a recent catalog version, for anonymous visitors.

    It may be as old as `catalog_version.recent` allows. A cache in front of the site delays
    changes for longer than that.
    """
    snapshot = _snapshots.get(False)
    return (
        snapshot
        if snapshot and snapshot.version == catalog_version.recent()
        else current(AnonymousUser())
    )


def current(user: Reader, version: str = "") -> CatalogSnapshot:
    """Return the current snapshot, with drafts if this reader may see them.

    `version` is the current catalog version if the caller has read it already.
    """
    with_drafts = sees_drafts(user)
    snapshot = _snapshots.get(with_drafts)
    if snapshot and snapshot.version == (version or catalog_version.current()):
        return snapshot
    with _read_lock:  # One thread reads the catalogue; the others wait and use its snapshot.
        snapshot = _snapshots.get(with_drafts)
        if not (snapshot and snapshot.version == catalog_version.current()):
            snapshot = _snapshots[with_drafts] = _read(with_drafts)
        return snapshot


def _read(with_drafts: bool) -> CatalogSnapshot:
    """Read the catalogue, again if it changed while it was read."""
    while True:
        snapshot = CatalogSnapshot(catalog_version.current(), with_drafts=with_drafts)
        if snapshot.version == catalog_version.current():
            return snapshot
