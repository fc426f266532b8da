"""Decide whether two titles may name the same article."""

from collections.abc import Iterable
from itertools import product

from rapidfuzz import fuzz

from catalog.identity import folded

ALIKE = 80
"""The score, of 100, from which two titles may name the same article."""


def are_alike(titles: Iterable[str], others: Iterable[str]) -> bool:
    """Return whether any of these titles is similar to any of the others."""
    pairs = product(set(map(folded, titles)), set(map(folded, others)))
    return any(fuzz.token_set_ratio(one, other) >= ALIKE for one, other in pairs)
