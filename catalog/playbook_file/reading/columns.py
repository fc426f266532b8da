"""Recognise the columns of a table by the many headings that people give them."""

import re
import unicodedata
from collections.abc import Collection

from catalog.catalog_rows import ArticleData, EntryData, carried

FIXED: dict[str, Collection[str]] = {
    "number": {"no", "nr", "num", "number", "index", "id", "s no", "sno", "sr no", "sl no"},
    "title": {
        "title", "article", "article title", "name", "topic", "post", "blog", "blog post",
        "case study", "problem", "question", "paper", "resource", "subject", "system",
    },
    "link": {
        "link", "links", "url", "read", "read here", "read it", "article link", "address", "href",
        "read link", "medium", "medium link", "read article", "read more", "reference",
        "references",
    },
    "status": {"status", "state", "badge", "availability", "published or not"},
    "date": {"date", "published", "published on", "publish date", "date published", "updated"},
}  # fmt: skip


CARRIED = {
    name: field for data in (ArticleData, EntryData) for name, field in carried(data).items()
}
NAMES = {
    **FIXED,
    **{name: field.columns for name, field in CARRIED.items() if field.columns},
}


def column_of(heading: str, place: int) -> str:
    """Return a key of `NAMES`, or an empty string for an unknown column. `place` is from 0."""
    folded = unicodedata.normalize("NFKC", heading).casefold().replace("(s)", "")
    words = " ".join(re.sub(r"[\W_]+", " ", re.sub(r"['’\u2018`]", "", folded)).split())
    if not words:
        return "number" if "#" in folded or "№" in heading or place == 0 else ""
    return next((column for column, names in NAMES.items() if words in names), "")
