"""The kinds of change in the catalogue, and how a change is shown."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from enum import StrEnum

from django.utils.translation import gettext_lazy as _

COMPARED_FROM = 0.3
"""Texts that share at least this part of their words are compared word by word."""
WORDS = re.compile(r"\s+|\w+|[^\w\s]")


class ChangeKind(StrEnum):
    NEW = "new"
    BACK = "back"
    RETIRED = "retired"
    RETITLED = "retitled"
    DESCRIBED = "described"
    ADDRESS = "address"
    JOINED = "joined"
    STATUS = "status"
    MOVED = "moved"
    RENUMBERED = "renumbered"
    LISTED = "listed"
    UNLISTED = "unlisted"
    RENAMED = "renamed"
    PLACED = "placed"
    ASKED = "asked"
    ASKED_AGAIN = "asked again"
    NOT_ASKED = "not asked"
    QUESTION = "question"
    ANSWER = "answer"
    SOURCES = "sources"
    BRIEF = "brief"
    QUESTIONS = "questions"
    STAGES = "stages"
    TWIST = "twist"
    RUBRIC = "rubric"
    REQUIREMENTS = "requirements"
    ESTIMATES = "estimates"
    INTERFACE = "interface"
    DATA_MODEL = "data model"
    DIAGRAM = "diagram"
    DEEP_DIVES = "deep dives"
    FAILURE_MODES = "failure modes"
    TRADE_OFFS = "trade-offs"
    ARTICLES = "articles"
    MINUTES = "minutes"
    REQUIRED = "required"
    REQUIRED_AGAIN = "required again"
    NOT_REQUIRED = "not required"
    REASON = "reason"

    @property
    def label(self) -> str:
        return str(LABELS[self])


LABELS = {
    ChangeKind.NEW: _("New"),
    ChangeKind.BACK: _("Restored"),
    ChangeKind.RETIRED: _("Retired"),
    ChangeKind.RETITLED: _("Title"),
    ChangeKind.DESCRIBED: _("What you’ll learn"),
    ChangeKind.ADDRESS: _("Link"),
    ChangeKind.JOINED: _("Also known as"),
    ChangeKind.STATUS: _("Status"),
    ChangeKind.MOVED: _("Moved"),
    ChangeKind.RENUMBERED: _("Number"),
    ChangeKind.LISTED: _("Also listed"),
    ChangeKind.UNLISTED: _("No longer listed"),
    ChangeKind.RENAMED: _("Name"),
    ChangeKind.PLACED: _("In"),
    ChangeKind.ASKED: _("New prompt"),
    ChangeKind.ASKED_AGAIN: _("Restored prompt"),
    ChangeKind.NOT_ASKED: _("Retired prompt"),
    ChangeKind.QUESTION: _("Question"),
    ChangeKind.ANSWER: _("Answer"),
    ChangeKind.SOURCES: _("Sources"),
    ChangeKind.BRIEF: _("Brief"),
    ChangeKind.QUESTIONS: _("Clarifying questions"),
    ChangeKind.STAGES: _("Stages"),
    ChangeKind.TWIST: _("Twist"),
    ChangeKind.RUBRIC: _("Rubric"),
    ChangeKind.REQUIREMENTS: _("Requirements"),
    ChangeKind.ESTIMATES: _("Estimates"),
    ChangeKind.INTERFACE: _("Interface"),
    ChangeKind.DATA_MODEL: _("Data model"),
    ChangeKind.DIAGRAM: _("Diagram"),
    ChangeKind.DEEP_DIVES: _("Deep dives"),
    ChangeKind.FAILURE_MODES: _("Failure modes"),
    ChangeKind.TRADE_OFFS: _("Trade-offs"),
    ChangeKind.ARTICLES: _("Articles"),
    ChangeKind.MINUTES: _("Reading minutes"),
    ChangeKind.REQUIRED: _("New prerequisite"),
    ChangeKind.REQUIRED_AGAIN: _("Restored prerequisite"),
    ChangeKind.NOT_REQUIRED: _("Retired prerequisite"),
    ChangeKind.REASON: _("Reason"),
}


@dataclass(frozen=True, slots=True)
class FieldChange:
    kind: ChangeKind
    old: str = ""
    new: str = ""
    where: str = ""
    """The section of the entry, the question of the prompt, or the required article, that changed.
    Empty for a change of the article."""

    @property
    def is_whole(self) -> bool:
        """True if the whole row is new, restored or retired."""
        return self.kind in {ChangeKind.NEW, ChangeKind.BACK, ChangeKind.RETIRED}

    @property
    def words(self) -> list[tuple[str, str]]:
        """The comparison by word: pairs of `same`, `old` or `new`, and text."""
        old, new = WORDS.findall(self.old), WORDS.findall(self.new)
        matcher = difflib.SequenceMatcher(None, old, new, False)
        words = [{text for text in texts if text.isalnum()} for texts in (old, new)]
        if len(set.intersection(*words)) < COMPARED_FROM * max(map(len, words)):
            return [piece for piece in (("old", self.old), ("new", self.new)) if piece[1]]
        pieces = []
        for tag, i, j, k, m in matcher.get_opcodes():
            if tag == "equal":
                pieces.append(("same", "".join(old[i:j])))
            else:
                pieces += [("old", "".join(old[i:j])), ("new", "".join(new[k:m]))]
        return [piece for piece in pieces if piece[1]]
