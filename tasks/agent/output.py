"""Reads what an agent leaves: its result file, and what its standard output says for machines.

Both were written by a program that is not trusted: sizes are capped, links are not followed, every value is
checked against schema/agent-result.schema.json, and what does not fit is left out.
"""

import json
import os
import re
import stat
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

RESULT_LIMIT = 64 << 10
HEAD, TAIL = 64 << 10, 4 << 20
"""Bytes read of a machine output: a session id stands at its start, the totals at its end."""

SUMMARY = 2000
"""Characters kept of a summary."""

_TRIES = 200


class BadResult(ValueError):
    """A result file that is there and cannot be used; the text says why."""


def read_result(path: Path) -> dict[str, Any]:
    """The checked content of a result file; empty when there is none. Raises BadResult."""
    data = _read_plain(path)
    if data is None:
        return {}
    try:
        value = json.loads(data, parse_constant=_no_constant)
    except (ValueError, RecursionError) as error:
        raise BadResult("is no JSON") from error
    wrong = next(_schema().iter_errors(value), None)
    if wrong is not None:
        at = ".".join(map(str, wrong.absolute_path))
        raise BadResult(f"does not fit the schema{at and f' at {at}'}")
    return _trimmed(value)


def read_output(path: Path, kind: str, fields: Mapping[str, str]) -> dict[str, Any]:
    """The named fields of a machine output; what is missing or of a wrong type is left out.

    `kind`: `json`, the last object counts; `jsonl`, one object a line, the last value of each field counts.
    `fields` maps names to dotted paths: `usage.input`; `a + b` adds; `sum(a)` adds up over all lines. Besides
    those of the result file there may be `is_error`.
    """
    found: dict[str, Any] = {}
    for value in _objects(path, kind):
        for name, path_text in fields.items():
            summed = re.fullmatch(r"sum\((.*)\)", path_text)
            got = _value(value, summed[1] if summed else path_text)
            if got is not None:
                found[name] = got + found.get(name, 0) if summed and _is_number(got) else got
    return _trimmed({name: value for name, value in found.items() if _fits(name, value)})


def _objects(path: Path, kind: str) -> Iterator[dict[str, Any]]:
    text = _ends(path)
    if kind == "jsonl":
        for line in text.splitlines():
            value = _json(line)
            if value is not None:
                yield value
    elif kind == "json":
        last = _last_object(text)
        if last is not None:
            yield last


def _last_object(text: str) -> dict[str, Any] | None:
    """The last JSON object that begins at the start of a line; some programs print a banner before it."""
    decoder = json.JSONDecoder(parse_constant=_no_constant)
    end = len(text)
    for _ in range(_TRIES):
        start = text.rfind("\n{", 0, end) + 1
        if text.startswith("{", start):
            try:
                value = decoder.raw_decode(text, start)[0]
            except (ValueError, RecursionError):
                value = None
            if isinstance(value, dict):
                return value
        if start == 0:
            return None
        end = start
    return None


def _json(line: str) -> dict[str, Any] | None:
    if not line.startswith("{"):
        return None
    try:
        value = json.loads(line, parse_constant=_no_constant)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _value(value: Any, path: str) -> Any:
    parts = [_walk(value, part.strip().split(".")) for part in path.split("+")]
    if len(parts) == 1:
        return parts[0]
    numbers = [part for part in parts if _is_number(part)]
    return sum(numbers) if numbers else None


def _walk(value: Any, keys: list[str]) -> Any:
    for key in keys:
        if not isinstance(value, dict):
            return None
        value = value.get(key)
    return value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _fits(name: str, value: Any) -> bool:
    if name == "is_error":
        return isinstance(value, bool)
    return bool(_schema().is_valid({name: value}))


def _trimmed(value: dict[str, Any]) -> dict[str, Any]:
    return value | {"summary": value["summary"][:SUMMARY]} if "summary" in value else value


def _ends(path: Path) -> str:
    """The head and the tail of a file; what lies between them is left out, and the cut line with it."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(0)
            data = file.read(HEAD + TAIL)
            if size > HEAD + TAIL:
                file.seek(size - TAIL)
                data = data[:HEAD] + b"\n" + file.read(TAIL)
    except OSError:
        return ""
    return data.decode(errors="replace")


def _read_plain(path: Path) -> bytes | None:
    try:
        fd = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise BadResult("is a link or cannot be read") from error
    try:
        if not stat.S_ISREG(os.fstat(fd).st_mode):
            raise BadResult("is no plain file")
        data = os.read(fd, RESULT_LIMIT + 1)
    finally:
        os.close(fd)
    if len(data) > RESULT_LIMIT:
        raise BadResult(f"is larger than {RESULT_LIMIT} bytes")
    return data


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no JSON")


@cache
def _schema() -> Any:
    # Imported here: it takes long, and only an agent that tells something needs it.
    from jsonschema import Draft202012Validator

    text = resources.files("auto_milestone.schema").joinpath("agent-result.schema.json").read_text("utf-8")
    return Draft202012Validator(json.loads(text))
