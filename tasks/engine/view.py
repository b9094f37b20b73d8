"""What a person sees while a milestone lands: one live line per issue in a terminal, plain lines on a pipe."""

import re
import threading
import time
from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import RenderableType
from rich.table import Table

from ..model import Plan
from ..report.status import Trace, Traces
from ..screen import Screen

ATTEMPT = re.compile(r"(attempt \d+) \((\w+)\)")
ASKED = {
    "checks": "checks fail",
    "ci": "CI fails",
    "changes": "changes are asked for",
    "conflict": "conflict with base",
}
"""Kind of a later attempt of the agent -> why it is asked again."""
OUTAGE = "the forge: "
OUTAGE_SHOWN = 160
"""Characters of what a forge or git said; all of it is in the journal."""
SHOWN = ("running", "waiting", "done")
STYLES = {"failed": "red", "conflict": "red", "blocked": "yellow", "skipped": "yellow", "waiting": "yellow"}


class View:
    """Takes every journal entry of the run (`tell`), from all threads."""

    def __init__(self, screen: Screen, plan: Plan, merged: int) -> None:
        self._screen, self._plan = screen, plan
        self._traces = Traces()
        self._begun: dict[int, float] = {}
        self._away = set[object]()
        """Issues that wait for a forge that does not answer."""
        self._merged, self._lock = merged, threading.Lock()

    def start(self) -> None:
        self._screen.start(self.render)

    def stop(self) -> None:
        self._screen.stop()

    def tell(self, entry: Mapping[str, Any]) -> None:
        """Show an entry: as a line if it is news, in the live view in any case."""
        with self._lock:
            self._traces.add(entry)
            if entry["event"] == "done" and entry.get("phase") == "merge":
                self._merged += 1
            lines = [line for line in (self._first(entry), self._again(entry), self._news(entry)) if line]
        style = STYLES.get(str(entry.get("state")), "green" if entry["event"] == "done" else "")
        for line in lines:
            self._screen.line(line, style)

    def _first(self, entry: Mapping[str, Any]) -> str:
        """Of an issue that an earlier run began: where it goes on."""
        number, phase = entry.get("issue"), entry.get("phase")
        if not isinstance(number, int) or number in self._begun:
            return ""
        self._begun[number] = entry["at"]
        goes_on = entry["event"] == "state" and phase not in (None, "worktree", "cleanup")
        return f"#{number} goes on in {phase}" if goes_on else ""

    def _again(self, entry: Mapping[str, Any]) -> str:
        """That the forge is back, once the last issue that waited for it got an answer."""
        number = entry.get("issue")
        if number not in self._away or _is_away(entry) or _tries(entry):
            return ""
        self._away.remove(number)
        return "" if self._away else "the forge answers again"

    def _news(self, entry: Mapping[str, Any]) -> str:
        who, phase = f"#{entry.get('issue')}", entry.get("phase")
        event = entry["event"]
        if event == "stopped":
            return f"{who} {entry['state']} in {phase}: {entry['reason']}"
        if event == "done":
            return self._done(who, str(phase), entry)
        if event == "state":
            return self._state(who, entry)
        if event == "answer":
            said = f": {entry['text']}" if entry.get("text") else ""
            return f"{who} {entry['choice']}{said} ({entry['by']})" if entry["by"] != "auto" else ""
        if event in ("note", "quarantine"):
            return f"{who} {entry.get('text') or 'unmerged work moved to ' + str(entry.get('path'))}"
        return ""

    def _state(self, who: str, entry: Mapping[str, Any]) -> str:
        reason = str(entry["reason"] or "")
        if _is_away(entry):
            known = bool(self._away)
            self._away.add(entry["issue"])
            reason = _cut(reason)
            if known:
                return ""
        if entry["state"] == "waiting":
            return f"{who} {entry['phase']}: waits for {reason}{_until(entry.get('until'))}"
        attempt = ATTEMPT.fullmatch(reason)
        if attempt:
            return f"{who} {ASKED.get(attempt[2], entry['phase'])}: {attempt[1]}"
        return f"{who} {entry['phase']}: {reason}" if reason and reason != "checks" else ""

    def _done(self, who: str, phase: str, entry: Mapping[str, Any]) -> str:
        title = self._plan.issues[entry["issue"]].title
        if phase == "worktree":
            return f"{who} started: {title}"
        if phase == "pull":
            return f"{who} pull request #{entry['pull']}{_link(entry)}" if entry.get("pull") else ""
        if phase == "merge":
            commit = entry.get("merge_commit")
            how = f"merged as {str(commit)[:10]}" if commit else "closed already"
            return f"{who} {how} ({self._merged} of {len(self._plan.issues)}): {title}"
        return ""

    def skipped(self, number: int, why: str) -> None:
        """An issue that cannot start because another one stopped."""
        self._screen.line(f"#{number} skipped: {why}", STYLES["skipped"])

    # -- the live region

    def render(self) -> RenderableType:
        """One row per issue that is under way, and a line of counts."""
        table = Table.grid(padding=(0, 2))
        with self._lock:
            rows = list(self._rows())
            merged = self._merged
        room = max(3, self._screen.console.size.height - 4)
        for row in rows[:room]:
            table.add_row(*row)
        if len(rows) > room:
            table.add_row("", f"... {len(rows) - room} more under way", "", "", "", "")
        table.add_row(
            "", f"{merged} of {len(self._plan.issues)} merged, {len(rows)} under way", "", "", "", ""
        )
        return table

    def _rows(self) -> Iterator[tuple[str, str, str, str, str, str]]:
        now = time.time()
        for number, trace in sorted(self._traces.issues.items()):
            finished = trace.state == "done" and trace.phase in ("merge", "cleanup")
            if trace.state not in SHOWN or finished:
                continue
            title = self._plan.issues[number].title
            cost = f"${trace.cost_usd:.2f}" if trace.cost_usd is not None else ""
            yield (
                f"#{number}",
                title[:40],
                trace.phase or "",
                _elapsed(now - self._begun[number]),
                _waits(trace),
                cost,
            )


def _is_away(entry: Mapping[str, Any]) -> bool:
    """Does this issue wait for a forge that did not answer?"""
    return entry.get("state") == "waiting" and str(entry.get("reason")).startswith(OUTAGE)


def _tries(entry: Mapping[str, Any]) -> bool:
    """Does it but try again? That says nothing of the forge."""
    return entry["event"] == "state" and entry["state"] == "running" and not entry["reason"]


def _cut(reason: str) -> str:
    return reason if len(reason) <= OUTAGE_SHOWN else f"{reason[: OUTAGE_SHOWN - 1].rstrip()}…"


def _waits(trace: Trace) -> str:
    if trace.state == "waiting":
        return f"waits for {trace.reason}{_until(trace.until)}"
    return "waits for its turn" if trace.state == "done" else trace.reason


def _link(entry: Mapping[str, Any]) -> str:
    """Where a person can open it, if there is a page."""
    url = str(entry.get("url") or "")
    return f" {url}" if url.startswith("http") else ""


def _until(until: object) -> str:
    return time.strftime(", until %H:%M", time.localtime(until)) if isinstance(until, int | float) else ""


def _elapsed(seconds: float) -> str:
    whole = int(seconds)
    return (
        f"{whole // 3600}:{whole % 3600 // 60:02}:{whole % 60:02}"
        if whole >= 3600
        else f"{whole // 60}:{whole % 60:02}"
    )
