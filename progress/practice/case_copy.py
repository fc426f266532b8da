"""The case of a practice session as it was at its start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from catalog.cases.case_lines import Question, RubricLine
from catalog.cases.models import Case
from catalog.cases.stages import Criterion


@dataclass(frozen=True)
class CaseCopy:
    """The copy of a case that a session keeps, so that a later edit does not change it."""

    title: str
    brief: str
    questions: Sequence[Question]
    twist: str
    rubric: Sequence[RubricLine]

    @classmethod
    def of(cls, case: Case) -> CaseCopy:
        return cls(case.title, case.brief, case.questions, case.twist, case.rubric)

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> CaseCopy:
        return cls(
            title=stored["title"],
            brief=stored["brief"],
            questions=[Question(*pair) for pair in stored["questions"]],
            twist=stored["twist"],
            rubric=[RubricLine(Criterion(name), text) for name, text in stored["rubric"]],
        )

    def as_json(self) -> dict[str, object]:
        """Return what `from_json` reads, as `PracticeSession.case_at_start` stores it."""
        return {
            "title": self.title,
            "brief": self.brief,
            "questions": [list(question) for question in self.questions],
            "twist": self.twist,
            "rubric": [[line.criterion.value, line.text] for line in self.rubric],
        }
