"""An agent without a model: applies a recorded patch and commits it, as an agent would.

    python -m auto_milestone.agent.replay --patches DIR --issue N --attempt K [--message TITLE]

Run in the worktree. `DIR/N.patch` is the first attempt, `DIR/N.K.patch` the K-th; the highest one up to K is
taken. May be killed at any instant and run again: what is not committed is thrown away and made anew, because
a half-written file cannot be told from a whole one; what is committed is left as it is.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from ..errors import MilestoneError
from ..files import write_json
from ..git.worktree import worktree_here

IDENTITY = ("replay", "replay@localhost")


def main(argv: Sequence[str] | None = None) -> int:
    """Exit code: 0 when the patch is committed, 1 with one line on standard error when it cannot be."""
    arguments = _parse(argv)
    try:
        patch = find_patch(arguments.patches, arguments.issue, arguments.attempt)
        replay(patch, arguments.message or f"Resolve #{arguments.issue}")
    except MilestoneError as error:
        print(f"replay: {error}", file=sys.stderr)
        return 1
    result = os.environ.get("AUTO_MILESTONE_RESULT")
    if result:
        summary = leading_line(patch)
        write_json(Path(result), {"status": "done", "tokens": 0, "cost_usd": 0, "summary": summary})
    return 0


def find_patch(folder: Path, issue: int, attempt: int) -> Path:
    """The recording for this attempt. Raises MilestoneError when there is none."""
    recorded = {
        _attempt(path): path for path in (*folder.glob(f"{issue}.*.patch"), folder / f"{issue}.patch")
    }
    usable = [number for number in recorded if 1 <= number <= attempt and recorded[number].is_file()]
    if not usable:
        raise MilestoneError(f"nothing is recorded for #{issue} (attempt {attempt}) in {folder}")
    return recorded[max(usable)].absolute()


def replay(patch: Path, message: str) -> None:
    """Commit the patch in the worktree that is the current folder, unless it is committed already."""
    worktree = worktree_here(IDENTITY)
    # Whoever left locks was killed: this is the only process that works here.
    worktree.unlock()
    if worktree.state().changes:
        worktree.discard_changes()
    if not worktree.holds_patch(patch):
        worktree.apply(patch)
        worktree.commit_all(message)


def leading_line(patch: Path) -> str:
    """The first line of what stands before the first file of a patch: a remark of who recorded it."""
    for line in patch.read_text("utf-8", errors="replace").splitlines():
        if line.startswith(("diff --git ", "--- ")):
            break
        if line.startswith("Subject: "):
            return line.removeprefix("Subject: ").removeprefix("[PATCH] ").strip()
        # The head of a mail, as git format-patch writes it.
        if line.strip() and not line.startswith(("From ", "From: ", "Date: ")):
            return line.strip()
    return ""


def _attempt(path: Path) -> int:
    """`7.patch` is attempt 1, `7.2.patch` attempt 2; 0 for a name that is no recording."""
    parts = path.name.split(".")
    if len(parts) == 2:
        return 1
    return int(parts[1]) if len(parts) == 3 and parts[1].isdecimal() else 0


def _parse(argv: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="replay", description="Apply a recorded patch and commit it.")
    parser.add_argument("--patches", type=Path, required=True)
    parser.add_argument("--issue", type=int, required=True)
    parser.add_argument("--attempt", type=int, default=1)
    parser.add_argument("--message")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main())
