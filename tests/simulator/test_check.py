"""The server is held to GitHub's published descriptions, not to our own idea of them."""

from pathlib import Path

import pytest
from support.github import GitHub
from support.github_client import Client


def test_an_answer_of_another_form_fails_the_test(tmp_path: Path) -> None:
    words = "GET /repos/octo/app/issues/1: state_reason"
    with pytest.raises(AssertionError, match=words), GitHub(tmp_path / "github") as github:
        issue = github.repository("octo/app").issue("One")
        issue.state_reason = "done"
        Client(github, github.token()).get("/repos/octo/app/issues/1")


def test_a_field_that_github_has_not_fails_the_test(github: GitHub) -> None:
    github.service.checker.check("Milestone", "somewhere", {"finished": True})
    assert "somewhere: finished: no such field" in github.problems
    github.problems.clear()


def test_a_bug_of_the_server_fails_the_test(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="boom"), GitHub(tmp_path / "github") as github:
        repo = github.repository("octo/app")

        def boom(push: object) -> list[object]:
            raise RuntimeError("boom")

        repo.ci = boom  # type: ignore[assignment]
        repo.person("ann").push("x", {"a": "1\n"})
        wish = {"title": "X", "head": "x", "base": "main"}
        assert Client(github, github.token()).ask("POST", "/repos/octo/app/pulls", wish).status_code == 500
