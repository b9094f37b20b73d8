"""Every fault on every endpoint that is used: nothing happens twice, and the end is as without it."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from auto_milestone.errors import Unreachable
from auto_milestone.forge.base import Forge
from support.github import GitHub
from support.github_world import GitHubWorld
from support.repository import sh

FAULTS: Mapping[str, Mapping[str, Any]] = {
    "500": {"kind": "500"},
    "502": {"kind": "502"},
    "hang": {"kind": "hang", "seconds": 0.3},
    "reset": {"kind": "reset"},
    "reset after the effect": {"kind": "reset", "effect": True},
    "truncated": {"kind": "truncated"},
    "429": {"kind": "429"},
    "429 with Retry-After": {"kind": "429", "retry_after": 1},
    "secondary limit": {"kind": "secondary"},
    "secondary limit with Retry-After": {"kind": "secondary", "retry_after": 1},
}
"""All of them pass: they strike once."""

READS = {
    "repository": ("GET", "/repos/acme/app$", ""),
    "milestones": ("GET", "/milestones$", ""),
    "issues": ("GET", "/issues$", ""),
    "issue": ("GET", "/issues/1$", ""),
    "blocked by": ("GET", "/dependencies/blocked_by$", ""),
    "pulls": ("GET", "/pulls$", ""),
    "comments": ("GET", "/comments$", ""),
    "rules": ("GET", "/rules/branches/main$", ""),
    "branch": ("GET", "/branches/main$", ""),
    "tree": ("GET", "/git/trees/main$", ""),
    "look": ("POST", "/api/graphql$", "pullRequest\\("),
}
WRITES = {
    "open": ("POST", "/pulls$", ""),
    "label": ("POST", "/labels$", ""),
    "comment": ("POST", "/comments$", ""),
    "edit comment": ("PATCH", "/issues/comments/", ""),
    "ready": ("POST", "/api/graphql$", "markPullRequestReadyForReview"),
    "merge": ("PUT", "/merge$", ""),
    "close": ("PATCH", "/issues/1$", ""),
    "delete branch": ("POST", "/api/graphql$", "updateRefs"),
}
ENDPOINTS = {**READS, **WRITES}
"""Name -> (method, path, words in the body)."""


@pytest.fixture
def world(tmp_path: Path, github: GitHub) -> GitHubWorld:
    return GitHubWorld(tmp_path, github)


def patiently(step: Callable[[], Any]) -> Any:
    """As a phase does: what a forge out of reach could not do is done again, from the start."""
    for _ in range(5):
        try:
            return step()
        except Unreachable:
            continue
    raise AssertionError("it never came back")


def live(world: GitHubWorld) -> None:
    """The life of an issue, by what phases ask of a forge; each step by a runner that was just started."""
    forge: Callable[[], Forge] = lambda: world.hurried_forge  # noqa: E731
    patiently(lambda: forge().milestone_issues("M1"))
    patiently(lambda: forge().files("main"))
    patiently(lambda: forge().issue(1))
    patiently(lambda: forge().find_pull("feat/one"))
    head = world.push("feat/one")
    number = patiently(lambda: forge().open_pull(world.new_pull(head, draft=True, labels=("agent",)))).number
    for text in ("opened", "merged"):
        patiently(lambda text=text: forge().comment(1, text))  # type: ignore[misc]
    patiently(lambda: forge().required_checks("main"))
    patiently(lambda: forge().make_ready(number))
    patiently(lambda: forge().check_runs(number, head))
    patiently(lambda: forge().land(world.landing(number, head), world.mirror))
    world.repo.person("acme").reopen(1)
    patiently(lambda: forge().close_issue(1))
    patiently(lambda: forge().delete_branch("feat/one", head))


def see_that_it_happened_once(world: GitHubWorld) -> None:
    [pull] = world.repo.pulls()
    assert pull.merged and not pull.draft and [label.name for label in pull.labels] == ["agent"]
    assert sh(world.repo.path, "git", "rev-list", "--count", "main") == "2"
    assert list(world.repo.branches()) == ["main"]
    assert world.comments(1) == ["merged"]
    assert world.repo.numbered[1].state == "closed"


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_fault_that_passes_leaves_no_trace(endpoint: str, fault: str, world: GitHubWorld) -> None:
    method, path, body = ENDPOINTS[endpoint]
    order = world.github.fault(method, path, body=body, **FAULTS[fault])
    live(world)
    assert order.done == 1, "the endpoint is not used"
    see_that_it_happened_once(world)
