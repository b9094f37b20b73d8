"""The parsed manifest, kept in the state folder under the digest of its bytes: reading 10,000 issues anew at
every start would cost seconds. A cache of another content, schema or format is no cache.
"""

import hashlib
from importlib import resources
from pathlib import Path
from typing import Any

from ..files import read_json, write_json
from ..paths import STATE

FORMAT = 1


def key_of(data: bytes) -> str:
    """The digest that a cache must bear to stand for these bytes."""
    schema = resources.files("auto_milestone.schema").joinpath("manifest.schema.json").read_bytes()
    return hashlib.sha256(b"%d\0" % FORMAT + schema + b"\0" + data).hexdigest()


def load(manifest: Path, key: str) -> tuple[dict[str, Any], dict[str, Any] | None] | None:
    """(the person's keys, the plan's), both checked before they were kept; None: not known."""
    cached = read_json(_file(manifest))
    if cached is None or cached.get("key") != key:
        return None
    return cached["person"], cached["plan"]


def keep(manifest: Path, key: str, person: dict[str, Any], plan: dict[str, Any] | None) -> None:
    """Keep what was read; a folder that cannot be written only costs time."""
    try:
        write_json(_file(manifest), {"key": key, "person": person, "plan": plan})
    except OSError:
        return


def _file(manifest: Path) -> Path:
    return manifest.parent / STATE / "manifest.json"
