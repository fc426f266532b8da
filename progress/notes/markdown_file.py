"""Write a learner's notes as one Markdown file."""

import re
from collections.abc import Iterable
from itertools import groupby
from operator import attrgetter

from django.utils.translation import gettext as _
from markdown_it import MarkdownIt

from playbook.http import full_address
from progress.notes.collection import WrittenArticle

MARKDOWN = MarkdownIt("zero").enable(["fence", "code", "list", "blockquote"])

SPECIAL = re.compile(r"([\\`*_\[\]<>#|])")


def escaped(text: str) -> str:
    return SPECIAL.sub(r"\\\1", " ".join(text.split()))


def markdown_of(written: Iterable[WrittenArticle]) -> str:
    """Return the notes under headings by section and article, with key points and links."""
    parts = [f"# {_('My notes')}"]
    for title, articles in groupby(written, key=attrgetter("section_title")):
        parts.append(f"## {escaped(title or _('In no section'))}")
        parts += [part for article in articles for part in _parts_of(article)]
    return "\n\n".join(parts) + "\n"


def _parts_of(written: WrittenArticle) -> list[str]:
    article = written.article
    parts = [f"### {escaped(article.title)}"]
    if written.link:
        parts.append(f"<{written.link}>")
    if written.is_public:
        parts.append(f"<{full_address(article.get_absolute_url())}#note>")
    if written.key_points:
        points = "\n".join(f"- {escaped(point)}" for point in written.key_points)
        parts.append(f"#### {_('Key points')}\n\n{points}")
    if written.note:
        parts.append(closed(written.note.text.strip("\n")))
    return parts


def closed(text: str) -> str:
    """End the code block in which the text ends, so that it does not take in the next article."""
    last = MARKDOWN.parse(f"{text}\n\nthe next article")[-1]
    return f"{text}\n{last.markup}" if last.type == "fence" else text
