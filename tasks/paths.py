"""Where everything lies: the state folder `.milestone/<slug>/` beside the manifest, and nothing outside it."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

MANIFEST = "milestone.yaml"
STATE = ".milestone"


def slug(text: str, limit: int = 40) -> str:
    """`text` as `a-z0-9` words joined by `-`, cut at a word where that is possible, never ending in `-`.

    A text without any such letter (emoji, another script) gets a digest instead, so that it stays distinct.
    """
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", ascii_text).strip("-")
    if not words:
        return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    if len(words) > limit:
        head = words[: limit + 1].rpartition("-")[0]
        words = (head if len(head) >= limit // 2 else words[:limit]).strip("-")
    return words


@dataclass(frozen=True, slots=True)
class StatePaths:
    """The state folder of one milestone."""

    root: Path

    @property
    def mirror(self) -> Path:
        return self.root / "repo.git"

    @property
    def journal(self) -> Path:
        return self.root / "journal.jsonl"

    @property
    def lock(self) -> Path:
        """Says who runs; one for all milestones of a project, as they share the forge's records."""
        return self.root.parent / "lock"

    @property
    def quarantine(self) -> Path:
        return self.root / "quarantine"

    @property
    def scratch(self) -> Path:
        """Clean worktrees of a moment: checks run there."""
        return self.root / "scratch"

    def worktree(self, issue: int) -> Path:
        return self.root / "worktrees" / str(issue)

    def receipts(self, issue: int) -> Path:
        return self.root / "receipts" / str(issue)

    def receipt(self, issue: int, phase: str) -> Path:
        return self.receipts(issue) / f"{phase}.json"

    def log(self, issue: int, name: str) -> Path:
        return self.root / "logs" / str(issue) / f"{name}.log"

    def agent(self, issue: int) -> Path:
        """Attempts, prompts and results of the issue's agent; outside the worktree, out of its reach."""
        return self.root / "agents" / str(issue)

    def question(self, issue: int, key: str) -> Path:
        return self.root / "questions" / f"{issue}-{key}.json"

    def approved_plan(self, key: str) -> Path:
        return self.root / "questions" / f"plan-{key}.json"
