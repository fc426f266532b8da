"""Turn the flat tokens of a Markdown file into a tree of blocks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markdown_it.token import Token


@dataclass(slots=True)
class Block:
    """A heading, paragraph, table, row, cell, list or list item."""

    type: str
    tag: str = ""
    line: int = 0
    """From 1. A block without a line of its own has that of its parent."""
    children: list[Block] = field(default_factory=list)
    own: list[Token] = field(default_factory=list)
    html: str = ""
    """The source of a block of HTML."""

    @property
    def inlines(self) -> Iterator[Token]:
        yield from self.own
        for child in self.children:
            yield from child.inlines


def blocks_of(tokens: Iterable[Token]) -> list[Block]:
    root = Block("root")
    opened = [root]
    for token in tokens:
        if token.nesting < 0:
            opened.pop()
        elif token.type == "inline":
            opened[-1].own.append(token)
        else:
            line = line_of(token) or opened[-1].line
            block = Block(token.type.removesuffix("_open"), token.tag, line)
            block.html = token.content if token.type == "html_block" else ""
            opened[-1].children.append(block)
            if token.nesting > 0:
                opened.append(block)
    return root.children


def line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
