"""A text that is saved while it is typed, as `progress/includes/text-editor.html` shows it."""

from dataclasses import dataclass
from datetime import datetime

from progress.text_comparison import Piece, compare_texts


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
    """What the form, the preview and the line below it show."""

    id: str
    """The prefix of the ids of its parts."""
    label: str
    url: str
    """The address to which the text is sent."""
    reader: str
    """The learner whose page it is."""
    text: str = ""
    html: str = ""
    version: int = 0
    saved_at: datetime | None = None
    earlier_url: str = ""
    """The address of the texts that were dropped, if there are any."""
