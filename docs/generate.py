"""Writes the tables of docs/manifest.md from schema/manifest.schema.json: ./run python docs/generate.py [--check]

Only what stands between the lines `<!-- begin: ... -->` and `<!-- end: ... -->` is written; the rest of the page
is written by hand. With --check nothing is written: exit code 1 and one line when the page is out of date.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auto_milestone.agent.agents import presets
from auto_milestone.channel.channels import CHANNELS
from auto_milestone.forge.forges import FORGES

TOP = Path(__file__).resolve().parents[1]
SCHEMA = TOP / "schema" / "manifest.schema.json"
TARGET = TOP / "docs" / "manifest.md"

Schema = Mapping[str, Any]

NAMED_TYPES = {
    "number": "issue number",
    "numbers": "list of issue numbers",
    "ref": "[reference](#references)",
    "refs": "list of [references](#references)",
    "duration": "[duration](#durations)",
    "commands": "list of [commands](#commands)",
    "command": "[command](#commands)",
    "arguments": "list of words",
    "agent": "name of a preset, or a mapping",
    "change": "mapping",
}
"""Definition of the schema -> its name in the tables."""

TYPES = {
    "string": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "object": "mapping",
    "array": "list",
    "null": "null",
}


def _codes(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


AVAILABLE = {
    "forge": f"Forges of this version: {_codes(FORGES)}. Another kind is refused when the plan is made.\n\n",
    "approval": f"Channels of this version: {_codes(CHANNELS)}.\n\n",
    "agent": f"Presets of this version: {_codes(presets())}.\n\n",
}
"""Path of a mapping -> what the tables of the code hold, where the schema allows more or says less."""


class Reference:
    """The schema as Markdown tables."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._definitions: Schema = schema["$defs"]

    def parts(self) -> Mapping[str, str]:
        """Name of a part of the page -> its tables."""
        person = {key: value for key, value in self._schema["properties"].items() if key != "plan"}
        return {
            "person": "".join(self._sections({"properties": person}, self._person)),
            "plan": "".join(self._sections({"$ref": "#/$defs/plan"}, self._plan, "plan")),
        }

    def _sections(self, part: Schema, table: Callable[[Schema], str], top: str = "") -> Iterator[str]:
        """A table of every mapping in a part of the schema, under a heading with its path."""
        for path, properties in self._mappings("", part):
            name = ".".join(filter(None, (top, path)))
            heading = f"### `{name}`\n\n" if name else ""
            yield f"{heading}{table(properties)}\n{AVAILABLE.get(name, '')}"

    def _person(self, properties: Schema) -> str:
        rows = [["key", "type", "default", "what it is", "example"]]
        for key, value in properties.items():
            text, default, example = split_description(self._description(value))
            rows.append([f"`{key}`", self._type(value), default, text, example])
        return _table(rows)

    def _plan(self, properties: Schema) -> str:
        rows = [[f"`{key}`", self._type(value), value["description"]] for key, value in properties.items()]
        return _table([["key", "type", "what it says"], *rows])

    def _description(self, value: Schema) -> str:
        return str(value.get("description") or self._target(value).get("description", ""))

    def _mappings(self, path: str, part: Schema) -> Iterator[tuple[str, Schema]]:
        """Every mapping in a part of the schema: its path and its keys, outer ones first, each once."""
        part = {**self._target(part), **part}
        if "properties" in part:
            yield path, part["properties"]
            for key, value in part["properties"].items():
                if path != "issues.N" or key != "agent":  # the same as `agent`
                    yield from self._mappings(f"{path}.{key}" if path else key, value)
        if isinstance(part.get("items"), Mapping):
            yield from self._mappings(f"{path}[]", part["items"])
        if isinstance(part.get("additionalProperties"), Mapping):
            yield from self._mappings(f"{path}.N", part["additionalProperties"])

    def _target(self, part: Schema) -> Schema:
        name = str(part.get("$ref", "")).rpartition("/")[2]
        target: Schema = self._definitions.get(name, {})
        return target

    def _type(self, part: Schema) -> str:
        name = str(part.get("$ref", "")).rpartition("/")[2]
        if name in NAMED_TYPES:
            return NAMED_TYPES[name]
        part = {**self._target(part), **part}
        if "enum" in part:
            return " or ".join(f"`{json.dumps(value).strip(chr(34))}`" for value in part["enum"])
        if "then" in part and "else" in part:
            return f"{self._type(part['else'])}, or a list"
        kinds = part.get("type", "object")
        names = [self._one_type(kind, part) for kind in ([kinds] if isinstance(kinds, str) else kinds)]
        return " or ".join(names)

    def _one_type(self, kind: str, part: Schema) -> str:
        if kind == "array" and isinstance(part.get("items"), Mapping):
            return f"list of {_plural(self._type(part['items']))}"
        if kind == "object" and isinstance(part.get("additionalProperties"), Mapping):
            by_number = "[1-9]" in part["propertyNames"]["pattern"]
            return "mapping by issue number" if by_number else "mapping of names to texts"
        return TYPES[kind]


def split_description(text: str) -> tuple[str, str, str]:
    """(what it is, default, example) of a description such as `What. Default: x. Example: y.`"""
    found = re.fullmatch(
        r"(?P<text>.*?)(?: (?P<required>Required)\.)?(?: Default: (?P<default>.*?)\.)?"
        r"(?: Examples?: (?P<example>.*?)\.)?",
        text,
        re.DOTALL,
    )
    assert found is not None
    default = "required" if found["required"] else found["default"] or ""
    return found["text"], default, (found["example"] or "").replace("; ", "<br>")


def _plural(name: str) -> str:
    plurals = {
        "text": "texts",
        "mapping": "mappings",
        "issue number": "issue numbers",
        "whole number": "issue numbers",
        "whole number or text": "references",
        "list of issue numbers": "lists of issue numbers",
    }
    return plurals.get(name, name)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    cells = [[cell.replace("|", r"\|") for cell in row] for row in (head, ["---"] * len(head), *body)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells)


def _page(old: str, parts: Mapping[str, str]) -> str:
    """The page with its parts written anew."""
    for name, text in parts.items():
        begin, end = f"<!-- begin: {name} -->\n", f"<!-- end: {name} -->\n"
        head, rest = old.split(begin)
        old = f"{head}{begin}\n{text}{end}{rest.split(end)[1]}"
    return old


def main() -> int:
    """Exit code: 1 with `--check` when the page is not what would be written."""
    parser = argparse.ArgumentParser(description="Write the tables of docs/manifest.md from the schema.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if it is out of date"
    )
    check = parser.parse_args().check
    old = TARGET.read_text("utf-8")
    new = _page(old, Reference(json.loads(SCHEMA.read_text("utf-8"))).parts())
    if new == old:
        return 0
    if check:
        print("docs/manifest.md is out of date: run `./run python docs/generate.py`", file=sys.stderr)
        return 1
    TARGET.write_text(new, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
