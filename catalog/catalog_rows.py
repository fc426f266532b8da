"""The rows of the catalogue as plain values, and the one declaration of their fields.

Import, comparison, storing, export, history and the list of changes for readers take the fields of
the catalogue from the classes of this module. A field marked `Carried` is copied unchanged between
the model, the file and the revision. The other fields are references, keys and positions, which
need code of their own. A test fails for a model field that is neither here nor in `NOT_CARRIED`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple, get_args, get_type_hints

from catalog.history.field_changes import ChangeKind
from catalog.models import READING_MINUTES_MAX


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


def _marked(data: type) -> Mapping[str, Carried]:
    marks = {
        name: [mark for mark in get_args(hint) if isinstance(mark, Carried)]
        for name, hint in get_type_hints(data, include_extras=True).items()
    }
    return {name: found[0] for name, found in marks.items() if found}


ROWS = (
    LayerData,
    SectionData,
    StatusData,
    ArticleData,
    EntryData,
    PromptData,
    CaseData,
    PrerequisiteData,
)
_CARRIED: Mapping[type, Mapping[str, Carried]] = {data: _marked(data) for data in ROWS}


def carried(data: type) -> Mapping[str, Carried]:
    """Return the carried fields of a data class by name, in the order of declaration."""
    return _CARRIED[data]
