"""What a milestone came to: duration, waves, and per issue result, pull request, cost, attempts."""

import time

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
    lines.append(f"- Cost: {f'${sum(costs):.2f}' if costs else 'not told'}")
    lines.append(f"- Attempts: {sum(one.attempts for one in status.issues.values())}")
    lines += [
        "",
        "| issue | title | wave | result | pull | attempts | cost |",
        "| ---: | --- | ---: | --- | ---: | ---: | ---: |",
    ]
    lines += [_row(plan, number, one) for number, one in status.issues.items()]
    kept = [receipt.values["quarantine"] for receipt in receipts if "quarantine" in receipt.values]
    if kept:
        lines += ["", "Work that is not merged was moved, not deleted:", "", *(f"- {path}" for path in kept)]
    return "\n".join(lines) + "\n"


def _row(plan: Plan, number: int, one: IssueStatus) -> str:
    issue = plan.issues[number]
    result = one.state + (f" ({one.phase})" if one.state in ("failed", "conflict") and one.phase else "")
    if one.state != "merged" and one.reason:
        result += f": {one.reason}"
    cells = [
        f"#{number}",
        issue.title.replace("|", "\\|"),
        str(issue.wave or ""),
        result.replace("|", "\\|"),
        f"#{one.pull}" if one.pull else "",
        str(one.attempts),
        f"${one.cost_usd:.2f}" if one.cost_usd is not None else "",
    ]
    return f"| {' | '.join(cells)} |"


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
