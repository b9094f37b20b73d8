"""Writes docs/manifest.md from schema/manifest.schema.json: ./run python docs/generate.py [--check]

The tables come from the schema and the tables of the code; all other texts here are written by hand.
With --check nothing is written: exit code 1 and one line when the file is out of date.
"""

import argparse
import json
import re
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from auto_milestone.agent.agents import presets
from auto_milestone.channel.channels import CHANNELS
from auto_milestone.forge.forges import FORGES

TOP = Path(__file__).resolve().parents[1]
SCHEMA = TOP / "schema" / "manifest.schema.json"
TARGET = TOP / "docs" / "manifest.md"

Schema = Mapping[str, Any]

INTRODUCTION = """\
# The manifest: milestone.yaml

<!-- Written by docs/generate.py from schema/manifest.schema.json. Do not edit: change one of those two. -->

`milestone.yaml` says what to land, where it lives, who writes the code and what must hold. It lies in the
folder in which you run the commands. `auto-milestone init` writes a first one, with comments.

```yaml
milestone: "M3: Code Graph"
forge: {kind: local, issues: issues, repository: ../app, name: acme/app}
agent: {preset: claude, model: sonnet, timeout: 90m}
setup: [[npm, ci]]
checks: [[npm, test], [npm, run, lint]]
issues:
  14: {depends_on: [12], agent: {model: opus}}
```

Only `forge` is required. A misspelt key, a wrong type or an unknown issue number is one line with file, line
and key, and nothing is run:

```text
milestone.yaml:3: forge.kidn: unknown key; did you mean `kind`?
```

The commands below are written with `doit`. `auto-milestone plan`, `auto-milestone -n 2 merge` and so on are the
same commands in a folder without a `dodo.py`.

## Two parts

"""

PARTS = (
    ("part", "whose", "what happens to it"),
    (
        "above the line that begins with `# ---- plan`",
        "yours",
        "`doit plan` keeps it byte for byte, comments included. A choice that you make in the terminal adds one entry "
        "to `force_resolve` or `skip`, or sets `depends_on` of an issue.",
    ),
    (
        "from that line on",
        "the tool's",
        "`doit plan` writes all of it anew. What you change there is lost with the next plan. A key of yours below the "
        "line is refused, because it would be lost.",
    ),
)

EDITING = """\
The whole file is one YAML document. An editor with a YAML language server completes and checks it when its
first line is this one (with the path of the schema from your manifest on):

```text
# yaml-language-server: $schema=schema/manifest.schema.json
```

## What an edit changes, and when

A command reads the file once, when it starts. A run that is going on does not see a later edit.

"""

EDITS = (
    ("you change", "it takes effect"),
    (
        "`force_resolve`, `skip`, `issues: {14: {depends_on: ...}}`, `barrier`, `approve_plan`",
        "with the next command; no new plan is needed. Waves and what can start are worked out from the edges each "
        "time, never read from the printed waves.",
    ),
    (
        "`agent`, `setup`, `checks`, `check_timeout`, `fix_rounds`, `approval`, `merge`, `ci`",
        "with the next command, for the phases that are still to do. A finished phase keeps its receipt. The train "
        "runs the `checks` of that moment on whatever is about to land, so a new check also meets work that is "
        "finished but not merged.",
    ),
    (
        "`milestone`, `epic`, the list `issues`, `forge`, `base`",
        "with the next `doit plan`. Change `forge` and `base` before anything has begun: open pull requests stay with "
        "the old ones.",
    ),
    (
        "the text of an issue",
        "with the next `doit plan`. An issue that has not begun, and whose text has changed since the plan, does not "
        "start until then.",
    ),
)

RULES = """\
## What wins over what

1. `doit plan 12 13`, `doit plan "M4"` and `doit plan --epic 635` win over the source in the file, for that
   plan. Later commands work on the plan.
2. `force_resolve` wins over every edge, wherever it was found.
3. `issues: {14: {depends_on: [...]}}` replaces all edges of that issue: native ones, labels and text.
4. Without it, an issue's edges are those of the plan.
5. `agent` of an issue is laid over `agent` of all, and that over the preset. `environment` and `usage_limits`
   add to what is there, `fields`, `variables` and `options` are merged key by key, every other key replaces.
   If the issue names another `preset` or `command`, only `timeout` and `silence` of the common agent are kept.

## Durations

A number is seconds. A text is a number with `s`, `m`, `h` or `d`, or several of them: `90`, `90s`, `30m`, `1.5h`,
`1h30m`, `2d`. It is more than 0.

## References

An issue of the forge's own repository is its number without `#`: `14`. An issue elsewhere is `owner/repo#3`; put
it in quotes. `owner/repo#3` of your own repository means 3. In `skip`, `force_resolve` and `issues`, a number that
the plan does not know is refused, so that a slip of the keyboard does not pass unnoticed.

## Commands

A command is a list of words: `[npm, run, lint]`. There is no shell: no `&&`, no `$HOME`, no `*`. If you need one, say
so: `[sh, -c, "npm ci && npm run build"]`. `setup` runs in the issue's worktree and in every clean checkout, `checks` in
clean checkouts only. Both see your environment without the forge's and Telegram's tokens.

"""

