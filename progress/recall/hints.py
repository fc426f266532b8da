"""Find what a typed answer does not mention. It is a hint, never a verdict."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rapidfuzz import fuzz, process

from catalog.search.search_index import fold_text

PART_END = re.compile(r"(?<=[.!?;:])\s+|(?<=,)\s+(?=(?:and|but|so|or|which|because|while)\b)")
WORD = re.compile(r"\w+")
SHORTEST_WORD = 4
SAME_WORD = 78
"""The similarity, of at most 100, from which two words are taken for the same."""
MENTIONED = 0.34
"""The share of a part's words from which it is taken as mentioned."""


@dataclass(frozen=True)
class AnswerPart:
    """A part of the right answer, and whether the typed answer leaves it out."""

    text: str
    is_missing: bool = False


def parts_of(answer: str, points: Sequence[str] = ()) -> list[str]:
    """Return the parts in which an answer is compared: its points, or else its clauses."""
    return list(points) or PART_END.split(answer.strip())


def compare(typed: str, answer: str, points: Sequence[str] = ()) -> list[AnswerPart]:
    """Return the parts of the answer. None is missing if nothing was typed."""
    parts = parts_of(answer, points)
    typed_words = _words(typed)
    if not typed_words:
        return [AnswerPart(part) for part in parts]
    return [AnswerPart(part, is_missing=not _is_mentioned(part, typed_words)) for part in parts]


def _is_mentioned(part: str, typed_words: list[str]) -> bool:
    words = [word for word in _words(part) if len(word) >= SHORTEST_WORD] or _words(part)
    matches = sum(
        process.extractOne(word, typed_words, scorer=fuzz.ratio, score_cutoff=SAME_WORD) is not None
        for word in words
    )
    return not words or matches / len(words) >= MENTIONED


def _words(text: str) -> list[str]:
    return unique(WORD.findall(fold_text(text)))


def unique(words: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(words))
