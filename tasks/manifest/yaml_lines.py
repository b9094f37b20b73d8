"""YAML as plain data, read from parser events: fast, bounded in depth, and with the line of everything wrong.

What people stumble over is refused or taken as text: no anchors and aliases, no tags, no keys twice, no
second document. Dates, octal and sexagesimal numbers stay the text that was typed. Keys are always text.
"""

import math
import re
from collections.abc import Callable, Collection
from typing import Any

import yaml
from yaml.events import AliasEvent, MappingEndEvent, ScalarEvent, SequenceEndEvent, SequenceStartEvent

Path = tuple[str | int, ...]

MAX_DEPTH = 40
TWICE = "this key stands here twice; keep one of them"
_SHOWN = 10

# libyaml when PyYAML was built with it: ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_WORDS: dict[str, bool | None] = {
    spelled: value
    for words, value in ((("true", "yes", "on"), True), (("false", "no", "off"), False), (("null",), None))
    for word in words
    for spelled in (word, word.capitalize(), word.upper())
} | {"": None, "~": None}
_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
_DECIMAL = re.compile(r"[-+]?[0-9]{1,30}\.[0-9]*(?:[eE][-+]?[0-9]{1,3})?")
_NO_ANCHORS = "anchors and aliases (`&name`, `*name`) are not supported; write the value out, or quote it"
_NO_TEXT = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class YamlProblem(Exception):
    """Text that is no usable YAML: where (`line` and `column` count from 1), at which key, and what to do."""

    def __init__(self, line: int, what: str, column: int | None = None) -> None:
        super().__init__(what)
        self.line, self.column, self.what = line, column, what
        self.path: Path = ()


def show_path(path: Path) -> str:
    """`("issues", "14", "depends_on", 0)` as `issues.14.depends_on[0]`; cut where it gets long."""
    steps = [f"[{step}]" if isinstance(step, int) else f".{step}" for step in path[:_SHOWN]]
    return "".join(steps).removeprefix(".") + ("..." if len(path) > _SHOWN else "")


def load(text: str) -> Any:
    """The one document in `text` as dicts with text keys, lists and scalars; None when it is empty.

    Raises YamlProblem.
    """
    try:
        return _Reader(text).document()
    except yaml.reader.ReaderError:
        raise _unprintable(text) from None
    except yaml.MarkedYAMLError as error:
        # Of an open quote: where it begins, not the end of the file.
        unended = "end of stream" in str(error.problem)
        mark = (error.context_mark if unended else error.problem_mark) or error.problem_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        what = f"not YAML: {error.problem or error.context}; {_advice(text, line, str(error.problem))}"
        raise YamlProblem(line, what, column) from None


def compose(text: str) -> Any:
    """The nodes of a document that `load` has read without a complaint, with the marks of an editor."""
    return yaml.compose(text, Loader=_Loader)


def lines_of(text: str, paths: Collection[Path]) -> dict[Path, int]:
    """The line (from 1) of each of `paths`: that of its key or list item; of what contains it if it is not there.

    A second pass over `text`, which `load` has read without a complaint.
    """
    finder = _Finder(text)
    finder.document()
    found = finder.lines
    return {
        path: next(found[path[:n]] for n in range(len(path), -1, -1) if path[:n] in found) for path in paths
    }


def _unprintable(text: str) -> YamlProblem:
    bad = _NO_TEXT.search(text)
    if bad is None:
        return YamlProblem(1, "not YAML: a character that it does not allow")
    line, column = text.count("\n", 0, bad.start()) + 1, bad.start() - text.rfind("\n", 0, bad.start())
    return YamlProblem(line, f"not YAML: the control character U+{ord(bad[0]):04X}; delete it", column)


def _advice(text: str, line: int, problem: str) -> str:
    lines = text.split("\n")
    if line <= len(lines) and re.match(r" *\t", lines[line - 1]):
        return "indent with spaces, not with tabs"
    if "mapping values" in problem:
        return "put quotes around a text that holds `: `"
    if "document start" in problem:
        return "write `key: value` lines, without braces around them all"
    if re.search(r"[\[,] *#\d", text):
        return "write an issue number without `#`"
    return "look at the quotes, brackets and indentation there"


class _Reader:
    """Builds the value of each event as it comes; nothing but the value is kept."""

    def __init__(self, text: str) -> None:
        self.next: Callable[[], Any] = _Loader(text).get_event

    def document(self) -> Any:
        self.next()
        if isinstance(self.next(), yaml.StreamEndEvent):
            return None
        value = self.value(self.next(), 1)
        self.next()
        if not isinstance(more := self.next(), yaml.StreamEndEvent):
            what = "a second document begins here; keep everything in one, without `---`"
            raise YamlProblem(_line(more), what)
        return value

    def value(self, event: Any, depth: int) -> Any:
        if event.__class__ is AliasEvent or event.anchor is not None:
            raise YamlProblem(_line(event), _NO_ANCHORS)
        if event.tag is not None:
            what = f"the tag `{event.tag}` is not supported; delete it, or quote the text"
            raise YamlProblem(_line(event), what)
        if event.__class__ is ScalarEvent:
            return _scalar(event.value) if event.implicit[0] else event.value
        if depth > MAX_DEPTH:
            raise YamlProblem(_line(event), f"nested more than {MAX_DEPTH} levels deep")
        if event.__class__ is SequenceStartEvent:
            return self.sequence(depth)
        return self.mapping(depth)

    def sequence(self, depth: int) -> list[Any]:
        items: list[Any] = []
        following = self.next
        try:
            while (event := following()).__class__ is not SequenceEndEvent:
                items.append(self.value(event, depth + 1))
        except YamlProblem as problem:
            problem.path = (len(items), *problem.path)
            raise
        return items

    def mapping(self, depth: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}
        following = self.next
        while (event := following()).__class__ is not MappingEndEvent:
            if event.__class__ is not ScalarEvent:
                raise YamlProblem(_line(event), "a key has to be a word or a number; quote it")
            key = event.value
            try:
                if key in pairs:
                    raise YamlProblem(_line(event), TWICE)
                pairs[key] = self.value(following(), depth + 1)
            except YamlProblem as problem:
                problem.path = (key, *problem.path)
                raise
        return pairs


class _Finder:
    """Notes the line of every key and list item."""

    def __init__(self, text: str) -> None:
        self.next: Callable[[], Any] = _Loader(text).get_event
        self.lines: dict[Path, int] = {(): 1}

    def document(self) -> None:
        self.next()
        if not isinstance(self.next(), yaml.StreamEndEvent):
            self.visit(self.next(), ())

    def visit(self, event: Any, path: Path) -> None:
        if isinstance(event, SequenceStartEvent):
            index = 0
            while not isinstance(item := self.next(), SequenceEndEvent):
                self.lines[*path, index] = _line(item)
                self.visit(item, (*path, index))
                index += 1
        elif not isinstance(event, ScalarEvent):
            while not isinstance(key := self.next(), MappingEndEvent):
                self.lines[*path, key.value] = _line(key)
                self.visit(self.next(), (*path, key.value))


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _scalar(text: str) -> Any:
    """The value of a plain scalar; what is not plainly a number, a truth value or null is text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] in "0123456789+-":
        if _INTEGER.fullmatch(text):
            return int(text)
        if _DECIMAL.fullmatch(text) and math.isfinite(number := float(text)):
            return number
    return text
