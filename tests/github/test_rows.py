"""What GitHub answers, as values of ours."""

from typing import Any

import pytest
from auto_milestone.github.rows import checks, issue

HEAD = "a" * 40


def run(name: str, conclusion: str | None, started: str = "", **more: Any) -> dict[str, Any]:
    row = {
        "__typename": "CheckRun",
        "databaseId": 1,
        "name": name,
        "conclusion": conclusion,
        "detailsUrl": None,
        "startedAt": started or None,
        "checkSuite": {"app": {"slug": "github-actions"}, "workflowRun": None},
    }
    return {**row, **more}


def status(context: str, state: str) -> dict[str, Any]:
    return {
        "__typename": "StatusContext",
        "context": context,
        "state": state,
        "description": "12 failed",
        "targetUrl": "https://ci.example.org/1",
    }


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("SUCCESS", "success"),
        ("NEUTRAL", "success"),
        ("SKIPPED", "success"),
        ("FAILURE", "failure"),
        ("TIMED_OUT", "failure"),
        ("STARTUP_FAILURE", "failure"),
        ("CANCELLED", "cancelled"),
        ("STALE", "cancelled"),
        ("ACTION_REQUIRED", "action_required"),
        (None, None),
    ],
)
def test_conclusion_of_a_check_run(said: str | None, meant: str | None) -> None:
    assert [one.conclusion for one in checks([run("test", said)], HEAD)] == [meant]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("SUCCESS", "success"),
        ("FAILURE", "failure"),
        ("ERROR", "failure"),
        ("PENDING", None),
        ("EXPECTED", None),
    ],
)
def test_state_of_a_commit_status(said: str, meant: str | None) -> None:
    found = checks([status("ci/old", said)], HEAD)
    assert [(one.name, one.conclusion, one.output) for one in found] == [("ci/old", meant, "12 failed")]


def test_newest_run_of_a_check_counts() -> None:
    early, late = "2026-01-01T00:00:00Z", "2026-01-01T00:05:00Z"
    found = checks([run("test", "SUCCESS", late), run("test", "CANCELLED", early)], HEAD)
    assert [one.conclusion for one in found] == ["success"]


def test_checks_of_two_workflows_with_one_name_both_count() -> None:
    other = {"app": {"slug": "github-actions"}, "workflowRun": {"event": "push", "workflow": {"name": "B"}}}
    found = checks([run("test", "SUCCESS"), run("test", "FAILURE", checkSuite=other)], HEAD)
    assert sorted(str(one.conclusion) for one in found) == ["failure", "success"]


def test_status_and_run_with_one_name_both_count() -> None:
    found = checks([run("test", "SUCCESS"), status("test", "FAILURE")], HEAD)
    assert sorted(str(one.conclusion) for one in found) == ["failure", "success"]


def issue_row(**more: Any) -> dict[str, Any]:
    row = {
        "number": 12,
        "title": "Add it",
        "body": None,
        "state": "open",
        "state_reason": None,
        "milestone": None,
        "labels": [{"name": "a"}, "b"],
        "html_url": "https://github.com/o/r/issues/12",
        "user": {"login": "mallory"},
        "author_association": "NONE",
    }
    return {**row, **more}


@pytest.mark.parametrize(
    ("state", "reason", "meant"),
    [
        ("open", "reopened", None),
        ("closed", None, "completed"),
        ("closed", "completed", "completed"),
        ("closed", "not_planned", "not_planned"),
        ("closed", "duplicate", "not_planned"),
    ],
)
def test_why_an_issue_is_closed(state: str, reason: str | None, meant: str | None) -> None:
    assert issue(issue_row(state=state, state_reason=reason)).state_reason == meant


@pytest.mark.parametrize(
    ("association", "writes"),
    [("OWNER", True), ("MEMBER", True), ("COLLABORATOR", True), ("CONTRIBUTOR", False), ("NONE", False)],
)
def test_who_may_write(association: str, writes: bool) -> None:
    assert issue(issue_row(author_association=association)).author_writes is writes


def test_issue_of_an_account_that_is_gone() -> None:
    found = issue(issue_row(user=None))
    assert (found.author, found.author_writes, found.body, found.labels) == ("", False, "", ("a", "b"))
