"""The emoji of a section, its title, and what of a title matters when two are compared."""

import re

from catalog.catalog_data import SectionData

EMOJI_MAX_LENGTH = 16
EMOJI = re.compile(r"^((?:[^\w\s]|[0-9]\ufe0f?\u20e3)[^\w\s]*)\s+(?=\S)")


def split(heading: str) -> tuple[str, str]:
    """`🏗` and `Fundamentals` of “🏗 Fundamentals”."""
    found = EMOJI.match(heading)
    if not found or len(found[1]) > EMOJI_MAX_LENGTH:
        return "", heading
    return found[1], heading[found.end() :]


def split_as(section: SectionData, heading: str) -> tuple[str, str]:
    """As the section has it already, where the heading still says the same."""
    if heading == section.heading:
        return section.emoji, section.title
    return split(heading)
