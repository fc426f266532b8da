"""A practice session as Markdown, for a reviewer of any kind."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from catalog.cases.case_lines import RubricLine
from progress.practice.models import POINTS_MAX
from progress.practice.record import PracticeRecord

BACKTICKS = re.compile("`+")


def markdown_of(record: PracticeRecord) -> str:
    """Return the brief, the twist, what was written and drawn, and the rubric to fill in.

    Neither the points that were given already nor the reference are in it, so that they do not
    influence who reads it.
    """
    copy = record.practice_session.copy
    minutes = record.practice_session.length_minutes
    written = [_section(stage.title, _fenced(stage.text)) for stage in record.stage_texts]
    parts = [
        f"# {copy.title}",
        _("A system design interview of %(minutes)s minutes.") % {"minutes": minutes},
        _section(_("The interviewer"), copy.brief),
        _section(_("The twist"), copy.twist),
        *written,
        _section(_("Drawing"), _fenced(record.drawing)),
        _section(_("Rubric"), "\n".join(map(_rubric_line, copy.rubric))),
        _(
            "Please give each line 0 to %(most)s points (0 missing, 3 in full), each with the "
            "words above that earned them, and say what you would work on first."
        )
        % {"most": POINTS_MAX},
    ]
    return "\n\n".join(parts) + "\n"


def _section(title: str, text: str) -> str:
    return f"## {title}\n\n{text}"


def _fenced(text: str) -> str:
    """Return the text in a code block whose fence is longer than any in the text."""
    if not text.strip():
        return "–"
    longest = max(map(len, BACKTICKS.findall(text)), default=0)
    fence = "`" * max(longest + 1, 3)
    return f"{fence}\n{text.rstrip()}\n{fence}"


def _rubric_line(line: RubricLine) -> str:
    weight = " ×2" if line.criterion.weight == 2 else ""
    return f"- **{line.criterion.label}{weight}** (0–{POINTS_MAX}): {line.text}"
