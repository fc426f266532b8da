"""Estimate how much room a text takes, and break it into lines.

The reader's system font is unknown here, so the widths are those of a wide one (DejaVu Sans);
with another font a box has some more room around its text.
"""

import unicodedata
from textwrap import wrap

NARROW = frozenset(" .,:;'|!ijl()[]I/\\ft`")
WIDE = frozenset("mwMW@%&—…")
UPPER_CASE = 0.7
OTHER = 0.62


def width_of(text: str, font_size: float) -> float:
    return font_size * sum(_em(character) for character in text)


def lines_of(text: str, characters: int) -> list[str]:
    """Break a text into lines of at most this many characters, between words if possible."""
    return wrap(text, characters, break_on_hyphens=False)


def _em(character: str) -> float:
    if unicodedata.combining(character):
        return 0
    if unicodedata.east_asian_width(character) in {"W", "F"}:
        return 1.3
    if character in NARROW:
        return 0.4
    if character in WIDE:
        return 0.98
    return UPPER_CASE if character.isupper() else OTHER
