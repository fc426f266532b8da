"""Decode the bytes of a playbook file, and repair text that was decoded wrongly before."""

from django.utils.translation import gettext as _

from catalog.playbook_file.reading.parsed_file import Note, Unreadable
from catalog.playbook_file.reading.repair import repaired

SIZE_MAX = 5_000_000
"""In bytes."""


def decoded(content: bytes) -> tuple[str, list[Note]]:
    """Return the text and a note for each repair.

    Raise `Unreadable` if the content is too large or not UTF-8.
    """
    if len(content) > SIZE_MAX:
        raise Unreadable(Note(0, _("The file is larger than 5 MB.")))
    notes = []
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(
            Note(line, _("The file is not UTF-8. Save it as UTF-8 and try again."))
        ) from error
    if text.startswith("\ufeff"):
        notes.append(Note(1, _("A byte order mark was removed.")))
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        notes.append(Note(1, _("Windows line endings were replaced.")))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    mended = [repaired(line) for line in lines]
    for number, (old, new) in enumerate(zip(lines, mended, strict=True), start=1):
        if old != new:
            notes.append(Note(number, _("Wrongly decoded text was repaired.")))
    return "\n".join(mended), notes
