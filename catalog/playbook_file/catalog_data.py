"""The catalogue as plain values: what a merge, a difference and an export are made of."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from catalog.models import Alias, Article, Entry, Layer, Section, Status


def values_of(row: Any) -> dict[str, Any]:
    """Of a dataclass with slots, as `asdict`, which copies what is in them too: for ten times as
    long."""
    return {name: getattr(row, name) for name in row.__slots__}


@dataclass(frozen=True, slots=True)
class LayerData:
    slug: str
    number: int
    title: str
    tagline: str
    colour: str


@dataclass(frozen=True, slots=True)
class SectionData:
    slug: str
    layer: str
    number: int
    emoji: str
    title: str
    is_retired: bool = False

    @property
    def heading(self) -> str:
        return f"{self.emoji} {self.title}".strip()


@dataclass(frozen=True, slots=True)
class StatusData:
    slug: str
    number: int
    label: str
    colour: str
    is_public: bool
    is_countable: bool


@dataclass(frozen=True, slots=True)
class ArticleData:
    uuid: str
    slug: str
    title: str
    url: str
    status: str
    keys: tuple[str, ...]
    """Every alias, in order of the alphabet."""
    is_retired: bool = False
    merged_into: str = ""
    """The UUID of the article that it became a part of."""


@dataclass(frozen=True, slots=True)
class EntryData:
    id: int
    """Below 0 for one that is not stored yet."""
    section: str
    article: str
    number: int
    title: str
    what_you_learn: str
    is_retired: bool = False

    @property
    def order(self) -> tuple[int, int]:
        return self.number, self.id if self.id > 0 else 2**62 - self.id


@dataclass(frozen=True)
class CatalogData:
    """Everything, the retired too. Layers, sections and statuses by slug, articles by UUID, entries
    by primary key."""

    layers: Mapping[str, LayerData] = field(default_factory=dict)
    sections: Mapping[str, SectionData] = field(default_factory=dict)
    statuses: Mapping[str, StatusData] = field(default_factory=dict)
    articles: Mapping[str, ArticleData] = field(default_factory=dict)
    entries: Mapping[int, EntryData] = field(default_factory=dict)

    @cached_property
    def current_of(self) -> Mapping[str, list[EntryData]]:
        """By section: its rows that are neither retired nor of a retired article, in order."""
        rows: dict[str, list[EntryData]] = defaultdict(list)
        for entry in self.entries.values():
            if not entry.is_retired and not self.articles[entry.article].is_retired:
                rows[entry.section].append(entry)
        return {slug: sorted(found, key=lambda row: row.order) for slug, found in rows.items()}

    @cached_property
    def journey(self) -> list[SectionData]:
        """The sections that are not retired, as the roadmap has them."""

        def place(section: SectionData) -> tuple[int, str, int, str]:
            layer = self.layers[section.layer]
            return layer.number, layer.slug, section.number, section.slug

        return sorted((s for s in self.sections.values() if not s.is_retired), key=place)

    @cached_property
    def listed(self) -> Mapping[str, list[EntryData]]:
        """By article: the places that readers find it at, in the order of the journey."""
        rows: dict[str, list[EntryData]] = defaultdict(list)
        for section in self.journey:
            for entry in self.current_of.get(section.slug, ()):
                rows[entry.article].append(entry)
        return dict(rows)

    def is_public(self, article: ArticleData) -> bool:
        return self.statuses[article.status].is_public

    def places(self) -> Iterator[tuple[SectionData, EntryData, ArticleData]]:
        for section in self.journey:
            for entry in self.current_of.get(section.slug, ()):
                yield section, entry, self.articles[entry.article]

    def as_json(self) -> dict[str, Any]:
        return {
            name: [values_of(row) for row in getattr(self, name).values()]
            for name in ("layers", "sections", "statuses", "articles", "entries")
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> CatalogData:
        articles = [
            ArticleData(**{**row, "keys": tuple(row["keys"])}) for row in stored["articles"]
        ]
        return cls(
            layers={row["slug"]: LayerData(**row) for row in stored["layers"]},
            sections={row["slug"]: SectionData(**row) for row in stored["sections"]},
            statuses={row["slug"]: StatusData(**row) for row in stored["statuses"]},
            articles={article.uuid: article for article in articles},
            entries={row["id"]: EntryData(**row) for row in stored["entries"]},
        )


def stored() -> CatalogData:
    """As the database holds it now, in six queries."""
    keys: dict[int, list[str]] = defaultdict(list)
    for article_id, key in Alias.objects.order_by().values_list("article_id", "key"):
        keys[article_id].append(key)
    layers = Layer.objects.values_list("slug", "number", "title", "tagline", "colour")
    sections = Section.objects.values_list(
        "slug", "layer__slug", "number", "emoji", "title", "retired_at"
    )
    statuses = Status.objects.values_list(
        "slug", "number", "label", "colour", "is_public", "is_countable"
    )
    articles = Article.objects.order_by("pk").values_list(
        "uuid", "slug", "title", "url", "status__slug", "pk", "retired_at", "merged_into__uuid"
    )
    entries = Entry.objects.order_by("pk").values_list(
        "pk", "section__slug", "article__uuid", "number", "title", "what_you_learn", "retired_at"
    )
    return CatalogData(
        layers={row[0]: LayerData(*row) for row in layers},
        sections={row[0]: SectionData(*row[:-1], row[-1] is not None) for row in sections},
        statuses={row[0]: StatusData(*row) for row in statuses},
        articles={
            str(uuid): ArticleData(
                str(uuid),
                slug,
                title,
                url,
                status,
                tuple(sorted(keys[pk])),
                retired is not None,
                str(kept or ""),
            )
            for uuid, slug, title, url, status, pk, retired, kept in articles
        },
        entries={
            pk: EntryData(pk, section, str(uuid), number, title, learn, retired is not None)
            for pk, section, uuid, number, title, learn, retired in entries
        },
    )
