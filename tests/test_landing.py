"""A milestone of one's own, landed through the real `doit`: the branch, the receipts, the message, the exit code."""

import json
import shlex
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from support.project import Project

WRITE = "write {0}.txt {0}"


def work(name: str) -> list[str]:
    return [f"write {name}.txt {name}", "commit"]


def chain(folder: Path, **more) -> Project:
    """1 <- 2 <- 3, and 4 by itself."""
    issues = {
        1: {},
        2: {"body": "Blocked by #1"},
        3: {"body": "Depends on #2"},
        4: {},
    }
    return Project(folder, issues, **more)


def test_milestone_lands_in_order_and_a_second_run_changes_nothing(tmp_path: Path) -> None:
    project = chain(tmp_path / "p")
    result = project.land()
    assert result.code == 0, result.all
    assert project.files() == {"README.md", "issue-1.txt", "issue-2.txt", "issue-3.txt", "issue-4.txt"}
    order = [subject.split(" (")[0] for subject in project.subjects()[1:]]
    assert order.index("Issue 1") < order.index("Issue 2") < order.index("Issue 3")
    assert "4 of 4 issues merged" in result.out
    assert project.status()["counts"]["merged"] == 4
    assert "state: closed" in (project.folder / "issues" / "1.md").read_text()
    before = project.snapshot()
    again = project.doit("-n", "2", "merge")
    assert again.code == 0
    assert project.snapshot() == before


def test_default_run_cleans_up_and_sums_up(tmp_path: Path) -> None:
    project = chain(tmp_path / "p")
    result = project.land("-n", "2")
    assert result.code == 0, result.all
    assert project.git("branch", "--format=%(refname:short)").split() == ["main"]
    assert list((project.root / "worktrees").glob("*")) == []
    assert "4 of 4 issues merged" in (project.root / "summary.md").read_text()
    before = project.snapshot()
    assert project.doit("-n", "2").code == 0
    assert project.snapshot() == before


def test_dependant_starts_from_a_base_that_holds_its_blocker(tmp_path: Path) -> None:
    script = {2: [["sh test -f issue-1.txt", *work("two")]]}
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}}, script=script)
    assert project.land().code == 0
    receipt, merged = project.receipt(2, "worktree"), project.receipt(1, "merge")
    assert receipt and merged
    commit, start = merged["values"]["merge_commit"], receipt["values"]["start"]
    assert project.git("merge-base", commit, start) == commit


def test_failure_skips_dependants_and_nothing_else(tmp_path: Path) -> None:
    project = chain(tmp_path / "p", script={1: [["exit 0"]]})
    result = project.land()
    assert result.code == 1
    assert project.state(1) == ("failed", "the agent ended without any change on the branch (exit 0)")
    assert project.state(2) == ("skipped", "#1 failed (work)")
    assert project.state(3) == ("skipped", "#1 failed (work)")
    assert project.state(4)[0] == "merged"
    assert "#2 skipped: #1 failed (work)" in result.out
    assert project.files() == {"README.md", "issue-4.txt"}


def test_next_run_tries_again(tmp_path: Path) -> None:
    project = chain(tmp_path / "p", script={1: [["exit 1"], work("one")]})
    assert project.land().code == 1
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert project.status()["counts"]["merged"] == 4
    assert project.status()["issues"]["1"]["attempts"] == 2


def test_agent_that_exits_1_having_done_the_work_has_done_it(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, script={1: [[*work("one"), "exit 1"]]})
    assert project.land().code == 0
    assert "one.txt" in project.files()


def test_leftovers_are_committed_with_the_title(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"title": "Add one"}}, script={1: [["write one.txt one"]]})
    assert project.land().code == 0
    assert project.subjects()[-1].startswith("Add one (#")
    assert "one.txt" in project.files()


CHECKS = "checks: [[python3, -c, 'import sys, os; sys.exit(os.path.exists(\"bad.txt\"))']]"


