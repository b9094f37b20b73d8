"""Plain data as YAML that people like to read: on one line where it fits, else one entry per line.

The same data gives the same text, whichever PyYAML is installed.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

WIDTH = 110

# Plain where no reader of YAML 1.1 or 1.2 takes it for anything but text, inside brackets too.
_PLAIN = re.compile(r"[A-Za-z](?:[A-Za-z0-9_./ -]*[A-Za-z0-9_./-])?|(?=[0-9a-f]*[acdf])[0-9a-f]{40,64}")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_HIDDEN = re.compile("[\x7f-\x9f\xad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]")
_JSON = json.JSONEncoder(ensure_ascii=False)
_HALF = re.compile("[\ud800-\udfff]")


def block(value: dict[Any, Any], indent: int = 0) -> str:
    """`value` as lines, each ended by a newline, `indent` spaces from the margin."""
    return "".join(f"{line}\n" for line in _lines(value, indent))


def flow(value: Any) -> str:
    """`value` on one line: `[1, 2]`, `{wave: 1, issues: [12]}`, `null`, text quoted where that is needed."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {flow(item)}" for key, item in value.items()) + "}"
    if _is_list(value):
        return "[" + ", ".join(flow(item) for item in value) + "]"
    return scalar(value)


def scalar(value: Any) -> str:
    """A single value. Half a surrogate pair, which no UTF-8 file can hold, becomes U+FFFD."""
    if not isinstance(value, str):
        return _JSON.encode(value)
    if _PLAIN.fullmatch(value) and value.lower() not in _WORDS:
        return value
    quoted = _JSON.encode(_HALF.sub("\ufffd", value))
    return _HIDDEN.sub(lambda found: f"\\u{ord(found[0]):04x}", quoted)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _is_nested(value: Any) -> bool:
    return isinstance(value, dict | list | tuple)


def _is_large(value: Any) -> bool:
    """Surely more than one line; spares writing a long plan on one line to see that it is too long."""
    if not _is_nested(value):
        return False
    items = value.values() if isinstance(value, dict) else value
    texts = sum(len(item) for item in items if isinstance(item, str))
    return len(items) > WIDTH // 3 or texts > WIDTH or any(_is_large(item) for item in items)


def _lines(value: Any, indent: int) -> list[str]:
    """The entries of a mapping or list that is not written on one line."""
    if isinstance(value, dict):
        return [line for key, item in value.items() for line in _entry(f"{scalar(key)}:", item, indent)]
    return [line for item in value for line in _entry("-", item, indent)]


def _entry(head: str, value: Any, indent: int) -> list[str]:
    start = " " * indent + head
    if not _is_nested(value):
        return [f"{start} {scalar(value)}"]
    if not value:
        return [f"{start} {flow(value)}"]
    if not _is_large(value) and len(line := f"{start} {flow(value)}") <= WIDTH:
        return [line]
    if _is_list(value) and not any(_is_nested(item) for item in value):
        return _wrapped(start, value, indent + 2)
    inner = _lines(value, indent + 2)
    if head == "-":
        return [f"{start} {inner[0].lstrip(' ')}", *inner[1:]]
    return [start, *inner]


def _wrapped(start: str, items: Sequence[Any], indent: int) -> list[str]:
    """A list of single values in brackets, broken between values."""
    lines = [f"{start} ["]
    words = [f"{scalar(item)}," for item in items]
    words[-1] = f"{words[-1][:-1]}]"
    for word in words:
        room = " " if lines[-1].endswith(",") else ""
        if len(lines[-1]) + len(room) + len(word) <= WIDTH or lines[-1].endswith("["):
            lines[-1] += room + word
        else:
            lines.append(" " * indent + word)
    return lines
