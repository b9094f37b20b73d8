"""Conditions that a person's machine may be in, for the real `doit`: no rights, closed streams, a full disk."""

import ctypes
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from .project import Project, Result

DROP_FROM_BOUNDING_SET = 24
BEYOND_PERMISSIONS = (1, 2, 3)
"""Linux's CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, CAP_FOWNER."""


def as_ordinary_user() -> None:
    """Before an exec: let file permissions hold for root as well."""
    if os.geteuid() == 0:
        for capability in BEYOND_PERMISSIONS:
            ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, capability, 0, 0, 0)


def doit(
    project: Project,
    *args: str,
    env: Mapping[str, str | None] | None = None,
    before: Callable[[], object] | None = None,
    stdin: Any = subprocess.DEVNULL,
    stdout: Any = subprocess.PIPE,
    stderr: Any = subprocess.PIPE,
) -> Result:
    """Run the real doit. A variable that is None is unset; `before` runs in the child before the exec."""
    merged = {**os.environ, **(env or {})}
    process = subprocess.Popen(
        [sys.executable, "-m", "doit", *args],
        cwd=project.folder,
        env={name: value for name, value in merged.items() if value is not None},
        preexec_fn=before,
        stdin=stdin,
        stdout=stdout,
        stderr=stderr,
        start_new_session=True,
    )
    out, err = process.communicate(timeout=60)
    return Result(process.returncode, (out or b"").decode(), (err or b"").decode())


def kept(project: Project) -> dict[str, object]:
    """What a command that refuses must leave as it is: manifest, branches, receipts."""
    receipts = sorted(project.folder.glob(".milestone/*/receipts/*/*"))
    return {
        "manifest": project.manifest.read_bytes() if project.manifest.is_file() else None,
        "branches": project.git("for-each-ref", "--format=%(refname) %(objectname)"),
        "receipts": {str(path): path.read_bytes() for path in receipts if path.is_file()},
    }


def refused(result: Result, code: int, message: str) -> None:
    """One line on standard error that holds `message`; no traceback anywhere."""
    assert result.code == code, result.all
    assert "Traceback" not in result.all
    assert message in result.err and len(result.err.strip().splitlines()) == 1, result.err


def fill_disk_when(project: Project, phase: str) -> None:
    """With CRASH set, no file takes another byte from the moment when the receipt of `phase` is written.

    A limit on the size of files, set in the process itself: the kernel then refuses its writes, and git's.
    """
    code = (
        "import os, resource\n"
        "from auto_milestone.phases import perform\n\nreal = perform.write_receipt\n\n\n"
        "def write(path, receipt):\n"
        f"    if os.environ.get('CRASH') and receipt.phase == {phase!r}:\n"
        "        hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]\n"
        "        resource.setrlimit(resource.RLIMIT_FSIZE, (0, hard))\n"
        "    real(path, receipt)\n\n\nperform.write_receipt = write\n"
    )
    dodo = project.folder / "dodo.py"
    dodo.write_text(code + dodo.read_text())


def outside(folder: Path, name: str, text: str) -> Path:
    """A folder for PATH that holds one program."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text)
    (folder / name).chmod(0o755)
    return folder
