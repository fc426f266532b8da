"""Write the playbook as Markdown that the parser reads back unchanged."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from urllib.parse import quote

from django.utils.translation import gettext as _

from catalog.catalog_data import CatalogData
from catalog.catalog_rows import ArticleData, EntryData, LayerData, SectionData, carried
from catalog.playbook_file.reading.repair import protected

TITLE = "System Design Playbook"
PUNCTUATION = re.compile(r"([\\`*_\[\]<#~|]|&(?=#?\w+;))")
BADGE_COLOURS = {
    "green": "brightgreen",
    "amber": "orange",
    "grey": "lightgrey",
    "rose": "ff69b4",
    "violet": "blueviolet",
    "teal": "009688",
    "blue": "blue",
    "orange": "orange",
}


def markdown(catalogue: CatalogData) -> str:
    lines = [f"# {TITLE}", "", f"**{_('Your Journey:')}**", ""]
    layers = sorted(catalogue.layers.values(), key=lambda layer: (layer.number, layer.slug))
    lines += _with_line_breaks([_journey_line(layer) for layer in layers])
    body: list[str] = []
    contents: list[str] = []
    anchors = _Anchors()
    anchors.of(TITLE)
    anchors.of(_("Table of Contents"))
    for layer in layers:
        sections = [section for section in catalogue.journey if section.layer == layer.slug]
        if not sections:
            continue
        heading = f"{_keycaps(layer.number)} {layer.title}"
        contents.append(f"- [{_text(heading)}](#{anchors.of(heading)})")
        body += ["", "---", "", f"## {_text(heading)}"]
        for section in sections:
            anchor = anchors.of(section.heading)
            contents.append(f"  - [{_text(section.heading)}](#{anchor})")
            body += ["", f"### {_text(section.heading)}", "", *_table(catalogue, section)]
    lines += ["", f"## {_('Table of Contents')}", "", *contents, *body, ""]
    return "\n".join(protected(lines))


def _journey_line(layer: LayerData) -> str:
    tagline = f" – {_text(layer.tagline)}" if layer.tagline else ""
    return f"{_keycaps(layer.number)} **{_text(layer.title)}**{tagline}"


def _with_line_breaks(lines: list[str]) -> list[str]:
    """Return the lines with hard line breaks, as one paragraph."""
    return [f"{line}  " for line in lines[:-1]] + lines[-1:]


def _keycaps(number: int) -> str:
    return "".join(f"{digit}\ufe0f\u20e3" for digit in str(number))


def _table(catalogue: CatalogData, section: SectionData) -> Iterator[str]:
    described = _described(catalogue)
    headings = ["#", "Title", "Link", *(heading for _data, _name, heading in described), "Status"]
    yield f"| {' | '.join(headings)} |"
    rules = ["-" * (len(heading) + 2) for heading in headings[:-1]]
    yield f"|{'|'.join(rules)}|:-----:|"
    for number, entry in enumerate(catalogue.current_of.get(section.slug, ()), start=1):
        article = catalogue.articles[entry.article]
        status = catalogue.statuses[article.status]
        link = f"[Read]({_address(article.url)})" if article.url else ""
        cells = [
            str(number),
            f"**{_text(entry.title)}**",
            link,
            *(
                _text(_shown(getattr(entry if data is EntryData else article, name)))
                for data, name, _heading in described
            ),
            _badge(status.label, status.colour),
        ]
        yield f"| {' | '.join(cells)} |"


def _described(catalogue: CatalogData) -> list[tuple[type, str, str]]:
    """Return the columns of carried fields: the data class, the field and the heading."""
    return [
        (data, name, field.heading)
        for data, rows in ((EntryData, catalogue.entries), (ArticleData, catalogue.articles))
        for name, field in carried(data).items()
        if field.heading
        and not (field.is_optional and all(getattr(row, name) is None for row in rows.values()))
    ]


def _shown(value: object) -> str:
    return "" if value is None else str(value)


def _text(text: str) -> str:
    """Escape Markdown; write white space other than a space as a character reference."""
    escaped = PUNCTUATION.sub(r"\\\1", text)
    return re.sub(r"[^\S ]", lambda match: f"&#{ord(match[0])};", escaped)


def _address(url: str) -> str:
    """Escape an address; put it in angle brackets if parentheses or spaces could end it."""
    escaped = re.sub(r"([\\<>|&*_`])", r"\\\1", url)
    return f"<{escaped}>" if re.search(r"[\s()<>]", url) else escaped


def _badge(label: str, colour: str) -> str:
    message = quote(label.replace("-", "--").replace("_", "__"), safe="")
    address = f"https://img.shields.io/badge/Status-{message}-{BADGE_COLOURS[colour]}"
    return f"![{_text(label)}]({address})"


class _Anchors:
    """The anchors that GitHub gives to headings."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def of(self, heading: str) -> str:
        characters = (
            c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LNM"
        )
        anchor = "".join(characters).replace(" ", "-")
        self.seen[anchor] += 1
        times = self.seen[anchor] - 1
        return quote(f"{anchor}-{times}" if times else anchor)
