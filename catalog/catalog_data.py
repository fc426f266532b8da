"""The whole catalogue as plain values, as a revision keeps it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property

from catalog.catalog_rows import (
    ArticleData,
    CaseData,
    EntryData,
    LayerData,
    PrerequisiteData,
    PromptData,
    SectionData,
    StatusData,
    values_of,
)

OPTIONAL: Mapping[str, type] = {
    "prompts": PromptData,
    "cases": CaseData,
    "prerequisites": PrerequisiteData,
}
"""The rows that older revisions lack, because these kinds were added later; each by UUID."""


@dataclass(frozen=True)
class CatalogData:
    """The whole catalogue, retired rows included.

    Layers, sections and statuses are keyed by slug, articles, prompts, cases and prerequisites by
    UUID, entries by primary key.
    """

    layers: Mapping[str, LayerData] = field(default_factory=dict)
    sections: Mapping[str, SectionData] = field(default_factory=dict)
    statuses: Mapping[str, StatusData] = field(default_factory=dict)
    articles: Mapping[str, ArticleData] = field(default_factory=dict)
    entries: Mapping[int, EntryData] = field(default_factory=dict)
    prompts: Mapping[str, PromptData] | None = None
    """`None` in a revision that was made before there were prompts."""
    cases: Mapping[str, CaseData] | None = None
    """`None` in a revision that was made before there were cases."""
    prerequisites: Mapping[str, PrerequisiteData] | None = None
    """`None` in a revision that was made before there were prerequisites."""
    has_minutes: bool = True
    """True if it was made since articles have reading minutes."""

    @cached_property
    def current_of(self) -> Mapping[str, list[EntryData]]:
        """The entries of each section in order, without retired ones and retired articles."""
        rows: dict[str, list[EntryData]] = defaultdict(list)
        for entry in self.entries.values():
            if not entry.is_retired and not self.articles[entry.article].is_retired:
                rows[entry.section].append(entry)
        return {slug: sorted(found, key=lambda row: row.order) for slug, found in rows.items()}

    @cached_property
    def journey(self) -> list[SectionData]:
        """The current sections in the order of the roadmap."""

        def place(section: SectionData) -> tuple[int, str, int, str]:
            layer = self.layers[section.layer]
            return layer.number, layer.slug, section.number, section.slug

        return sorted((s for s in self.sections.values() if not s.is_retired), key=place)

    @cached_property
    def listed(self) -> Mapping[str, list[EntryData]]:
        """The current entries of each article, in the order of the roadmap."""
        rows: dict[str, list[EntryData]] = defaultdict(list)
        for section in self.journey:
            for entry in self.current_of.get(section.slug, ()):
                rows[entry.article].append(entry)
        return dict(rows)

    @cached_property
    def prompts_of(self) -> Mapping[str, list[PromptData]]:
        """The prompts of each article in their order, with retired ones."""
        rows: dict[str, list[PromptData]] = defaultdict(list)
        for prompt in sorted((self.prompts or {}).values(), key=lambda row: row.number):
            rows[prompt.article].append(prompt)
        return dict(rows)

    @cached_property
    def prerequisites_of(self) -> Mapping[str, list[PrerequisiteData]]:
        """The prerequisites of each article, with retired ones."""
        rows: dict[str, list[PrerequisiteData]] = defaultdict(list)
        for prerequisite in (self.prerequisites or {}).values():
            rows[prerequisite.article].append(prerequisite)
        return dict(rows)

    @cached_property
    def articles_by_slug(self) -> Mapping[str, ArticleData]:
        return {article.slug: article for article in self.articles.values()}

    @cached_property
    def current_cases(self) -> list[CaseData]:
        """The cases that are not retired, in their order."""
        current = (case for case in (self.cases or {}).values() if not case.is_retired)
        return sorted(current, key=lambda case: (case.number, case.slug))

    def articles_of(self, case: CaseData) -> list[ArticleData]:
        """Return the current articles of a case, each kept one instead of its duplicates."""
        named = (self.articles_by_slug.get(slug) for slug in case.article_lines.split())
        kept = (self.articles[row.merged_into] if row.merged_into else row for row in named if row)
        return list(dict.fromkeys(article for article in kept if not article.is_retired))

    def is_public(self, article: ArticleData) -> bool:
        return self.statuses[article.status].is_public

    def places(self) -> Iterator[tuple[SectionData, EntryData, ArticleData]]:
        for section in self.journey:
            for entry in self.current_of.get(section.slug, ()):
                yield section, entry, self.articles[entry.article]

    def rows_by_name(self) -> dict[str, Iterator[dict[str, Any]]]:
        """Return the rows of each kind as dictionaries, which are made one by one."""
        names = ["layers", "sections", "statuses", "articles", "entries"]
        names += [name for name in OPTIONAL if getattr(self, name) is not None]
        return {name: map(values_of, getattr(self, name).values()) for name in names}

    def as_json(self) -> dict[str, Any]:
        return {name: list(rows) for name, rows in self.rows_by_name().items()}

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
            has_minutes=all("reading_minutes" in row for row in stored["articles"]),
            **{
                name: {row["uuid"]: data(**row) for row in stored[name]}
                for name, data in OPTIONAL.items()
                if stored.get(name) is not None
            },
        )
