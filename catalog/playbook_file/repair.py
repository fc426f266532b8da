"""Text that was decoded wrongly on its way to us, and how to write what only looks like it."""

import re
import unicodedata

import ftfy

# An emoji read as Mac Roman, without its first byte, which many fonts do not show and many
# editors lose: “üèó” for 🏗.
LATER_BYTES = re.escape(bytes(range(0x80, 0xC0)).decode("mac_roman"))
HEADLESS_EMOJI = re.compile(rf"(?<![^\W\d_])ü[{LATER_BYTES}]{{2}}(?![^\W\d_])")
FIRST_BYTE = "\uf8ff"


def repaired(line: str) -> str:
    """The line as it was meant; itself where nothing was wrong with it."""
    return HEADLESS_EMOJI.sub(_with_head, ftfy.fix_encoding(line))


def _with_head(found: re.Match[str]) -> str:
    try:
        emoji = f"{FIRST_BYTE}{found[0]}".encode("mac_roman").decode()
    except UnicodeError:
        return found[0]
    return emoji if unicodedata.category(emoji[0]) == "So" else found[0]


def protected(line: str) -> str:
    """The same text in Markdown, where somebody who repairs it would change it: by number."""
    if repaired(line) == line:
        return line
    return "".join(char if char.isascii() else f"&#{ord(char)};" for char in line)
