"""The project's own checks, run on the exact tree of a commit in a clean worktree, and remembered by tree.

Work, CI of the local forge and the train all ask here; what was checked once is not checked again.
"""

import hashlib
import itertools
import json
import re
import shlex
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from .environment import without_secrets
from .files import read_json, write_json
from .git.mirror import Mirror
from .model import CheckRun
from .paths import StatePaths
from .process.output import Output, tail
from .process.supervise import Ended, supervise
from .stopping import Stop

Command = tuple[str, ...]
OUTPUT_LINES = 40
LINE_SHOWN = 120
"""Characters of a check's last line that a reason quotes."""
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


@dataclass(frozen=True, slots=True)
class CheckResult:
    """`output` is the tail of what the command printed; empty for a check that passed."""

    name: str
    ok: bool
    output: str = ""


class Checks:
    """`commands` are the checks, `setup` what a fresh worktree needs first; `timeout` in seconds, for each."""

    def __init__(
        self,
        commands: Sequence[Command],
        setup: Sequence[Command],
        timeout: float,
        paths: StatePaths,
        stop: Stop,
    ) -> None:
        self._commands, self._setup, self._timeout = commands, setup, timeout
        self._paths, self._stop = paths, stop
        self._numbers = itertools.count(1)
        self._red: dict[Path, list[CheckResult]] = {}
        """Failures of this run. The next one looks again: the cause may have been the machine."""

    def on_commit(self, mirror: Mirror, commit: str, log: Path) -> list[CheckResult]:
        """The results for the tree of `commit`, in the order of the commands; empty without any command.

        Raises Stopped. Failures of `setup` are results too: they are as much a reason not to land.
        """
        if not self._commands:
            return []
        memory = self._memory(mirror.tree(commit))
        passed = [CheckResult(shlex.join(command), True) for command in self._commands]
        record = {"results": [asdict(result) for result in passed]}
        if read_json(memory) == record:
            return passed
        if memory in self._red:
            return self._red[memory]
        results = self._in_clean_worktree(mirror, commit, log)
        if failures(results):
            self._red[memory] = results
        else:
            write_json(memory, record)
        return results

    def prepare(self, folder: Path, log: Path) -> CheckResult | None:
        """Run `setup` in a worktree; the one that failed, or None."""
        for command in self._setup:
            result = self._run(command, folder, log)
            if not result.ok:
                return result
        return None

    def _memory(self, tree: str) -> Path:
        what = json.dumps([tree, self._setup, self._commands])
        return self._paths.root / "checked" / f"{hashlib.sha256(what.encode()).hexdigest()}.json"

    def _in_clean_worktree(self, mirror: Mirror, commit: str, log: Path) -> list[CheckResult]:
        folder = self._paths.scratch / f"{commit[:12]}-{next(self._numbers)}"
        mirror.remove_worktree(folder)
        mirror.add_scratch(folder, commit)
        try:
            broken = self.prepare(folder, log)
            return [broken] if broken else [self._run(command, folder, log) for command in self._commands]
        finally:
            # What cannot be removed is swept at the next start; it says nothing about the change.
            with suppress(OSError):
                mirror.remove_worktree(folder)

    def _run(self, command: Command, folder: Path, log: Path) -> CheckResult:
        """One command; a failure that could be the run's own end is never taken for a verdict."""
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("ab") as file:
            file.write(f"$ {shlex.join(command)}\n".encode())
        begin = log.stat().st_size
        end = supervise(
            command,
            cwd=folder,
            env=without_secrets(),
            output=Output(log),
            timeout=self._timeout,
            stop=self._stop,
        )
        self._stop.check()
        if end.code == 0:
            return CheckResult(shlex.join(command), True)
        return CheckResult(shlex.join(command), False, _told(end, tail(log, OUTPUT_LINES, begin)))


def _told(end: Ended, output: str) -> str:
    return end.detail or (output if output.strip() else f"exit code {end.code}, no output")


def failures(results: Sequence[CheckResult]) -> list[CheckResult]:
    return [result for result in results if not result.ok]


def named(failed: Iterable[CheckResult | CheckRun]) -> str:
    """`npm test` (2 of 40 tests failed), ...: the names, each with the last line of output that says something."""
    shown = []
    for result in failed:
        lines = [line for line in ESCAPE.sub("", result.output).splitlines() if re.search(r"\w", line)]
        said = " ".join(lines[-1].split())[:LINE_SHOWN] if lines else ""
        shown.append(f"`{result.name}`" + (f" ({said})" if said else ""))
    return ", ".join(shown)


def feedback(failed: Sequence[CheckResult]) -> str:
    """What an agent is told about failed checks."""
    return "\n\n".join(f"`{result.name}` failed:\n\n```\n{result.output}\n```" for result in failed)
