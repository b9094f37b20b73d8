"""GitHub Actions: its runs and their jobs, which a fine-grained token may see although it may see no checks."""

from __future__ import annotations

from typing import Any

from .json_checks import ACTIONS, details_url
from .json_repository import api, minimal
from .repository import Repository
from .rest_repositories import REPOSITORY
from .routes import route
from .state import iso
from .state_pulls import CheckRun
from .verdicts import checks_of
from .web import Answer, Ask, paged


def of_actions(repository: Repository, sha: str) -> list[CheckRun]:
    return [one for one in checks_of(repository, sha) if one.app == ACTIONS]


@route(
    "GET",
    REPOSITORY + "/actions/runs",
    needs="actions:read",
    model="ReposOwnerRepoActionsRunsGetResponse200",
)
def list_runs(ask: Ask) -> Answer:
    jobs = of_actions(ask.repo, ask.request.query["head_sha"])
    rows = [
        run(ask.repo, [job for job in jobs if job.suite == suite]) for suite in {job.suite for job in jobs}
    ]
    page, headers = paged(ask, rows)
    return Answer(200, {"total_count": len(rows), "workflow_runs": page}, headers)


@route(
    "GET",
    REPOSITORY + "/actions/runs/{id}/jobs",
    needs="actions:read",
    model="ReposOwnerRepoActionsRunsRunIdJobsGetResponse200",
)
def list_jobs(ask: Ask) -> Answer:
    found = [one for one in ask.repo.checks if one.suite == ask.number("id") and one.app == ACTIONS]
    page, headers = paged(ask, [job(ask.repo, one) for one in found])
    return Answer(200, {"total_count": len(found), "jobs": page}, headers)


def run(home: Repository, jobs: list[CheckRun]) -> dict[str, Any]:
    """The run of the one workflow that there is."""
    first, url = jobs[0], f"{api(home)}/actions/runs/{jobs[0].suite}"
    done = all(one.done() for one in jobs)
    bad = [one.conclusion for one in jobs if one.conclusion not in ("success", "neutral", "skipped")]
    return {
        "id": first.suite,
        "node_id": f"WFR_{first.suite}",
        "head_branch": None,
        "head_sha": first.sha,
        "path": ".github/workflows/ci.yml",
        "display_title": "CI",
        "run_number": first.suite,
        "event": "pull_request",
        "status": "completed" if done else "in_progress",
        "conclusion": (bad or ["success"])[0] if done else None,
        "workflow_id": home.id,
        "url": url,
        "html_url": f"{home.world.url}/{home.full_name}/actions/runs/{first.suite}",
        "pull_requests": [],
        "created_at": iso(first.start),
        "updated_at": iso(first.start),
        "jobs_url": f"{url}/jobs",
        "logs_url": f"{url}/logs",
        "check_suite_url": f"{api(home)}/check-suites/{first.suite}",
        "artifacts_url": f"{url}/artifacts",
        "cancel_url": f"{url}/cancel",
        "rerun_url": f"{url}/rerun",
        "workflow_url": f"{api(home)}/actions/workflows/{home.id}",
        "head_commit": None,
        "repository": minimal(home),
        "head_repository": minimal(home),
    }


def job(home: Repository, one: CheckRun) -> dict[str, Any]:
    """The job behind a check run; they share their number."""
    return {
        "id": one.id,
        "run_id": one.suite,
        "run_url": f"{api(home)}/actions/runs/{one.suite}",
        "node_id": f"CR_{one.id}",
        "head_sha": one.sha,
        "url": f"{api(home)}/actions/jobs/{one.id}",
        "html_url": details_url(home, one),
        "status": one.status(),
        "conclusion": one.conclusion if one.done() else None,
        "created_at": iso(one.start),
        "started_at": iso(one.start),
        "completed_at": iso(one.finish) if one.done() else None,
        "name": one.name,
        "check_run_url": f"{api(home)}/check-runs/{one.id}",
        "labels": [],
        "runner_id": None,
        "runner_name": None,
        "runner_group_id": None,
        "runner_group_name": None,
        "workflow_name": "CI",
        "head_branch": None,
    }
