"""Generate unique slugs."""

import itertools
from collections.abc import Container


def free_slug(stem: str, taken: Container[str]) -> str:
    """Return the stem, or the first of `stem-2`, `stem-3`, … that is not taken."""
    numbered = (f"{stem}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([stem], numbered) if slug not in taken)
