"""When nothing can go on: what stands in the way, and each way out as the exact edit or command."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..model import Deadlock, Ref, show_ref
from ..naming import COMMAND
from ..planning.deadlocks import deadlocks
from ..planning.schedule import Schedule
from .status import MilestoneStatus


@dataclass(frozen=True, slots=True)
class Option:
    """`kind`: force_resolve, retry, skip, pause, quit; `ref` is what it is about; `text` what a person reads."""

    kind: str
    ref: Ref | None
    text: str


def standing(derived: Schedule, status: MilestoneStatus) -> list[Deadlock]:
    """The deadlocks of a run: the plan's own, and what failed or was skipped while it ran."""
    waiting = {
        number: [ref for ref in (*refs, *derived.tasks_before(number)) if not _merged(status, ref)]
        for number, refs in derived.blockers.items()
        if status.issues[number].state != "merged"
    }
    return deadlocks(waiting, {**derived.dead, **_stopped(derived, status)})


def _merged(status: MilestoneStatus, ref: Ref) -> bool:
    return isinstance(ref, int) and ref in status.issues and status.issues[ref].state == "merged"


def _stopped(derived: Schedule, status: MilestoneStatus) -> Mapping[Ref, str]:
    """Issues that stopped by themselves, not because of another one."""
    stopped: dict[Ref, str] = {}
    for number, one in status.issues.items():
        own = one.state in ("failed", "conflict", "waiting") or (
            one.state == "skipped" and one.phase is not None
        )
        blocked = one.state == "blocked" and one.phase is not None
        if own or blocked:
            stopped[number] = f"#{number} {one.state}{f' in {one.phase}' if one.phase else ''}: {one.reason}"
    return stopped


def options(deadlock: Deadlock, status: MilestoneStatus) -> list[Option]:
    """The ways out of one deadlock, the gentlest first."""
    found = []
    for ref in dict.fromkeys(cut.blocker for cut in deadlock.cut):
        if (
            isinstance(ref, int)
            and ref in status.issues
            and status.issues[ref].state in ("failed", "conflict", "waiting")
        ):
            found.append(Option("retry", ref, f"retry {show_ref(ref)}: run `{COMMAND} merge:{ref}`"))
        found.append(
            Option(
                "force_resolve",
                ref,
                f"treat {show_ref(ref)} as resolved: `force_resolve: [{ref}]` in milestone.yaml",
            )
        )
    for number in deadlock.issues:
        found.append(
            Option("skip", number, f"leave {show_ref(number)} out: `skip: [{number}]` in milestone.yaml")
        )
    return found


def report(found: Sequence[Deadlock], status: MilestoneStatus) -> tuple[list[str], list[Option]]:
    """(lines, options in the order of their numbers), `pause` and `quit` at the end."""
    lines, numbered = [], list[Option]()
    for deadlock in found:
        shown = ", ".join(show_ref(number) for number in deadlock.issues)
        lines.append(f"Deadlock: {shown} cannot go on: {deadlock.reason}")
        for option in options(deadlock, status):
            if option not in numbered:
                numbered.append(option)
                lines.append(f"  {len(numbered)}. {option.text}")
    if numbered:
        numbered += [Option("pause", None, "pause"), Option("quit", None, "quit")]
        lines.append(f"  {len(numbered) - 1}. pause: leave all as it is; the same command goes on later")
        lines.append(f"  {len(numbered)}. quit")
    return lines, numbered
