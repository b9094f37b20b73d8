"""A forge that does not do at once what it is asked: the local one behind troubles that a script names.

`make_stubborn(project, ...)` puts it in the place of the local forge, for the real doit. The script:
  trouble: method -> what its first calls do instead, one after the other (see `_strike`); `offline for WORD until
    PATH` stays until a file is there, for calls whose arguments hold a word
  checks: what CI shows at each look, [[name, conclusion], ...]; the last one stays
  required: names of checks; draft, strangers {issue: login}, allowed [issue]; blind: files are not seen
"""

import json
import sys
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from auto_milestone import errors, workspace
from auto_milestone.forge import forges
from auto_milestone.forge.base import Forge, Landing
from auto_milestone.git.mirror import Mirror
from auto_milestone.model import CheckRun, Issue, MilestoneInfo, Ref
from auto_milestone.phases.patience import Patience

from support.project import Project

SCRIPT = "forge.json"
TESTS = Path(__file__).resolve().parents[1]


def make_stubborn(project: Project, *, wait_for: float = 30, **script: Any) -> None:
    """`wait_for`: seconds until a forge that is out of reach is given up."""
    (project.folder / SCRIPT).write_text(json.dumps({"wait_for": wait_for, **script}))
    begin = f"import sys\nsys.path.insert(0, {str(TESTS)!r})\n"
    install = "from support.stubborn import install\ninstall()\n"
    dodo = project.folder / "dodo.py"
    if install not in dodo.read_text():
        dodo.write_text(begin + install + dodo.read_text())


def install() -> None:
    """In the process of doit: the forge of the manifest is stubborn, and nobody waits for long."""
    script = json.loads(Path(SCRIPT).read_text())
    real, table = forges.FORGES["local"], {}
    table["local"] = lambda settings, around: StubbornForge(real(settings, around), script)
    forges.FORGES = table
    workspace.Patience = lambda first: Patience(0.01, 5.0, script["wait_for"])  # type: ignore[assignment,misc]
    sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]


class StubbornForge:
    """A Forge. What the script does not speak of is the real one's."""

    def __init__(self, real: Forge, script: Mapping[str, Any]) -> None:
        self._real, self._script = real, script
        self._trouble = {name: list(troubles) for name, troubles in script.get("trouble", {}).items()}
        self._looks = list(script.get("checks", ()))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("own_"):
            raise AttributeError(name)
        calm = getattr(self, f"own_{name}", None) or getattr(self._real, name)
        return partial(self._call, self._trouble[name], calm) if name in self._trouble else calm

    def _call(self, troubles: list[str], calm: Callable[..., Any], *args: Any) -> Any:
        trouble = troubles[0] if troubles else "ok"
        if trouble.startswith("offline for "):
            _, _, whom, _, path = trouble.split()
            trouble = "ok" if Path(path).exists() or whom not in str(args) else "offline"
        elif troubles:
            troubles.pop(0)
        return calm(*args) if trouble == "ok" else self._strike(trouble, calm, *args)

    def _strike(self, trouble: str, real: Callable[..., Any], *args: Any) -> Any:
        if trouble == "offline":
            raise errors.Unreachable("forge.example: no route to host")
        if trouble == "moved":
            raise errors.Moved("main moved")
        if trouble == "behind":
            raise errors.Behind("the branch does not contain main")
        if trouble == "conflict":
            raise errors.Conflict("it does not merge", ("README.md",))
        if trouble == "not yet":
            raise errors.NotYet("the checks of main")
        if trouble == "review":
            raise errors.NotYet("a review of somebody who may write", person=True)
        if trouble == "queue":
            real(*args)
            raise errors.NotYet("its turn in the merge queue")
        if trouble.startswith("beside "):
            return real(_beside(trouble.split(" ")[1], *args), args[1])
        raise errors.ForgeError(trouble)

    # -- issues of strangers

    def own_milestone_issues(self, milestone: str | int) -> tuple[MilestoneInfo, list[Issue]] | None:
        found = self._real.milestone_issues(milestone)
        return (found[0], [self._of_stranger(issue) for issue in found[1]]) if found else None

    def own_issue(self, ref: Ref) -> Issue | None:
        found = self._real.issue(ref)
        return self._of_stranger(found) if found else None

    def _of_stranger(self, issue: Issue) -> Issue:
        login = self._script.get("strangers", {}).get(str(issue.number))
        return replace(issue, author=login, author_writes=False) if login else issue

    def own_may_run(self, issue: Issue, label: str | None) -> bool:
        return label is not None and issue.number in self._script.get("allowed", ())

    def own_files(self, base: str) -> list[str] | None:
        return None if self._script.get("blind") else list(self._real.files(base) or ())

    # -- CI

    def own_ensure_checks(self, head: str) -> bool:
        return True if self._looks else self._real.ensure_checks(head)

    def own_check_runs(self, pull: int, head: str) -> list[CheckRun]:
        if not self._looks:
            return list(self._real.check_runs(pull, head))
        look = self._looks.pop(0) if len(self._looks) > 1 else self._looks[0]
        return [CheckRun(name, head, how, id=name, url=f"https://ci.example/{name}") for name, how in look]

    def own_check_output(self, run: CheckRun) -> str:
        return f"{run.id}: 1 of 3 failed" if run.id else self._real.check_output(run)

    def own_required_checks(self, base: str) -> frozenset[str]:
        return frozenset(self._script.get("required", ()))


def _beside(name: str, landing: Landing, mirror: Mirror) -> Landing:
    """Somebody else's commit comes between, with one more file, and the forge merges on top of it."""
    there = mirror.add_scratch(mirror.folder.parent / "scratch" / "beside", landing.base_sha)
    (there.path / name).write_text("beside\n")
    there.commit_all("Beside")
    other = there.head()
    mirror.remove_worktree(there.path)
    mirror.push(other, landing.base, expected=landing.base_sha)
    tree = mirror.merged_tree(other, landing.head)
    commit = mirror.make_commit(tree, (other,), landing.message, author_of=landing.head)
    return replace(landing, base_sha=other, candidate=commit, tree=tree)
