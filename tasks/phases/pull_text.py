"""The text of a pull request: a template, ours or the person's own, filled in."""

import re
from collections.abc import Mapping
from importlib import resources
from pathlib import Path

from ..errors import ConfigError, reason_of
from ..model import PlannedIssue, show_ref
from .attempts import Attempt, cost
from .harmless import harmless

PLACEHOLDERS = ("issue", "title", "summary", "closes", "blockers", "attempts", "cost")
PLACEHOLDER = re.compile(r"\{([A-Za-z_]+)\}")
SPACED = re.compile(rf"\{{(?: +(?:{'|'.join(PLACEHOLDERS)}) *| *(?:{'|'.join(PLACEHOLDERS)}) +)\}}")
"""One of ours, with blanks: it would stay in the text as it is."""


def read_template(path: Path | None) -> str:
    """The template in `path`, or ours. Raises ConfigError for one that cannot be read or filled in."""
    if path is None:
        return resources.files("auto_milestone.templates").joinpath("pull.md").read_text("utf-8")
    try:
        text = path.read_text("utf-8")
    except OSError as error:
        raise ConfigError(f"pull.template: {reason_of(error)}") from None
    except UnicodeDecodeError:
        raise ConfigError(f"pull.template: {path}: not UTF-8; save the file as UTF-8") from None
    for at, line in enumerate(text.splitlines(), 1):
        unknown = [f"{{{name}}}" for name in PLACEHOLDER.findall(line) if name not in PLACEHOLDERS]
        unknown += [found[0] for found in SPACED.finditer(line)]
        if unknown:
            known = ", ".join(f"{{{one}}}" for one in PLACEHOLDERS)
            raise ConfigError(f"{path}:{at}: no placeholder {unknown[0]}; there are {known}")
    return text


def pull_text(template: str, issue: PlannedIssue, attempts: list[Attempt]) -> str:
    """The body of the issue's pull request, as Markdown. A line whose placeholders are all empty is left out."""
    spent = cost(attempts)
    values = {
        "issue": str(issue.number),
        "title": harmless(issue.title),
        "summary": harmless(attempts[-1].summary.strip()) if attempts else "",
        "closes": f"Closes #{issue.number}",
        "blockers": ", ".join(show_ref(edge.issue) for edge in issue.depends_on),
        "attempts": str(len(attempts) or ""),
        "cost": "" if spent is None else f"${spent:.2f}",
    }
    lines: list[str] = []
    for line in template.splitlines():
        filled = _filled(line, values)
        if filled is not None and (filled or (lines and lines[-1])):
            lines.append(filled)
    return "\n".join(lines).rstrip() + "\n"


def _filled(line: str, values: Mapping[str, str]) -> str | None:
    """None: the line has nothing to say."""
    names = PLACEHOLDER.findall(line)
    if names and not any(values[name] for name in names):
        return None
    return PLACEHOLDER.sub(lambda found: values[found[1]], line)
