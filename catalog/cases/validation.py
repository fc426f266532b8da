"""Check the parts of a case, and say which line is wrong and how to write it."""

import re
from collections import Counter
from collections.abc import Callable, Iterable
from typing import TypeVar

from django.core.exceptions import ValidationError
from django.utils.text import get_text_list
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy

from catalog.cases.case_lines import (
    inputs_in,
    lines_in,
    questions_in,
    rubric_in,
    sentences_in,
    stages_in,
)
from catalog.cases.estimates import arithmetic
from catalog.cases.estimates.forms import check_inputs
from catalog.cases.stages import MINUTES, STAGES_OF, Criterion, Stage, StageOrder
from catalog.models import Article
from playbook.diagrams.language import parse

_Rows = TypeVar("_Rows")

SENTENCES_MIN, SENTENCES_MAX = 2, 4
QUESTIONS_MIN = 3
RUBRIC_MIN = 5
DEEP_DIVES = 2
FENCED = re.compile(r"^(`{3,}|~{3,}).*?^\1[`~]*\s*$", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?[\s#]*$", re.MULTILINE)


def validate_brief(text: str) -> None:
    count = len(sentences_in(text))
    if not SENTENCES_MIN <= count <= SENTENCES_MAX:
        message = ngettext_lazy(
            "The brief has %(count)d sentence. Write two to four.",
            "The brief has %(count)d sentences. Write two to four.",
            "count",
        )
        raise ValidationError(message, params={"count": count})


def validate_questions(text: str) -> None:
    message = _("“%(line)s” has no answer. Write the answer on the next line.")
    questions = _read(questions_in, text, message)
    if len(questions) < QUESTIONS_MIN:
        message = _("Write at least %(count)d questions, with an empty line between them.")
        raise ValidationError(message, params={"count": QUESTIONS_MIN})
    _refuse_twice(question.question for question in questions)


def validate_stages(text: str) -> None:
    message = _(
        "“%(line)s” is not a stage with its minutes, such as “High-level design: 12”. "
        "The stages are %(names)s."
    )
    stages = _read(stages_in, text, message, names=_names(Stage.choices))
    _refuse_twice(str(stage.stage.label) for stage in stages)
    if empty := next((stage for stage in stages if not stage.minutes), None):
        message = _("“%(name)s” has no minutes. Leave its line out.")
        raise ValidationError(message, params={"name": empty.stage.label})
    interview = STAGES_OF[StageOrder.INTERVIEW]
    total = sum(stage.minutes for stage in stages if stage.stage in interview)
    if total != MINUTES:
        message = _(
            "The minutes add up to %(total)d instead of %(minutes)d. Estimates do not count: "
            "they belong to the classic order."
        )
        raise ValidationError(message, params={"total": total, "minutes": MINUTES})


def validate_rubric(text: str) -> None:
    message = _(
        "“%(line)s” is not a criterion with what the full score shows, such as “Interface: Every "
        "call that changes data has an idempotency key.” The criteria are %(names)s."
    )
    rubric = _read(rubric_in, text, message, names=_names(Criterion.choices))
    _refuse_twice(str(line.criterion.label) for line in rubric)
    if len(rubric) < RUBRIC_MIN:
        message = _("Write at least %(count)d lines, each with another criterion.")
        raise ValidationError(message, params={"count": RUBRIC_MIN})
    if Criterion.DEEP_DIVE not in {line.criterion for line in rubric}:
        message = _("The line “%(name)s: …” is missing.")
        raise ValidationError(message, params={"name": Criterion.DEEP_DIVE.label})


def validate_deep_dives(text: str) -> None:
    headings = HEADING.findall(FENCED.sub("", text))
    for level, title in headings:
        if level != "###" or not title:
            message = _("Write “### %(title)s”: each deep dive has a heading with three “#”.")
            raise ValidationError(message, params={"title": title or "…"})
    if text.strip() and len(headings) != DEEP_DIVES:
        message = ngettext_lazy(
            "There is %(count)d heading such as “### Holding a seat”. Write two deep dives.",
            "There are %(count)d headings such as “### Holding a seat”. Write two deep dives.",
            "count",
        )
        raise ValidationError(message, params={"count": len(headings)})
    _refuse_twice(title for _level, title in headings)


def validate_estimates(text: str) -> None:
    """Recompute each line, and refuse all that are wrong, each by its label."""
    errors = []
    for line in lines_in(text):
        try:
            arithmetic.check(line)
        except ValidationError as error:
            label = line.partition(":")[0]
            errors += [ValidationError(f"“{label}”: {reason}") for reason in error.messages]
    if errors:
        raise ValidationError(errors)


def validate_estimate_inputs(text: str) -> None:
    message = _("“%(line)s” is not an input. Write the name, a colon and the value: “users: 10M”.")
    inputs = _read(inputs_in, text, message)
    _refuse_twice(line.partition(":")[0].strip() for line in lines_in(text))
    check_inputs(inputs)


def validate_diagram(text: str) -> None:
    problems = parse(text).problems
    if problems:
        message = _("Line %(line)d: %(message)s.")
        raise ValidationError(
            [
                ValidationError(message, params={"line": each.line, "message": each.message})
                for each in problems
            ]
        )


def validate_articles(text: str) -> None:
    slugs = list(lines_in(text))
    _refuse_twice(slugs)
    known = set(Article.objects.filter(slug__in=slugs).values_list("slug", flat=True))
    message = _(
        "“%(line)s” is not an article of the playbook. Write the last part of the address of its "
        "page, or paste the address."
    )
    errors = [
        ValidationError(message, params={"line": slug}) for slug in slugs if slug not in known
    ]
    if errors:
        raise ValidationError(errors)


def _read(read: Callable[[str], _Rows], text: str, message: object, **params: object) -> _Rows:
    """Return the rows of the text, or refuse it with the line that cannot be read."""
    try:
        return read(text)
    except ValueError as error:
        params["line"] = str(error)
        raise ValidationError(message, params=params) from error  # type: ignore[arg-type]  # the stubs ask for values of one type


def _names(choices: Iterable[tuple[object, object]]) -> str:
    return str(get_text_list([str(label) for _value, label in choices], _("and")))


def _refuse_twice(names: Iterable[str]) -> None:
    counts = Counter(names)
    if twice := next((name for name, count in counts.items() if count > 1), ""):
        raise ValidationError(_("“%(name)s” is there twice."), params={"name": twice})
