"""Writes the playbook as a file that others, and the reader here, can take."""

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _

from catalog.playbook_file.catalog_data import CatalogData, LayerData, SectionData
from catalog.playbook_file.reading.repair import protected

FORMATS = {
    "markdown": ("text/markdown; charset=utf-8", "md"),
    "json": ("application/json", "json"),
    "csv": ("text/csv; charset=utf-8", "csv"),
}
"""By name: the media type and the ending of the file's name."""

TITLE = "System Design Playbook"
PUNCTUATION = re.compile(r"([\\`*_\[\]<#~|]|&(?=#?\w+;))")
FORMULA = re.compile(r"^[\s]*[=+\-@\t\r|%]")
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


def public(catalogue: CatalogData) -> CatalogData:
    """Without what the public does not see."""
    articles = {
        uuid_: article
        for uuid_, article in catalogue.articles.items()
        if catalogue.is_public(article)
    }
    entries = {pk: entry for pk, entry in catalogue.entries.items() if entry.article in articles}
    return replace(catalogue, articles=articles, entries=entries)


def write(catalogue: CatalogData, format_: str) -> str:
    """One of FORMATS; with the drafts, if the catalogue has them."""
    writers = {"markdown": _markdown, "json": _json, "csv": _csv}
    return writers[format_](catalogue)


# --- Markdown


def _markdown(catalogue: CatalogData) -> str:
    lines = [f"# {TITLE}", "", f"**{_('Your Journey:')}**", ""]
    layers = sorted(catalogue.layers.values(), key=lambda layer: (layer.number, layer.slug))
    lines += _broken([_journey_line(layer) for layer in layers])
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
    return "\n".join(protected(line) for line in lines)


def _journey_line(layer: LayerData) -> str:
    tagline = f" – {_text(layer.tagline)}" if layer.tagline else ""
    return f"{_keycaps(layer.number)} **{_text(layer.title)}**{tagline}"


def _broken(lines: list[str]) -> list[str]:
    """One paragraph of several lines."""
    return [f"{line}  " for line in lines[:-1]] + lines[-1:]


def _keycaps(number: int) -> str:
    return "".join(f"{digit}\ufe0f\u20e3" for digit in str(number))


def _table(catalogue: CatalogData, section: SectionData) -> Iterator[str]:
    yield "| # | Title | Link | What You’ll Learn | Status |"
    yield "|---|-------|------|-------------------|:-----:|"
    for number, entry in enumerate(catalogue.current_of.get(section.slug, ()), start=1):
        article = catalogue.articles[entry.article]
        status = catalogue.statuses[article.status]
        link = f"[Read]({_address(article.url)})" if article.url else ""
        cells = [
            str(number),
            f"**{_text(entry.title)}**",
            link,
            _text(entry.what_you_learn),
            _badge(status.label, status.colour),
        ]
        yield f"| {' | '.join(cells)} |"


def _text(text: str) -> str:
    """As it is, whatever Markdown would make of it; white space other than a space by number."""
    escaped = PUNCTUATION.sub(r"\\\1", text)
    return re.sub(r"[^\S ]", lambda found: f"&#{ord(found[0])};", escaped)


def _address(url: str) -> str:
    """Between angle brackets where brackets or spaces of its own could end it."""
    escaped = re.sub(r"([\\<>|&*_`])", r"\\\1", url)
    return f"<{escaped}>" if re.search(r"[\s()<>]", url) else escaped


def _badge(label: str, colour: str) -> str:
    message = quote(label.replace("-", "--").replace("_", "__"), safe="")
    address = f"https://img.shields.io/badge/Status-{message}-{BADGE_COLOURS[colour]}"
    return f"![{_text(label)}]({address})"


class _Anchors:
    """The addresses that GitHub gives to headings."""

    def __init__(self) -> None:
        self.seen: Counter[str] = Counter()

    def of(self, heading: str) -> str:
        kept = (c for c in heading.lower() if c in " -_" or unicodedata.category(c)[0] in "LNM")
        anchor = "".join(kept).replace(" ", "-")
        self.seen[anchor] += 1
        times = self.seen[anchor] - 1
        return quote(f"{anchor}-{times}" if times else anchor)


# --- JSON and CSV


def _json(catalogue: CatalogData) -> str:
    rows = [dict(row) for row in _rows(catalogue)]
    layers = [
        {"slug": layer.slug, "number": layer.number, "title": layer.title, "tagline": layer.tagline}
        for layer in sorted(catalogue.layers.values(), key=lambda row: (row.number, row.slug))
    ]
    told = {"title": TITLE, "layers": layers, "entries": rows}
    return json.dumps(told, ensure_ascii=False, indent=2) + "\n"


def _csv(catalogue: CatalogData) -> str:
    """No cell begins as a formula would: a spreadsheet shows the apostrophe to nobody."""
    out = io.StringIO()
    rows = list(_rows(catalogue))
    names = list(rows[0]) if rows else ["layer", "section", "number", "title"]
    writer = csv.DictWriter(out, names, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _harmless(value) for name, value in row.items()})
    return out.getvalue()


def _harmless(value: Any) -> Any:
    is_formula = isinstance(value, str) and FORMULA.match(value)
    return f"'{value}" if is_formula else value


def _rows(catalogue: CatalogData) -> Iterator[dict[str, Any]]:
    for section, entry, article in catalogue.places():
        status = catalogue.statuses[article.status]
        yield {
            "layer": catalogue.layers[section.layer].title,
            "section": section.heading,
            "number": entry.number,
            "title": entry.title,
            "link": article.url,
            "what_you_learn": entry.what_you_learn,
            "status": status.label,
            "article": article.uuid,
            "slug": article.slug,
        }
