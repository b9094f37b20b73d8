"""From facts to the next step: the pure part of every phase, as tables."""

from dataclasses import replace

import pytest
from auto_milestone.channel.base import Answer
from auto_milestone.checks import CheckResult
from auto_milestone.model import CheckRun
from auto_milestone.phases import approve, ci, cleanup, merge, pull, work, worktree
from auto_milestone.train.landing import Landed, Rejected

START = worktree.Facts("open", False, (), "none", False, "absent", False)


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({}, "create"),
        ({"text_changed": True}, "its text changed"),
        ({"text_changed": True, "local": True}, "take_local"),
        ({"unsatisfied": ("waits for #3, which is open",)}, "waits for #3"),
        ({"issue_state": "completed"}, "closed"),
        ({"held": "sam, who wrote it"}, "sam, who wrote it"),
        ({"held": "sam, who wrote it", "local": True, "remote": "same"}, "sam, who wrote it"),
        ({"held": "sam, who wrote it", "pull_state": "merged", "merged_into_base": True}, "merged"),
        ({"issue_state": "not_planned"}, "closed as not planned"),
        ({"issue_state": "missing"}, "not found"),
        ({"pull_state": "merged", "merged_into_base": True}, "merged"),
        ({"pull_state": "merged", "merged_into_base": True, "issue_state": "completed"}, "merged"),
        ({"pull_state": "merged"}, "not into base"),
        ({"pull_state": "closed", "remote": "same", "local": True}, "closed by a person"),
        ({"pull_state": "closed"}, "create"),
        ({"pull_state": "closed", "local": True}, "take_local"),
        ({"pull_state": "open", "remote": "only"}, "take_remote"),
        ({"pull_state": "open", "remote": "ahead", "local": True}, "take_remote"),
        ({"pull_state": "open", "remote": "behind", "local": True}, "take_local"),
        ({"remote": "same", "local": True}, "take_local"),
        ({"remote": "diverged", "local": True}, "pushed by somebody else"),
        ({"remote": "only", "unsatisfied": ("waits for #3",)}, "waits for #3"),
    ],
)
def test_worktree(change: dict, step: str) -> None:
    assert step in worktree.decide(replace(START, **change))


GOOD = work.Facts(asked=True, ended="exited", has_work=True, rounds_left=2)
RED = (CheckResult("make test", False, "1 failed"),)


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({"asked": False}, "ask"),
        ({"asked": False, "cut_off": True}, "resume"),
        ({}, "check"),
        ({"checks": (CheckResult("make test", True),)}, "done"),
        ({"checks": ()}, "done"),
        ({"checks": RED}, "fix"),
        ({"checks": RED, "rounds_left": 0}, "`make test`"),
        ({"has_work": False}, "without any change"),
        ({"has_work": False, "detail": "exit 1"}, "exit 1"),
        ({"has_work": False, "changes": ("a.py",)}, "commit"),
        ({"changes": ("a.py",)}, "commit"),
        ({"ended": "timeout", "changes": ("a.py",)}, "time limit"),
        ({"ended": "timeout", "has_work": False}, "time limit"),
        ({"ended": "timeout"}, "check"),
        ({"ended": "not_found", "detail": "no `x`", "has_work": False}, "no `x`"),
        ({"in_the_middle_of": "merge"}, "finish"),
        ({"in_the_middle_of": "rebase", "rounds_left": 0}, "rebase unfinished"),
        ({"contains_start": False}, "no longer contains"),
        ({"stray": True}, "left its branch"),
    ],
)
def test_work(change: dict, step: str) -> None:
    assert step in work.decide(replace(GOOD, **change))


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (pull.Facts("a", None, False, False), "push"),
        (pull.Facts("a", "a", False, True), "nothing"),
        (pull.Facts("a", "b", True, False), "push"),
        (pull.Facts("a", "b", False, True), "push"),
        (pull.Facts("a", "b", False, False), "somebody else"),
    ],
)
def test_pull(facts: pull.Facts, step: str) -> None:
    assert step in pull.decide(facts)


def run(name: str, conclusion: str | None) -> CheckRun:
    return CheckRun(name, "c0ffee", conclusion, url=f"https://ci.example/{name}")  # type: ignore[arg-type]


NONE = ci.Facts((), frozenset(), True, 0, 0, 600, 7200, 2)
TEST, BOTH = frozenset({"test"}), frozenset({"test", "lint"})


