"""What did not land, and why: one block per cause, with its log, what waits behind it, and each way out as the
exact command or edit.
"""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from ..manifest.yaml_text import flow
from ..milestone import Milestone
from ..model import PHASES, Deadlock, Ref, show_ref
from ..naming import COMMAND
from ..paths import StatePaths
from ..planning.deadlocks import deadlocks
from ..receipts import read_receipt
from .status import IssueStatus, MilestoneStatus

AGAIN = ("failed", "conflict", "waiting", "skipped")
"""States that running again may change."""
LOGS_SHOWN = 3
AT_THE_FORGE = PHASES[PHASES.index("ci") : PHASES.index("cleanup")]
IN_A_LOG = re.compile(r"\bagent\b|\bthe branch\b|checks? fail|set-up command|CI fails|git cannot commit")
"""Reasons of which an agent's or a command's log tells more."""


@dataclass(frozen=True, slots=True)
class Option:
    """`kind`: retry, force_resolve, skip; `refs` are what it is about; `text` what a person reads; `frees` are the
    issues that could land then.
    """

    kind: Literal["retry", "force_resolve", "skip"]
    refs: tuple[Ref, ...]
    text: str
    frees: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Cause:
    """`stopped` are the issues that stopped by themselves, all for the same reason; empty where the cause lies
    outside of the run. `behind` wait for them.
    """

    text: str
    stopped: tuple[int, ...]
    behind: tuple[int, ...]
    logs: tuple[Path, ...]
    pages: tuple[str, ...]
    """Of the pull requests, where no log tells more."""
    options: tuple[Option, ...]

    @property
    def is_a_choice(self) -> bool:
        """Is there more to do than to run again?"""
        return len(self.options) > 1


def causes(milestone: Milestone, status: MilestoneStatus, asked: Collection[int] | None) -> list[Cause]:
    """Why issues of `asked` (None: all) did not land, each reason once."""
    here = {number: one for number, one in status.issues.items() if asked is None or number in asked}
    groups: dict[tuple[str, str | None, str], list[int]] = {}
    for number, one in here.items():
        if _stopped(one):
            groups.setdefault((one.state, one.phase, one.reason), []).append(number)
    every = _deadlocks(milestone, status, here)
    found = [_of_stopped(milestone, status, numbers, every) for numbers in groups.values()]
    stopped = {number for cause in found for number in cause.stopped}
    return found + [_of_dead(one) for one in every if not _blockers(one) & stopped]


def _stopped(one: IssueStatus) -> bool:
    """By itself, and not because of another issue."""
    if one.state in ("skipped", "blocked"):
        return one.phase is not None
    return one.state in AGAIN


def _deadlocks(
    milestone: Milestone, status: MilestoneStatus, here: Mapping[int, IssueStatus]
) -> list[Deadlock]:
    """The plan's own, and what waits behind the issues that stopped."""
    derived = milestone.schedule
    waiting = {
        number: [ref for ref in (*refs, *derived.tasks_before(number)) if not _merged(status, ref)]
        for number, refs in derived.blockers.items()
        if number in here and here[number].state != "merged"
    }
    stopped: dict[Ref, str] = {number: one.reason for number, one in here.items() if _stopped(one)}
    return deadlocks(waiting, {**derived.dead, **stopped})


def _merged(status: MilestoneStatus, ref: Ref) -> bool:
    return isinstance(ref, int) and ref in status.issues and status.issues[ref].state == "merged"


def _blockers(deadlock: Deadlock) -> set[Ref]:
    return {cut.blocker for cut in deadlock.cut}


def _of_stopped(
    milestone: Milestone, status: MilestoneStatus, numbers: Sequence[int], every: Sequence[Deadlock]
) -> Cause:
    one = status.issues[numbers[0]]
    behind = sorted({issue for found in every if _blockers(found) & set(numbers) for issue in found.issues})
    text = f"{_shown(numbers)} {one.state}{f' in {one.phase}' if one.phase else ''}: {one.reason}"
    logs = [newest_log(milestone.paths, number, status.issues[number]) for number in numbers]
    pages = [] if any(logs) else [_page(milestone.paths, number, one) for number in numbers]
    options = [_again(milestone, numbers, one, behind)] if _may_change(one) else []
    needed = [number for number in numbers if any(number in _blockers(found) for found in every)]
    return Cause(
        text,
        tuple(numbers),
        tuple(behind),
        tuple(log for log in logs if log),
        tuple(page for page in pages if page),
        (*options, *_without(needed, behind)),
    )


def _of_dead(deadlock: Deadlock) -> Cause:
    """An issue outside of the milestone, or that was left out, or a cycle."""
    refs = tuple(dict.fromkeys(cut.blocker for cut in deadlock.cut))
    return Cause(deadlock.reason, (), deadlock.issues, (), (), tuple(_without(refs, deadlock.issues)))


