"""A text that is saved while it is typed, as `progress/includes/text-editor.html` shows it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.utils.safestring import SafeString

from playbook.rendering.fragments import gap
from progress.texts.comparison import Piece, compare_texts
from progress.times import day_and_time, instant, minute

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Comparison:
    """Two texts, of which a learner has to choose one, or keep both."""

    version: int
    """The version of the saved text."""
    mine: list[Piece]
    theirs: list[Piece]

    @classmethod
    def of(cls, mine: str, theirs: str, version: int) -> "Comparison":
        return cls(version, *compare_texts(mine, theirs))


@dataclass(frozen=True)
class TextEditor:
    """The values that the form, the preview and the line below it show."""

    id: str
    """The prefix of the ids of its parts."""
    label: str
    url: str
    """The address to which the text is sent."""
    reader: str
    """The learner whose page it is."""
    text: str = ""
    html: str = ""
    version: int | str = 0
    saved_at: datetime | None = None
    earlier_url: str = ""
    """The address of the texts that were dropped, if there are any."""
    has_preview: bool = True
    """True if the text is Markdown, and shown as it looks."""
    has_day: bool = True
    """True if the line below it says the day on which it was saved, beside the time."""
    hidden_fields: tuple[tuple[str, str | int], ...] = ()
    """The names and values of what the form sends beside the text."""

    @property
    def saved_instant(self) -> str:
        return instant(self.saved_at) if self.saved_at else ""

    @property
    def saved_time(self) -> str:
        if self.saved_at is None:
            return ""
        return day_and_time(self.saved_at) if self.has_day else minute(self.saved_at)

    @property
    def for_everybody(self) -> "TextEditor":
        """The editor with gaps for all that is the learner's (`own_parts`)."""
        return EditorWithGaps(
            self.id,
            self.label,
            self.url,
            reader=gap("reader"),
            text=gap("text"),
            html=gap("html") if self.html else "",
            version=gap("version"),
            saved_at=EPOCH if self.saved_at else None,
            earlier_url=self.earlier_url,
            has_preview=self.has_preview,
        )

    @property
    def own_parts(self) -> Mapping[str, str | int]:
        return {
            "reader": self.reader,
            "text": self.text,
            "html": SafeString(self.html),
            "version": self.version,
            "saved_instant": self.saved_instant,
            "saved_time": self.saved_time,
        }


class EditorWithGaps(TextEditor):
    @property
    def saved_instant(self) -> str:
        return gap("saved_instant")

    @property
    def saved_time(self) -> str:
        return gap("saved_time")
