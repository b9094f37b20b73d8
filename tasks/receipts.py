"""Receipts: a small JSON file proves one finished phase of one issue, and is the target of its doit task.

A receipt means that the effect exists. One that cannot be read, or that is of another schema version or of
another issue or phase, is no receipt.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from .files import read_json, write_json

SCHEMA_VERSION = 1

FINISHED = ("merged", "closed")
"""Results after which the phases up to merge have nothing left to do."""

_COMMIT = re.compile("[0-9a-f]{4,64}")
_NEEDED = {
    "worktree": ("start",),
    "work": ("head",),
    "pull": ("pull", "head"),
    "ci": ("pull", "head"),
    "review": ("pull", "head"),
    "approve": ("pull", "head", "patch_id"),
    "merge": ("pull", "merge_commit"),
}
"""Phase -> what the next one reads in its values, unless nothing is left to do."""


@dataclass(frozen=True, slots=True)
class Receipt:
    """`result`: done, adopted (the effect was found), merged or closed (nothing left to do for the issue).

    `inputs` maps a name to the digest of what the phase was made from; `values` is what later phases need
    (head SHA, pull number, ...); times are seconds since the epoch.
    """

    issue: int
    phase: str
    result: str
    inputs: Mapping[str, str]
    started: float
    finished: float
    values: Mapping[str, Any] = field(default_factory=dict)


def write_receipt(path: Path, receipt: Receipt) -> None:
    """Write `receipt` whole or not at all. Raises OSError."""
    write_json(
        path,
        {
            "schema": SCHEMA_VERSION,
            "issue": receipt.issue,
            "phase": receipt.phase,
            "result": receipt.result,
            "inputs": dict(receipt.inputs),
            "started": round(receipt.started, 3),
            "finished": round(receipt.finished, 3),
            "values": dict(receipt.values),
        },
    )


def read_receipt(path: Path, issue: int, phase: str) -> Receipt | None:
    """The receipt of `phase` of `issue`, or None where there is no valid one."""
    data = read_json(path)
    if data is None or data.get("schema") != SCHEMA_VERSION:
        return None
    if data.get("issue") != issue or data.get("phase") != phase or not isinstance(data.get("result"), str):
        return None
    inputs, values = data.get("inputs"), data.get("values")
    started, finished = data.get("started"), data.get("finished")
    if not (isinstance(inputs, dict) and isinstance(values, dict)):
        return None
    if not (isinstance(started, int | float) and isinstance(finished, int | float)):
        return None
    if not _can_be_used(phase, data["result"], values):
        return None
    return Receipt(issue, phase, data["result"], inputs, started, finished, values)


def _can_be_used(phase: str, result: str, values: Mapping[str, Any]) -> bool:
    """Does `values` hold what the phases behind read, in the form that they take it in?"""
    needed = () if result in FINISHED else _NEEDED.get(phase, ())
    return all(values.get(name) is not None for name in needed) and all(
        _has_form(name, value) for name, value in values.items()
    )


def _has_form(name: str, value: object) -> bool:
    if name in ("start", "head", "patch_id", "merge_commit"):
        return value is None or (isinstance(value, str) and bool(_COMMIT.fullmatch(value)))
    if name == "pull":
        return type(value) is int and value > 0
    return name != "quarantine" or isinstance(value, str)


def digest(path: Path) -> str:
    """SHA-256 of a file's content, or `absent`: how a receipt names the receipts it was made from."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return "absent"