def test_failing_checks_go_back_to_the_agent_in_its_session(tmp_path: Path) -> None:
    script = {
        1: [["write bad.txt x", "commit"], ["prompt ../../prompt-2.txt", "git rm -q bad.txt", *work("good")]]
    }
    project = Project(tmp_path / "p", {1: {}}, script=script, manifest=CHECKS)
    result = project.land()
    assert result.code == 0, result.all
    assert project.files() == {"README.md", "good.txt"}
    assert "failed" in (project.root / "prompt-2.txt").read_text()


def test_checks_that_stay_red_fail_the_issue_after_two_fix_rounds(tmp_path: Path) -> None:
    script = {1: [["write bad.txt x", "commit"], ["write more.txt y", "commit"]]}
    project = Project(tmp_path / "p", {1: {}}, script=script, manifest=CHECKS)
    result = project.land()
    assert result.code == 1
    state, reason = project.state(1)
    assert (state, project.status()["issues"]["1"]["attempts"]) == ("failed", 3)
    assert reason.startswith("checks fail after the fix rounds: `python3 -c")
    assert project.files() == {"README.md"}


def conflicting(folder: Path, second: list[list[str]]) -> Project:
    """Both issues change README.md from the same base; 1 lands first, as 3 waits for it."""
    issues = {1: {}, 2: {}, 3: {"body": "After #1"}}
    pushed = "git -C ../../repo.git cat-file -e refs/milestone/1/pushed 2>/dev/null"
    wait = f"sh while ! {pushed}; do sleep 0.1; done; sleep 1"
    script = {1: [["write README.md one", "commit"]], 2: [[wait, *second[0]], *second[1:]]}
    return Project(folder, issues, script=script)


def test_conflict_goes_to_the_agent_once(tmp_path: Path) -> None:
    merge = "sh git fetch -q . 2>/dev/null; git merge -q origin/main >/dev/null 2>&1; true"
    resolve = [merge, "write README.md one and two", "commit Merge"]
    project = conflicting(tmp_path / "p", [["write README.md two", "commit"], resolve])
    result = project.land()
    assert result.code == 0, result.all
    assert project.git("show", "main:README.md") == "one and two"


def test_unresolved_conflict_stops_that_issue_alone(tmp_path: Path) -> None:
    project = conflicting(
        tmp_path / "p", [["write README.md two", "commit"], ["write other.txt x", "commit"]]
    )
    result = project.land()
    assert result.code == 1
    state, reason = project.state(2)
    assert state == "conflict" and "README.md" in reason
    assert project.state(1)[0] == project.state(3)[0] == "merged"
    assert project.git("show", "main:README.md") == "one"


