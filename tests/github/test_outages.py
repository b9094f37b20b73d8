"""A network that comes and goes, limits, a machine that is killed: the end is the same."""

import json
import os
import signal
import threading
import time
from pathlib import Path

import pytest
from support.github import GitHub, Repository
from support.github.ci import Check, always
from support.github_project import GitHubProject, small, until


@pytest.fixture
def project(tmp_path: Path, github: GitHub, repo: Repository) -> GitHubProject:
    repo.ci = always(Check("test", delay=0.2))
    return small(tmp_path / "p", github, repo, issues=3)


def see_that_it_landed(repo: Repository, issues: int) -> None:
    assert len(repo.pulls()) == issues and all(pull.merged for pull in repo.pulls())
    assert len(repo.branches()) == 1
    assert all(len(repo.numbered[number].comments) == 1 for number in range(1, issues + 1))


def test_server_that_is_away_for_a_while(project: GitHubProject, github: GitHub, repo: Repository) -> None:
    process = project.start("-n", "3", "merge", "cleanup")
    until(lambda: github.log.count("POST", "/pulls$"))
    away = github.down_for(12.0)
    until(lambda: any("cannot be reached" in one["reason"] for one in project.status()["issues"].values()))
    away.join()
    assert process.wait(90) == 0
    see_that_it_landed(repo, 3)


def test_git_that_is_away_for_a_while(project: GitHubProject, github: GitHub, repo: Repository) -> None:
    github.fault("", r"\.git/", "502", times=12)
    done = project.doit("-n", "3", "merge", "cleanup")
    assert done.code == 0, done.all
    see_that_it_landed(repo, 3)


def test_push_whose_answer_is_lost(project: GitHubProject, github: GitHub, repo: Repository) -> None:
    github.fault("POST", "/git-receive-pack$", "reset", effect=True, times=2)
    done = project.doit("-n", "3", "merge", "cleanup")
    assert done.code == 0, done.all
    see_that_it_landed(repo, 3)


def hooked(repo: Repository, *lines: str) -> None:
    """Refuse every push, with these words."""
    hook = repo.path / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("\n".join(["#!/bin/sh", *(f"echo '{line}' >&2" for line in lines), "exit 1\n"]))
    hook.chmod(0o755)


def test_push_that_is_refused_says_why_and_what_to_do(
    project: GitHubProject, github: GitHub, repo: Repository
) -> None:
    rule = "Commits must have verified signatures."
    hooked(repo, "error: GH013: Repository rule violations found", "", f"- {rule}")
    done = project.doit("merge:1")
    state, reason = project.state(1)
    assert done.code == 1 and state == "failed", done.all
    assert f"GH013: Repository rule violations found | {rule} | ! [remote rejected]" in reason
    assert "mend the branch, or what is demanded of it there, then run again" in reason


def test_push_that_is_too_big_is_no_outage(project: GitHubProject, github: GitHub) -> None:
    github.fault("POST", "/git-receive-pack$", "raw", status=413, message="Too large", times=None)
    assert project.doit("merge:1").code == 1
    assert "error: 413; take what is too large out" in project.state(1)[1]


def put_gh(folder: Path, project: GitHubProject, token: str) -> Path:
    """Have `gh` give out the token, and no variable; the file that it is read from."""
    program, kept = folder / "bin" / "gh", folder / "token"
    program.parent.mkdir()
    kept.write_text(token)
    program.write_text(f"#!/bin/sh\ncat {kept}\n")
    program.chmod(0o755)
    del project.environment["GH_ENTERPRISE_TOKEN"]
    project.environment["PATH"] = f"{program.parent}:{os.environ['PATH']}"
    return kept


@pytest.mark.parametrize("path", [r"/pulls$", r"\.git/info/refs$"], ids=["request", "git"])
def test_token_that_expires_in_mid_run_has_a_successor(
    path: str, tmp_path: Path, project: GitHubProject, github: GitHub, repo: Repository
) -> None:
    """As those of `gh` do: the next one is there as soon as somebody logs in again."""
    old = project.environment["GH_ENTERPRISE_TOKEN"]
    kept = put_gh(tmp_path, project, old)
    slow = github.fault("GET", path, "slow", seconds=1.0)
    process = project.start("-n", "3", "merge", "cleanup")
    until(lambda: slow.done)
    kept.write_text(github.token())
    github.world.tokens.expire(old)
    assert process.wait(90) == 0
    see_that_it_landed(repo, 3)


def test_token_that_expires_without_a_successor_is_one_line(project: GitHubProject, github: GitHub) -> None:
    slow = github.fault("GET", r"\.git/info/refs$", "slow", seconds=1.0)
    process = project.start("merge:1")
    until(lambda: slow.done)
    github.world.tokens.expire(project.environment["GH_ENTERPRISE_TOKEN"])
    assert process.wait(60) == 1
    assert "Traceback" not in process.communicate()[1]


