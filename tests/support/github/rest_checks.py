"""Check runs, their annotations and logs, and commit statuses."""

from __future__ import annotations

from . import bare
from .json_checks import ACTIONS, annotation, check_run, combined, commit
from .rest_repositories import REPOSITORY
from .routes import route
from .state import iso, now
from .state_pulls import CheckRun
from .verdicts import checks_of
from .web import Answer, Ask, Refusal, not_found, paged
from .world import World


def sha_of(ask: Ask) -> str:
    found = bare.resolve(ask.repo.path, ask.parts["ref"])
    if found is None:
        raise Refusal(422, f"No commit found for SHA: {ask.parts['ref']}")
    return found


@route(
    "GET",
    REPOSITORY + "/commits/{ref}/check-runs",
    needs="checks:read",
    model="ReposOwnerRepoCommitsRefCheckRunsGetResponse200",
)
def list_checks(ask: Ask) -> Answer:
    sha, query = sha_of(ask), ask.request.query
    rows = checks_of(ask.repo, sha)
    if query.get("filter") == "all":
        rows = [one for one in ask.repo.checks if one.sha == sha and now() >= one.start]
    rows = [one for one in rows if query.get("check_name", one.name) == one.name]
    page, headers = paged(ask, rows)
    data = {"total_count": len(rows), "check_runs": [check_run(ask.repo, one) for one in page]}
    return Answer(200, data, headers)


@route("GET", REPOSITORY + "/commits/{ref}/status", needs="statuses:read", model="CombinedCommitStatus")
def get_status(ask: Ask) -> Answer:
    return Answer(200, combined(ask.repo, sha_of(ask)))


@route("GET", REPOSITORY + "/commits/{ref}", needs="contents:read", model="Commit")
def get_commit(ask: Ask) -> Answer:
    return Answer(200, commit(ask.repo, sha_of(ask)))


def find_check(ask: Ask) -> CheckRun:
    for one in ask.repo.checks:
        if one.id == ask.number("id") and now() >= one.start:
            return one
    raise not_found()


@route("GET", REPOSITORY + "/check-runs/{id}", needs="checks:read", model="CheckRun")
def get_check(ask: Ask) -> Answer:
    return Answer(200, check_run(ask.repo, find_check(ask)))


@route("GET", REPOSITORY + "/check-runs/{id}/annotations", needs="checks:read", model="list[CheckAnnotation]")
def list_annotations(ask: Ask) -> Answer:
    run = find_check(ask)
    page, headers = paged(ask, run.annotations if run.done() else [])
    return Answer(200, [annotation(ask.repo, run, row) for row in page], headers)


@route("GET", REPOSITORY + "/actions/jobs/{id}/logs", needs="actions:read")
def get_log(ask: Ask) -> Answer:
    """A redirect to a download that asks for no token, and soon ends."""
    run = find_check(ask)
    if run.app != ACTIONS or not run.done():
        raise not_found()
    return Answer(302, b"", {"Location": f"{ask.world.url}/downloads/{ask.repo.id}/{run.id}.txt?sig=of-octo"})


def download(world: World, path: str) -> Answer:
    """The plain text behind such a redirect, each line with its time."""
    home, _, name = path.removeprefix("/downloads/").partition("/")
    for repository in world.repositories.values():
        for run in repository.checks:
            if (str(repository.id), f"{run.id}.txt") == (home, name):
                moment = (iso(run.start) or "").replace("Z", ".0000000Z")
                lines = "".join(f"{moment} {line}\n" for line in run.log.splitlines())
                return Answer(200, lines.encode(), {"Content-Type": "text/plain; charset=utf-8"})
    return Answer(404, b"", {})
