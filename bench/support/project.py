"""Milestones in folders of their own, driven through the real `doit`."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from auto_milestone.milestone import open_milestone
from auto_milestone.paths import StatePaths

from .graphs import Graph
from .timing import Measured, environment, measure

TOP = Path(__file__).resolve().parents[2]
BODY = """\
{markers}
## What

As a reader of badge {number} I want its fields checked before anything is shown, so that a broken badge says
what is wrong with it instead of failing later.

## How

- [ ] Read the fields of the badge, with `None` for what is absent
- [ ] Say which field is wrong, and why
- [ ] Test one badge of each kind

```python
badge = read(path)  # blocked by nothing in here
```

Related: the notes of the last meeting. It is no blocker.
"""


class Project:
    """A folder with a manifest, and its commands."""

    def __init__(self, folder: Path, env: Mapping[str, str]) -> None:
        self.folder, self.env = folder, env

    @property
    def manifest(self) -> Path:
        return self.folder / "milestone.yaml"

    @property
    def paths(self) -> StatePaths:
        """The state folder of what was planned."""
        return open_milestone(self.manifest).paths

    def measure(self, *args: str) -> Measured:
        """`doit ARGS`, which must succeed."""
        return measure(doit(*args), self.folder, self.env)

    def start(self, *args: str) -> "subprocess.Popen[bytes]":
        quiet = subprocess.DEVNULL
        return subprocess.Popen(
            doit(*args), cwd=self.folder, env={**self.env}, stdin=quiet, stdout=quiet, stderr=quiet
        )

    def statuses(self) -> list[str]:
        """The state of every issue, as `doit status` tells it."""
        done = subprocess.run(
            doit("status", "--json"), cwd=self.folder, env={**self.env}, capture_output=True, check=True
        )
        return [issue["state"] for issue in json.loads(done.stdout)["issues"].values()]

    def copy(self, folder: Path) -> "Project":
        """The same project elsewhere; only before anything was begun, as git keeps the places of worktrees."""
        shutil.copytree(self.folder, folder)
        return Project(folder, self.env)


def doit(*args: str) -> list[str]:
    return [sys.executable, "-m", "doit", *args]


@contextmanager
def workshop() -> Iterator[tuple[Path, dict[str, str]]]:
    """A folder for everything that a benchmark makes, gone afterwards, and the environment to run in."""
    with tempfile.TemporaryDirectory(prefix="bench-", ignore_cleanup_errors=True) as name:
        top = Path(name).resolve()
        yield top, environment(top / "home")


def sample(folder: Path, env: Mapping[str, str], issues: Sequence[int] = ()) -> Project:
    """The sample milestone, or some of its issues, not yet planned."""
    folder.mkdir(parents=True)
    for name in ("dodo.py", "milestone.yaml", "pyproject.toml"):
        shutil.copy(TOP / name, folder)
    shutil.copytree(TOP / "examples", folder / "examples")
    project = Project(folder, env)
    if issues:
        replace_setting(project.manifest, "milestone", f"issues: {list(issues)}")
    return project


def generated(
    folder: Path, env: Mapping[str, str], graph: Graph, agent: Sequence[str] = ("true",), more: str = ""
) -> Project:
    """A milestone with an issue file per issue of `graph`, not yet planned; `more` lines of the manifest."""
    (folder / "issues").mkdir(parents=True)
    for name in ("dodo.py", "pyproject.toml"):
        shutil.copy(TOP / name, folder)
    for number, blockers in graph.items():
        (folder / "issues" / f"{number}.md").write_text(_issue(number, blockers))
    (folder / "repository").mkdir()
    (folder / "repository" / "README.md").write_text("A project.\n")
    lines = [
        'milestone: "Bench"',
        "forge: {kind: local, issues: issues, repository: repository, name: bench/bench}",
        f"agent: {{command: {json.dumps(list(agent))}}}",
        "checks: [[git, rev-parse, HEAD]]",
        "approval: {channel: auto}",
        *([more] if more else []),
    ]
    project = Project(folder, env)
    project.manifest.write_text("\n".join(lines) + "\n")
    return project


def replace_setting(manifest: Path, key: str, line: str) -> None:
    """Put `line` in the place of a setting of the person's part, and of the lines indented under it."""
    kept: list[str] = []
    inside = False
    for old in manifest.read_text().splitlines():
        inside = old.startswith(f"{key}:") or (inside and old.startswith(" "))
        if not inside:
            kept.append(old)
        elif old.startswith(f"{key}:"):
            kept.append(line)
    manifest.write_text("\n".join(kept) + "\n")


def _issue(number: int, blockers: Sequence[int]) -> str:
    head = f"---\nnumber: {number}\ntitle: Check the fields of badge {number}\nmilestone: Bench\nstate: open\n---\n"
    markers = "".join(f"Blocked by #{blocker}\n" for blocker in blockers)
    return f"{head}\n{BODY.format(markers=markers, number=number)}"