def _may_change(one: IssueStatus) -> bool:
    """May running again change it, perhaps once a person has done what the reason says?"""
    return one.state in AGAIN or (one.state == "blocked" and one.phase is not None)


def _again(milestone: Milestone, numbers: Sequence[int], one: IssueStatus, behind: Sequence[int]) -> Option:
    """Running again, and what a person may do first."""
    run = f"`{COMMAND} {' '.join(f'merge:{number}' for number in numbers)}`"
    if (one.state, one.phase) == ("skipped", "approve"):
        text = (
            f"be asked again: {run}; `skip: {flow(list(numbers))}` in milestone.yaml leaves it out for good"
        )
    elif one.state == "blocked":
        text = f"once that is settled: {run}"
    else:
        text = f"try again: {run}{_by_hand(milestone, numbers, one)}"
    return Option("retry", tuple(numbers), text, (*numbers, *behind))


def _by_hand(milestone: Milestone, numbers: Sequence[int], one: IssueStatus) -> str:
    """Where a person can do what the agent could not."""
    trees = [milestone.paths.worktree(number) for number in numbers]
    if one.state != "conflict" and (one.state, one.phase) != ("failed", "work"):
        return ""
    there = [str(tree.relative_to(milestone.folder)) for tree in trees if tree.is_dir()]
    what = "resolve it" if one.state == "conflict" else "mend it"
    return f"; or {what} by hand in {', '.join(there)}, commit there, and run again" if there else ""


def _without(refs: Sequence[Ref], behind: Sequence[int]) -> Iterator[Option]:
    if not refs or not behind:
        return
    yield Option(
        "force_resolve",
        tuple(refs),
        f"treat {_shown(refs)} as resolved: `force_resolve: {flow(list(refs))}` in milestone.yaml",
        tuple(behind),
    )
    yield Option(
        "skip", tuple(behind), f"leave {_shown(behind)} out: `skip: {flow(list(behind))}` in milestone.yaml"
    )


def _shown(refs: Sequence[Ref]) -> str:
    return ", ".join(show_ref(ref) for ref in refs)


def newest_log(paths: StatePaths, number: int, one: IssueStatus) -> Path | None:
    """The log that tells more of a failure: the one that was written last; of a conflict what the agent said.

    None where no log does: a permission, a limit, CI elsewhere.
    """
    if one.state not in ("failed", "conflict"):
        return None
    if one.state == "failed" and not IN_A_LOG.search(one.reason):
        return None
    agents = paths.log(number, "agent")
    if one.state == "conflict" and agents.exists():
        return agents
    if one.reason.startswith("CI fails"):
        return next(iter(paths.root.glob("logs/ci.log")), None)
    logs = paths.log(number, "any").parent.glob("*.log")
    return max(logs, key=lambda path: path.stat().st_mtime, default=None)


def _page(paths: StatePaths, number: int, one: IssueStatus) -> str:
    """Of its pull request, for what happens there."""
    pull = read_receipt(paths.receipt(number, "pull"), number, "pull")
    url = str(pull.values.get("url") or "") if pull and one.phase in AT_THE_FORGE else ""
    return url if url.startswith("http") and url not in one.reason else ""


def details(cause: Cause, folder: Path) -> list[str]:
    """What stands under the text of a cause; paths are shown from `folder`."""
    lines = []
    logs = [str(log.relative_to(folder) if log.is_relative_to(folder) else log) for log in cause.logs]
    for name, shown in (("log", logs), ("page", list(cause.pages))):
        if shown:
            more = ", ..." if len(shown) > LOGS_SHOWN else ""
            lines.append(f"  {name}: {', '.join(shown[:LOGS_SHOWN])}{more}")
    if cause.behind:
        where = {0: "", 1: " behind it"}.get(len(cause.stopped), " behind them")
        lines.append(f"  waiting{where}: {_shown(cause.behind)}")
    return lines


def report(found: Sequence[Cause], folder: Path, ask: bool) -> tuple[list[str], list[Option]]:
    """(lines, options in the order of their numbers). Numbers are given where a person is asked and has a choice."""
    lines, numbered = [], list[Option]()
    numbers = ask and any(cause.is_a_choice for cause in found)
    for cause in found:
        lines += ["", cause.text, *details(cause, folder)]
        for option in cause.options:
            lines.append(f"  {_mark(option, numbered) if numbers else '-'} {option.text}")
    return lines, numbered


def _mark(option: Option, numbered: list[Option]) -> str:
    """The next number; that of an option which was told above stands there already."""
    if option in numbered:
        return f"- (as {numbered.index(option) + 1})"
    numbered.append(option)
    return f"{len(numbered)}."
