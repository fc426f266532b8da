"""Turn the flat tokens of a Markdown file into a tree of blocks."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

PLAIN = re.compile(r"[^\\\n`~*_\[!<&]+")
"""Text in which no inline rule of Markdown can match."""
SAME = "same"


@dataclass(slots=True)
class Block:
    """A heading, paragraph, table, row, cell, list or list item."""

    type: str
    tag: str = ""
    line: int = 0
    """From 1. A block without a line of its own has that of its parent."""
    children: list[Block] = field(default_factory=list)
    own: list[Token] = field(default_factory=list)

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
            opened[-1].children.append(block)
            if token.nesting > 0:
                opened.append(block)
    return root.children


def parse_texts(state: StateCore) -> None:
    """Parse the inline tokens; skip those that are plain text or repeat an earlier one.

    Replaces the `inline` rule of markdown-it.
    """
    first: dict[str, Token] = {}
    for token in state.tokens:
        if token.type != "inline":
            continue
        token.children = []
        same = first.setdefault(token.content, token)
        if same is not token:
            token.meta[SAME] = same
        elif PLAIN.fullmatch(token.content):
            token.children.append(Token("text", "", 0, content=token.content))
        else:
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def repeat_texts(state: StateCore) -> None:
    """Copy the parsed children to repeated texts.

    Runs after all other rules, which change tokens in place.
    """
    for token in state.tokens:
        if same := token.meta.get(SAME):
            token.children = same.children


def line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
