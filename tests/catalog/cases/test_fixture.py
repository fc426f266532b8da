"""Every case that ships is whole, its numbers add up, and no two say the same."""

from collections.abc import Mapping
from itertools import combinations
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import ValidationError
from rapidfuzz.fuzz import token_sort_ratio

from catalog.cases.case_lines import inputs_in, lines_in, questions_in, rubric_in, stages_in
from catalog.cases.estimates.arithmetic import check
from catalog.cases.models import BRIEF_MAX_LENGTH, Case
from catalog.cases.stages import MINUTES, STAGES_OF, Criterion, Stage, StageOrder
from catalog.cases.validation import validate_articles, validate_estimate_inputs
from catalog.shipped import rows_of
from playbook.diagrams.language import parse
from playbook.diagrams.svg import draw

CASES = list(rows_of("cases"))
SUBJECTS = {
    "ticket-booking", "payment-wallet", "home-timeline", "notification-fan-out",
    "real-time-view-counter", "distributed-task-scheduler", "content-aggregator", "online-forum",
    "code-execution", "coding-contest", "log-platform", "api-key-revocation",
}  # fmt: skip
PARTS = [
    field
    for field in Case._meta.get_fields()
    if field.name in CASES[0] and field.name not in {"uuid", "slug", "number", "article_lines"}
]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["slug"] for case in CASES])


def test_twelve_subjects_ship_in_order_with_identities() -> None:
    assert {case["slug"] for case in CASES} == SUBJECTS
    assert [case["number"] for case in CASES] == list(range(1, len(CASES) + 1))
    assert len({UUID(case["uuid"]) for case in CASES}) == len(SUBJECTS)


@each_case
def test_every_part_is_there_and_valid(case: Mapping[str, Any]) -> None:
    for field in PARTS:
        value = case[field.name]
        assert value, field.name
        field.clean(value, None)  # type: ignore[union-attr]  # not a relation
        length = getattr(field, "max_length", None)
        assert not length or len(value) <= length, field.name
    assert len(case["twist"]) <= BRIEF_MAX_LENGTH
    assert 6 <= len(questions_in(case["question_lines"])) <= 8
    assert 20 <= case["twist_minute"] <= 30


@each_case
def test_the_stages_take_45_minutes_in_both_orders(case: Mapping[str, Any]) -> None:
    minutes = {stage.stage: stage.minutes for stage in stages_in(case["stage_lines"])}
    interview = STAGES_OF[StageOrder.INTERVIEW]
    assert sum(minutes.get(stage, 0) for stage in interview) == MINUTES
    assert minutes[Stage.ESTIMATES] > 0


@each_case
def test_every_criterion_has_its_line(case: Mapping[str, Any]) -> None:
    rubric = rubric_in(case["rubric_lines"])
    assert [line.criterion for line in rubric] == list(Criterion)


@each_case
def test_the_estimates_add_up(case: Mapping[str, Any]) -> None:
    lines = list(lines_in(case["estimate_lines"]))
    assert 5 <= len(lines) <= 9
    for line in lines:
        check(line)


@each_case
def test_the_diagram_is_drawn(case: Mapping[str, Any]) -> None:
    drawing = parse(case["diagram"])
    assert 6 <= len(drawing.nodes) <= 16
    assert "<svg" in draw(drawing, case["title"])


@pytest.mark.parametrize("case", CASES[:2])
def test_a_wrong_result_would_be_seen(case: Mapping[str, Any]) -> None:
    label, _colon, calculation = case["estimate_lines"].splitlines()[0].partition(": ")
    with pytest.raises(ValidationError):
        check(f"{label}: 2 × {calculation}")


@each_case
def test_inputs_are_those_of_the_estimates_page(case: Mapping[str, Any]) -> None:
    assert "users" in inputs_in(case["estimate_input_lines"])
    validate_estimate_inputs(case["estimate_input_lines"])


def test_the_articles_exist(playbook: None) -> None:
    for case in CASES:
        assert 3 <= len(list(lines_in(case["article_lines"]))) <= 6, case["slug"]
        validate_articles(case["article_lines"])


def test_no_two_lines_of_the_rubrics_say_the_same() -> None:
    lines = [(case["slug"], line) for case in CASES for line in rubric_in(case["rubric_lines"])]
    for (_slug, one), (slug, other) in combinations(lines, 2):
        likeness = token_sort_ratio(one.text, other.text)
        assert likeness < 70, f"{slug}: {one.text} / {other.text}"


def test_no_two_cases_ask_the_same() -> None:
    questions = [
        question.question for case in CASES for question in questions_in(case["question_lines"])
    ]
    assert len(set(questions)) == len(questions)


@each_case
def test_the_reference_is_read_in_about_ten_minutes(case: Mapping[str, Any]) -> None:
    names = ("requirements", "interface", "data_model", "deep_dives", "failure_modes", "trade_offs")
    words = sum(len(case[name].split()) for name in names)
    assert 900 <= words <= 2200
