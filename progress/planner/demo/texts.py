"""The texts of the demonstration's learner (`fixtures/demo.json`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from django.conf import settings

FILE = settings.BASE_DIR / "fixtures" / "demo.json"


class Study(NamedTuple):
    """The report with which one article was finished."""

    key_points: str
    confidence: int
    minutes: int


class Texts(NamedTuple):
    """All texts of the demonstration's learner."""

    studies: Sequence[Study]
    """The reports, in the order in which the learner reads."""
    notes: Sequence[str]
    scratches: Mapping[str, str]
    """The text of each stage of an interview, by the name of the stage; the drawing comes last."""
    quotes: Mapping[str, str]
    """The words that earned points, by criterion. A criterion without any got none."""
    pause: str
    """The reason why an interview was paused."""
    own_item: str
    """The title of the learner's own item."""


def read_texts() -> Texts:
    stored: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    return Texts(
        [Study(**{**row, "key_points": joined(row["key_points"])}) for row in stored["studies"]],
        [joined(lines) for lines in stored["notes"]],
        {stage: joined(lines) for stage, lines in stored["scratches"].items()},
        stored["quotes"],
        stored["pause"],
        stored["own_item"],
    )


def joined(lines: Sequence[str]) -> str:
    """Return the lines as one text; JSON keeps them apart, so that changes are seen."""
    return "\n".join(lines)
