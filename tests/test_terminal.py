"""A person decides, at a real terminal."""

import signal
from pathlib import Path

from support.project import Project
from support.terminal import Terminal

ASK = "approval: {channel: terminal}"
WHICH = "or Enter to leave it as it is > "
PROMPT = "merge / changes: ... / skip > "


def test_merge_is_asked_for_and_answered(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}}, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "-n", "2", "merge")
    person.expect("#1 Issue 1: merge pull request #3?")
    person.expect("change: 1 file, +1 -0; checks: 1 of 1 passed")
    person.expect("unblocks #2")
    person.expect(f"#1 diff / {PROMPT}")
    person.type("perhaps")
    person.expect("Please answer with diff / merge / changes: ... / skip.")
    person.expect(f"#1 diff / {PROMPT}")
    person.type("LGTM")
    person.expect("#2 Issue 2: merge pull request #4?")
    person.expect(PROMPT)
    person.type("merge")
    assert person.close() == 0
    assert "2 of 2 issues merged" in person.shown
    receipt = project.receipt(1, "approve")
    assert receipt and receipt["values"]["by"] == "terminal"


def test_changes_go_to_the_agent_and_are_asked_about_again(tmp_path: Path) -> None:
    script = {1: [["write a.txt a", "commit"], ["prompt ../../prompt.txt", "write b.txt b", "commit"]]}
    project = Project(tmp_path / "p", {1: {}}, script=script, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect(PROMPT)
    person.type("changes: also write b")
    person.expect("change: 2 files")
    person.expect(PROMPT)
    assert "also write b" in (project.root / "prompt.txt").read_text()
    person.type("merge")
    assert person.close() == 0
    assert {"a.txt", "b.txt"} <= project.files()


def test_skip_leaves_the_pull_request_open_and_dependants_waiting(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}}, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect(PROMPT)
    person.type("skip")
    person.expect("#1 skipped in approve: a person said skip")
    person.expect("  waiting behind it: #2")
    person.expect("  1. be asked again: `doit merge:1`; `skip: [1]` in milestone.yaml leaves it out for good")
    person.expect(WHICH)
    person.type("")
    assert person.close() == 1
    assert project.state(1)[0] == "skipped"
    assert project.state(2) == ("skipped", "#1 is skipped (approve)")
    assert project.git("branch", "--list", "feat/*").split() == ["feat/issue-1-issue-1"]
    again = Terminal(project.folder, "merge")
    again.expect(PROMPT)
    again.type("merge")
    again.expect(PROMPT)
    again.type("merge")
    assert again.close() == 0


def test_several_questions_wait_in_line_while_the_rest_goes_on(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}, 3: {}}, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "-n", "3", "merge")
    for _ in range(3):
        person.expect(PROMPT)
        states = project.status()["counts"]
        assert states["failed"] == 0
        person.type("merge")
    assert person.close() == 0
    assert project.status()["counts"]["merged"] == 3


def test_the_change_is_shown_where_it_is_asked_about(tmp_path: Path) -> None:
    script = {
        1: [["sh printf 'plain \\033[2J\\n' > a.txt", "commit"]],
        2: [["sh seq 600 > long.txt", "commit"]],
    }
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("diff / " + PROMPT)
    person.type("diff")
    person.expect("1 file changed, 1 insertion(+)")
    person.expect("+plain [2J")
    person.expect("#1 Issue 1: merge pull request #3?")
    person.expect(PROMPT)
    person.type("merge")
    person.expect(PROMPT)
    person.type("d")
    person.expect("+300")
    person.expect("more lines: the command above shows them all")
    person.expect(PROMPT)
    person.type("merge")
    assert person.close() == 0


def test_the_run_is_seen_to_go_on_above_what_is_being_typed(tmp_path: Path) -> None:
    script = {2: [["sh while [ ! -e ../../go ]; do sleep 0.1; done", "write two.txt 2", "commit"]]}
    project = Project(tmp_path / "p", {1: {}, 2: {}}, script, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "-n", "2", "merge")
    person.expect("#1 Issue 1: merge pull request #3?")
    person.expect(PROMPT)
    person.press("mer")
    person.expect("mer")
    (project.root / "go").touch()
    person.expect("#2 pull request #4")
    assert "#2 Issue 2: merge" not in person.shown
    person.press("ge")
    person.sees("#1 Issue 1: merge pull request #3?", "#2 pull request #4", f"{PROMPT}merge")
    person.type("")
    person.expect("#2 Issue 2: merge pull request #4?")
    person.expect(PROMPT)
    person.type("merge")
    assert person.close() == 0


def test_interrupt_at_the_prompt_keeps_the_question(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest=ASK)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect(PROMPT)
    person.process.send_signal(signal.SIGINT)
    assert person.close() == 130
    again = Terminal(project.folder, "merge")
    again.expect(PROMPT)
    again.type("merge")
    assert again.close() == 0
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_without_a_terminal_the_work_waits_for_one(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}}, manifest=ASK)
    result = project.land()
    assert result.code == 1
    state, reason = project.state(1)
    assert state == "waiting" and "run in a terminal" in reason
    assert project.receipt(1, "review")


def test_gate_asks_and_takes_no_for_an_answer(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by: whoever"}})
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("needs review")
    person.expect("approve / abort / feedback")
    person.type("abort")
    assert person.close() == 1
    assert project.subjects() == ["Begin"]


def test_gate_remembers_an_approved_plan(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by: whoever"}})
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("approve / abort / feedback")
    person.type("approve")
    assert person.close() == 0
    assert project.doit("merge").code == 0
    project.write_issue(2, body="Blocked by: somebody else")
    project.plan()
    assert "approve_plan: true" in project.doit("merge").out


def test_gate_takes_feedback_as_edges(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by: whoever"}, 2: {}})
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("approve / abort / feedback")
    person.type("feedback: 2 after 1")
    person.expect("Run `doit plan`")
    assert person.close() == 1
    project.plan()
    assert "from manual" in project.doit("explain", "2").out


def test_way_out_of_a_deadlock_is_chosen_by_number(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"body": "Blocked by #9"}, 9: {"milestone": "M2"}})
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("1. treat #9 as resolved: `force_resolve: [9]` in milestone.yaml")
    person.expect(WHICH)
    person.type("1")
    person.expect("1 of 1 issues merged")
    assert person.close() == 0
    assert "force_resolve: [9]" in project.manifest.read_text()
    assert "issue-1.txt" in project.files()


def test_retry_is_a_way_out_of_a_failure(tmp_path: Path) -> None:
    script = {1: [["exit 1"], ["write one.txt one", "commit"]]}
    project = Project(tmp_path / "p", {1: {}, 2: {"body": "Blocked by #1"}}, script=script)
    project.plan()
    person = Terminal(project.folder, "merge")
    person.expect("1. try again: `doit merge:1`")
    person.expect(WHICH)
    person.type("1")
    person.expect("2 of 2 issues merged")
    assert person.close() == 0
