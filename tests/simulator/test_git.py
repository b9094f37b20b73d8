"""Git over HTTP: who may fetch, who may push, and what a push sets off."""

from pathlib import Path

import pytest
from support.github import ALL, GitHub
from support.github_client import Client
from support.repository import commit, sh


@pytest.fixture
def clone(github: GitHub, client: Client, tmp_path: Path) -> Path:
    assert client.git(tmp_path, "clone", "-q", github["octo/app"].clone_url, "clone")[0] == 0
    commit(tmp_path / "clone", "a", "a\n")
    return tmp_path / "clone"


def test_nobody_is_let_in_without_a_token(
    github: GitHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TERMINAL_PROMPT", "0")
    code, text = Client(github, "").git(tmp_path, "ls-remote", github["octo/app"].clone_url)
    assert code == 128 and "could not read Username" in text
    assert [one.status for one in github.log.find(kind="git")] == [401]


def test_a_reader_fetches_but_does_not_push(github: GitHub, clone: Path) -> None:
    repo = github["octo/app"]
    repo.person("ann", "read")
    ann = Client(github, github.token("ann"))
    assert ann.git(clone, "fetch", "-q")[0] == 0
    code, text = ann.git(clone, "push", "origin", "HEAD:x")
    assert code == 128 and "403" in text and "x" not in repo.branches()


def test_a_token_without_contents_does_not_push(github: GitHub, clone: Path) -> None:
    weak = Client(github, github.token(permissions={**ALL, "contents": "read"}))
    assert weak.git(clone, "push", "origin", "HEAD:x")[0] == 128
    assert github.log.find(kind="git", status=403)


def test_nobody_pushes_to_a_protected_branch(github: GitHub, client: Client, clone: Path) -> None:
    repo = github["octo/app"]
    repo.protect("main")
    code, text = client.git(clone, "push", "origin", "HEAD:main")
    assert code == 1 and "GH006: Protected branch update failed for refs/heads/main." in text
    assert client.git(clone, "push", "origin", "HEAD:other")[0] == 0
    assert client.git(clone, "push", "--delete", "origin", "other")[0] == 0
    assert set(repo.branches()) == {"main"}


def test_a_push_moves_the_pull_request(github: GitHub, client: Client, clone: Path) -> None:
    repo = github["octo/app"]
    assert client.git(clone, "push", "-q", "origin", "HEAD:x")[0] == 0
    pull = repo.person("ann").open_pull("x")
    head = commit(clone, "a", "b\n")
    assert client.git(clone, "push", "-q", "origin", "HEAD:x")[0] == 0
    assert pull.head_sha == head
    assert client.git(clone, "ls-remote", "origin", "refs/pull/1/head")[1].split()[0] == head
    assert client.git(clone, "push", "-q", "origin", "HEAD:main")[0] == 0
    assert pull.merged and pull.merge_commit == head, "base holds the head"


def test_a_renamed_repository_is_still_fetched(github: GitHub, client: Client, clone: Path) -> None:
    github.rename(github["octo/app"], "newer")
    code, text = client.git(clone, "fetch")
    assert code == 0 and "redirecting" in text


def test_a_lease_is_a_fence(github: GitHub, client: Client, clone: Path) -> None:
    repo = github["octo/app"]
    repo.person("ann").push("x", {"b": "b\n"})
    code, text = client.git(clone, "push", "--force-with-lease=x:", "origin", "HEAD:x")
    assert code == 1 and "stale info" in text
    assert sh(repo.path, "git", "show", "x:b") == "b"
