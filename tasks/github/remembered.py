"""Answers that are kept with their ETags: asking again costs nothing of the budget where nothing has changed."""

import hashlib
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from ..files import read_json, write_json


@dataclass(frozen=True, slots=True)
class Kept:
    """The body as JSON has it, and the path of the next page."""

    url: str
    etag: str
    body: Any
    next: str | None = None


class Remembered:
    """One file for each URL, in `folder`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def read(self, url: str) -> Kept | None:
        """What was answered last; None where that cannot be read."""
        record = read_json(self._file(url))
        if record is None or record.keys() != Kept.__dataclass_fields__.keys() or record["url"] != url:
            return None
        kept = Kept(**record)
        # One that is no header would fail each time it is sent.
        return (
            kept if isinstance(kept.etag, str) and kept.etag.isascii() and kept.etag.isprintable() else None
        )

    def keep(self, kept: Kept) -> None:
        write_json(self._file(kept.url), asdict(kept))

    def _file(self, url: str) -> Path:
        return self._folder / f"{hashlib.sha256(url.encode()).hexdigest()[:32]}.json"
