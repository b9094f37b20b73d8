"""`auto-milestone init`: the files for those who begin, and for those who prefer to type `doit`."""

import json
import os
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from doit.cmd_base import Command
from doit.exceptions import InvalidCommand

from ..errors import ConfigError, reason_of
from ..files import write_atomic
from ..forge.issue_files import read_folder
from ..git.repository import Repository, is_repository
from ..github.place import of_remote, place
from ..github.token import ENTERPRISE_NAMES, NAMES
from ..manifest.manifest import read_settings
from ..model import Issue
from ..paths import MANIFEST, STATE
from .typed import Typed, no_arguments

FILES = {MANIFEST: "milestone.yaml", "dodo.py": "dodo.py.txt", "doit.cfg": "doit.cfg"}
"""File in the project -> file of `auto_milestone.templates`."""
ISSUES = "issues"
"""Folder of issue files that the template names."""


class Init(Typed, Command):  # type: ignore[misc]
    """`auto-milestone init`."""

    name = "init"
    doc_purpose = "write what a project needs; overwrite nothing"
    doc_usage = ""

    def execute(self, opt_values: Mapping[str, Any], pos_args: Sequence[str]) -> int:
        no_arguments(pos_args, self.name)
        try:
            print("\n".join(write_files(Path.cwd())))
        except OSError as error:
            raise InvalidCommand(reason_of(error)) from None
        return 0


Hub = tuple[str | None, str]
"""(`base_url`, `owner/name`) of a GitHub."""


def write_files(folder: Path) -> list[str]:
    """Write what is not there; a line per file for a person, and the next step."""
    said, issues, problem = [], list[Issue](), ""
    hub = _hub(folder)
    try:
        issues = list(read_folder(folder / ISSUES, lambda path: None).values())
    except ConfigError as error:
        problem = str(error)
    for name, template in FILES.items():
        path = folder / name
        if path.exists():
            said.append(f"{name} is there already: left as it is")
            continue
        text = _template(template)
        write_atomic(path, (fill_in(text, folder, issues, hub) if name == MANIFEST else text).encode())
        said.append(f"{name} written")
    said.append(_ignore(folder / ".gitignore"))
    return [*said, _next(folder, problem, hub), "  auto-milestone plan", "  auto-milestone -n 2 merge"]


def _template(name: str) -> str:
    return resources.files("auto_milestone.templates").joinpath(name).read_text("utf-8")


def _hub(folder: Path) -> Hub | None:
    """The GitHub that the folder's repository came from, unless the issues lie here as files."""
    if (folder / MANIFEST).exists():
        return _told_hub(folder / MANIFEST)
    if (folder / ISSUES).is_dir() or not is_repository(folder):
        return None
    url = Repository(folder).origin()
    return of_remote(url, os.environ.get("GH_HOST", "")) if url else None


def _told_hub(manifest: Path) -> Hub | None:
    """The one that a manifest names which is there already, and can be read."""
    try:
        forge = read_settings(manifest).forge
    except ConfigError:
        return None
    return (forge.get("base_url"), str(forge["repository"])) if forge["kind"] == "github" else None


def _next(folder: Path, problem: str, hub: Hub | None) -> str:
    """What is to be done before the plan; `problem` is the line that it would give of the issues."""
    if hub:
        first = f"Next, with the milestone of {hub[1]} and your agent and checks in {MANIFEST}"
        return f"{first}, and a token in {_token(hub[0])}:"
    if not (folder / ISSUES).is_dir():
        return f"Next: name the folder of your issues in {MANIFEST} (`forge: {{issues: ...}}`), then"
    if problem:
        return f"Next: mend {problem.removeprefix(f'{folder}/')}; then"
    return f"Next, with the agent and the checks of your project in {MANIFEST}:"


def fill_in(text: str, folder: Path, issues: Sequence[Issue], hub: Hub | None) -> str:
    """The template with what the folder tells: the milestone with the most open issues, the branch, the forge."""
    titles = Counter(issue.milestone for issue in issues if issue.milestone and issue.state == "open")
    for title, _ in titles.most_common(1):
        text = text.replace('"My milestone"', json.dumps(title, ensure_ascii=False), 1)
    if hub:
        text = re.sub(
            r"^forge:.*?(?=^base:)", lambda _: _github(*hub), text, count=1, flags=re.DOTALL | re.MULTILINE
        )
    head = folder / ".git" / "HEAD"
    found = (
        re.fullmatch(r"ref: refs/heads/([\w./-]+)\s*", head.read_text("utf-8")) if head.is_file() else None
    )
    return text.replace("base: main ", f"base: {found[1]} ", 1) if found else text


def _token(base_url: str | None) -> str:
    """Where it is looked for."""
    names = ENTERPRISE_NAMES if place(base_url).enterprise else NAMES
    return f"{' or '.join(names)}, or that of `gh auth login`"


def _github(base_url: str | None, repository: str) -> str:
    text = _template("forge_github.yaml").replace("owner/name", repository).replace("TOKEN", _token(base_url))
    return f"{text}  base_url: {base_url}\n" if base_url else text


def _ignore(path: Path) -> str:
    """Keep the state folder out of git."""
    before = path.read_text("utf-8") if path.exists() else ""
    if any(line.strip().strip("/") == STATE for line in before.splitlines()):
        return ".gitignore names .milestone/ already: left as it is"
    gap = "" if not before or before.endswith("\n") else "\n"
    write_atomic(path, f"{before}{gap}{STATE}/\n".encode())
    return f".gitignore: {STATE}/ added"
