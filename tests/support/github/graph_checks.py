"""GraphQL: everything that CI says of a commit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .graph_fields import Look, connection, connects, forbidden, resolves, simple
from .graph_repository import Commit
from .json_checks import ACTIONS, details_url
from .repository import Repository
from .state import iso
from .state_pulls import CheckRun, Pull, Status
from .verdicts import checks_of, rollup, statuses_of


@dataclass(frozen=True)
class Rollup:
    repository: Repository
    sha: str
    state: str


@resolves("Commit", "statusCheckRollup")
def status_check_rollup(one: Commit, look: Look) -> Rollup | None:
    state = rollup(one.repository, one.sha)
    return Rollup(one.repository, one.sha, state) if state else None


simple("StatusCheckRollup", id=lambda one: f"SCR_{one.repository.id}_{one.sha}")


@resolves("StatusCheckRollup", "contexts")
def contexts(one: Rollup, look: Look, **wish: Any) -> dict[str, Any]:
    runs, statuses = checks_of(one.repository, one.sha), statuses_of(one.repository, one.sha)
    hidden = None if look.token.may("checks:read") else forbidden()
    counts = {"checkRunCount": len(runs), "statusContextCount": len(statuses)}
    return connection("contexts", [*(hidden or run for run in runs), *statuses], wish, **counts)


def finished(name: str) -> Any:
    """A part of the output, which is there when the run has ended."""
    return lambda run: getattr(run, name) if run.done() else None


simple(
    "CheckRun",
    databaseId=lambda run: run.id,
    status=lambda run: run.status().upper(),
    conclusion=lambda run: run.conclusion.upper() if run.done() else None,
    title=finished("title"),
    summary=finished("summary"),
    text=finished("text"),
    detailsUrl=lambda run: details_url(run.repository, run),
    url=lambda run: f"{run.repository.world.url}/{run.repository.full_name}/runs/{run.id}",
    startedAt=lambda run: iso(run.start),
    completedAt=lambda run: iso(run.finish) if run.done() else None,
    checkSuite=lambda run: suite(run),
)
connects("CheckRun", "annotations", lambda run: [annotation(row) for row in run.annotations])


def annotation(row: dict[str, object]) -> dict[str, Any]:
    line = row.get("start_line", 1)
    span = {
        "start": {"line": line, "column": None},
        "end": {"line": row.get("end_line", line), "column": None},
    }
    return {
        "path": row["path"],
        "message": row["message"],
        "title": row.get("title"),
        "annotationLevel": str(row.get("annotation_level", "failure")).upper(),
        "location": span,
    }


def suite(run: CheckRun) -> dict[str, Any]:
    """The check suite; a run of Actions belongs to a workflow run."""
    home = run.repository
    workflow = {
        "id": f"WFR_{run.suite}",
        "databaseId": run.suite,
        "url": f"{home.world.url}/{home.full_name}/actions/runs/{run.suite}",
        "event": "pull_request",
        "workflow": {"id": f"W_{home.id}", "name": "CI"},
    }
    return {
        "id": f"CS_{run.suite}",
        "databaseId": run.suite,
        "app": {"id": f"A_{run.app}", "slug": run.app, "name": run.app.replace("-", " ").title()},
        "workflowRun": workflow if run.app == ACTIONS else None,
    }


simple(
    "StatusContext",
    state=lambda one: one.state.upper(),
    targetUrl=lambda one: one.target_url,
    createdAt=lambda one: iso(one.start),
)


@resolves("CheckRun", "isRequired")
@resolves("StatusContext", "isRequired")
def is_required(
    one: CheckRun | Status, look: Look, pullRequestNumber: int | None = None, pullRequestId: str | None = None
) -> bool:
    found = look.world.nodes.get(pullRequestId or "") or one.repository.numbered.get(pullRequestNumber or 0)
    rules = one.repository.protections.get(found.base) if isinstance(found, Pull) else None
    name = one.name if isinstance(one, CheckRun) else one.context
    return rules is not None and name in rules.checks
