"""From the bytes that came to the text of a playbook file, and what was repaired on the way."""

from django.utils.translation import gettext as _

from catalog.playbook_file.reading.parsed_file import Note, Unreadable
from catalog.playbook_file.reading.repair import repaired

SIZE_MAX = 5_000_000
"""In bytes."""


def decoded(content: bytes) -> tuple[str, list[Note]]:
    """Unreadable where it is too large or not UTF-8."""
    if len(content) > SIZE_MAX:
        raise Unreadable(Note(0, _("The file is larger than 5 MB.")))
    notes = []
    try:
        text = content.decode()
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise Unreadable(Note(line, _("The file is not UTF-8: save it as UTF-8."))) from error
    if text.startswith("\ufeff"):
        notes.append(Note(1, _("A byte order mark was left out.")))
        text = text.removeprefix("\ufeff")
    if "\r" in text:
        notes.append(Note(1, _("Windows line ends were replaced.")))
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    lines = text.split("\n")
    mended = [repaired(line) for line in lines]
    for number, (old, new) in enumerate(zip(lines, mended, strict=True), start=1):
        if old != new:
            notes.append(Note(number, _("Text that was decoded wrongly was repaired.")))
    return "\n".join(mended), notes
