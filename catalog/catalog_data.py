"""The catalogue as plain values, and the one declaration of its fields.

Import, comparison, storing, export, history and the list of changes for readers take the fields of
the catalogue from the classes of this module. A field marked `Carried` is copied unchanged between
the model, the file and the revision. The other fields are references, keys and positions, which
need code of their own. A test fails for a model field that is neither here nor in `NOT_CARRIED`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Annotated, Any, NamedTuple, TypeVar, get_args, get_type_hints

from django.db.models import Model, QuerySet

from catalog.history.field_changes import ChangeKind
from catalog.models import READING_MINUTES_MAX, Alias, Article, Entry, Layer, Section, Status

_Data = TypeVar("_Data")


class Carried(NamedTuple):
    """The rules by which a field is compared, imported and exported."""

    change: ChangeKind
    """The kind of a change of this field."""
    columns: frozenset[str] = frozenset()
    """The folded headings of its column in an imported file."""
    heading: str = ""
    """The heading of its column in exported Markdown. Empty if the writer treats it separately."""
    export: str = ""
    """Its name in exported JSON and CSV. Empty if it is not exported."""
    is_public: bool = True
    """True if readers see its changes."""
    parse: Callable[[str], Any] = str
    """Convert the text of a cell. Raises `ValueError` if the text is not a value."""
    is_optional: bool = False
    """True if exported Markdown has its column only if some article has a value."""


def minutes(text: str) -> int | None:
    """Return the reading minutes in a text such as “16” or “16 min”; `None` if it is empty.

    Raise `ValueError` if the text is no number of minutes that is possible.
    """
    number = text.casefold().removesuffix("minutes").removesuffix("min").strip()
    if not number:
        return None
    if not 1 <= (count := int(number)) <= READING_MINUTES_MAX:
        raise ValueError(text)
    return count


NOT_CARRIED = {
    "article": {"id", "added_at", "updated_at"},
    "entry": {"id", "added_at"},
    "section": {"id"},
    "layer": {"id"},
    "status": {"id"},
    "prompt": {"id", "added_at"},
    "case": {"id", "added_at"},
    "prerequisite": {"id", "added_at"},
}
"""The fields that are never imported or exported, by model."""


def values_of(row: Any) -> dict[str, Any]:
    """Return a row as a dictionary. `asdict` copies the values, which takes ten times as long."""
    return {name: getattr(row, name) for name in row.__slots__}


@dataclass(frozen=True, slots=True)
class LayerData:
    slug: str
    number: Annotated[int, Carried(ChangeKind.RENUMBERED, is_public=False)]
    title: Annotated[str, Carried(ChangeKind.RENAMED)]
    tagline: Annotated[str, Carried(ChangeKind.DESCRIBED)]
    colour: str


@dataclass(frozen=True, slots=True)
class SectionData:
    slug: str
    layer: str
    number: Annotated[int, Carried(ChangeKind.RENUMBERED, is_public=False)]
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
    title: Annotated[str, Carried(ChangeKind.RETITLED)]
    url: Annotated[str, Carried(ChangeKind.ADDRESS, export="link")]
    status: str
    keys: tuple[str, ...]
    """Every alias, sorted."""
    is_retired: bool = False
    merged_into: str = ""
    """The UUID of the article it was merged into."""
    reading_minutes: Annotated[
        int | None,
        Carried(
            ChangeKind.MINUTES,
            columns=frozenset({"reading minutes", "reading time", "minutes", "min"}),
            heading="Minutes",
            export="reading_minutes",
            is_public=False,
            parse=minutes,
            is_optional=True,
        ),
    ] = None


WHAT_YOU_LEARN = frozenset(
    {
        "what youll learn", "what you will learn", "what you learn", "description", "summary",
        "learn", "learnings", "key takeaways", "takeaways", "about", "details", "key concepts",
        "concepts", "highlights", "overview", "key learnings", "focus", "what its about",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class EntryData:
    id: int
    """Negative for an entry that is not stored yet."""
    section: str
    article: str
    number: int
    title: Annotated[str, Carried(ChangeKind.RETITLED, export="title")]
    what_you_learn: Annotated[
        str,
        Carried(
            ChangeKind.DESCRIBED,
            columns=WHAT_YOU_LEARN,
            heading="What You’ll Learn",
            export="what_you_learn",
        ),
    ]
    is_retired: bool = False

    @property
    def order(self) -> tuple[int, int]:
        return self.number, self.id if self.id > 0 else 2**62 - self.id


@dataclass(frozen=True, slots=True)
class PromptData:
    uuid: str
    article: str
    number: Annotated[int, Carried(ChangeKind.RENUMBERED, is_public=False)]
    question: Annotated[str, Carried(ChangeKind.QUESTION, is_public=False)]
    answer: Annotated[str, Carried(ChangeKind.ANSWER, is_public=False)]
    source_lines: Annotated[str, Carried(ChangeKind.SOURCES, is_public=False)]
    is_retired: bool = False


@dataclass(frozen=True, slots=True)
class PrerequisiteData:
    uuid: str
    article: str
    requires: str
    """The UUID of the article to read before it."""
    reason: Annotated[str, Carried(ChangeKind.REASON, is_public=False)]
    is_retired: bool = False


def _part(change: ChangeKind, export: str) -> Carried:
    """Return the rules of a part of a case, which readers do not see among the changes."""
    return Carried(change, export=export, is_public=False)


@dataclass(frozen=True, slots=True)
class CaseData:
    uuid: str
    slug: str
    number: Annotated[int, Carried(ChangeKind.RENUMBERED, is_public=False)]
    title: Annotated[str, _part(ChangeKind.RETITLED, "title")]
    brief: Annotated[str, _part(ChangeKind.BRIEF, "brief")]
    question_lines: Annotated[str, _part(ChangeKind.QUESTIONS, "questions")]
    stage_lines: Annotated[str, _part(ChangeKind.STAGES, "stages")]
    twist: Annotated[str, _part(ChangeKind.TWIST, "twist")]
    twist_minute: Annotated[int, _part(ChangeKind.TWIST, "twist_minute")]
    rubric_lines: Annotated[str, _part(ChangeKind.RUBRIC, "rubric")]
    requirements: Annotated[str, _part(ChangeKind.REQUIREMENTS, "requirements")]
    estimate_input_lines: Annotated[str, _part(ChangeKind.ESTIMATES, "estimate_inputs")]
    estimate_lines: Annotated[str, _part(ChangeKind.ESTIMATES, "estimates")]
    interface: Annotated[str, _part(ChangeKind.INTERFACE, "interface")]
    data_model: Annotated[str, _part(ChangeKind.DATA_MODEL, "data_model")]
    diagram: Annotated[str, _part(ChangeKind.DIAGRAM, "diagram")]
    deep_dives: Annotated[str, _part(ChangeKind.DEEP_DIVES, "deep_dives")]
    failure_modes: Annotated[str, _part(ChangeKind.FAILURE_MODES, "failure_modes")]
    trade_offs: Annotated[str, _part(ChangeKind.TRADE_OFFS, "trade_offs")]
    article_lines: Annotated[str, Carried(ChangeKind.ARTICLES, is_public=False)]
    """Slugs, which never change in one installation. A file names the articles themselves."""
    is_retired: bool = False


MODELS: dict[type, type[Model]] = {
    LayerData: Layer,
    SectionData: Section,
    StatusData: Status,
    ArticleData: Article,
    EntryData: Entry,
}
"""The model of each data class. The apps of prompts, cases and prerequisites add theirs."""


def _marked(data: type) -> Mapping[str, Carried]:
    marks = {
        name: [mark for mark in get_args(hint) if isinstance(mark, Carried)]
        for name, hint in get_type_hints(data, include_extras=True).items()
    }
    return {name: found[0] for name, found in marks.items() if found}


_CARRIED = {data: _marked(data) for data in (*MODELS, PromptData, CaseData, PrerequisiteData)}


def carried(data: type) -> Mapping[str, Carried]:
    """Return the carried fields of a data class by name, in the order of declaration."""
    return _CARRIED[data]


COLUMNS = {
    "id": "pk",
    "layer": "layer__slug",
    "section": "section__slug",
    "article": "article__uuid",
    "requires": "requires__uuid",
    "status": "status__slug",
    "merged_into": "merged_into__uuid",
    "is_retired": "retired_at",
}
"""The model lookups of fields that are named differently or belong to a related model."""

CONVERTED: Mapping[str, Callable[[Any], Any]] = {
    "uuid": str,
    "article": str,
    "requires": str,
    "merged_into": lambda uuid: str(uuid or ""),
    "is_retired": lambda retired_at: retired_at is not None,
}


OPTIONAL: Mapping[str, type] = {
    "prompts": PromptData,
    "cases": CaseData,
    "prerequisites": PrerequisiteData,
}
"""The rows by UUID that a revision made before there were any does not have."""


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

    def as_json(self) -> dict[str, Any]:
        names = ["layers", "sections", "statuses", "articles", "entries"]
        names += [name for name in OPTIONAL if getattr(self, name) is not None]
        return {name: [values_of(row) for row in getattr(self, name).values()] for name in names}

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


def stored() -> CatalogData:
    """Return the catalogue as the database holds it now, in nine queries."""
    keys: dict[str, list[str]] = defaultdict(list)
    for uuid, key in Alias.objects.order_by().values_list("article__uuid", "key"):
        keys[str(uuid)].append(key)
    return CatalogData(
        layers={row.slug: row for row in _loaded(LayerData, Layer.objects.all())},
        sections={row.slug: row for row in _loaded(SectionData, Section.objects.all())},
        statuses={row.slug: row for row in _loaded(StatusData, Status.objects.all())},
        articles={
            row.uuid: row
            for row in _loaded(
                ArticleData,
                Article.objects.order_by("pk"),
                keys=lambda values: tuple(sorted(keys[values["uuid"]])),
            )
        },
        entries={row.id: row for row in _loaded(EntryData, Entry.objects.order_by("pk"))},
        prompts={
            row.uuid: row
            for row in _loaded(PromptData, MODELS[PromptData]._default_manager.order_by("pk"))
        },
        cases={
            row.uuid: row
            for row in _loaded(CaseData, MODELS[CaseData]._default_manager.order_by("pk"))
        },
        prerequisites={
            row.uuid: row
            for row in _loaded(
                PrerequisiteData, MODELS[PrerequisiteData]._default_manager.order_by("pk")
            )
        },
    )


def _loaded(
    data: type[_Data],
    rows: QuerySet[Any],
    **computed: Callable[[Mapping[str, Any]], Any],
) -> Iterator[_Data]:
    """Yield the data of each row. `computed` fields are derived from the other fields."""
    every = fields(data)  # type: ignore[arg-type]  # always one of the data classes
    names = [each.name for each in every if each.name not in computed]
    converters = [(place, CONVERTED[name]) for place, name in enumerate(names) if name in CONVERTED]
    for row in rows.values_list(*(COLUMNS.get(name, name) for name in names)):
        values = list(row)
        for place, convert in converters:
            values[place] = convert(values[place])
        known = dict(zip(names, values, strict=True))
        yield data(**known, **{name: make(known) for name, make in computed.items()})