def test_force_resolve_frees_the_dependant(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by #9"}, 9: {"milestone": "M2"}})
    result = project.land()
    assert result.code == 1
    assert project.state(1) == ("blocked", "#9 is open in milestone M2")
    assert "force_resolve: [9]" in result.out
    text = project.manifest.read_text()
    project.manifest.write_text(text.replace("# ---- plan", "force_resolve: [9]\n# ---- plan", 1))
    result = project.doit("-n", "2", "merge")
    assert result.code == 0, result.all
    assert "issue-1.txt" in project.files()


def test_external_blocker_that_is_closed_as_completed_resolves_itself(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by #9"}, 9: {"milestone": "M2"}})
    assert project.land().code == 1
    project.write_issue(9, milestone="M2", state="closed", state_reason="completed")
    assert project.doit("-n", "2", "merge").code == 0


@pytest.mark.parametrize("reason", ["not_planned"])
def test_closed_as_not_planned_is_not_satisfied(tmp_path: Path, reason: str) -> None:
    project = Project(
        tmp_path / "p", {1: {"state": "closed", "state_reason": reason}, 2: {"body": "Blocked by #1"}, 3: {}}
    )
    result = project.land()
    assert result.code == 1
    assert project.state(2) == ("blocked", "#1 was closed as not planned")
    assert project.state(3)[0] == "merged"


def test_skipped_issue_is_left_out_and_its_dependants_wait(tmp_path: Path) -> None:
    project = chain(tmp_path / "p", manifest="skip: [1]")
    result = project.land()
    assert result.code == 1
    assert project.state(1) == ("skipped", "named in `skip`")
    assert project.state(2) == ("blocked", "#1 is skipped")
    assert project.state(3) == ("skipped", "#2 is blocked")
    assert project.state(4)[0] == "merged"


def test_cycle_is_reported_and_the_rest_lands(tmp_path: Path) -> None:
    issues = {1: {"body": "Blocked by #2"}, 2: {"body": "Blocked by #1"}, 3: {}}
    project = Project(tmp_path / "p", issues, manifest="approve_plan: true")
    plan = project.plan()
    assert "#1 -> #2 -> #1 wait for each other" in plan.out
    result = project.doit("-n", "2", "merge")
    assert result.code == 1
    assert project.state(3)[0] == "merged"
    assert project.state(1)[0] == "blocked"
    assert "\n#1 -> #2 -> #1 wait for each other\n  waiting: #1, #2\n" in result.out


def test_plan_that_needs_review_stops_before_anything_is_done(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by: the other one"}})
    assert "needs_review" in project.plan().out
    result = project.doit("-n", "2", "merge")
    assert result.code == 1
    assert "approve_plan: true" in result.out
    assert not (project.root / "worktrees").exists()
    assert project.subjects() == ["Begin"]


def test_one_issue_with_what_it_needs(tmp_path: Path) -> None:
    project = chain(tmp_path / "p")
    project.plan()
    assert project.doit("merge:2").code == 0
    assert project.files() == {"README.md", "issue-1.txt", "issue-2.txt"}


def test_one_wave(tmp_path: Path) -> None:
    project = chain(tmp_path / "p")
    project.plan()
    assert project.doit("-n", "2", "wave:1").code == 0
    assert project.files() == {"README.md", "issue-1.txt", "issue-4.txt"}


def test_single_phase_goes_no_further(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    assert project.doit("work:1").code == 0
    assert project.receipt(1, "work") and not project.receipt(1, "pull")
    assert project.subjects() == ["Begin"]


def test_without_n_one_issue_goes_through_its_whole_cycle_first(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}, 3: {}})
    project.plan()
    assert project.doit("merge").code == 0
    spans = []
    for number in (1, 2, 3):
        begin, end = project.receipt(number, "worktree"), project.receipt(number, "merge")
        assert begin and end
        spans.append((begin["started"], end["finished"]))
    spans.sort()
    assert spans[0][1] <= spans[1][0] and spans[1][1] <= spans[2][0]


def test_barrier_holds_a_wave_until_the_one_before_has_merged(tmp_path: Path) -> None:
    issues = {1: {}, 2: {"body": "Blocked by #1"}, 3: {}}
    script = {3: [["sleep 1", *work("three")]]}
    project = Project(tmp_path / "p", issues, script=script, manifest="barrier: true")
    assert project.land().code == 0
    second, third = project.receipt(2, "worktree"), project.receipt(3, "merge")
    assert second and third and third["finished"] <= second["started"]


@pytest.mark.parametrize(("method", "parents"), [("squash", 1), ("merge", 2), ("rebase", 1)])
def test_methods_of_landing(tmp_path: Path, method: str, parents: int) -> None:
    script = {1: [["write a.txt a", "commit First", "write b.txt b", "commit Second"]]}
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script=script, manifest=f"merge: {{method: {method}}}")
    assert project.land().code == 0
    assert {"a.txt", "b.txt", "issue-2.txt"} <= project.files()
    subjects = project.subjects()
    assert ("First" in subjects) == (method != "squash")
    receipt = project.receipt(2, "merge")
    assert receipt
    found = project.git("rev-list", "--parents", "-n", "1", receipt["values"]["merge_commit"]).split()
    assert len(found) == parents + 1


def test_no_more_agents_than_n_at_once(tmp_path: Path) -> None:
    log = tmp_path / "log"
    steps = [f"sh echo + >> {log}; sleep 0.4; echo - >> {log}"]
    script = {number: [[*steps, *work(f"w{number}")]] for number in range(1, 7)}
    project = Project(tmp_path / "p", {number: {} for number in script}, script=script)
    assert project.land().code == 0
    running, most = 0, 0
    for mark in log.read_text().split():
        running += 1 if mark == "+" else -1
        most = max(most, running)
    assert most == 2


def test_receipts_follow_their_schema(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}})
    assert project.land("-n", "2").code == 0
    schema = json.loads(resources.files("auto_milestone.schema").joinpath("receipt.schema.json").read_text())
    receipts = sorted((project.root / "receipts").glob("*/*.json"))
    assert len(receipts) == 16
    for path in receipts:
        jsonschema.validate(json.loads(path.read_text()), schema)


