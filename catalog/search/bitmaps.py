"""Sets of entries as bitmaps: binary numbers with one digit for each entry of the journey.

The first entry is the most significant digit. Intersecting and counting sets of thousands of
entries takes microseconds, so a page can afford a count for every choice of every filter.
"""

from collections.abc import Iterable
from typing import TypeAlias

Bitmap: TypeAlias = int

IN = ord("1")
"""The digit of an entry that is in the set."""


def bitmap_of(flags: Iterable[bool]) -> Bitmap:
    """Return the set of the entries whose flag is true; `flags` has one for each entry."""
    return int("".join(["1" if flag else "0" for flag in flags]) or "0", 2)


def bitmap_at(positions: Iterable[int], size: int) -> Bitmap:
    """Return the set of the entries at these positions of a journey of `size` entries."""
    digits = bytearray(b"0") * (size + 1)  # The leading zero makes a number of an empty journey.
    for position in positions:
        digits[position + 1] = IN
    return int(bytes(digits), 2)


def digits_of(bitmap: Bitmap, size: int) -> bytes:
    """Return one digit for each of `size` entries: `IN` if the entry is in the set."""
    return f"{bitmap:0{size}b}".encode()
