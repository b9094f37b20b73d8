"""Edits of the person's part of milestone.yaml, for choices made in a terminal: all other bytes are kept.

Raised everywhere: ConfigError, when the manifest is not usable before or after, or is written in a way that
cannot be edited.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

from ..errors import ConfigError
from ..model import Ref, show_ref
from . import text as manifest_text
from .file import ManifestFile
from .settings import read_ref
from .text import CannotEdit


def add_to_list(path: Path, key: Literal["force_resolve", "skip"], ref: Ref) -> bool:
    """Add an issue to a list of the person's part, every other byte kept. False when it is there already."""
    old = ManifestFile.read(path)
    forge = old.person()["forge"]
    present = old.person().get(key, [])
    if ref in [read_ref(item, forge) for item in present]:
        return False
    return _edit(old, key, [*present, ref], lambda text: manifest_text.with_item(text, key, ref))


def set_depends_on(path: Path, issue: int, refs: Sequence[Ref]) -> bool:
    """Replace what an issue depends on by `refs`. False when it is so already."""
    old = ManifestFile.read(path)
    issues = old.person().get("issues", {})
    if isinstance(issues, list):
        old.fail(
            ("issues",), f"is a list; write it as a mapping to say that #{issue} depends on {_all(refs)}"
        )
    change = issues.get(str(issue), {})
    if change.get("depends_on") == list(refs):
        return False
    wanted = {**issues, str(issue): {**change, "depends_on": list(refs)}}
    return _edit(old, "issues", wanted, lambda text: manifest_text.with_depends_on(text, issue, refs))


def _edit(old: ManifestFile, key: str, wanted: object, edit: Callable[[str], str]) -> bool:
    """Replace the file when the edit says exactly what is wanted, changes no other key and leaves it usable."""
    before = old.person()
    try:
        new = old.with_text(edit(old.text))
        person = new.person()
    except (CannotEdit, ConfigError):
        person = None
    if person != {**before, key: wanted}:
        old.fail((key,), "is written in a way that cannot be edited here; change it by hand")
    if new.settings().source != old.settings().source:
        old.fail(
            (), f"`{key}` would become the source of the plan; write `milestone` or all of `issues` first"
        )
    new.manifest()
    return old.replace(new.text)


def _all(refs: Sequence[Ref]) -> str:
    return ", ".join(show_ref(ref) for ref in refs) or "nothing"