def test_silent_agent_is_reported(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, script={1: [["sleep 2.5", *work("one")]]})
    text = project.manifest.read_text().replace('"{attempt}"]}', '"{attempt}"], silence: 1}')
    project.manifest.write_text(text)
    result = project.land()
    assert result.code == 0, result.all
    assert "#1 " in result.out and "silent" in result.out


def test_retry_starts_from_the_base_of_today(tmp_path: Path) -> None:
    """Issue 1's check needs a file that only issue 2 brings."""
    check = "test ! -e issue-1.txt || test -e issue-2.txt"
    manifest = f"checks: [[sh, -c, {json.dumps(check)}]]\nfix_rounds: 0"
    project = Project(tmp_path / "p", {1: {}, 2: {}}, manifest=manifest)
    project.plan()
    assert project.doit("merge:1").code == 1
    assert project.doit("merge:2").code == 0
    assert project.doit("merge:1").code == 0
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_cycle_that_an_edit_broke_needs_no_new_plan(tmp_path: Path) -> None:
    issues = {1: {"body": "Blocked by #2"}, 2: {"body": "Blocked by #1"}}
    project = Project(tmp_path / "p", issues)
    project.plan()
    assert "wait for each other" in project.doit("merge").out
    text = project.manifest.read_text()
    project.manifest.write_text(text.replace("# ---- plan", "force_resolve: [2]\n# ---- plan", 1))
    result = project.doit("merge")
    assert result.code == 0, result.all
    assert [subject.split(" (")[0] for subject in project.subjects()[1:]] == ["Issue 1", "Issue 2"]


def test_cleanup_after_lost_receipts_moves_nothing_that_has_landed(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}})
    assert project.land().code == 0
    assert project.doit("clean").code == 0
    assert project.receipt(1, "merge") is None
    assert project.doit("cleanup").code == 0
    assert not (project.root / "quarantine").exists()
    assert not list((project.root / "worktrees").iterdir())
    assert len(project.subjects()) == 3


def test_what_the_agent_left_uncommitted_is_told(tmp_path: Path) -> None:
    names = [f"{letter}.txt" for letter in "abcde"]
    project = Project(tmp_path / "p", {1: {}}, {1: [[f"write {name} x" for name in names]]})
    result = project.land()
    assert result.code == 0 and project.files() == {"README.md", *names}
    assert "#1 committed what lay in its worktree: a.txt, b.txt, c.txt and 2 more" in result.out


def test_agent_without_sessions_is_told_of_its_issue_in_every_round(tmp_path: Path) -> None:
    script = {1: [["write one.txt first", "commit"], ["write one.txt second", "commit"]]}
    project = Project(
        tmp_path / "p",
        {1: {"body": "Write the second one."}},
        script,
        manifest="checks: [[grep, -q, second, one.txt]]",
    )
    assert project.land().code == 0
    told = (project.root / "agents" / "1" / "prompt-2.md").read_text()
    assert "`grep -q second one.txt` failed" in told and "exit code 1, no output" in told
    assert "issue #1 of this repository" in told and "Write the second one." in told


def test_agent_reads_checks_as_it_would_type_them(tmp_path: Path) -> None:
    script = {1: [["prompt ../../prompt.txt", "write one.txt one", "commit"]]}
    more = """checks: [[sh, -c, "echo 'a b' && true"]]"""
    project = Project(tmp_path / "p", {1: {}}, script=script, manifest=more)
    assert project.land().code == 0
    told = (project.root / "prompt.txt").read_text().splitlines()
    [line] = [line for line in told if line.startswith("    sh -c ")]
    assert shlex.split(line) == ["sh", "-c", "echo 'a b' && true"]
    assert f"$ {line.strip()}" in (project.root / "logs/1/checks.log").read_text()
