"""A milestone of one's own in a temporary folder, driven through the real `doit` as a person would."""

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .repository import make_bare, sh

HERE = Path(__file__).parent
DODO = (HERE.parents[1] / "dodo.py").read_text()
PLUGINS = """\
[COMMAND]
run = auto_milestone.engine.run:Run
help = auto_milestone.engine.help:Help
info = auto_milestone.engine.info:Info
status = auto_milestone.engine.commands:Status
explain = auto_milestone.engine.commands:Explain
markers = auto_milestone.engine.commands:ShowMarkers
"""


@dataclass(frozen=True)
class Result:
    code: int
    out: str
    err: str

    @property
    def all(self) -> str:
        return self.out + self.err


class Project:
    """`issues`: number -> front matter and `body`; `script`: see agent.py; `manifest`: more lines of it."""

    forge = "forge: {kind: local, issues: issues, repository: repository.git, name: acme/app}"
    repository: Path
    """Where everything lands, bare."""

    def __init__(
        self,
        folder: Path,
        issues: Mapping[int, Mapping[str, Any]],
        script: Mapping[int, list[list[str]]] | None = None,
        manifest: str = "",
        files: Mapping[str, str] | None = None,
    ) -> None:
        self._begin(folder)
        self.repository = make_bare(folder / "repository.git", **(files or {"README.md": "hello\n"}))
        (folder / "issues").mkdir()
        for number, issue in issues.items():
            self.write_issue(number, **issue)
        self.set_script(script or {})
        self.manifest.write_text(self._manifest(manifest))

    def _begin(self, folder: Path) -> None:
        """What every project has, wherever its issues live."""
        self.folder, self.environment = folder, dict[str, str]()
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "dodo.py").write_text(DODO)
        (folder / "doit.cfg").write_text(PLUGINS)
        self.manifest = folder / "milestone.yaml"

    def _manifest(self, more: str) -> str:
        own = {line.partition(":")[0] for line in more.splitlines()}
        agent = [
            sys.executable,
            str(HERE / "agent.py"),
            str(self.folder / "script.json"),
            "{issue}",
            "{attempt}",
        ]
        lines = {
            "milestone": 'milestone: "M1"',
            "forge": self.forge,
            "agent": f"agent: {{command: {json.dumps(agent)}}}",
            "checks": "checks: [[git, rev-parse, HEAD]]",
            "approval": "approval: {channel: auto}",
        }
        kept = [
            line
            for key, line in lines.items()
            if key not in own and not ("issues" in own and key == "milestone")
        ]
        return "\n".join([*kept, more, ""])

    def write_issue(self, number: int, body: str = "", **front: Any) -> Path:
        front = {"number": number, "title": f"Issue {number}", "milestone": "M1", "state": "open", **front}
        path = self.folder / "issues" / f"{number}.md"
        lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in front.items()]
        path.write_text("\n".join(["---", *lines, "---", "", body, ""]))
        return path

    def set_script(self, script: Mapping[int, list[list[str]]]) -> None:
        (self.folder / "script.json").write_text(json.dumps(script))

    # -- what a person does

    def start(self, *args: str, **env: str) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            [sys.executable, "-m", "doit", *args],
            cwd=self.folder,
            env={**os.environ, **self.environment, **env},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def doit(self, *args: str, **env: str) -> Result:
        process = self.start(*args, **env)
        out, err = process.communicate(timeout=120)
        return Result(process.returncode, out, err)

    def plan(self) -> Result:
        result = self.doit("plan")
        assert result.code == 0, result.all
        return result

    def land(self, *args: str) -> Result:
        """Plan, then `doit -n 2 merge`."""
        self.plan()
        return self.doit(*(args or ("-n", "2", "merge")))

    # -- what a person sees

    def status(self) -> dict[str, Any]:
        result = self.doit("status", "--json")
        assert result.code == 0, result.all
        found: dict[str, Any] = json.loads(result.out)
        return found

    def state(self, number: int) -> tuple[str, str]:
        """(state, reason) of an issue."""
        one = self.status()["issues"][str(number)]
        return one["state"], one["reason"]

    def git(self, *args: str) -> str:
        return sh(self.repository, "git", *args)

    def subjects(self) -> list[str]:
        """Subjects on the base branch, oldest first."""
        return self.git("log", "--reverse", "--format=%s", "main").splitlines()

    def files(self) -> set[str]:
        return set(self.git("ls-tree", "-r", "--name-only", "main").splitlines())

    @property
    def root(self) -> Path:
        """The state folder."""
        return self.folder / ".milestone" / "m1"

    def receipt(self, number: int, phase: str) -> dict[str, Any] | None:
        path = self.root / "receipts" / str(number) / f"{phase}.json"
        found: dict[str, Any] | None = json.loads(path.read_text()) if path.exists() else None
        return found

    def snapshot(self) -> dict[str, bytes]:
        """All files of the project but the lock and doit's own database."""
        skip = ("lock", "doit.db")
        return {
            str(path.relative_to(self.folder)): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file() and path.name not in skip and "__pycache__" not in path.parts
        }
