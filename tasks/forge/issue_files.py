"""Issues as Markdown files with YAML front matter (number, title, milestone, state, labels, blocked_by, parent)."""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import yaml

from ..errors import ConfigError
from ..files import write_atomic
from ..model import Issue, Ref
from ..printable import one_line

FRONT = re.compile(r"\A\ufeff?---[ \t]*\r?\n(.*?)^---[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
KEYS = ("number", "title", "milestone", "state", "state_reason", "labels", "blocked_by", "parent")
LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_folder(folder: Path, state_from: Callable[[Path], Path | None]) -> dict[Path, Issue]:
    """The issue in every `*.md` of `folder` but README.md; `state_from` as in `read_issue`, of each file.

    Raises ConfigError for a folder that is not there and for a number that two files bear.
    """
    if not folder.is_dir():
        raise ConfigError(
            f"{folder}: no such folder of issue files; mend `forge: {{issues: ...}}` in milestone.yaml"
        )
    found: dict[Path, Issue] = {}
    bearer: dict[int, Path] = {}
    for path in sorted(folder.glob("*.md"), key=lambda path: path.name):
        if path.name.lower() == "readme.md":
            continue
        issue = found[path] = read_issue(path, state_from(path))
        first = bearer.setdefault(issue.number, path)
        if first != path:
            raise ConfigError(
                f"{path}: number {issue.number} is also that of {first.name}; give one another number"
            )
    return found


def read_issue(path: Path, state_from: Path | None = None) -> Issue:
    """The issue in `path`; its state is taken from `state_from` where that file is there.

    Raises ConfigError with the file and the key that is wrong.
    """
    front, body = _parts(path, _text(path))
    state = _parts(state_from, _text(state_from))[0] if state_from and state_from.exists() else front
    return Issue(
        number=front["number"],
        title=" ".join(front["title"].split()),
        body=body.strip("\r\n"),
        state=state.get("state", "open"),
        state_reason=state.get("state_reason"),
        milestone=None if front.get("milestone") is None else str(front["milestone"]),
        labels=tuple(str(label) for label in front.get("labels") or ()),
        blocked_by=tuple(_ref(path, ref) for ref in front.get("blocked_by") or ()),
        parent=front.get("parent"),
        url=path.name,
    )


def close(source: Path, target: Path) -> None:
    """Write the issue in `source` to `target` (the same file, or a copy) as closed and completed."""
    text = _text(source)
    match = FRONT.match(text)
    assert match is not None
    lines = [line for line in match[1].splitlines() if not re.match(r"(state|state_reason)\s*:", line)]
    front = "\n".join([*lines, "state: closed", "state_reason: completed"])
    new = f"---\n{front}\n---\n{text[match.end() :]}"
    _parts(source, new)
    write_atomic(target, new.encode())


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _parts(path: Path, text: str) -> tuple[Mapping[str, Any], str]:
    """The front matter, checked, and what stands below it."""
    match = FRONT.match(text)
    if not match:
        raise ConfigError(f"{path}: no front matter; begin it with `---`, `number: 12`, `title: ...`, `---`")
    try:
        front = yaml.load(match[1], LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 2 if mark else 1
        raise ConfigError(
            f"{path}:{line}: front matter is no YAML: {getattr(error, 'problem', error)}"
        ) from None
    if not isinstance(front, dict):
        raise ConfigError(f"{path}: front matter holds no keys; it needs number and title")
    _check(path, front)
    return front, text[match.end() :]


def _check(path: Path, front: Mapping[str, Any]) -> None:
    def wrong(what: str) -> ConfigError:
        return ConfigError(f"{path}: {what}")

    for key in front:
        meant = get_close_matches(str(key), KEYS, 1, 0.8) if key not in KEYS else []
        if meant:
            raise wrong(f"unknown key `{key}` in the front matter; did you mean `{meant[0]}`?")
    for key in ("number", "parent"):
        value = front.get(key)
        if (key == "number" or value is not None) and (type(value) is not int or value < 1):
            raise wrong(f"`{key}` must be a number from 1, not {value!r}")
    if not isinstance(front.get("title"), str) or not one_line(front["title"]):
        raise wrong(f"`title` must be a text, not {front.get('title')!r}")
    if front.get("state", "open") not in ("open", "closed"):
        raise wrong(f"`state` must be open or closed, not {front['state']!r}")
    if front.get("state_reason") not in (None, "completed", "not_planned"):
        raise wrong(f"`state_reason` must be completed or not_planned, not {front['state_reason']!r}")
    for key in ("labels", "blocked_by"):
        if not isinstance(front.get(key) or [], list):
            raise wrong(f"`{key}` must be a list, as in `{key}: [...]`")


def _ref(path: Path, value: object) -> Ref:
    if type(value) is int and value > 0:
        return value
    text = str(value).removeprefix("#")
    if text.isdecimal() and int(text) > 0:
        return int(text)
    if re.fullmatch(r"[\w.-]+/[\w.-]+#[1-9]\d*", text):
        return text
    raise ConfigError(f"{path}: `blocked_by` holds {value!r}; write 12 or owner/repo#12")
