"""Check runs, statuses, commits and trees as REST spells them."""

from __future__ import annotations

from typing import Any

from . import bare
from .json_repository import api, minimal, user
from .repository import Repository
from .state import iso
from .state_pulls import CheckRun, Status
from .verdicts import statuses_of

ACTIONS = "github-actions"


def details_url(home: Repository, run: CheckRun) -> str:
    """The page of the job; other apps have a page of their own."""
    if run.app == ACTIONS:
        return f"{home.world.url}/{home.full_name}/actions/runs/{run.suite}/job/{run.id}"
    return f"{home.world.url}/apps/{run.app}/{run.id}"


def check_run(home: Repository, run: CheckRun) -> dict[str, Any]:
    done = run.done()
    url = f"{api(home)}/check-runs/{run.id}"
    return {
        "id": run.id,
        "name": run.name,
        "node_id": home.world.node_id("CR", run),
        "head_sha": run.sha,
        "external_id": "",
        "url": url,
        "html_url": f"{home.world.url}/{home.full_name}/runs/{run.id}",
        "details_url": details_url(home, run),
        "status": run.status(),
        "conclusion": run.conclusion if done else None,
        "started_at": iso(run.start),
        "completed_at": iso(run.finish) if done else None,
        "output": {
            "title": run.title if done else None,
            "summary": run.summary if done else None,
            "text": run.text if done else None,
            "annotations_count": len(run.annotations) if done else 0,
            "annotations_url": f"{url}/annotations",
        },
        "check_suite": {"id": run.suite},
        "app": app(home, run.app),
        "pull_requests": [],
    }


def app(home: Repository, slug: str) -> dict[str, Any]:
    return {
        "id": 15368,
        "slug": slug,
        "node_id": "A_kwHOAB8",
        "owner": user(home.world, home.user("github")),
        "name": slug.replace("-", " ").title(),
        "description": None,
        "external_url": f"{home.world.url}/apps/{slug}",
        "html_url": f"{home.world.url}/apps/{slug}",
        "created_at": "2018-07-30T09:30:17Z",
        "updated_at": "2018-07-30T09:30:17Z",
        "permissions": {"checks": "write", "metadata": "read"},
        "events": [],
    }


def annotation(home: Repository, run: CheckRun, row: dict[str, object]) -> dict[str, Any]:
    line = row.get("start_line", 1)
    usual = {
        "start_line": line,
        "end_line": line,
        "start_column": None,
        "end_column": None,
        "annotation_level": "failure",
        "title": "",
        "raw_details": "",
        "blob_href": f"{home.world.url}/{home.full_name}/blob/{run.sha}/{row['path']}",
    }
    return {**usual, **row}


def status(home: Repository, one: Status) -> dict[str, Any]:
    return {
        "id": one.id,
        "node_id": home.world.node_id("SC", one),
        "url": f"{api(home)}/statuses/{one.sha}",
        "avatar_url": None,
        "state": one.state,
        "context": one.context,
        "description": one.description,
        "target_url": one.target_url,
        "created_at": iso(one.start),
        "updated_at": iso(one.start),
    }


def combined(home: Repository, sha: str) -> dict[str, Any]:
    rows = statuses_of(home, sha)
    states = {one.state for one in rows}
    worst = "failure" if states & {"failure", "error"} else "pending"
    return {
        "state": "success" if states == {"success"} else worst,
        "statuses": [status(home, one) for one in rows],
        "sha": sha,
        "total_count": len(rows),
        "repository": minimal(home),
        "commit_url": f"{api(home)}/commits/{sha}",
        "url": f"{api(home)}/commits/{sha}/status",
    }


def commit(home: Repository, sha: str) -> dict[str, Any]:
    author, at, committer, then, tree, parents, message = bare.fields(home.path, sha)
    url, page = f"{api(home)}/commits/{sha}", f"{home.world.url}/{home.full_name}/commit"
    return {
        "url": url,
        "sha": sha,
        "node_id": f"C_{sha}",
        "html_url": f"{page}/{sha}",
        "comments_url": f"{url}/comments",
        "commit": {
            "url": f"{api(home)}/git/commits/{sha}",
            "author": who(author, at),
            "committer": who(committer, then),
            "message": message.strip(),
            "tree": {"sha": tree, "url": f"{api(home)}/git/trees/{tree}"},
            "comment_count": 0,
        },
        "author": None,
        "committer": None,
        "parents": [
            {"sha": one, "url": f"{api(home)}/commits/{one}", "html_url": f"{page}/{one}"}
            for one in parents.split()
        ],
    }


def who(person: str, at: str) -> dict[str, str]:
    name, _, address = person.rpartition(" <")
    return {"name": name, "email": address.rstrip(">"), "date": at}