def test_limit_is_waited_for_and_status_says_so(
    project: GitHubProject, github: GitHub, repo: Repository
) -> None:
    github.fault("POST", "/pulls$", "secondary", retry_after=3)
    process = project.start("merge:1", "cleanup:1")
    until(lambda: "its limit of requests is reached" in project.state(1)[1])
    assert process.wait(60) == 0
    assert len(repo.pulls()) == 1 and repo.pull(4).merged


def test_budget_that_shrinks_slows_the_looks_and_status_says_so(
    project: GitHubProject, github: GitHub, repo: Repository
) -> None:
    github.limits.enabled = True
    repo.ci = always(Check("test", delay=None))
    process = project.start("-n", "3", "merge")
    until(lambda: all(one["reason"] == "CI" for one in project.status()["issues"].values()))
    github.limits.spend(remaining=520)
    until(lambda: "of 5000 points are left: looking every" in project.status()["forge"])
    looks = github.log.count(kind="graphql")
    time.sleep(2.0)
    assert github.log.count(kind="graphql") <= looks + 1
    process.send_signal(signal.SIGTERM)
    process.wait(60)


@pytest.mark.parametrize(
    "body",
    [
        {
            "errors": [
                {"type": "RATE_LIMIT", "code": "graphql_rate_limit", "message": "API rate limit exceeded"}
            ]
        },
        {"data": None, "errors": [{"message": "Something went wrong while executing your query."}]},
    ],
    ids=["limit", "wrong"],
)
def test_graphql_that_fails_once_is_asked_again(
    body: object, project: GitHubProject, github: GitHub, repo: Repository
) -> None:
    order = github.fault(
        "POST", "/graphql$", "raw", status=200, message=json.dumps(body), body="p4: pullRequest"
    )
    process = project.start("merge:1")
    until(lambda: process.poll() is not None or (order.done and project.state(1)[0] == "waiting"))
    state = project.state(1)
    process.terminate()
    process.wait(60)
    assert state[0] in ("waiting", "merged"), state


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/git-receive-pack$", ""),
        ("POST", "/pulls$", ""),
        ("POST", "/comments$", ""),
        ("PUT", "/merge$", ""),
        ("POST", "/api/graphql$", "updateRefs"),
    ],
    ids=["push", "open", "comment", "merge", "delete"],
)
def test_kill_right_after_a_write(
    method: str, path: str, body: str, tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    """The effect is there, the answer never came."""
    repo.ci = always(Check("test"))
    project = small(tmp_path / "p", github, repo)
    github.fault(method, path, "hang", effect=True, body=body, seconds=30.0)
    process = project.start("merge", "cleanup")
    until(lambda: [one for one in github.log.find(method, path) if one.fault])
    process.kill()
    process.communicate()
    done = project.doit("merge", "cleanup")
    assert done.code == 0, done.all
    see_that_it_landed(repo, 1)


def test_tokens_leave_no_trace(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    """Not in the agent's environment, nor in any file, argument, URL or configuration."""
    repo.ci = always(Check("test", delay=1.0))
    steps = [f"sh env > {tmp_path}/agent.env", "write issue-1.txt done", "commit"]
    project = small(tmp_path / "p", github, repo, script={1: [steps]}, manifest="")
    token = project.environment["GH_ENTERPRISE_TOKEN"]
    seen: list[bytes] = []
    over = threading.Event()

    def watch() -> None:
        while not over.is_set():
            for process in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.append(process.read_bytes())
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    done = project.doit("merge")
    over.set()
    watcher.join()
    assert done.code == 0 and token not in done.all
    assert token not in (tmp_path / "agent.env").read_text()
    assert not any(token.encode() in line for line in seen)
    for path in [*tmp_path.rglob("p/**/*"), *tmp_path.rglob("p/.milestone/**/*")]:
        assert not path.is_file() or token.encode() not in path.read_bytes(), path


def test_certificate_of_ones_own_is_trusted_where_it_is_named(tmp_path: Path) -> None:
    with GitHub(tmp_path / "tls", host="localhost", tls=True) as github:
        repo = github.repository("acme/app")
        repo.ci = always(Check("test"))
        github.limits.enabled = False
        repo.issue("First", "Do it.", milestone=repo.milestone("M1"))
        project = GitHubProject(tmp_path / "p", github, repo, manifest="poll: 0.1\nchecks: []\n")
        refused = project.doit("plan")
        assert refused.code == 1 and refused.err.endswith(
            "its certificate is not trusted (GET /repos/acme/app)\n"
        )
        named = str(github.certificate)
        project.environment |= {"REQUESTS_CA_BUNDLE": named, "GIT_SSL_CAINFO": named}
        assert project.land("merge").code == 0
