"""Save a text so that nothing is lost: neither what is sent nor what is stored.

A sub-app says where its texts are stored (`TextStore`): a note, a scratch.
"""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

BETWEEN_TEXTS = "\n\n---\n\n"
"""The separator between two merged texts, which Markdown shows as a line."""


class SavedText(Protocol):
    """A text as it is stored, with its version and the open page that saved it."""

    @property
    def text(self) -> str: ...
    @property
    def version(self) -> int: ...
    @property
    def saved_by(self) -> UUID | None: ...
    @property
    def saved_number(self) -> int: ...


_Text = TypeVar("_Text", bound=SavedText)


class ConflictChoice(TextChoices):
    """A learner's choice between the two texts of a conflict."""

    MINE = "mine", _("Keep mine")
    THEIRS = "theirs", _("Use the saved one")
    BOTH = "both", _("Keep both")


@dataclass(frozen=True)
class Draft:
    """A text as an open page sends it, with what it is based on."""

    text: str
    based_on: int
    """The version of the text that the page knows; 0 for none yet."""
    page: UUID | None = None
    """The open page that sends it, and the number of this save there."""
    number: int = 0

    def follows(self, saved: SavedText) -> bool:
        """Return whether nobody else changed the text since the page knew it."""
        return saved.version == self.based_on or self.is_from_page_of(saved)

    def is_from_page_of(self, saved: SavedText) -> bool:
        return self.page is not None and self.page == saved.saved_by

    def is_late(self, saved: SavedText) -> bool:
        """Return whether the page sent a later text already, which arrived first."""
        return self.is_from_page_of(saved) and self.number <= saved.saved_number


class Conflict(Exception):
    """The stored text was changed after the page was loaded."""

    def __init__(self, saved: SavedText) -> None:
        super().__init__()
        self.saved = saved


class TooLong(Exception):
    """The text has more characters than can be stored."""

    def __init__(self, length: int, limit: int) -> None:
        super().__init__()
        self.length = length
        self.limit = limit


class TextStore(ABC, Generic[_Text]):
    """The place where one text of a learner is stored."""

    max_length: int

    @abstractmethod
    def stored_text(self) -> str:
        """Return the text as it is stored now, without waiting for anybody."""

    @abstractmethod
    def read(self) -> _Text: ...

    @abstractmethod
    def lock(self) -> _Text:
        """Lock the learner and return what is stored. Raise `ReaderGone`."""

    @abstractmethod
    def write(self, saved: _Text, text: str, draft: Draft | None) -> None: ...

    @abstractmethod
    def drop(self, saved: _Text, text: str) -> None:
        """Keep a text for 30 days that lost a conflict, unless it is empty."""

    @abstractmethod
    def has_dropped(self, saved: _Text, text: str) -> bool: ...

    def prepare(self, text: str) -> None:
        """Do slow work on the text before the lock is taken."""

    def accept(self, draft: Draft, choice: ConflictChoice | None, theirs: int) -> _Text:
        """Save a text that was sent or, with a choice, settle the conflict that it is about."""
        return self.settle(draft, choice, theirs) if choice else self.save(draft)

    def save(self, draft: Draft) -> _Text:
        """Store the text. Raise `Conflict`, `TooLong` or `ReaderGone`; nothing is changed then.

        Saving the text that is stored is a success and changes nothing, so that a page can send it
        again if the answer was lost.
        """
        stored = self.stored_text()
        if stored == draft.text:
            return self.read()
        self.check_length(stored, draft.text)
        self.prepare(draft.text)
        with transaction.atomic():
            saved = self.lock()
            if saved.text == draft.text or draft.is_late(saved):
                return saved
            if not draft.follows(saved):
                raise Conflict(saved)
            self.change(saved, draft.text, draft)
            return saved

    def settle(self, draft: Draft, choice: ConflictChoice, theirs: int) -> _Text:
        """Store what the learner chose, of their text and of version `theirs` of the stored one.

        The text that is dropped is kept for 30 days. Raise `Conflict` if the stored text was
        changed again, and `TooLong`, `ReaderGone`.
        """
        with transaction.atomic():
            saved = self.lock()
            if saved.version == 0:
                self.change(saved, draft.text, draft)
                return saved
            if self.is_settled(saved, draft, choice):
                return saved
            if saved.version != theirs:
                raise Conflict(saved)
            if choice is ConflictChoice.THEIRS:
                self.drop(saved, draft.text)
            elif choice is ConflictChoice.MINE:
                self.drop(saved, saved.text)
                self.change(saved, draft.text, draft)
            else:
                self.change(saved, joined(saved.text, draft.text), draft)
            return saved

    def is_settled(self, saved: _Text, draft: Draft, choice: ConflictChoice) -> bool:
        """Return whether the text is as chosen already, since a form can be sent twice."""
        if choice is ConflictChoice.BOTH:
            return saved.text == draft.text or saved.text.endswith(BETWEEN_TEXTS + draft.text)
        if choice is ConflictChoice.THEIRS:
            return saved.text == draft.text or self.has_dropped(saved, draft.text)
        return saved.text == draft.text

    def change(self, saved: _Text, text: str, draft: Draft | None = None) -> None:
        self.check_length(saved.text, text)
        self.write(saved, text, draft)

    def check_length(self, stored: str, text: str) -> None:
        # Two texts that became one may be longer together. Such a text cannot grow.
        limit = max(self.max_length, len(stored))
        if len(text) > limit:
            raise TooLong(len(text), limit)


def joined(one: str, other: str) -> str:
    """Return both texts, or the one that is not empty."""
    return BETWEEN_TEXTS.join(text for text in (one, other) if text)
