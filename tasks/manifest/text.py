"""The text of milestone.yaml: its two parts, and edits that keep every other byte.

Texts are the decoded file without byte order mark; line endings are those of the file.
"""

import re
from collections.abc import Sequence
from typing import Any

import yaml

from ..model import Ref
from .yaml_lines import compose
from .yaml_text import flow, scalar

MARKER = "# ---- plan"
MARKER_LINE = f"{MARKER}: written by `doit plan`; edits below this line are lost with the next plan ----"

_MARKER = re.compile(rf"^{MARKER}(?![0-9A-Za-z_])", re.MULTILINE)
_KEY_BELOW = re.compile(r"^(?!plan\s*:)[\"']?(\w+)[\"']?[ \t]*:(?=\s|\Z)", re.MULTILINE)
_BLANK = " \t\r\n"


class CannotEdit(Exception):
    """The text is written in a way that this module does not edit."""


def split(text: str) -> tuple[str, str]:
    """The person's part and the part from the plan line on; either may be empty."""
    found = _MARKER.search(text)
    return (text[: found.start()], text[found.start() :]) if found else (text, "")


def key_below(plan: str) -> tuple[str, int] | None:
    """A key of the person's that stands in the plan part, and its line (from 1) there."""
    found = _KEY_BELOW.search(plan)
    return (found[1], plan.count("\n", 0, found.start()) + 1) if found else None


def newline_of(text: str) -> str:
    """The line ending that `text` uses first."""
    end = text.find("\n")
    return "\r\n" if end > 0 and text[end - 1] == "\r" else "\n"


def joined(person: str, plan: str) -> str:
    """`person` as it is and the plan's lines under the plan line, which gets an empty line above at first."""
    newline = newline_of(person)
    if person and not person.endswith("\n"):
        person += newline
    if not person.endswith(newline * 2):
        person += newline
    return person + f"{MARKER_LINE}\n{plan}".replace("\n", newline)


def replaced_plan(text: str, plan: str) -> str:
    """`text` with the lower part made of `plan`; the upper part stays as it is."""
    person, old = split(text)
    if not old:
        return joined(person, plan)
    return person + f"{MARKER_LINE}\n{plan}".replace("\n", newline_of(text))


def with_item(text: str, key: str, ref: Ref) -> str:
    """`text` with `ref` in the list `key`, which is made where there is none. Raises CannotEdit."""
    node = _node(_root(text), key)
    if node is None:
        return _with_line(text, f"{key}: {flow([ref])}")
    if not isinstance(node, yaml.SequenceNode):
        raise CannotEdit
    if node.flow_style:
        return _with_flow_item(text, node, scalar(ref))
    return _with_block_item(text, node, scalar(ref))


def with_depends_on(text: str, issue: int, refs: Sequence[Ref]) -> str:
    """`text` with `depends_on` of an issue's change replaced by `refs`. Raises CannotEdit."""
    edges = f"depends_on: {flow(refs)}"
    issues = _node(_root(text), "issues")
    if issues is None:
        return _with_line(text, f"issues:{newline_of(text)}  {issue}: {{{edges}}}")
    change = _node(issues, str(issue))
    if change is None:
        return _with_key(text, issues, f"{issue}: {{{edges}}}")
    old = _node(change, "depends_on")
    return _with_key(text, change, edges) if old is None else _over(text, old, flow(refs))


def _root(text: str) -> Any:
    return compose(split(text)[0])


def _node(parent: Any, key: str) -> Any:
    """The value of `key` in a mapping; None where there is no such key, or no mapping but an empty text."""
    if parent is None:
        return None
    if not isinstance(parent, yaml.MappingNode):
        raise CannotEdit
    return next((value for name, value in parent.value if name.value == key), None)


def _with_line(text: str, line: str) -> str:
    """`line` as the last of the person's part, above the empty lines that end it."""
    person, plan = split(text)
    newline = newline_of(text)
    end = person.find("\n", len(person.rstrip(_BLANK)))
    if end < 0:
        return person + (newline if person else "") + line + (newline if plan else "") + plan
    return f"{person[: end + 1]}{line}{newline}{person[end + 1 :]}{plan}"


def _over(text: str, node: Any, new: str) -> str:
    """`new` in the place of a value that stands on its key's line."""
    if not isinstance(node, yaml.ScalarNode) and not node.flow_style:
        raise CannotEdit
    return text[: node.start_mark.index] + new + text[node.end_mark.index :]


def _with_flow_item(text: str, node: Any, item: str) -> str:
    if not node.value:
        at = node.start_mark.index + 1
        return text[:at] + item + text[at:]
    at = node.value[-1].end_mark.index
    return f"{text[:at]}, {item}{text[at:]}"


def _with_block_item(text: str, node: Any, item: str) -> str:
    """A line of its own under the last item, indented as that one is."""
    last = node.value[-1]
    start = text.rfind("\n", 0, last.start_mark.index) + 1
    before = text[start : last.start_mark.index]
    if not re.fullmatch(r" *- +", before):
        raise CannotEdit
    newline = newline_of(text)
    end = text.find("\n", last.end_mark.index)
    if end < 0:
        return f"{text}{newline}{before}{item}"
    return f"{text[: end + 1]}{before}{item}{newline}{text[end + 1 :]}"


def _with_key(text: str, node: Any, entry: str) -> str:
    """`entry` as the first of a mapping, in the manner of the others."""
    if node.flow_style:
        at = node.start_mark.index + 1
        return text[:at] + entry + (", " if node.value else "") + text[at:]
    first = node.value[0][0].start_mark
    return f"{text[: first.index]}{entry}{newline_of(text)}{' ' * first.column}{text[first.index :]}"
