"""Edges of issues from all sources: text, native dependencies, labels; each edge keeps where it comes from."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ..markers.reader import Edge, read_markers
from ..model import Dependency, Issue, PlanningIssue, Ref, show_ref


@dataclass
class Edges:
    """What was read. `sources`: issue -> blocker -> where that edge comes from."""

    sources: dict[int, dict[Ref, list[str]]] = field(default_factory=dict)
    related: dict[int, list[Ref]] = field(default_factory=dict)
    problems: list[PlanningIssue] = field(default_factory=list)
    own: dict[int, set[Ref]] = field(default_factory=dict)
    """Blockers that an issue's own text or labels name."""
    reverse: dict[int, set[Ref]] = field(default_factory=dict)
    """Blockers that say so in their texts (`Blocks #12`)."""

    def of(self, issue: int) -> tuple[Dependency, ...]:
        """The blockers of an issue, ascending, each with all its sources: the issue's own ones first."""
        mine = self.sources.get(issue, {})
        return tuple(Dependency(ref, _join(mine[ref])) for ref in sorted(mine, key=_order))


def _join(sources: Iterable[str]) -> str:
    return "; ".join(sorted(dict.fromkeys(sources), key=lambda source: source.startswith("#")))


def _order(ref: Ref) -> tuple[str, int]:
    return ("", ref) if isinstance(ref, int) else (ref, 0)


def read_edges(issues: Iterable[Issue], repository: str) -> Edges:
    """Read all open issues. What a person should look at is in `problems`."""
    found = Edges()
    issues = [issue for issue in issues if issue.state == "open"]
    for issue in issues:
        _read_text(found, issue, repository)
        _read_labels(found, issue, repository)
        for ref in issue.blocked_by:
            _add(found, issue.number, ref, "native")
    for issue in issues:
        _compare(found, issue)
    return found


def parse_ref(ref: str) -> Ref:
    """`#12` -> 12; `owner/repo#12` stays."""
    return int(ref[1:]) if ref.startswith("#") else ref


def _read_text(found: Edges, issue: Issue, repository: str) -> None:
    markers = read_markers(issue.body, repository)
    for edge in markers.edges:
        _take(found, issue, edge, f"body:{edge.line} {_short(edge.text)}")
    for warning in markers.warnings:
        message = f"#{issue.number} body:{warning.line} {_short(warning.text)!r}: {warning.reason}"
        found.problems.append(PlanningIssue("unreadable_marker", message, (issue.number,)))


def _read_labels(found: Edges, issue: Issue, repository: str) -> None:
    for label in issue.labels:
        for edge in read_markers(label, repository).edges:
            _take(found, issue, edge, f"label {label}")


def _take(found: Edges, issue: Issue, edge: Edge, source: str) -> None:
    ref = parse_ref(edge.ref)
    if edge.kind == "related":
        found.related.setdefault(issue.number, []).append(ref)
    elif edge.kind == "depends_on":
        found.own.setdefault(issue.number, set()).add(ref)
        _add(found, issue.number, ref, source)
    elif isinstance(ref, int):
        found.reverse.setdefault(ref, set()).add(issue.number)
        _add(found, ref, issue.number, f"#{issue.number} {source}")


def _add(found: Edges, issue: int, ref: Ref, source: str) -> None:
    if ref == issue:
        message = f"#{issue} names itself as its blocker ({source})"
        found.problems.append(PlanningIssue("unreadable_marker", message, (issue,)))
        return
    found.sources.setdefault(issue, {}).setdefault(ref, []).append(source)


def _compare(found: Edges, issue: Issue) -> None:
    """Native and written edges of an issue that has both must be the same."""
    native = set(issue.blocked_by)
    own, reverse = found.own.get(issue.number, set()), found.reverse.get(issue.number, set())
    if not native or (not own and reverse <= native) or own | reverse == native:
        return
    only_text = ", ".join(show_ref(ref) for ref in (own | reverse) - native)
    only_native = ", ".join(show_ref(ref) for ref in native - own - reverse)
    parts = [f"only in the text: {only_text}"] if only_text else []
    parts += [f"only native: {only_native}"] if only_native else []
    message = f"#{issue.number} has native and written blockers that differ ({'; '.join(parts)})"
    found.problems.append(PlanningIssue("disagreement", message, (issue.number,)))


def _short(text: str, limit: int = 60) -> str:
    return text if len(text) <= limit else f"{text[: limit - 1]}…"
