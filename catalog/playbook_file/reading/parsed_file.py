"""The content of a playbook file as plain values, independent of the stored catalogue."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.utils.functional import cached_property

from catalog import identity


@dataclass(frozen=True, slots=True)
class Note:
    """A remark about a line of the file. Lines count from 1; 0 is the whole file."""

    line: int
    text: str

    def __str__(self) -> str:
        return f"{self.line}: {self.text}"


class Unreadable(Exception):
    """The whole file is refused, for these reasons."""

    def __init__(self, *reasons: Note) -> None:
        super().__init__("\n".join(map(str, reasons)))
        self.reasons = reasons


@dataclass(frozen=True, slots=True)
class FileLayer:
    line: int
    number: int
    title: str
    tagline: str


@dataclass(frozen=True, slots=True)
class FilePrompt:
    """A question about the article of a row, which only JSON files have."""

    uuid: str
    """Empty for a prompt that is new."""
    question: str
    answer: str
    source_lines: str


@dataclass(frozen=True, slots=True)
class FileArticle:
    """An article that a case or a prerequisite names."""

    title: str
    key: str


@dataclass(frozen=True, slots=True)
class FilePrerequisite:
    """An article to read before that of a row, which only JSON files have."""

    line: int
    uuid: str
    """Empty for a prerequisite that is new."""
    article: FileArticle
    reason: str


@dataclass(frozen=True)
class FileCase:
    """A case to practise, which only JSON files have."""

    line: int
    uuid: str
    """Empty for a case that is new."""
    slug: str
    values: Mapping[str, Any] = field(hash=False)
    """The carried fields that the file has (`catalog/catalog_rows.py`)."""
    articles: tuple[FileArticle, ...] | None = None
    """`None` if the file says nothing about the articles of the case."""

    @property
    def title(self) -> str:
        return str(self.values["title"])


@dataclass(frozen=True)
class FileRow:
    """One row of a table, one item of a list of links, or one entry of a JSON file."""

    line: int
    title: str
    url: str
    status: str | None
    """`None` if the table has no status column."""
    values: Mapping[str, Any] = field(default_factory=dict, hash=False)
    """The carried fields for which the table has a column (`catalog/catalog_rows.py`)."""
    prompts: tuple[FilePrompt, ...] | None = None
    """`None` if the row says nothing about the prompts of its article."""
    requires: tuple[FilePrerequisite, ...] | None = None
    """`None` if the row says nothing about what its article requires."""

    @cached_property
    def key(self) -> str:
        return identity.url_key(self.url) if self.url else identity.title_key(self.title)


@dataclass(slots=True)
class FileSection:
    line: int
    heading: str
    """Emoji and title: “🏗 Fundamentals”."""
    layer: FileLayer | None
    """`None` if the file does not name it."""
    rows: list[FileRow] = field(default_factory=list)


@dataclass(slots=True)
class PlaybookFile:
    layers: list[FileLayer] = field(default_factory=list)
    sections: list[FileSection] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    cases: list[FileCase] | None = None
    """`None` if the file says nothing about cases."""

    @property
    def rows(self) -> Iterator[FileRow]:
        return (row for section in self.sections for row in section.rows)
