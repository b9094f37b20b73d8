"""Dependency markers in the Markdown text of an issue: who blocks it, whom it blocks, what is related."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from .blocks import Block, read_blocks
from .findings import Edge, Findings, Markers, Unreadable
from .phrases import (
    OTHER_RELATION,
    Kind,
    find_keywords,
    is_led_by_reference,
    is_other_title,
    is_subject,
    kind_of_title,
)
from .prose import COMMENT, STRUCK, Prose
from .references import read_list
from .statements import judge, why_unreadable
from .values import content_start, later_reference, read_lines, read_parts, read_title, says_none

__all__ = ["Edge", "Markers", "Unreadable", "read_markers"]


def read_markers(text: str | None, repository: str | None = None) -> Markers:
    """Read the markers of an issue's text.

    repository: "owner/repo" of the issue; a URL or a long reference to it becomes "#n". An edge said
    twice is reported where it stands first. References of an issue to itself are reported like others.
    """
    reader = _Reader(repository, Findings(text or ""))
    for block in read_blocks(text or ""):
        reader.read(block)
    reader.drop_pending()
    return reader.findings.markers()


class _Topic(NamedTuple):
    """What a heading or a label says about the references below it."""

    kind: Kind | None
    level: int = 0
    loud: bool = True
    elsewhere: bool = False


class _Pending(NamedTuple):
    """A keyword at the end of a block: its references are expected in the next one."""

    topic: _Topic
    depth: int
    line: int


@dataclass(slots=True)
class _Item:
    """A list item. led: it begins with a reference; unread: its warning unless a list follows inside."""

    topic: _Topic | None
    led: bool = False
    fresh: bool = True
    unread: tuple[int, str] | None = None


@dataclass(slots=True)
class _Reader:
    home: str | None
    findings: Findings
    sections: list[_Topic] = field(default_factory=list)
    lists: list[_Topic | None] = field(default_factory=list)
    items: list[_Item] = field(default_factory=list)
    columns: list[_Topic] = field(default_factory=list)
    pending: _Pending | None = None

    def read(self, block: Block) -> None:
        match block.place:
            case "heading":
                self.drop_pending()
                self.read_heading(block.prose[0], block.level)
            case "paragraph" | "html":
                self.read_paragraph(block.prose[0], loud=block.place == "paragraph")
            case "header":
                self.drop_pending()
                self.read_header(block.prose)
            case "row":
                self.read_row(block.prose)
            case "list":
                self.open_list()
            case "list_end":
                self.drop_pending()
                self.lists.pop()
            case "item":
                self.items.append(_Item(self.lists[-1]))
            case "item_end":
                self.drop_pending()
                self.close_item()
            case "other":
                self.drop_pending()

    # --- where in the document ---

    @property
    def topic(self) -> _Topic | None:
        """What governs the place: the innermost label over a list, or else the section."""
        if self.items:
            return self.items[-1].topic
        return self.sections[-1] if self.sections else None

    @property
    def about_another(self) -> bool:
        return any(item.led for item in self.items)

    def read_heading(self, prose: Prose, level: int) -> None:
        while self.sections and self.sections[-1].level >= level:
            self.sections.pop()
        kind = kind_of_title(prose.text)
        if kind is not None:
            self.sections.append(_Topic(kind, level, loud=kind != "related"))
        elif is_led_by_reference(prose.text):
            self.sections.append(_Topic(None, level, elsewhere=True))
        elif self.sections and is_other_title(prose.text):
            self.sections.append(_Topic(None, level))
        if kind is None:
            self.read_keywords(prose, 0, len(prose.text))

    def open_list(self) -> None:
        topic = self.topic
        if self.pending is not None and self.pending.depth == len(self.lists):
            topic, self.pending = self.pending.topic, None
        self.drop_pending()
        if self.items:
            self.items[-1].unread = None
        self.lists.append(topic)

    def close_item(self) -> None:
        item = self.items.pop()
        if item.unread is not None:
            self.findings.warn(*item.unread)

    def drop_pending(self) -> None:
        """Nothing followed a keyword."""
        pending, self.pending = self.pending, None
        if pending is not None and pending.topic.loud:
            self.findings.warn(pending.line, "nothing follows the keyword")

    # --- blocks ---

    def read_paragraph(self, prose: Prose, *, loud: bool) -> None:
        if not prose.text.strip(f" \n{COMMENT}"):
            self.pending = self.pending and self.pending._replace(
                topic=self.pending.topic._replace(loud=False)
            )
            return
        pending, topic = self.pending, self.topic
        if (
            pending is not None
            and pending.depth == len(self.lists)
            and self.read_value_of(prose, pending.topic)
        ):
            self.pending = None
            return
        self.drop_pending()
        item = self.items[-1] if self.items else None
        first = item is None or item.fresh
        if item is not None:
            item.fresh = False
        if topic is not None and topic.kind is not None and first:
            self.read_governed(prose, topic if loud else topic._replace(loud=False), item)
            return
        if item is not None and first:
            item.led = is_led_by_reference(prose.text)
        if not self.about_another:
            self.read_keywords(prose, 0, len(prose.text))

    def read_governed(self, prose: Prose, topic: _Topic, item: _Item | None) -> None:
        """A paragraph, or the head of a list item, below a label."""
        text, covered, failed = prose.text, 0, -1
        for start, end in _lines(text) if item is None else [(0, len(text))]:
            if start < covered or not text[start:end].strip():
                continue
            covered = self.read_entry(prose, start, end, topic, item)
            if covered < 0 and failed < 0:
                failed = content_start(text, start)
        if failed < 0 or not topic.loud or any(item.led for item in self.items):
            return
        if item is None:
            if not _is_label(prose):
                self.findings.warn(prose.line_at(failed), why_unreadable(text, failed))
        elif later_reference(text, failed):
            self.findings.warn(prose.line_at(failed), why_unreadable(text, failed))
        else:
            item.unread = (prose.line_at(failed), why_unreadable(text, failed))

    def read_entry(self, prose: Prose, start: int, end: int, topic: _Topic, item: _Item | None) -> int:
        """Read one entry; the offset behind what was read, or -1 when it says nothing readable."""
        text = prose.text
        if says_none(text, start):
            return end
        taken = self.take_leading(prose, topic, start)
        if taken >= 0:
            if item is not None:
                item.led = True
            return max(end, taken)
        if self.about_another:
            return end
        other = OTHER_RELATION.match(text, content_start(text, start))
        if other and item is not None:
            item.topic = None
        if self.read_keywords(prose, start, end) or other:
            return end
        titled = read_title(text, start, self.home)
        self.findings.take(titled, topic.kind, prose)
        return end if titled else -1

    def take_leading(self, prose: Prose, topic: _Topic, start: int = 0) -> int:
        """References that lead the text at `start`; the offset behind them, or -1 when there are none."""
        text = prose.text
        begin = content_start(text, start)
        listing = read_list(text, begin, self.home)
        if listing and is_subject(text, listing.end):
            self.findings.warn(prose.line_at(begin), "says what another issue depends on")
            return len(text)
        if listing:
            read_parts(listing, text, self.home, join=True)
            read_lines(listing, text, self.home)
            self.findings.take(listing, topic.kind, prose)
            return listing.end
        return begin if STRUCK in text[start:begin] else -1

    def read_value_of(self, prose: Prose, topic: _Topic) -> bool:
        """The block or table cell that holds the value of a keyword; whether it could be read."""
        return says_none(prose.text, 0) or self.take_leading(prose, topic) >= 0

    def read_header(self, cells: tuple[Prose, ...]) -> None:
        """The leading columns of a table may be keywords; a first row may also hold a keyword and its value."""
        kinds = itertools.takewhile(
            lambda kind: kind is not None, (kind_of_title(cell.text) for cell in cells)
        )
        self.columns = [_Topic(kind) for kind in kinds]
        if self.columns and len(cells) > 1 and self.read_value_of(cells[1], self.columns[0]):
            self.columns = []

    def read_row(self, cells: tuple[Prose, ...]) -> None:
        """Cells up to the first that names an issue speak about this one; later ones about the named."""
        key: Kind | None = None
        governed = self.topic is not None and self.topic.kind is not None
        for index, cell in enumerate(cells):
            topic = self.columns[index] if index < len(self.columns) else self.topic if governed else None
            if key is not None:
                self.read_cell_value(cell, key)
                key = None
            elif (key := kind_of_title(cell.text)) is None:
                led = topic is not None and self.take_leading(cell, topic) >= 0
                if not led and not self.about_another and not is_led_by_reference(cell.text):
                    self.read_keywords(cell, 0, len(cell.text))
                if index >= len(self.columns) - 1 and is_led_by_reference(cell.text):
                    return

    def read_cell_value(self, cell: Prose, kind: Kind) -> None:
        if cell.text.strip() and not self.read_value_of(cell, _Topic(kind)) and kind != "related":
            self.findings.warn(cell.line_at(0), why_unreadable(cell.text, 0))

    def read_keywords(self, prose: Prose, start: int, end: int) -> bool:
        """Take what the keywords say that begin between two offsets; whether any was understood."""
        understood = False
        elsewhere = self.topic is not None and self.topic.elsewhere
        for keyword in find_keywords(prose.text, start, end):
            if keyword.start < start:
                continue
            said = judge(prose, keyword, self.home, elsewhere=elsewhere)
            if said.end >= 0:
                understood, start = True, max(start, said.end)
            self.findings.take(said.listing, keyword.kind, prose)
            for offset, reason in said.warnings:
                self.findings.warn(prose.line_at(offset), reason)
            if said.expects is not None:
                self.drop_pending()
                topic = _Topic(keyword.kind, loud=said.expects == "loud")
                self.pending = _Pending(topic, len(self.lists), prose.line_at(keyword.start))
        return understood


def _lines(text: str) -> Iterator[tuple[int, int]]:
    """Offsets of the lines of a text."""
    start = 0
    while (end := text.find("\n", start)) >= 0:
        yield start, end
        start = end + 1
    yield start, len(text)


def _is_label(prose: Prose) -> bool:
    """A line that only introduces the list below it."""
    text = prose.text.rstrip()
    return text.endswith((":", "：")) or prose.bold[:1] == ((0, len(text)),)
