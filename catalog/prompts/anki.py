"""Write questions and answers as Anki's own text import.

The first column is the identity of a question, from which Anki recognises its note. So a later file
updates the texts, and keeps when the card comes back.
"""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from io import StringIO
from uuid import UUID

from django.utils.html import escape
from django.utils.translation import gettext as _

from catalog.models import Entry
from catalog.prompts.models import Source

HEADER = """\
#separator:tab
#html:true
#notetype:Basic
#deck:{deck}
#columns:GUID\tFront\tBack\tTags
#guid column:1
#tags column:4
"""


@dataclass(frozen=True)
class AnkiNote:
    """A question with its answer, in plain text."""

    key: UUID
    question: str
    answer: str
    sources: tuple[Source, ...] = ()
    tags: tuple[str, ...] = ()


def anki_file(notes: Iterable[AnkiNote]) -> str:
    """Return the file that Anki imports, with texts as HTML."""
    # The deck's name is not translated: a later file in another language would make a second deck.
    file = StringIO(HEADER.format(deck="System Design Playbook"))
    file.seek(0, 2)
    rows = csv.writer(file, delimiter="\t", lineterminator="\n", quoting=csv.QUOTE_ALL)
    for note in notes:
        rows.writerow([note.key, _html(note.question), _back(note), " ".join(note.tags)])
    return file.getvalue()


def tags_of(entries: Iterable[Entry]) -> tuple[str, ...]:
    """Return a tag for each layer and section of an article's entries. Tags have no spaces."""
    sections = [entry.section for entry in entries]
    layers = [f"layer::{section.layer.slug}" for section in sections]
    return tuple(dict.fromkeys([*layers, *(f"section::{section.slug}" for section in sections)]))


def _back(note: AnkiNote) -> str:
    links = " · ".join(
        f'<a href="{escape(source.url)}">{escape(source.title)}</a>' for source in note.sources
    )
    answer = _html(note.answer)
    return f"{answer}<br><br>{escape(_('Sources:'))} {links}" if links else answer


def _html(text: str) -> str:
    return "<br>".join(escape(line) for line in text.splitlines())
