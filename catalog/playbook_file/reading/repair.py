"""Repair text that was decoded wrongly, and protect text that only looks like it."""

import re
import unicodedata
from itertools import cycle

import ftfy

# An emoji that was decoded as Mac Roman: “üèó” for 🏗. Its first byte is often lost, because many
# fonts do not show it.
FIRST_BYTE = "\uf8ff"
LATER_BYTES = re.escape(bytes(range(0x80, 0xC0)).decode("mac_roman"))
BROKEN_EMOJI = re.compile(rf"(?<![^\W\d_])({FIRST_BYTE}?ü[{LATER_BYTES}]{{2}})(?![^\W\d_])")


def repaired(line: str) -> str:
    """Return the line repaired, or unchanged if nothing is wrong with it."""
    mended = ftfy.fix_encoding(line)
    # ftfy overlooks an emoji without its first byte, and with it the rest of the line.
    pieces = BROKEN_EMOJI.split(mended)
    if len(pieces) == 1:
        return mended
    return "".join(
        _emoji(piece) if is_emoji else ftfy.fix_encoding(piece)
        for is_emoji, piece in zip(cycle([False, True]), pieces, strict=False)
    )


def _emoji(broken: str) -> str:
    whole = FIRST_BYTE + broken.removeprefix(FIRST_BYTE)
    try:
        emoji = whole.encode("mac_roman").decode()
    except UnicodeError:
        return broken
    return emoji if unicodedata.category(emoji) == "So" else broken


def protected(line: str) -> str:
    """Return the line, with character references if `repaired` would change it."""
    if repaired(line) == line:
        return line
    return "".join(char if char.isascii() else f"&#{ord(char)};" for char in line)
