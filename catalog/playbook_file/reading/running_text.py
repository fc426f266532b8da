"""Read articles out of running text: a list item, a heading, a line of a paragraph."""

import re
from dataclasses import dataclass, field

from catalog.identity import folded, host_of
from catalog.playbook_file.reading.cells import Cell, Link
from catalog.playbook_file.reading.checks import link_error

DASHES = "\u2010\u2011\u2012\u2013\u2014\u2212-"
SEPARATORS = f",:;|→⇒·•/>=~{DASHES}"
TASK = re.compile(r"^\[[ xX]\]\s+")
NUMBER = re.compile(
    rf"^(?:(?:#|no\.?\s*)[0-9]{{1,4}}[.):]?\s+|[0-9]{{1,4}}(?:\s*[.):]\s+|\s+[{DASHES}]\s+)"
    r"|(?:[0-9]\ufe0f?\u20e3)+\s*)",
    re.IGNORECASE,
)
DATE = re.compile(
    r"(?:[0-9]{1,2}\.?\s+)?(?:[^\W\d_]{3,9}\.?\s+)?(?:[0-9]{1,2},?\s+)?[0-9]{4}"
    r"(?:[-/.][0-9]{1,2}){0,2}"
)
POINTERS = {
    "read", "read it", "read here", "read more", "read on", "here", "click here", "link", "this",
    "more", "article", "post", "blog", "blog post", "website", "web", "site", "homepage", "url",
    "source",
}  # fmt: skip
"""Texts of links that say only that there is one."""
LABEL = re.compile(
    r"(?:(?:part|chapter|episode|ep|day|week|lesson|lecture|volume|vol|section|step|talk) )?"
    r"(?:[0-9]{1,4}|[ivx]{1,5})"
    r"|papers?|pdf|videos?|slides|talk|code|repo|github|demo|docs|documentation|notes|book"
    r"|tutorial|course|podcast|recording|transcript|youtube"
)
"""Texts of links that say what it is, but not what it is about."""


@dataclass(frozen=True, slots=True)
class Item:
    title: str
    address: str
    description: str


@dataclass
class RunningText:
    items: list[Item] = field(default_factory=list)
    left_out: list[Link] = field(default_factory=list)


def read_items(cell: Cell) -> RunningText:
    """Return the articles of the text: that of its first link, or one for each labelled link."""
    links = usable_links(cell)
    if not links:
        return RunningText([], cell.all_links)
    used = links[:1]
    if _is_label(links[0]):
        used += [link for link in links[1:] if _is_label(link)]
    ends = [link.start for link in used[1:]] + [len(cell.text)]
    items = [_item(cell, used[0].start, link, end) for link, end in zip(used, ends, strict=True)]
    return RunningText(items, [link for link in cell.all_links if link not in used])


def usable_links(cell: Cell) -> list[Link]:
    return [link for link in cell.all_links if not link.is_badge and not link_error(link.address)]


def begins_with_link(cell: Cell, link: Link) -> bool:
    """Return whether nothing but a number or signs is before the link."""
    return not re.search(r"[^\W_]", NUMBER.sub("", cell.text[: link.start]))


def says_little(link: Link) -> bool:
    """Return whether the title is not in the text of the link."""
    return _is_address(link) or _is_label(link) or folded(link.text) in POINTERS


def without_number(text: str) -> str:
    return NUMBER.sub("", text, count=1).strip() or text


def without_date(text: str) -> str:
    """Return the text, or nothing if it is only a date."""
    return "" if DATE.fullmatch(text) else text


def trimmed(text: str) -> str:
    """Return the text without separators and stray brackets at its ends."""
    before = None
    while text != before:
        before, text = text, text.strip()
        if text[:1] and (text[0] in SEPARATORS or re.match(r"\.(?:\s|\.|$)", text)):
            text = text[1:]
        if text[-1:] and text[-1] in SEPARATORS:
            text = text[:-1]
        if text.startswith(")") or (text[:1] == "(" and text.count("(") > text.count(")")):
            text = text[1:]
        if text.endswith("(") or (text[-1:] == ")" and text.count(")") > text.count("(")):
            text = text[:-1]
        if re.fullmatch(r"\([^()]*\)", text):
            text = text[1:-1]
    return text


def _item(cell: Cell, start: int, link: Link, end: int) -> Item:
    if _is_in_sentence(cell, link):
        return Item(cell.text, link.address, "")
    before = trimmed(TASK.sub("", cell.text[:start].strip()))
    before = before if NUMBER.sub("", f"{before} ") else ""
    after = trimmed(cell.text[link.end : end])
    if not says_little(link):
        return Item(link.text, link.address, after)
    name = before
    if cell.strong and before.startswith(cell.strong):
        name, rest = cell.strong, trimmed(before.removeprefix(cell.strong))
        after = rest or after
    if _is_label(link) and name:
        return Item(f"{name}: {link.text}", link.address, after)
    if not name and after and not _is_address(link):
        name, after = after, ""
    shown = link.address if _is_address(link) else link.text
    return Item(name or shown or link.address, link.address, after)


def _is_label(link: Link) -> bool:
    return bool(LABEL.fullmatch(folded(link.text)))


def _is_address(link: Link) -> bool:
    """Return whether the text of the link is its address or its host."""
    text = link.text.casefold().strip("/ ")
    short = re.sub(r"^https?://", "", text).removeprefix("www.")
    return not text or short == host_of(link.address) or "://" in text


def _is_in_sentence(cell: Cell, link: Link) -> bool:
    before, after = cell.text[: link.start].strip(), cell.text[link.end :].strip()
    return bool(
        _is_address(link)
        and re.search(r"\w$", before)
        and re.match(r"\w", after)
        and re.search(r"[.!?]$", after)
    )
