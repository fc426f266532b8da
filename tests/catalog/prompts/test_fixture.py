"""Every prompt that ships asks one thing, answers it in a few sentences, and names its sources."""

import re
from collections import Counter
from collections.abc import Mapping
from itertools import combinations
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from rapidfuzz.fuzz import token_set_ratio, token_sort_ratio

from catalog.prompts.models import Source, sources_in
from catalog.shipped import rows_of

PROMPTS = list(rows_of("prompts"))
INTERROGATIVE = "(why|when|what|how|which|who|whose|where)"
INTERROGATIVES = re.compile(rf"\b{INTERROGATIVE}\b", re.IGNORECASE)
SECOND_QUESTION = re.compile(rf"(,| and| or) (and |or )?{INTERROGATIVE}\b", re.IGNORECASE)
"""A relative clause after a comma (“, which ...”) looks like one, and is refused as well."""
RECITATION = re.compile(
    r"\b(name|list|enumerate|recite|state)\b (all|the|a|two|three|four|five)\b", re.IGNORECASE
)
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[^a-z])")
MARKDOWN = re.compile(r"[`*]|\]\(|^#|^- ", re.MULTILINE)
DOCUMENTATION = re.compile(
    r"//(www\.rfc-editor\.org|(dx\.)?doi\.org|(docs?|documentation|developers?|learn)\.)"
    r"|/(docs?|documentation|manual|reference|spec|specs)/"
)
OTHER_DOCUMENTATION = (
    "apache.github.io/datasketches-python/", "ccs-specs.icpc.io/", "cheatsheetseries.owasp.org/",
    "dashif.org/dash.js/", "genai.owasp.org/", "github.com/OWASP/ASVS/",
    "github.com/reactive-streams/", "html.spec.whatwg.org/", "kafka.apache.org/",
    "man7.org/linux/", "modelcontextprotocol.io/specification/", "pages.nist.gov/",
    "sre.google/sre-book/", "tikv.org/deep-dive/", "www.freedesktop.org/software/systemd/man/",
    "www.usenix.org/conference/",
)  # fmt: skip
"""Further hosts of documentation, specifications and papers."""


def sources_of(prompt: Mapping[str, Any]) -> list[Source]:
    return sources_in(prompt["source_lines"])


def is_documentation(source: Source) -> bool:
    is_known = source.url.removeprefix("https://").startswith(OTHER_DOCUMENTATION)
    return is_known or bool(DOCUMENTATION.search(source.url))


def test_each_article_has_four_to_six_prompts_in_order() -> None:
    articles = [article["slug"] for article in rows_of("articles")]
    counts = Counter(prompt["article"][0] for prompt in PROMPTS)
    assert len(articles) == 39
    assert list(counts) == articles
    assert set(counts.values()) <= {4, 5, 6}
    for slug, count in counts.items():
        numbers = [prompt["number"] for prompt in PROMPTS if prompt["article"] == [slug]]
        assert numbers == list(range(1, count + 1))


def test_each_prompt_has_an_identity_of_its_own() -> None:
    assert len({UUID(prompt["uuid"]) for prompt in PROMPTS}) == len(PROMPTS)


def test_questions_and_answers_are_short_plain_text() -> None:
    for prompt in PROMPTS:
        question, answer = prompt["question"], prompt["answer"]
        assert 20 <= len(question) <= 200, question
        assert 40 <= len(answer) <= 600, question
        for text in (question, answer):
            assert not MARKDOWN.search(text), text
            assert text == " ".join(text.split())


def test_each_answer_has_one_to_four_sentences() -> None:
    for prompt in PROMPTS:
        assert prompt["answer"].endswith("."), prompt["question"]
        assert 1 <= len(SENTENCE_END.split(prompt["answer"])) <= 4, prompt["question"]


def test_no_question_is_answered_by_yes_or_no() -> None:
    for prompt in PROMPTS:
        *_before, last = SENTENCE_END.split(prompt["question"])
        assert last.endswith("?"), prompt["question"]
        assert INTERROGATIVES.search(last), prompt["question"]


def test_no_prompt_asks_two_questions() -> None:
    for prompt in PROMPTS:
        *before, last = SENTENCE_END.split(prompt["question"])
        assert not any("?" in sentence for sentence in before), prompt["question"]
        assert not SECOND_QUESTION.search(last), prompt["question"]


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("What goes wrong, and why?", True),
        ("Why does nobody notice, and which simple mechanism makes the silence visible?", True),
        ("When should it go on serving them and when must it refuse?", True),
        ("Why, and what closes the gap?", True),
        ("Why may the loss go unnoticed when it comes back?", False),
        ("Why reserve the amount first instead of checking now and debiting later?", False),
    ],
)
def test_what_counts_as_a_second_question(question: str, expected: bool) -> None:
    assert bool(SECOND_QUESTION.search(question)) == expected


def test_no_question_asks_for_a_recitation() -> None:
    assert [prompt for prompt in PROMPTS if RECITATION.search(prompt["question"])] == []


def test_no_two_questions_are_nearly_the_same() -> None:
    texts = [prompt["question"] for prompt in PROMPTS]
    close = [
        pair
        for pair in combinations(texts, 2)
        if token_sort_ratio(*pair) >= 75 or token_set_ratio(*pair) >= 80
    ]
    assert close == []


def test_each_prompt_has_one_to_three_sources_and_one_of_them_is_primary() -> None:
    for prompt in PROMPTS:
        sources = sources_of(prompt)
        assert 1 <= len(sources) <= 3, prompt["question"]
        assert any(map(is_documentation, sources)), prompt["question"]
        assert all(urlsplit(source.url).scheme == "https" for source in sources)
        assert all(source.title != source.url for source in sources)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("https://www.rfc-editor.org/rfc/rfc9110#section-13", True),
        ("https://doi.org/10.1145/2377677.2377760", True),
        ("https://docs.example.org/locks", True),
        ("https://www.postgresql.org/docs/current/wal.html", True),
        ("https://blog.example.org/why-docs", False),
        ("https://medium.com/@someone/locks", False),
    ],
)
def test_what_counts_as_documentation(source: str, expected: bool) -> None:
    assert is_documentation(Source("A", source)) == expected
