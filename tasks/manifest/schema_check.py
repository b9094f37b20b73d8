"""Checks data against schema/manifest.schema.json, and says the first thing wrong as one line with its key.

The schema's own `x-hint` says what to write instead; `path` leads from the top of the data to the place.
"""

import difflib
import functools
import itertools
import json
import re
import shlex
from collections.abc import Iterable, Mapping, Sequence
from importlib import resources
from typing import Any

from ..errors import ConfigError
from .yaml_lines import Path, show_path
from .yaml_text import flow

_LOOKED_AT = 200
_TYPES = {
    "string": "text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}


class SettingError(ConfigError):
    """A setting that cannot be used. `path` is where it stands, `what` what is wrong and what to do."""

    def __init__(self, path: Path, what: str) -> None:
        super().__init__(f"{show_path(path)}: {what}" if path else what)
        self.path, self.what = path, what


def check_person(data: object) -> None:
    """Check the person's part of a manifest. Raises SettingError."""
    _check(data, _validator(""))


def check_plan(data: object) -> None:
    """Check what stands under `plan`. Raises SettingError, its path beginning below `plan`."""
    _check(data, _validator("#/$defs/plan"))


@functools.cache
def _validator(part: str) -> Any:
    # Imported here: it costs 40 ms, and a manifest that was checked before is not checked again.
    import jsonschema

    schema = json.loads(
        resources.files("auto_milestone.schema").joinpath("manifest.schema.json").read_bytes()
    )
    if part:
        schema = {"$schema": schema["$schema"], "$ref": part, "$defs": schema["$defs"]}
    return jsonschema.Draft202012Validator(schema)


def _check(data: object, validator: Any) -> None:
    errors = itertools.islice(validator.iter_errors(data), _LOOKED_AT)
    found = [problem for error in errors for problem in _problems(error)]
    if found:
        _rank, path, what = min(found, key=lambda problem: (problem[0], _order(data, problem[1])))
        raise SettingError(path, what)


def _order(data: Any, path: Path) -> tuple[int, ...]:
    """Where `path` stands in the file, compared with others: data keeps the file's order."""
    order = []
    for step in path:
        if isinstance(data, dict):
            order.append(list(data).index(str(step)) if step in data else len(data))
            data = data.get(str(step))
        else:
            order.append(int(step))
            data = data[step]
    return tuple(order)


def _problems(error: Any) -> Iterable[tuple[int, Path, str]]:
    """Rank, path and text of what one error of jsonschema says. An unknown key comes before all else.

    It may be a missing key misspelt, and is then the only thing to mend.
    """
    path: Path = tuple(error.absolute_path)
    if error.validator == "additionalProperties":
        for key in error.instance:
            if key not in error.schema["properties"]:
                yield 0, (*path, key), f"unknown key; {_suggestion(key, error.schema['properties'])}"
    elif error.validator == "pattern" and "propertyNames" in error.absolute_schema_path:
        what = "an issue number" if path[:1] == ("issues",) else "a name of letters, digits and _"
        yield 0, (*path, error.instance), f"this key is not {what}"
    elif error.validator == "required":
        key = next(key for key in error.validator_value if key not in error.instance)
        yield 2, path, f"`{key}` is missing; {_missing(path, key)}"
    else:
        yield 1, path, _what(error, path)


def _what(error: Any, path: Path) -> str:
    hint = error.schema.get("x-hint")
    if error.validator == "not":
        return str(hint)
    what = _plain_what(error)
    if error.validator == "type" and isinstance(error.instance, str) and "array" in error.validator_value:
        hint = _list_hint(error, path) or hint
    return f"{what}; {hint}" if hint else what


def _plain_what(error: Any) -> str:
    value, limit = error.instance, error.validator_value
    match error.validator:
        case "type":
            names = [_TYPES[name] for name in ([limit] if isinstance(limit, str) else limit)]
            wants_text = "string" in limit and "number" not in limit
            return f"has to be {' or '.join(names)}, not {describe(value, wants_text)}"
        case "enum":
            text = f"has to be one of {', '.join(f'`{flow(item)}`' for item in limit)}, not {describe(value, True)}"
            return text + _near(value, limit)
        case "minimum":
            return f"has to be at least {limit}, not {flow(value)}"
        case "exclusiveMinimum":
            return f"has to be more than {limit}, not {flow(value)}"
        case "exclusiveMaximum":
            return f"has to be less than {limit}, not {flow(value)}"
        case "maximum":
            return f"has to be at most {limit}, not {flow(value)}"
        case "minItems" | "minLength":
            return "is empty"
        case "uniqueItems":
            return f"names {_repeated(value)} twice; keep one"
    return f"{_short(value)} cannot be used here"


def describe(value: object, wants_text: bool = False) -> str:
    """`value` as a person wrote it, with the reason where YAML made something else of it."""
    if value is None:
        return "empty"
    if isinstance(value, bool):
        words = "yes, on, true" if value else "no, off, false"
        return f"{flow(value)} (YAML reads {words} so{'; quote it' if wants_text else ''})"
    if isinstance(value, Mapping):
        return "a mapping"
    if isinstance(value, str):
        return f"the text {_short(value)}"
    if isinstance(value, Sequence):
        return "a list"
    return (
        f'the number {flow(value)} (for text write "{flow(value)}")'
        if wants_text
        else f"the number {flow(value)}"
    )


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    if "=" in text or "@" in text:
        # NAME=value or user:password@host: a secret where only a name belongs.
        return '"..."'
    return f'{text[:60]}..."' if len(text) > 60 else text


def _near(value: object, known: Sequence[object]) -> str:
    near = difflib.get_close_matches(str(value), [str(item) for item in known], 1)
    return f"; did you mean `{near[0]}`?" if near else ""


def _suggestion(key: str, known: Mapping[str, object]) -> str:
    near = difflib.get_close_matches(key, known, 1)
    if near:
        return f"did you mean `{near[0]}`?"
    return f"the keys here are {', '.join(sorted(known))}" if known else "there are no keys here"


def _missing(path: Path, key: str) -> str:
    if not path and key == "forge":
        return "write `forge: {kind: local, issues: issues, repository: .}`"
    if path == ("forge",) and key == "kind":
        return "write `kind: github` or `kind: local`"
    return f"add `{key}: ...` here"


def _list_hint(error: Any, path: Path) -> str | None:
    """How a command that was written as a text looks as the list that it has to be."""
    commands = (
        isinstance(error.schema.get("items"), dict) and error.schema["items"].get("$ref") == "#/$defs/command"
    )
    is_command = path[0] in ("setup", "checks") or path[-1] == "command"
    if not is_command:
        return None
    try:
        words = shlex.split(error.instance)
    except ValueError:
        words = error.instance.split()
    if path[0] in ("setup", "checks") and len(path) == 2 and not re.search(r"\s", error.instance):
        return "each command is a list of words of its own: [[pnpm, test], [pnpm, lint]]"
    return f"write it as a list of words: {flow([words] if commands else words)}"


def _repeated(values: Sequence[object]) -> str:
    return next(flow(item) for index, item in enumerate(values) if item in values[:index])
