"""Split headings into a number or an emoji, and a title."""

import re

from catalog.catalog_rows import SectionData

KEYCAPS = re.compile(r"^\s*((?:[0-9]\ufe0f?\u20e3)+|🔟)\s*")
NUMBER_MAX = 32_767
"""The largest number of a layer."""
EMOJI_MAX_LENGTH = 16
EMOJI = re.compile(r"^((?:[^\w\s]|[0-9]\ufe0f?\u20e3)[^\w\s]*)\s+(?=\S)")


def split(heading: str) -> tuple[str, str]:
    """Return `🏗` and `Fundamentals` for “🏗 Fundamentals”."""
    match = EMOJI.match(heading)
    if not match or len(match[1]) > EMOJI_MAX_LENGTH:
        return "", heading
    return match[1], heading[match.end() :]


def without_emoji(label: str) -> str:
    """Return the label without any emoji or sign before it, so that an export is read as it is."""
    while (bare := split(label)[1]) != label:
        label = bare
    return label


def split_as(section: SectionData, heading: str) -> tuple[str, str]:
    """Split as the stored section is split if its heading has not changed."""
    if heading == section.heading:
        return section.emoji, section.title
    return split(heading)


def numbered(text: str) -> tuple[int, str]:
    """Return the number that keycap emoji spell, 0 without them, and the text after it."""
    found = KEYCAPS.match(text)
    digits = "".join(re.findall("[0-9]", found[1])).lstrip("0") if found else ""
    if not found or len(digits) > len(str(NUMBER_MAX)):
        return 0, text
    number = 10 if found[1] == "🔟" else int(digits or 0)
    return (number, text[found.end() :].strip()) if number <= NUMBER_MAX else (0, text)