NOTES: Mapping[str, str] = {
    "approval": """\
Several channels are asked in the order of the list: one that can ask nobody now (no terminal is there) hands over
to the next one. `auto` answers at once, so it belongs at the end.
""",
    "agent": """\
- Without a preset's own value, `timeout` is 1 h and `silence` 10 min. Silence is told, once for each silent
  stretch; it does not end the agent. `timeout` does.
- `budget_usd` is handed to the program for each run. An issue that needs fix rounds has several runs.
- A setting that the program has no argument for is refused before anything begins:
  ``agent `codex` has no argument for `budget_usd`; leave it out``.
- `options: {patches: ...}` is a path from the manifest's folder on. Other options are handed on as they stand.

[agents.md](agents.md) says what a program is given and what it may leave behind.
""",
}
"""Part of the person's -> what stands under its table."""

PLAN_INTRODUCTION = """\
## The plan part

`doit plan` writes it. Read it, and change the part above it: all of this is worked out anew.
[The sample's manifest](../milestone.yaml) holds a whole one.

"""

PLAN: Mapping[str, str] = {
    "source": "What was planned: a milestone, a list of issues, or the sub-issues of an epic.",
    "epic": "The number of the epic, when that is the source.",
    "milestone": "The milestone and its progress; for an epic or a list, a title made from it.",
    "milestone.title": "Its title. The state folder in `.milestone/` is named after it.",
    "milestone.number": "Its number on the forge; null where milestones have none.",
    "milestone.total": "Issues in it. Pull requests do not count.",
    "milestone.open": "Issues that are open.",
    "milestone.closed": "Issues that are closed, for whatever reason.",
    "planning_status": "`needs_review` when there is an entry in `planning_issues`: nothing runs until you approve it.",
    "planning_issues": "What you should look at before anything runs.",
    "planning_issues[].kind": (
        "`unreadable_marker`: a text speaks of a dependency that cannot be read. `cycle`: issues wait for each "
        "other. `disagreement`: native and written blockers differ. `overlap`: issues name the same file and nothing "
        "orders them."
    ),
    "planning_issues[].message": "The same for people, with the line of the text.",
    "planning_issues[].issues": "The issues that it is about.",
    "recommended_parallel": "A value for `-n`: the mean width of the waves, 4 at most.",
    "parallel_reason": "Where that value comes from.",
    "execution_waves": "Issues whose blockers all lie in earlier waves. For people, and for `doit wave:1`.",
    "execution_waves[].wave": "Its number, from 1.",
    "execution_waves[].issues": "Its issues.",
    "free_issues": "Issues that wait for nothing and that nobody works on yet.",
    "critical_path": "The longest chain of blockers: the milestone takes at least as long as these issues.",
    "issues": "Every issue of the source, by number.",
    "issues.N.title": "Its title when the plan was made.",
    "issues.N.state": "Open or closed when the plan was made.",
    "issues.N.state_reason": "How it was closed. `not_planned` does not satisfy a dependant: you decide.",
    "issues.N.wave": "Its wave. A closed issue keeps the one that it had; null in or behind a deadlock, or if closed before any plan.",
    "issues.N.branch": "The branch that its agent works on. A later plan keeps it, also when the title changes.",
    "issues.N.body_sha256": "Digest of title and text. If the text has changed since, the issue does not start.",
    "issues.N.depends_on": "Its blockers.",
    "issues.N.depends_on[].issue": "The blocker: a number, or `owner/repo#3`.",
    "issues.N.depends_on[].source": (
        "Where the edge comes from: `body:3 ...` is line 3 of its own text, `#12 body:6 ...` the text of #12, `native` "
        "the forge's own list, `label` a label."
    ),
    "issues.N.depends_on[].satisfied": "True if it kept nobody waiting when the plan was made.",
    "issues.N.blocks": "The issues that wait for it.",
    "issues.N.related": "Issues that the text mentions without waiting for them.",
    "external": "Blockers that are no issues of this plan.",
    "external[].issue": "The blocker.",
    "external[].state": "As the forge tells it. `missing`: no such issue. `unknown`: elsewhere, and it cannot be read.",
    "external[].milestone": "Its milestone, if it has one.",
    "external[].needed_by": "The issues of this plan that wait for it.",
    "external[].resolved_by": "`force_resolve`, `closed as completed`, or null: it still blocks.",
    "deadlocks": "Issues that no amount of work will free.",
    "deadlocks[].issues": "The issues that cannot start.",
    "deadlocks[].reason": "Why: a cycle, or a blocker that will not be satisfied by itself.",
    "deadlocks[].cut": "The smallest set of edges whose removal frees them all.",
    "deadlocks[].cut[].issue": "The issue that would no longer wait ...",
    "deadlocks[].cut[].blocker": "... for this one. Put it into `force_resolve`.",
    "validation": "What the graph shows. None of it stops a run by itself.",
    "validation.circular_deps": "Cycles, as paths that end where they begin.",
    "validation.missing_deps": "Blockers that are not found.",
    "validation.external_deps": "Blockers outside of the plan.",
    "validation.orphans": "Open issues without a dependency in either direction.",
    "proposed_plan": "Dependencies that nobody wrote and that would settle an `overlap`; null when the plan is ready.",
    "proposed_plan[].issue": "The issue that should come later ...",
    "proposed_plan[].depends_on": "... than this one.",
    "proposed_plan[].reason": "The files that both name.",
}
"""Key of the plan, below `plan` -> what it says."""

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


