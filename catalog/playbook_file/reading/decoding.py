"""Decode the bytes of a playbook file, and repair text that was decoded wrongly before."""

import re

from django.utils.translation import gettext as _

from catalog.playbook_file.reading.parsed_file import Note, Unreadable
from catalog.playbook_file.reading.repair import repaired

# As they are, and as they look when they were read as another encoding.
MARKS = re.compile(r"^(?:\ufeff|Ôªø|ï»¿)+", re.MULTILINE)
SIZE_MAX = 5_000_000
"""In bytes."""


def text_of(content: bytes) -> str:
    """Return the text as it is. Raise `Unreadable` if it is too large or not UTF-8."""
    if len(content) > SIZE_MAX:
        raise Unreadable(Note(0, _("The file is larger than 5 MB.")))
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            Note(line, _("The file is not UTF-8. Save it as UTF-8 and try again."))
        ) from error


def repaired_text(text: str) -> tuple[str, list[Note]]:
    """Return the text of a Markdown file and a note for each repair."""
    notes: list[Note] = []
    text = _without_marks(text, notes)
    if "\r" in text:
        notes.append(Note(1, _("Windows line endings were replaced.")))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    mended = repaired(text)
    lines = zip(text.split("\n"), mended.split("\n"), strict=True)
    for number, (old, new) in enumerate(lines, start=1):
        if old != new:
            notes.append(Note(number, _("Wrongly decoded text was repaired.")))
    return _without_marks(mended, notes), notes


def _without_marks(text: str, notes: list[Note]) -> str:
    """Remove byte order marks from the beginnings of lines, where joined files leave them."""
    for mark in MARKS.finditer(text):
        line = text.count("\n", 0, mark.start()) + 1
        notes.append(Note(line, _("A byte order mark was removed.")))
    return MARKS.sub("", text)
