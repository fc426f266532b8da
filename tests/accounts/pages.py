"""Read a page as its reader does: text, headings, fields and their descriptions."""

import re
from html import unescape
from html.parser import HTMLParser
from typing import Protocol


class Response(Protocol):
    @property
    def content(self) -> bytes: ...

    @property
    def status_code(self) -> int: ...


class Page(HTMLParser):
    def __init__(self, response: Response) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str]]] = []
        self.html = response.content.decode()
        self.feed(self.html)

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, {name: value or "" for name, value in attributes}))

    @property
    def text(self) -> str:
        main = self.html[self.html.index("<main") : self.html.index("</main>")]
        flowing = re.sub(r"</?(?:a|code|strong)\b[^>]*>", "", main)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", flowing)).split())

    @property
    def headings(self) -> list[str]:
        headings = re.findall(r"<h1[^>]*>(.*?)</h1>", self.html, re.DOTALL)
        return [unescape(heading).strip() for heading in headings]

    @property
    def ids(self) -> list[str]:
        return [attributes["id"] for _, attributes in self.elements if "id" in attributes]

    @property
    def labelled(self) -> set[str]:
        return {attributes["for"] for tag, attributes in self.elements if "for" in attributes}

    @property
    def fields(self) -> list[dict[str, str]]:
        """Return the attributes of all form fields."""
        return [
            attributes
            for tag, attributes in self.elements
            if tag in {"input", "select", "textarea"}
            and attributes.get("type") != "hidden"
            and "hidden" not in attributes
            and "name" in attributes
        ]

    def field(self, name: str) -> dict[str, str]:
        return next(field for field in self.fields if field.get("name") == name)

    @property
    def inline(self) -> list[str]:
        """Return the handlers, styles and scripts that the content security policy refuses."""
        handlers = [
            name for _, attributes in self.elements for name in attributes if name.startswith("on")
        ]
        styled = [
            tag for tag, attributes in self.elements if tag == "style" or "style" in attributes
        ]
        scripts = [
            tag for tag, attributes in self.elements if tag == "script" and "src" not in attributes
        ]
        return handlers + styled + scripts
