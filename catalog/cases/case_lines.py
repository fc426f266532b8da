"""Read the texts in which editors write the parts of a case, a line or a block each.

Those that read lines raise `ValueError` with the one that they cannot read.
"""

import re
from collections.abc import Iterator
from itertools import pairwise
from typing import NamedTuple, TypeVar

from django.db.models import TextChoices

from catalog.cases.stages import Criterion, Stage

_Choice = TypeVar("_Choice", bound=TextChoices)

SENTENCE_END = re.compile(r"(?<=[.!?])(?<!e\.g\.)(?<!i\.e\.)([”’\")]*)\s+(?=[^a-z])")


class Question(NamedTuple):
    """A question that a candidate may ask, and the interviewer's answer."""

    question: str
    answer: str


class StageMinutes(NamedTuple):
    stage: Stage
    minutes: int


class RubricLine(NamedTuple):
    criterion: Criterion
    text: str
    """The evidence that a score of 3 needs."""


def sentences_in(text: str) -> list[str]:
    """Return the sentences of a text, each with the quotation marks that close it."""
    text = text.strip()
    ends = [end.end(1) for end in SENTENCE_END.finditer(text)]
    return [text[begin:end].strip() for begin, end in pairwise([0, *ends, len(text)])]


def lines_in(text: str) -> Iterator[str]:
    return filter(None, map(str.strip, text.splitlines()))


def questions_in(text: str) -> list[Question]:
    """Return the questions of blocks: a question on the first line, its answer below it."""
    questions = []
    for block in re.split(r"\n\s*\n", text.strip()):
        question, _newline, answer = block.strip().partition("\n")
        if question and not answer.strip():
            raise ValueError(question)
        if question:
            questions.append(Question(question.strip(), " ".join(answer.split())))
    return questions


def stages_in(text: str) -> list[StageMinutes]:
    """Return the stages of lines such as “High-level design: 12”, in minutes."""
    stages = []
    for line in lines_in(text):
        label, _colon, minutes = line.rpartition(":")
        if not (minutes.strip().isascii() and minutes.strip().isdigit()):
            raise ValueError(line)
        stages.append(StageMinutes(named(Stage, label, line), int(minutes)))
    return stages


def rubric_in(text: str) -> list[RubricLine]:
    """Return the lines of a rubric such as “Interface: Every call that changes data has a key”."""
    rubric = []
    for line in lines_in(text):
        label, _colon, shows = line.partition(":")
        if not shows.strip():
            raise ValueError(line)
        rubric.append(RubricLine(named(Criterion, label, line), shows.strip()))
    return rubric


def inputs_in(text: str) -> dict[str, str]:
    """Return the fields of the estimates page from lines such as “users: 10M”."""
    inputs = {}
    for line in lines_in(text):
        name, colon, value = line.partition(":")
        if not colon or not value.strip():
            raise ValueError(line)
        inputs[name.strip()] = value.strip()
    return inputs


def named(choices: type[_Choice], label: str, line: str) -> _Choice:
    """Return the member with this name or English label."""
    key = label.strip().casefold().replace("-", " ").replace("_", " ")
    for choice in choices:
        if key == choice.value.replace("_", " ") or key == label_of(choice):
            return choice
    raise ValueError(line)


def label_of(choice: TextChoices) -> str:
    return str(choice.label).casefold().replace("-", " ")