class Reference:
    """The schema as Markdown tables."""

    def __init__(self, schema: Schema) -> None:
        self._schema = schema
        self._definitions: Schema = schema["$defs"]

    def page(self) -> str:
        person = {key: value for key, value in self._schema["properties"].items() if key != "plan"}
        parts = [INTRODUCTION, _table(PARTS), EDITING, _table(EDITS), RULES]
        parts += ["## Your part\n\n", _table(self._person_rows("", person))]
        for path, properties in self._mappings("", {"properties": person}):
            if path:
                parts.append(self._person_section(path, properties))
        return "".join([*parts, PLAN_INTRODUCTION, *self._plan_sections()])

    # -- the person's part

    def _person_section(self, path: str, properties: Schema) -> str:
        notes = [note for note in (self._availability(path), NOTES.get(path, "")) if note]
        table = _table(self._person_rows(path, properties))
        return f"### `{path}`\n\n{table}{''.join(note + chr(10) for note in notes)}"

    def _person_rows(self, path: str, properties: Schema) -> list[list[str]]:
        rows = [["key", "type", "default", "what it is", "example"]]
        for key, value in properties.items():
            text, default, example = split_description(self._description(value))
            rows.append([f"`{key}`", self._type(value), default, text, example])
        return rows

    def _description(self, value: Schema) -> str:
        return str(value.get("description") or self._target(value).get("description", ""))

    @staticmethod
    def _availability(path: str) -> str:
        """What the tables of the code hold, where the schema allows more or says less."""
        if path == "forge":
            return (
                f"Forges of this version: {_codes(FORGES)}. Another kind is refused when the plan is made.\n"
            )
        if path == "approval":
            return f"Channels of this version: {_codes(CHANNELS)}.\n"
        return f"Presets of this version: {_codes(presets())}.\n" if path == "agent" else ""

    # -- the plan

    def _plan_sections(self) -> Iterator[str]:
        described = set(PLAN)
        for path, properties in self._mappings("", self._definitions["plan"]):
            rows = [["key", "type", "what it says"]]
            for key, value in properties.items():
                name = f"{path}.{key}" if path else key
                described.discard(name)
                rows.append([f"`{key}`", self._type(value), PLAN[name]])
            yield f"### `{f'plan.{path}' if path else 'plan'}`\n\n{_table(rows)}"
        if described:
            raise KeyError(f"PLAN describes what the schema does not know: {', '.join(sorted(described))}")

    # -- the schema

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


def _codes(names: Sequence[str] | Mapping[str, Any]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _table(rows: Sequence[Sequence[str]]) -> str:
    head, *body = rows
    cells = [[cell.replace("|", r"\|") for cell in row] for row in (head, ["---"] * len(head), *body)]
    return "".join(f"| {' | '.join(row)} |\n" for row in cells) + "\n"


def main() -> int:
    """Exit code: 1 with `--check` when the file is not what would be written."""
    parser = argparse.ArgumentParser(description="Write docs/manifest.md from the schema.")
    parser.add_argument(
        "--check", action="store_true", help="write nothing; exit with 1 if it is out of date"
    )
    check = parser.parse_args().check
    text = Reference(json.loads(SCHEMA.read_text("utf-8"))).page()
    if TARGET.exists() and TARGET.read_text("utf-8") == text:
        return 0
    if check:
        print("docs/manifest.md is out of date: run `./run python docs/generate.py`", file=sys.stderr)
        return 1
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
