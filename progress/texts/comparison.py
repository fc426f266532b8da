"""Compare two texts that a learner wrote, in a bounded time."""

import difflib
import re
from collections.abc import Sequence
from typing import TypeAlias

Piece: TypeAlias = tuple[bool, str]
"""True if the texts differ here, and the text of this side."""

COMPARISONS_MAX = 40_000
"""The number of pairs of lines, or of words, up to which they are compared."""

WORDS = re.compile(r"\w+|\s+|[^\w\s]")


def compare_texts(one: str, other: str) -> tuple[list[Piece], list[Piece]]:
    """Return the pieces of both texts: by line, and by word where lines differ."""
    pieces: tuple[list[Piece], list[Piece]] = ([], [])
    for mine, theirs in differing(one.splitlines(True), other.splitlines(True)):
        if mine == theirs:
            add(pieces, "".join(mine), "".join(theirs), is_different=False)
            continue
        words = [WORDS.findall("".join(lines)) for lines in (mine, theirs)]
        for left, right in differing(*words):
            add(pieces, "".join(left), "".join(right), is_different=left != right)
    return pieces


def add(pieces: tuple[list[Piece], list[Piece]], *texts: str, is_different: bool) -> None:
    for side, text in zip(pieces, texts, strict=True):
        if text:
            side.append((is_different, text))


def differing(
    one: Sequence[str], other: Sequence[str]
) -> list[tuple[Sequence[str], Sequence[str]]]:
    """Split both sequences into parts that are equal or different, in their order."""
    start = common_length(one, other)
    end = common_length(one[start:][::-1], other[start:][::-1])
    middle = one[start : len(one) - end], other[start : len(other) - end]
    tail = one[len(one) - end :]
    head = one[:start]
    return [(head, head), *compared(*middle), (tail, tail)]


def common_length(one: Sequence[str], other: Sequence[str]) -> int:
    pairs = zip(one, other, strict=False)
    length = min(len(one), len(other))
    return next((number for number, (a, b) in enumerate(pairs) if a != b), length)


def compared(one: Sequence[str], other: Sequence[str]) -> list[tuple[Sequence[str], Sequence[str]]]:
    if len(one) * len(other) > COMPARISONS_MAX:
        return [(one, other)]
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    return [(one[i:j], other[k:m]) for _tag, i, j, k, m in matcher.get_opcodes()]
