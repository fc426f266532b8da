"""Repair text that was decoded wrongly, and protect text that only looks like it.

Such text is UTF-8 that a program read as another encoding. A file that is valid UTF-8 when it is
encoded that way again is repaired as a whole. Where somebody wrote on in the damaged file, or bytes
were lost, each line is repaired, then each phrase.
"""

import re
import unicodedata
from collections.abc import Iterable
from functools import cache
from itertools import cycle

import ftfy

ENCODINGS = ("mac_roman", "sloppy-windows-1252", "latin-1")
"""The encodings as which programs read UTF-8. ftfy registers the second."""
ROUNDS_MAX = 3
"""The number of wrong decodings, one after the other, that are repaired."""
CHARACTER = rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
CLEAR_CHARACTER = re.compile(rb"[\xc2\xc3].|[\xe0-\xf4].{2,3}", re.DOTALL)
"""A character of which no correct text is likely to have the bytes, as “Ã©” has."""
UNCLEAR_MAX = 3
"""The most different characters that can be correct text by accident, such as “c’è”."""
# An emoji that was decoded as Mac Roman: “üèó” for 🏗. Its first byte is often lost, because many
# fonts do not show it.
FIRST_BYTE = "\uf8ff"
LATER_BYTES = re.escape(bytes(range(0x80, 0xC0)).decode("mac_roman"))
BROKEN_EMOJI = re.compile(rf"(?<![^\W\d_])({FIRST_BYTE}?ü[{LATER_BYTES}]{{2}})(?![^\W\d_])")
LOST_BYTE = re.compile(rf"(?<!{FIRST_BYTE})(?=ü[{LATER_BYTES}]{{2}})")


def repaired(text: str) -> str:
    """Return the text of a file repaired, or unchanged if nothing is wrong with it."""
    if text.isascii():
        return text
    for _round in range(ROUNDS_MAX):
        better = next(filter(None, (_redecoded(text, encoding) for encoding in ENCODINGS)), text)
        if better == text:
            break
        text = better
    lines = text.split("\n")
    for encoding in ENCODINGS:
        if _character(encoding).search(text):
            lines = _repaired_lines(lines, encoding)
    return "\n".join(map(_repaired_phrases, lines))


def protected(lines: Iterable[str]) -> list[str]:
    """Return the lines, with character references in those that `repaired` would change."""
    safe = list(lines)
    while (better := repaired("\n".join(safe)).split("\n")) != safe:
        safe = [
            old if old == new else "".join(c if c.isascii() else f"&#{ord(c)};" for c in old)
            for old, new in zip(safe, better, strict=True)
        ]
    return safe


def _redecoded(text: str, encoding: str) -> str | None:
    """Return the text that was read in this encoding, or `None` if it was not."""
    raw = _encoded(text, encoding)
    characters = set(re.findall(CHARACTER, raw))
    is_clear = any(map(CLEAR_CHARACTER.match, characters)) or len(characters) > UNCLEAR_MAX
    return raw.decode() if is_clear else None


def _encoded(text: str, encoding: str) -> bytes:
    """Return the bytes of the text in this encoding if they are UTF-8, else nothing."""
    has_lost = encoding == "mac_roman" and "ü" in text
    whole = LOST_BYTE.sub(FIRST_BYTE, text) if has_lost else text
    try:
        raw = whole.encode(encoding)
        raw.decode()
    except UnicodeError:
        return b""
    return raw


def _repaired_lines(lines: list[str], encoding: str) -> list[str]:
    """Repair the lines that were read in this encoding if they are more than an accident."""
    raw = ["" if line.isascii() else _encoded(line, encoding).decode() for line in lines]
    if len({character for character in "".join(raw) if not character.isascii()}) <= UNCLEAR_MAX:
        return lines
    return [
        new or (old if old.isascii() else _repaired_characters(old, encoding))
        for old, new in zip(lines, raw, strict=True)
    ]


def _repaired_characters(line: str, encoding: str) -> str:
    """Repair single characters in a line that has correct ones as well."""

    def character(found: re.Match[str]) -> str:
        return _encoded(found[0], encoding).decode() or found[0]

    return _character(encoding, shortest=3).sub(character, line)


@cache
def _character(encoding: str, shortest: int = 2) -> re.Pattern[str]:
    """Return the pattern of a character of so many bytes or more, as read in this encoding."""
    two, three, four, later = (
        f"[{re.escape(bytes(range(*ends)).decode(encoding))}]"
        for ends in ((0xC2, 0xE0), (0xE0, 0xF0), (0xF0, 0xF5), (0x80, 0xC0))
    )
    patterns = [f"{two}{later}", f"{three}{later}{{2}}", f"{four}{later}{{3}}"]
    return re.compile("|".join(patterns[shortest - 2 :]))


def _repaired_phrases(line: str) -> str:
    """Repair the phrases that ftfy recognises."""
    if line.isascii():
        return line
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
