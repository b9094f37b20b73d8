"""Inline Markdown as its reader sees it: visible text that knows its source lines.

CommonMark, and strikethrough with one or two tildes as GitHub renders it. What does not count as text
(code, struck text, HTML comments) leaves one placeholder character, so that words on both sides of it
never become neighbours.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline, backtick, html_inline, link, newline
from markdown_it.token import Token

CODE = "\ue000"
STRUCK = "\ue001"
COMMENT = "\ue002"

# Nesting beyond this depth is read by no person; the bound keeps the parser's recursion flat.
_NESTING = 12
# Unbalanced brackets make link parsing slow; no issue text has this many in one paragraph.
_MANY_BRACKETS = 5_000

_BLANKS = {ord(blank): " " for blank in "\t\u00a0\u2007\u2009\u202f\u3000\x0b\x0c\x85\u2028\u2029"}

_MARKUP = re.compile(r"[\[\]<>`*_~\\&!]")
_TAG = re.compile(r"<(?P<close>/?)(?P<name>[A-Za-z][A-Za-z0-9]*)")
_HREF = re.compile(r"""\shref\s*=\s*["']?(?P<target>[^"'\s>]+)""", re.I)
_ISSUE_TARGET = re.compile(
    r"(?:https?:)?//(?:www\.)?github\.com/(?P<repository>[\w-]+/[\w.-]+)/(?:issues|pulls?)/(?P<far>[0-9]{1,10})"
    r"(?![\w])|(?:\.\./|\./)*(?:issues|pulls?)/(?P<near>[0-9]{1,10})(?![\w])",
    re.I,
)
_ABSOLUTE = re.compile(r"(?:[a-z][a-z0-9+.-]*:|//)", re.I)
_MARKER_WORD = re.compile(r"depend|block|requir|wait|after|relat|see also|clos|fix|resolv|part of", re.I)

_MASKS = {"~": STRUCK, "del": STRUCK, "s": STRUCK, "strike": STRUCK}
_MASKS |= dict.fromkeys(("code", "pre", "kbd", "samp", "tt", "script", "style", "blockquote", "q"), CODE)
_BREAKS = frozenset(
    {"br", "p", "li", "ul", "ol", "div", "tr", "table", "summary", "details", "dt", "dd", "hr"}
)
_BREAKS |= {f"h{level}" for level in range(1, 7)}


@dataclass(frozen=True, slots=True)
class Prose:
    """Visible text of one run of inline content; lines are separated by a newline.

    marks: (offset, source line) pairs; bold: (start, end) offsets. Both ascend.
    """

    text: str
    marks: tuple[tuple[int, int], ...]
    bold: tuple[tuple[int, int], ...] = ()

    def line_at(self, offset: int) -> int:
        """1-based source line of the character at `offset`."""
        return self.marks[bisect_right(self.marks, (offset, 1 << 62)) - 1][1]

    def is_bold(self, offset: int) -> bool:
        before = bisect_right(self.bold, (offset, 1 << 62))
        return before > 0 and offset < self.bold[before - 1][1]


@dataclass(slots=True)
class _Canvas:
    """Collects visible text while inline tokens are walked."""

    masks: list[str]
    parts: list[str] = field(default_factory=list)
    size: int = 0
    marks: list[tuple[int, int]] = field(default_factory=list)
    bold: list[tuple[int, int]] = field(default_factory=list)
    links: list[tuple[str, int, int]] = field(default_factory=list)
    strong: list[int] = field(default_factory=list)

    def write(self, text: str) -> None:
        if self.masks and text != "\n":
            text = _MASKS[self.masks[-1]]
        self.parts.append(text)
        self.size += len(text)

    def reach(self, line: int) -> None:
        if not self.marks or self.marks[-1][1] != line:
            self.marks.append((self.size, line))

    def open_link(self, target: str) -> None:
        self.links.append((target, len(self.parts), self.size))

    def close_link(self) -> None:
        if not self.links:
            return
        target, parts, size = self.links.pop()
        label = _link_text("".join(self.parts[parts:]), target)
        self.parts[parts:] = [label]
        self.size = size + len(label)
        # A replaced label may be shorter than the text whose lines were marked.
        last = len(self.marks) - 1
        while last >= 0 and self.marks[last][0] > self.size:
            self.marks[last] = (self.size, self.marks[last][1])
            last -= 1

    def mask(self, name: str) -> None:
        self.masks.append(name)

    def unmask(self, name: str) -> None:
        if name in self.masks:
            del self.masks[len(self.masks) - 1 - self.masks[::-1].index(name)]

    def prose(self) -> Prose:
        return Prose("".join(self.parts).translate(_BLANKS), tuple(self.marks), tuple(sorted(self.bold)))


def draw(content: str, line: int, masks: list[str], links: dict[str, Any]) -> Prose:
    """Visible text of inline content that starts on `line`; elements left open stay in `masks`."""
    if not masks and not _MARKUP.search(content):
        return _plain(content, line)
    canvas = _Canvas(masks)
    canvas.reach(line)
    _draw_tokens(canvas, content, line, links)
    return canvas.prose()


def _plain(content: str, line: int) -> Prose:
    """Most paragraphs: what is seen is what is written."""
    first, *others = content.split("\n")
    lines = [first, *(text.strip(" ") for text in others)]
    breaks = itertools.accumulate((len(text) for text in lines[:-1]), lambda end, length: end + 1 + length)
    marks = ((0, line), *((end, number) for number, end in enumerate(breaks, line + 1)))
    return Prose("\n".join(lines).translate(_BLANKS), marks)


def _draw_tokens(canvas: _Canvas, content: str, line: int, links: dict[str, Any]) -> None:
    parser = _PLAIN if content.count("[") > _MANY_BRACKETS else _INLINE
    tokens = parser.inline.parse(content, parser, links, [])
    struck = _struck(tokens)
    breaks = [match.start() for match in re.finditer("\n", content)]
    for index, token in enumerate(tokens):
        if index in struck:
            canvas.mask("~") if struck[index] else canvas.unmask("~")
        else:
            _PAINT.get(token.type, _ignore)(canvas, token)
        if (end := token.meta.get("end")) is not None:
            canvas.reach(line + bisect_left(breaks, end))


def _struck(tokens: list[Token]) -> dict[int, bool]:
    """Indices of the tildes that pair up: True where struck text begins, False where it ends."""
    paired: dict[int, bool] = {}
    openers: dict[int, list[int]] = {1: [], 2: []}
    for index, token in enumerate(tokens):
        if token.type != "tilde":
            continue
        length = len(token.content)
        if token.meta["close"] and openers[length]:
            start = openers[length].pop()
            paired |= {start: True, index: False}
            other = openers[3 - length]
            while other and other[-1] > start:
                other.pop()
        elif token.meta["open"]:
            openers[length].append(index)
    return paired


def _paint_html(canvas: _Canvas, token: Token) -> None:
    tag = _TAG.match(token.content)
    if tag is None:
        canvas.write(COMMENT)
        return
    name = tag["name"].lower()
    if name in _MASKS:
        canvas.unmask(name) if tag["close"] else canvas.mask(name)
    elif name in _BREAKS:
        canvas.write("\n")
    elif name == "a":
        href = _HREF.search(token.content)
        canvas.close_link() if tag["close"] else canvas.open_link(href["target"] if href else "")


def _ignore(canvas: _Canvas, token: Token) -> None:
    """Emphasis and unknown markup leave no trace in visible text."""


_PAINT: dict[str, Callable[[_Canvas, Token], None]] = {
    "text": lambda canvas, token: canvas.write(token.content.replace("\n", " ")),
    "text_special": lambda canvas, token: canvas.write(token.content),
    "tilde": lambda canvas, token: canvas.write(token.content),
    "softbreak": lambda canvas, token: canvas.write("\n"),
    "hardbreak": lambda canvas, token: canvas.write("\n"),
    "code_inline": lambda canvas, token: canvas.write(CODE),
    "image": lambda canvas, token: canvas.write(CODE),
    "strong_open": lambda canvas, token: canvas.strong.append(canvas.size),
    "strong_close": lambda canvas, token: canvas.bold.append((canvas.strong.pop(), canvas.size)),
    "link_open": lambda canvas, token: canvas.open_link(str(token.attrs.get("href", ""))),
    "link_close": lambda canvas, token: canvas.close_link(),
    "html_inline": _paint_html,
}


def _link_text(label: str, target: str) -> str:
    """A link to an issue reads as its address, unless a marker stands in the label."""
    match = _ISSUE_TARGET.match(target)
    if match is None:
        return re.sub(r"#(?=[0-9])", CODE, label) if _ABSOLUTE.match(target) else label
    number = match["far"] or match["near"]
    address = f"https://github.com/{match['repository']}/issues/{number}" if match["far"] else f"#{number}"
    if STRUCK in label:
        return STRUCK
    if not _MARKER_WORD.search(label):
        return address
    if (short := f"#{number}") in label:
        return label.replace(short, address, 1)
    return f"{label} {address}"


def _tilde(state: StateInline, silent: bool) -> bool:
    if state.src[state.pos] != "~":
        return False
    scanned = state.scanDelims(state.pos, True)
    if not silent:
        token = state.push("tilde" if scanned.length <= 2 else "text", "", 0)
        token.content = "~" * scanned.length
        token.meta = {"open": scanned.can_open, "close": scanned.can_close}
    state.pos += scanned.length
    return True


def _positioned(rule: Callable[[StateInline, bool], bool]) -> Callable[[StateInline, bool], bool]:
    """The rule, noting on its last token where in the source it ended: tokens carry no position."""

    def run(state: StateInline, silent: bool) -> bool:
        done = rule(state, silent)
        if done and not silent and state.tokens:
            state.tokens[-1].meta["end"] = state.pos
        return done

    return run


def _parser(*without: str) -> MarkdownIt:
    parser = MarkdownIt("commonmark", {"maxNesting": _NESTING}).disable(list(without))
    for name, rule in (("newline", newline), ("backticks", backtick), ("html_inline", html_inline)):
        parser.inline.ruler.at(name, _positioned(rule))
    if "link" not in without:
        parser.inline.ruler.at("link", _positioned(link))
    parser.inline.ruler.before("emphasis", "tilde", _tilde)
    return parser


_INLINE = _parser()
_PLAIN = _parser("link", "image")
