"""The blocks of a Markdown file as a tree, down to the lines of text that they hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from markdown_it.rules_core import StateCore
from markdown_it.token import Token

PLAIN = re.compile(r"[^\\\n`~*_\[!<&]+")
"""Without anything at which one of the rules for text begins."""
SAME = "same"


@dataclass(slots=True)
class Block:
    """A heading, a paragraph, a table, a row, a cell, a list, an item, …"""

    type: str
    tag: str = ""
    line: int = 0
    """From 1; a block without one of its own has that of the block around it."""
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
    """In the place of the rule that parses every text: in a table most are plain, or the same ones
    again and again."""
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
    """After all other rules, which change what they find in place."""
    for token in state.tokens:
        if same := token.meta.get(SAME):
            token.children = same.children


def line_of(token: Token) -> int:
    return token.map[0] + 1 if token.map else 0
