import re
from html.parser import HTMLParser


def figures_of(page: str, heading: str) -> list[str]:
    """Return the figures under the heading with this id."""
    section = page[page.index(f'<h2 id="{heading}"') :].partition("</section>")[0]
    return re.findall(r"<dd>([^<]+)</dd>", section)


class Tables(HTMLParser):
    """Return the tables of a page by caption, as rows of cell texts without charts."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self._tables: dict[str, list[list[str]]] = {}
        self.scopes: set[tuple[str, str | None]] = set()
        """Return the positions of the header cells and their `scope`."""
        self._part = self._text = ""
        self._is_drawn = False
        self.feed(html)

    def __getitem__(self, caption: str) -> list[list[str]]:
        return self._tables[caption]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "tr":
            self._rows.append([])
        elif tag in {"caption", "td", "th"}:
            self._text = ""
        elif tag in {"thead", "tbody", "tfoot"}:
            self._part = tag
        elif tag == "svg":
            self._is_drawn = True
        if tag == "th":
            self.scopes.add((self._part, dict(attrs).get("scope")))

    def handle_data(self, data: str) -> None:
        if not self._is_drawn:
            self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption":
            self._rows = self._tables.setdefault(self._text, [])
        elif tag in {"td", "th"}:
            self._rows[-1].append(self._text.strip())
        elif tag == "svg":
            self._is_drawn = False
