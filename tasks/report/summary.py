"""What a milestone came to: duration, waves, and per issue result, pull request, cost, attempts."""

import time
from collections.abc import Sequence

from ..model import PHASES, Plan
from ..paths import StatePaths
from ..receipts import Receipt, read_receipt
from .status import IssueStatus, MilestoneStatus


def summary(plan: Plan, status: MilestoneStatus, paths: StatePaths) -> str:
    """Markdown; the same state gives the same text."""
    counts = status.counts
    receipts = _receipts(plan, paths)
    merged = counts["merged"]
    waves = len({issue.wave for issue in plan.issues.values()} - {None})
    lines = [f"# {plan.milestone.title}: {merged} of {len(plan.issues)} issues merged", ""]
    lines += [f"- Duration: {_duration(receipts)}", f"- Waves: {waves}"]
    others = [f"{count} {state}" for state, count in counts.items() if count and state != "merged"]
    if others:
        lines.append(f"- Not merged: {', '.join(others)}")
    costs = [one.cost_usd for one in status.issues.values() if one.cost_usd is not None]
    if costs:
        lines.append(f"- Cost: ${sum(costs):.2f}")
    lines.append(f"- Attempts: {sum(one.attempts for one in status.issues.values())}")
    lines += ["", *_table([_row(plan, number, one) for number, one in status.issues.items()])]
    kept = [receipt.values["quarantine"] for receipt in receipts if "quarantine" in receipt.values]
    if kept:
        lines += ["", "Work that is not merged was moved, not deleted:", "", *(f"- {path}" for path in kept)]
    return "\n".join(lines) + "\n"


COLUMNS = (("issue", True), ("title", False), ("wave", True), ("result", False))
NUMBERS = (("pull", True), ("attempts", True), ("cost", True))
"""(heading, is it a number?); those of NUMBERS are left out where no issue has any."""


def _row(plan: Plan, number: int, one: IssueStatus) -> list[str]:
    issue = plan.issues[number]
    result = one.state + (f" ({one.phase})" if one.state in ("failed", "conflict") and one.phase else "")
    if one.reason:
        result += f": {one.reason}"
    return [
        f"#{number}",
        issue.title.replace("|", "\\|"),
        str(issue.wave or ""),
        result.replace("|", "\\|"),
        f"#{one.pull}" if one.pull else "",
        str(one.attempts or ""),
        f"${one.cost_usd:.2f}" if one.cost_usd is not None else "",
    ]


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    """The rows as a Markdown table."""
    heads = (*COLUMNS, *NUMBERS)
    kept = [at for at, head in enumerate(heads) if head in COLUMNS or any(row[at] for row in rows)]
    cells = [
        [heads[at][0] for at in kept],
        ["---:" if heads[at][1] else "---" for at in kept],
        *([row[at] for at in kept] for row in rows),
    ]
    return [f"| {' | '.join(row)} |" for row in cells]


def _receipts(plan: Plan, paths: StatePaths) -> list[Receipt]:
    found = (
        read_receipt(paths.receipt(number, phase), number, phase)
        for number in plan.issues
        for phase in PHASES
    )
    return [receipt for receipt in found if receipt]


def _duration(receipts: list[Receipt]) -> str:
    """From the first phase that began to the last merge that ended."""
    merges = [receipt.finished for receipt in receipts if receipt.phase == "merge"]
    if not merges:
        return "nothing merged"
    seconds = max(merges) - min(receipt.started for receipt in receipts)
    begin = time.strftime("%Y-%m-%d %H:%M", time.localtime(min(receipt.started for receipt in receipts)))
    return f"{span(seconds)}, from {begin}"


def span(seconds: float) -> str:
    """`42 s`, `3 min 05 s`, `2 h 07 min`."""
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02} min"
