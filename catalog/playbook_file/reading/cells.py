"""Read the text, links and pictures of a table cell, a heading or a list item."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from itertools import groupby
from urllib.parse import unquote, urlsplit

from markdown_it.token import Token

from catalog.playbook_file.reading.blocks import Block

BARE_URL = re.compile(r"https?://[^\s<>\"']+", re.IGNORECASE)
OTHER_SCHEME = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://|(?:javascript|data|mailto|file):)\S+$", re.IGNORECASE
)
WEB = re.compile(r"https?://", re.IGNORECASE)
STATUS_WORD = re.compile(r"^\s*status\s*[:\-–]\s*", re.IGNORECASE)
LINE_BREAKS = ("softbreak", "hardbreak")


@dataclass(frozen=True, slots=True)
class Link:
    address: str
    text: str
    start: int
    """The position of its text in the text of the cell."""
    end: int
    has_picture: bool = False

    @property
    def is_badge(self) -> bool:
        """True if it shows nothing but a picture."""
        return self.has_picture and not self.text

    @property
    def is_web(self) -> bool:
        return bool(WEB.match(self.address))

    @property
    def is_in_page(self) -> bool:
        return self.address.startswith("#")


@dataclass
class Cell:
    text: str = ""
    strong: str = ""
    """The part of the text that is in bold."""
    links: list[Link] = field(default_factory=list)
    pictures: list[tuple[str, str]] = field(default_factory=list)
    """Pairs of address and alternative text."""

    @property
    def addresses(self) -> list[str]:
        """The addresses of the links that are not badges."""
        return [link.address for link in self.links if not link.is_badge]

    @property
    def has_web_link(self) -> bool:
        return any(link.is_web and not link.is_badge for link in self.all_links)

    @property
    def bare_address(self) -> str:
        """The first address in the text that is not marked up as a link, or empty."""
        if OTHER_SCHEME.match(self.text) and not BARE_URL.match(self.text):
            return self.text
        return next((link.address for link in self._bare_links()), "")

    @property
    def all_links(self) -> list[Link]:
        """The links and the bare addresses, in the order of the text."""
        return sorted([*self.links, *self._bare_links()], key=lambda link: link.start)

    def _bare_links(self) -> Iterator[Link]:
        for found in BARE_URL.finditer(self.text):
            start, address = found.start(), _without_punctuation(found[0])
            if not any(link.start <= start < link.end for link in self.links):
                yield Link(address, address, start, start + len(address))

    @property
    def status(self) -> str:
        """The status, from a badge's alternative text or address, else from the text."""
        for address, alternative in self.pictures:
            label = STATUS_WORD.sub("", alternative).strip()
            if label and label.casefold() != "status":
                return label
            if label := badge_message(address):
                return label
        return STATUS_WORD.sub("", self.text).strip()


def badge_message(address: str) -> str:
    """Return `Published` for `https://img.shields.io/badge/Status-Published-brightgreen`."""
    _before, badge, path = urlsplit(address).path.partition("/badge/")
    if not badge:
        return ""
    # PostgreSQL refuses NUL; CommonMark replaces it in the same way.
    parts = re.split(r"(?<!-)-(?!-)", unquote(path).replace("\0", "\ufffd"))
    message = parts[-2] if len(parts) > 1 else parts[0]
    spaced = re.sub(r"(?<!_)_(?!_)", " ", message)
    return spaced.replace("__", "_").replace("--", "-").strip()


def lines_of(inline: Token) -> Iterator[list[Token]]:
    """Yield the tokens of each line of a paragraph."""
    for is_break, tokens in groupby(inline.children or [], lambda t: t.type in LINE_BREAKS):
        if not is_break:
            yield list(tokens)


def cell_of(tokens: Iterable[Token]) -> Cell:
    reader = _CellReader()
    for token in tokens:
        reader.read(token)
    return reader.cell()


def cell_of_block(node: Block) -> Cell:
    return cell_of(token for inline in node.inlines for token in _with_space(inline))


def _with_space(inline: Token) -> list[Token]:
    """Return the tokens of a paragraph, apart from those of the next one."""
    return [*(inline.children or []), Token("softbreak", "br", 0)]


class _CellReader:
    def __init__(self) -> None:
        self.text: list[str] = []
        self.strong: list[str] = []
        self.links: list[Link] = []
        self.pictures: list[tuple[str, str]] = []
        self.opened: list[tuple[str, int, int]] = []
        """The address of each open link, and how many pieces and pictures came before it."""
        self.depth = 0

    def read(self, token: Token) -> None:
        piece = ""
        match token.type:
            case "text" | "code_inline":
                piece = token.content
            case "softbreak" | "hardbreak":
                piece = " "
            case "image":
                self.pictures.append((str(token.attrs.get("src", "")), _plain(token)))
            case "link_open":
                self.open(str(token.attrs.get("href", "")))
            case "link_close":
                self.close()
            case "strong_open":
                self.depth += 1
            case "strong_close":
                self.depth -= 1
            case "html_inline":
                piece = _read_html(token.content, self)
        self.text.append(piece)
        self.strong.append(piece if self.depth else "")

    def open(self, address: str) -> None:
        self.opened.append((address, len(self.text), len(self.pictures)))

    def close(self) -> None:
        if not self.opened:
            return
        address, start, pictures = self.opened.pop()
        before, text = "".join(self.text[:start]), "".join(self.text[start:])
        has_picture = len(self.pictures) > pictures
        ends = len(before), len(before) + len(text)
        self.links.append(Link(address, text.strip(), *ends, has_picture))

    def cell(self) -> Cell:
        while self.opened:
            self.close()
        text = "".join(self.text)
        if skipped := len(text) - len(text.lstrip()):
            self.links = [
                replace(link, start=max(link.start - skipped, 0), end=max(link.end - skipped, 0))
                for link in self.links
            ]
        return Cell(text.strip(), "".join(self.strong).strip(), self.links, self.pictures)


def _plain(image: Token) -> str:
    return "".join(child.content for child in image.children or [])


def _without_punctuation(address: str) -> str:
    """Return a bare address without the punctuation of the sentence around it."""
    address = address.rstrip(".,;:!?*|")
    while address.endswith(")") and address.count(")") > address.count("("):
        address = address[:-1].rstrip(".,;:!?*|")
    return address


def _read_html(html: str, reader: _CellReader) -> str:
    """Read links, pictures and line breaks; ignore all other HTML.

    Return the text that the HTML stands for.
    """

    class Tags(HTMLParser):
        text = ""

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            values = dict(attrs)
            if tag == "a" and values.get("href"):
                reader.open(values["href"] or "")
            elif tag == "img":
                reader.pictures.append((values.get("src") or "", values.get("alt") or ""))
            elif tag == "br":
                self.text = " "

        def handle_endtag(self, tag: str) -> None:
            if tag == "a":
                reader.close()

    tags = Tags()
    tags.feed(html)
    return tags.text
