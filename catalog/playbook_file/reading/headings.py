"""Split the heading of a section into its emoji and its title."""

import re

from catalog.catalog_data import SectionData

EMOJI_MAX_LENGTH = 16
EMOJI = re.compile(r"^((?:[^\w\s]|[0-9]\ufe0f?\u20e3)[^\w\s]*)\s+(?=\S)")


def split(heading: str) -> tuple[str, str]:
    """Return `🏗` and `Fundamentals` for “🏗 Fundamentals”."""
    match = EMOJI.match(heading)
    if not match or len(match[1]) > EMOJI_MAX_LENGTH:
        return "", heading
    return match[1], heading[match.end() :]


def split_as(section: SectionData, heading: str) -> tuple[str, str]:
    """Split as the stored section is split if its heading has not changed."""
    if heading == section.heading:
        return section.emoji, section.title
    return split(heading)