@pytest.mark.parametrize(
    ("change", "step"),
    [
        ({}, "absent"),
        ({"quiet": 600.0}, "did not report any check within 600 s"),
        ({"quiet": 600.0}, "`ci: skip`"),
        ({"has_ci": False}, "green"),
        ({"has_ci": False, "required": TEST}, "absent"),
        ({"runs": (run("test", None),)}, "wait"),
        ({"runs": (run("test", None),), "waited": 7200.0}, "not done"),
        ({"runs": (run("test", "success"),)}, "green"),
        ({"runs": (run("test", "success"), run("lint", None))}, "wait"),
        ({"runs": (run("test", "failure"), run("lint", None))}, "red"),
        ({"runs": (run("test", "failure"),), "rounds_left": 0}, "CI fails: `test`"),
        ({"runs": (run("lint", "success"),), "required": TEST}, "absent"),
        ({"runs": (run("lint", "success"),), "required": TEST, "quiet": 600.0}, "did not report test"),
        ({"runs": (run("lint", None),), "required": TEST, "quiet": 900.0}, "wait"),
        ({"runs": (run("lint", None),), "required": TEST, "waited": 7200.0}, "not done"),
        ({"runs": (run("test", "success"),), "required": TEST}, "green"),
        ({"runs": (run("test", "success"), run("lint", "failure")), "required": TEST}, "green"),
        ({"runs": (run("test", "success"), run("lint", "failure")), "required": BOTH}, "red"),
        ({"runs": (run("test", "cancelled"),)}, "cancelled"),
        ({"runs": (run("test", "cancelled"),), "quiet": 600}, "CI was cancelled: re-run `test`"),
        ({"runs": (run("test", "cancelled"), run("test", "success"))}, "green"),
        ({"runs": (run("test", "cancelled"), run("test", None))}, "wait"),
        ({"runs": (run("test", "cancelled"), run("lint", None))}, "wait"),
        ({"runs": (run("test", "cancelled"), run("lint", "failure"))}, "red"),
        (
            {"runs": (run("test", "cancelled"), run("lint", "success")), "required": frozenset({"lint"})},
            "green",
        ),
        ({"runs": (run("test", "action_required"),)}, "approval"),
        ({"runs": (run("test", "action_required"), run("lint", None))}, "wait"),
        (
            {"runs": (run("test", "action_required"),), "waited": 7200.0},
            "not done within 7200 s: a person has to approve the run of `test` (https://ci.example/test)",
        ),
    ],
)
def test_ci(change: dict, step: str) -> None:
    assert step in ci.decide(replace(NONE, **change))


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (approve.Facts(True, None, True), "adopt"),
        (approve.Facts(False, None, True), "ask"),
        (approve.Facts(False, Answer("merge"), True), "approved"),
        (approve.Facts(False, Answer("changes", "smaller"), True), "revise"),
        (approve.Facts(False, Answer("skip"), False), "skip"),
        (approve.Facts(False, Answer("skip"), True), "ask"),
    ],
)
def test_approve(facts: approve.Facts, step: str) -> None:
    assert approve.decide(facts) == step


CONFLICT, BROKEN = Rejected("conflict", "ba5e", ("a.py",)), Rejected("checks", "ba5e", checks=RED)


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (merge.Facts(landed=Landed("c0ffee")), "done"),
        (merge.Facts(rejected=CONFLICT), "repair"),
        (merge.Facts(rejected=CONFLICT, repaired=True), "conflict"),
        (merge.Facts(rejected=BROKEN), "repair"),
        (merge.Facts(rejected=BROKEN, repaired=True), "failed"),
        (merge.Facts(approved=False), "approve"),
        (merge.Facts(moves=1), "land"),
        (merge.Facts(moves=merge.MOVES), "give_up"),
        (merge.Facts(behind=True, moves=1), "catch_up"),
        (merge.Facts(behind=True, moves=merge.MOVES), "give_up"),
        (merge.Facts(waits_for="checks", deadline=9.0), "wait"),
        (merge.Facts(waits_for="checks", deadline=9.0, waited=9.0), "late"),
        (merge.Facts(waits_for="a review", person=True, deadline=9.0, waited=99.0), "wait"),
    ],
)
def test_merge(facts: merge.Facts, step: str) -> None:
    assert merge.decide(facts) == step


@pytest.mark.parametrize(
    ("facts", "step"),
    [
        (cleanup.Facts(worktree=True, changes=False, extra=False), "remove"),
        (cleanup.Facts(worktree=True, changes=True, extra=False), "quarantine"),
        (cleanup.Facts(worktree=True, changes=False, extra=True), "quarantine"),
        (cleanup.Facts(worktree=False, changes=False, extra=True), "nothing"),
    ],
)
def test_cleanup(facts: cleanup.Facts, step: str) -> None:
    assert cleanup.decide(facts) == step
