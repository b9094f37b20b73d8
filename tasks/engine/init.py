"""`auto-milestone init`: the files for those who begin, and for those who prefer to type `doit`."""

from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

from doit.cmd_base import Command

from ..files import write_atomic
from ..paths import MANIFEST, STATE
from .typed import Typed, no_arguments

FILES = {MANIFEST: "milestone.yaml", "dodo.py": "dodo.py.txt", "doit.cfg": "doit.cfg"}
"""File in the project -> file of `auto_milestone.templates`."""


class Init(Typed, Command):  # type: ignore[misc]
    """`auto-milestone init`."""

    name = "init"
    doc_purpose = "write what a project needs; overwrite nothing"
    doc_usage = ""

    def execute(self, opt_values: Mapping[str, Any], pos_args: Sequence[str]) -> int:
        no_arguments(pos_args, self.name)
        for line in write_files(Path.cwd()):
            print(line)
        return 0


def write_files(folder: Path) -> list[str]:
    """Write what is not there; a line per file for a person."""
    said = []
    for name, template in FILES.items():
        path = folder / name
        if path.exists():
            said.append(f"{name} is there already: left as it is")
            continue
        text = resources.files("auto_milestone.templates").joinpath(template).read_text("utf-8")
        write_atomic(path, text.encode())
        said.append(f"{name} written")
    said.append(_ignore(folder / ".gitignore"))
    said.append(
        f"Next: edit {MANIFEST}, then `auto-milestone plan`, then `auto-milestone -n 2 merge`; or `doit ...`."
    )
    return said


def _ignore(path: Path) -> str:
    """Keep the state folder out of git."""
    before = path.read_text("utf-8") if path.exists() else ""
    if any(line.strip().strip("/") == STATE for line in before.splitlines()):
        return ".gitignore names .milestone/ already: left as it is"
    gap = "" if not before or before.endswith("\n") else "\n"
    write_atomic(path, f"{before}{gap}{STATE}/\n".encode())
    return f".gitignore: {STATE}/ added"
