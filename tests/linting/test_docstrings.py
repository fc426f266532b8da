"""Docstrings begin as a reader expects, and an exception to a rule has its reason beside it."""

import re

import pytest

from tests.playbook.program import ROOT

pytestmark = pytest.mark.same_everywhere

FOLDERS = ("accounts", "bench", "catalog", "docs", "playbook", "progress", "tests")
QUESTION = re.compile(
    r'^ *r?"""((Another|How|Likewise|Of|So many|What|When|Where|Whether|Which|Who|Whose|Why'
    r"|(At|By|From|In|On|To) (how|what|which|whom))\b.*)",
    re.MULTILINE,
)


def test_docstrings_are_statements_and_not_questions() -> None:
    """A function returns or does something, and a class, a module or a value is a noun."""
    begins = {
        f"{file.relative_to(ROOT)}: {match[1]}"
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.py")
        for match in QUESTION.finditer(file.read_text())
    }
    assert begins == set()


def test_each_exception_to_a_rule_has_its_reason_beside_it() -> None:
    bare = re.compile(r"# (?:noqa: [A-Z0-9, ]+|type: ignore\[[a-z,-]+\])\s*$", re.MULTILINE)
    without_reason = [
        f"{file.relative_to(ROOT)}: {match[0]}"
        for folder in FOLDERS
        for file in (ROOT / folder).rglob("*.py")
        for match in bare.finditer(file.read_text())
    ]
    assert without_reason == []
