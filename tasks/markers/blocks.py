"""A Markdown text as its reader walks through it: headings, paragraphs, list items and table rows in order.

CommonMark plus tables. Quotes and blocks of code hold no text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

from markdown_it import MarkdownIt
from markdown_it.token import Token

from .prose import CODE, COMMENT, STRUCK, Prose, draw

Place = Literal[
    "heading", "paragraph", "html", "row", "header", "list", "list_end", "item", "item_end", "other"
]


# Nesting beyond this depth is read by no person; the bound keeps the parser's recursion flat.
_NESTING = 60
_BLOCKS = MarkdownIt("commonmark", {"maxNesting": _NESTING}).enable("table").disable("inline")

_INVISIBLE = dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u200e\u200f\u2060\ufe0e\ufe0f\ufeff"))
_RESERVED = dict.fromkeys(map(ord, CODE + STRUCK + COMMENT), "\ufffd")
_CHECKBOX = re.compile(r"\A\[[ xX]\](?=\s|$)")


class Block(NamedTuple):
    """One step through the document; `level` is that of a heading."""

    place: Place
    prose: tuple[Prose, ...] = ()
    level: int = 0


def read_blocks(text: str) -> Iterator[Block]:
    """Walk a Markdown text in order; a quote or a piece of code is one `other` step without text."""
    source = text.replace("\r\n", "\n").replace("\r", "\n").translate(_RESERVED).translate(_INVISIBLE)
    walk = _Walk()
    quotes = 0
    for token in _BLOCKS.parse(source, walk.links):
        quotes -= token.type == "blockquote_close"
        if quotes == 0:
            yield from walk.step(token)
        quotes += token.type == "blockquote_open"


@dataclass(slots=True)
class _Walk:
    """Turns block tokens into steps.

    links: the parser's link definitions; masks: HTML elements that earlier blocks left open.
    """

    links: dict[str, Any] = field(default_factory=dict)
    masks: list[str] = field(default_factory=list)
    cells: list[Prose] = field(default_factory=list)
    opened: Token = field(default_factory=lambda: Token("", "", 0))

    def step(self, token: Token) -> Iterator[Block]:
        line = (token.map or [0])[0] + 1
        if token.type == "inline":
            yield from self.inline(token, line)
        elif token.type == "html_block":
            yield Block("html", (draw(_without_comments(token.content), line, self.masks, {}),))
        elif token.type == "tr_close":
            yield Block("header" if self.opened.tag == "th" else "row", tuple(self.cells))
            self.cells.clear()
        elif token.type in _STEPS:
            yield Block(_STEPS[token.type])
        elif token.nesting == 1:
            self.opened = token

    def inline(self, token: Token, line: int) -> Iterator[Block]:
        tag = self.opened.tag
        if tag in ("td", "th"):
            self.cells.append(self.prose(token.content, line))
        elif tag == "p":
            content = _CHECKBOX.sub("", token.content)
            yield Block("paragraph", (self.prose(content, line),))
        else:
            yield Block("heading", (self.prose(token.content, line),), int(tag[1:]))

    def prose(self, content: str, line: int) -> Prose:
        return draw(content, line, list(self.masks), self.links)


_STEPS: dict[str, Place] = {
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "bullet_list_close": "list_end",
    "ordered_list_close": "list_end",
    "list_item_open": "item",
    "list_item_close": "item_end",
    "blockquote_open": "other",
    "fence": "other",
    "code_block": "other",
    "hr": "other",
}


def _without_comments(html: str) -> str:
    """Comments replaced by a placeholder and as many line breaks; an unclosed one runs to the end."""
    head, *rest = html.split("<!--")
    parts = [head]
    for piece in rest:
        comment, _, tail = piece.partition("-->")
        parts += [COMMENT, "\n" * comment.count("\n"), tail]
    return "".join(parts)
