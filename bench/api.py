"""What a milestone costs of GitHub's hourly budget, on the simulated GitHub of the tests.

Requests per landed pull request: the sample of 13 issues lands, CI that takes a moment and one red check included;
REST and GraphQL are all that was asked, from the start of the command to the last deleted branch.

Points of waiting: 20 pull requests wait an hour for CI, sixty times faster than in life (`poll: 0.25` for 15 s). A
tick is a look that one pull request alone would have got. Beside it what `gh pr checks` and `gh pr view` cost for
each pull request at each tick, counted live where gh is installed.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import support.simulator  # noqa: F401
from simulator.github import GitHub
from simulator.github.ci import Check, always, finish
from simulator.github_project import small
from simulator.github_sample import sample_project, sample_repository
from support.report import Row, compared, limited, note, options, report

FASTER = 60.0
SETTLE = 3.0
"""Seconds after which all of them wait."""


def main() -> None:
    asked = options(__doc__)
    pulls, hour = (3, 3.0) if asked.quick else (20, 3600.0 / FASTER)
    rows = [*_landing(), *_waiting(pulls, hour)]
    report("api", rows, asked.as_json)


@contextmanager
def _github(**how: Any) -> Iterator[tuple[GitHub, Path]]:
    with tempfile.TemporaryDirectory(prefix="bench-") as top:
        os.environ["NO_PROXY"] = "*"
        with GitHub(Path(top) / "github", **how) as github:
            github.limits.enabled = False
            yield github, Path(top)


def _landing() -> list[Row]:
    with _github() as (github, top):
        project = sample_project(top / "project", github, sample_repository(github))
        project.plan()
        github.log.clear()
        done = project.doit("-n", "2", "merge", "cleanup")
        assert done.code == 0, done.all
        rest, graphql = (github.log.count(kind=kind) / 13 for kind in ("rest", "graphql"))
    note(f"per landed pull request: {rest:.1f} REST, {graphql:.1f} GraphQL")
    return [
        limited("REST per landed pull request", rest, 12.0),
        limited("GraphQL per landed pull request", graphql),
    ]


def _waiting(pulls: int, hour: float) -> list[Row]:
    """`hour`: as long as it takes here."""
    alone, together = _points(1, hour), _points(pulls, hour)
    gh = _points_of_gh()
    note(f"an hour: {together} points for {pulls} pull requests, {alone} for one; gh: {gh} each time")
    peers = {"one alone": float(alone), "gh": None if gh is None else float(gh * pulls * alone)}
    return [
        compared(
            f"points for {pulls} that wait {hour * FASTER / 60:.0f} min", together, peers, "one alone", 1.1
        )
    ]


def _points(pulls: int, hour: float) -> int:
    """What is asked in an hour while so many pull requests wait for CI."""
    with _github() as (github, top):
        repo = github.repository("acme/app")
        repo.ci = always(Check("test", delay=None))
        project = small(top / "project", github, repo, issues=pulls, poll=15.0 / FASTER)
        process = project.start("-n", str(pulls), "merge")
        while len(repo.pulls()) < pulls:
            time.sleep(0.1)
        time.sleep(SETTLE)
        github.log.clear()
        time.sleep(hour)
        points = github.log.points("graphql")
        finish(repo)
        assert process.wait(120) == 0
    return points


def _points_of_gh() -> int | None:
    """One look of gh at one pull request: `gh pr checks` and `gh pr view`."""
    if not shutil.which("gh"):
        return None
    with _github(tls=True, host="localhost") as (github, top):
        repo = github.repository("acme/app")
        repo.ci = always(Check("test"))
        repo.person("acme").push("feat/x", {"a": "b"})
        number = repo.person("acme").open_pull("feat/x").number
        host = github.url.partition("://")[2]
        env = {
            **os.environ,
            "GH_HOST": host,
            "GH_ENTERPRISE_TOKEN": github.token(),
            "GH_CONFIG_DIR": str(top),
            "SSL_CERT_FILE": str(github.certificate),
        }
        which = [str(number), "--repo", f"{host}/acme/app"]
        for words in (
            ["pr", "checks", *which],
            ["pr", "view", *which, "--json", "state,mergeable,reviewDecision"],
        ):
            subprocess.run(["gh", *words], env=env, check=True, capture_output=True)
        return github.log.points("graphql")


if __name__ == "__main__":
    main()
