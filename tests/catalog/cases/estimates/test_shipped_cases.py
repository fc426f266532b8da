"""The cases that ship: every line of arithmetic adds up, and the form takes every preset."""

import json
from typing import Any

import pytest
from django.conf import settings

from catalog.cases.case_lines import inputs_in
from catalog.cases.estimates import arithmetic
from catalog.cases.estimates.forms import check_inputs

CASES: list[dict[str, Any]] = [
    row["fields"] for row in json.loads((settings.BASE_DIR / "fixtures" / "cases.json").read_text())
]
BY_SLUG = [pytest.param(case, id=case["slug"]) for case in CASES]


@pytest.mark.parametrize("case", BY_SLUG)
def test_every_estimate_of_a_shipped_case_adds_up(case: dict[str, Any]) -> None:
    assert arithmetic.check_lines(case["estimate_lines"].splitlines())


@pytest.mark.parametrize("case", BY_SLUG)
def test_the_inputs_of_a_shipped_case_are_a_preset(case: dict[str, Any]) -> None:
    inputs = inputs_in(case["estimate_input_lines"])
    assert inputs["users"]
    check_inputs(inputs)
