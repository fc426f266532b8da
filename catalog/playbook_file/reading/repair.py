"""Text that was decoded wrongly on its way to us, and how to write what only looks like it."""

import re
import unicodedata
from itertools import cycle

import ftfy

# An emoji read as Mac Roman, often without its first byte, which many fonts do not show and many
# editors lose: “üèó” for 🏗.
FIRST_BYTE = "\uf8ff"
LATER_BYTES = re.escape(bytes(range(0x80, 0xC0)).decode("mac_roman"))
BROKEN_EMOJI = re.compile(rf"(?<![^\W\d_])({FIRST_BYTE}?ü[{LATER_BYTES}]{{2}})(?![^\W\d_])")


def repaired(line: str) -> str:
    """The line as it was meant; itself where nothing was wrong with it."""
    mended = ftfy.fix_encoding(line)
    # Beside an emoji that cannot be seen as broken as a whole, the rest is looked at by itself.
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
    """The same text in Markdown, where somebody who repairs it would change it: by number."""
    if repaired(line) == line:
        return line
    return "".join(char if char.isascii() else f"&#{ord(char)};" for char in line)
