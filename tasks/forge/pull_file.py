"""The local forge's record of a pull request."""

from pathlib import Path
from typing import Any

from ..files import read_json


def read_pull(path: Path) -> dict[str, Any] | None:
    """The record of a pull request, or None where there is none that can be used."""
    record = read_json(path)
    if record is None or str(record.get("number")) != path.stem:
        return None
    texts = ("branch", "base", "head", "state", "title", "body")
    whole = type(record["number"]) is int and all(isinstance(record.get(name), str) for name in texts)
    return record if whole else None


def numbers_by_branch(folder: Path) -> dict[str, list[int]]:
    """Branch -> its pull requests, of all records in `folder`.

    A damaged one stands under no branch, and keeps its number: receipts name it.
    """
    found: dict[str, list[int]] = {}
    for path in folder.glob("*.json"):
        if path.stem.isdecimal():
            record = read_pull(path) or {"branch": ""}
            found.setdefault(record["branch"], []).append(int(path.stem))
    return found
