"""Each part of a case is refused with the line that is wrong, and how to write it."""

import re
from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from catalog.cases.case_lines import sentences_in
from catalog.cases.forms import default_stages
from catalog.cases.models import Case
from catalog.cases.validation import validate_stages
from tests.catalog.cases.conftest import PARTS

pytestmark = pytest.mark.same_everywhere
QUESTIONS, STAGES, RUBRIC = (PARTS[f"{name}_lines"] for name in ("question", "stage", "rubric"))


def test_a_case_without_a_mistake_is_accepted(add: Callable[..., Case]) -> None:
    case = add()
    assert [question.answer for question in case.questions] == [
        "Ten minutes.",
        "Never.",
        "The organiser.",
    ]
    assert sum(stage.minutes for stage in case.stages) == 50
    assert [str(line.criterion.label) for line in case.rubric][-1] == "Deep dive"


def test_a_new_case_begins_with_stages_that_fit() -> None:
    validate_stages(default_stages())


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("brief", "Design a shop.", "The brief has 1 sentence. Write two to four."),
        ("brief", "A. B. C. D. E.", "The brief has 5 sentences. Write two to four."),
        ("question_lines", "", "This field cannot be blank."),
        (
            "question_lines",
            f"{QUESTIONS}\n\nHow much?",
            "“How much?” has no answer. Write the answer on the next line.",
        ),
        ("question_lines", "A?\nB.\n\nC?\nD.", "Write at least 3 questions"),
        ("question_lines", f"{QUESTIONS}\n\nWho sets prices?\nI.", "“Who sets prices?” is there"),
        ("stage_lines", f"{STAGES}\nLunch: 5", "“Lunch: 5” is not a stage with its minutes"),
        ("stage_lines", f"{STAGES}\nWrap-up: five", "“Wrap-up: five” is not a stage"),
        ("stage_lines", f"{STAGES}\ninterface: 5", "“Interface” is there twice."),
        ("stage_lines", f"{STAGES}\nWrap-up: 0", "“Wrap-up” has no minutes. Leave its line out."),
        ("stage_lines", f"{STAGES}\nWrap-up: 5", "The minutes add up to 50 instead of 45."),
        ("rubric_lines", f"{RUBRIC}\nSpeed: Fast.", "“Speed: Fast.” is not a criterion"),
        ("rubric_lines", f"{RUBRIC}\nTrade-offs:", "“Trade-offs:” is not a criterion"),
        ("rubric_lines", f"{RUBRIC}\nInterface: More.", "“Interface” is there twice."),
        ("rubric_lines", RUBRIC.partition("\n")[2], "Write at least 5 lines"),
        ("rubric_lines", RUBRIC.replace("Deep dive", "Trade-offs"), "“Deep dive: …” is missing."),
        (
            "estimate_lines",
            "Holds: 60,000 ÷ 600 s = 100 /s\nWrites a second: 10M × 2 ÷ 86,400 s = 321 /s",
            "“Writes a second”: 10M × 2 ÷ 86,400 is 231, not 321.",
        ),
        ("estimate_lines", "About 100 a second", "“About 100 a second”: Write the line as"),
        ("estimate_input_lines", "users", "“users” is not an input. Write the name, a colon"),
        ("estimate_input_lines", "people: 10M", "“people” is not a field of the estimates page."),
        ("estimate_input_lines", "users: many", "users: “many” is not a number."),
        ("estimate_input_lines", "users: 1M\nusers: 2M", "“users” is there twice."),
        ("diagram", "client -> gateway\nclient <- db", "Line 2: "),
        ("deep_dives", "### One\n\nText.", "There is 1 heading such as"),
        ("deep_dives", "### A\n\n### B\n\n### C", "There are 3 headings such as"),
        ("deep_dives", "### A\n\n## B", "Write “### B”: each deep dive has a heading"),
        ("deep_dives", "### A\n\n### A", "“A” is there twice."),
        ("deep_dives", "No heading.", "There are 0 headings such as"),
        (
            "article_lines",
            "payment-wallet\nno-such",
            "“no-such” is not an article of the playbook.",
        ),
        ("article_lines", "payment-wallet\npayment-wallet", "“payment-wallet” is there twice."),
        ("twist_minute", 45, "less than or equal to 44"),
    ],
)
def test_a_part_with_a_mistake_is_refused(
    add: Callable[..., Case], name: str, text: object, message: str
) -> None:
    with pytest.raises(ValidationError, match=re.escape(message)) as refused:
        add(**{name: text})
    assert list(refused.value.message_dict) == [name]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("brief", "Keys (e.g. of 10 tenants) are revoked. It takes a minute."),
        ("brief", "It ends. “Quoted.” Does it? Yes."),
        ("stage_lines", f"{STAGES}\nestimates: 7".replace("Estimates: 5\n", "")),
        ("deep_dives", "### A\n\n```\n# comment\n### no heading\n```\n\n### B #\n"),
        ("deep_dives", ""),
        ("article_lines", ""),
    ],
)
def test_a_part_that_looks_unusual_is_accepted(
    add: Callable[..., Case], name: str, text: str
) -> None:
    assert getattr(add(**{name: text}), name) == text


def test_a_sentence_keeps_its_quotation_marks_and_abbreviations() -> None:
    text = " Design a chat (e.g. Signal).  She says “go.” Does it,\ni.e. Now? yes. Yes"
    assert sentences_in(text) == [
        "Design a chat (e.g. Signal).",
        "She says “go.”",
        "Does it,\ni.e. Now? yes.",
        "Yes",
    ]
