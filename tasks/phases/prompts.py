"""What agents are told. Plain text; the issue's own words come last and are marked as such."""

import shlex
from collections.abc import Sequence

from ..checks import CheckResult, feedback
from ..model import Issue, PlannedIssue

RULES = """\
- Work only in this folder; it is a git worktree on the branch `{branch}`.
- Commit your work on this branch, in one or more commits with clear messages. Do not switch branches, do not
  commit on `{base}`, do not push, do not open pull requests, do not rewrite commits that were there before.
- Leave nothing uncommitted and no merge or rebase unfinished.
"""


def work(issue: Issue, planned: PlannedIssue, base: str, checks: Sequence[Sequence[str]]) -> str:
    """The first prompt of an issue."""
    lines = [
        f"Implement issue #{issue.number} of this repository: {issue.title}",
        "",
        RULES.format(branch=planned.branch, base=base),
    ]
    if checks:
        lines += ["These checks must pass on your last commit:", ""]
        lines += [f"    {shlex.join(command)}" for command in checks]
        lines += [""]
    lines += ["The text of the issue:", "", issue.body or "(no text)"]
    return "\n".join(lines) + "\n"


def anew(request: str, first: str) -> str:
    """A later request to a program that does not remember the first prompt."""
    return (
        f"{request}\nThis is about the following issue, which has been worked on in this branch:\n\n{first}"
    )


def failed_checks(failed: Sequence[CheckResult], where: str) -> str:
    return f"Checks fail on your last commit ({where}). Mend it and commit.\n\n{feedback(failed)}\n"


def unfinished(what: str) -> str:
    return f"A {what} is unfinished in this worktree. Finish it, and commit.\n"


def changes(text: str) -> str:
    return f"A reviewer asks for changes to your pull request. Make them and commit.\n\n{text}\n"


def conflict(base: str, base_sha: str, files: Sequence[str]) -> str:
    where = "\n".join(f"- {file}" for file in files) or "- (git did not name the files)"
    return (
        f"`{base}` has moved to {base_sha} and your branch no longer merges with it. Conflicts:\n\n{where}\n\n"
        f"Rebase your branch onto {base_sha} (or merge that commit into it), resolve the conflicts so that both\n"
        "changes keep their meaning, and commit. The commit is in this repository already; do not fetch.\n"
    )


def broken_together(base: str, base_sha: str, failed: Sequence[CheckResult]) -> str:
    return (
        f"Your branch merges with `{base}` at {base_sha}, but checks fail on the result. Rebase onto that commit\n"
        f"(it is in this repository already; do not fetch), mend it and commit.\n\n{feedback(failed)}\n"
    )
