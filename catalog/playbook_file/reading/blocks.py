"""Turn the flat tokens of a Markdown file into a tree of blocks."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_core import StateCore, inline, text_join
from markdown_it.token import Token

INLINE_RULES = {"inline": inline, "text_join": text_join}
"""The rules of markdown-it that read the parts of a text, such as links, after all blocks."""


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
    read_inline: Callable[[Token], Token] = lambda token: token

    @property
    def inlines(self) -> Iterator[Token]:
        """The texts below the block, each with its parts, which are read when they are asked for.

        Those of all texts of a large file at once would take ten times as much memory as the file.
        """
        yield from map(self.read_inline, self.own)
        for child in self.children:
            yield from child.inlines


def blocks_of(markdown: MarkdownIt, text: str, references: dict[str, Any]) -> list[Block]:
    """Parse a Markdown text with a parser that leaves out the `INLINE_RULES`.

    Its definitions of links are added to the references.
    """

    def read_inline(token: Token) -> Token:
        state = StateCore("", markdown, references, [token.copy(children=[])])
        for rule in INLINE_RULES.values():
            rule(state)
        return state.tokens[0]

    root = Block("root")
    opened = [root]
    for token in markdown.parse(text, references):
        if token.nesting < 0:
            opened.pop()
        elif token.type == "inline":
            opened[-1].own.append(token)
        else:
            line = line_of(token) or opened[-1].line
            block = Block(
                token.type.removesuffix("_open"), token.tag, line, read_inline=read_inline
            )
            block.html = token.content if token.type == "html_block" else ""
            opened[-1].children.append(block)
            if token.nesting > 0:
                opened.append(block)
    return root.children


def line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
