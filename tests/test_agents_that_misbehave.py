"""Agents that lie, wander off or break things: the branch and the message afterwards."""

import subprocess
from contextlib import suppress
from pathlib import Path

import psutil
import pytest
from support.conditions import as_ordinary_user, doit
from support.project import Project


def is_alive(pid: int) -> bool:
    """A process that nobody has reaped yet is dead all the same."""
    try:
        return psutil.Process(pid).status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


GOOD = ["write one.txt one", "commit"]


def one(folder: Path, *attempts: list[str], manifest: str = "") -> Project:
    return Project(folder, {1: {}}, script={1: list(attempts)}, manifest=manifest)


@pytest.mark.parametrize(
    ("manifest", "key"),
    [
        ("agent: {command: [no-such-program]}", "agent"),
        ("checks: [[no-such-program]]", "checks"),
        ("setup: [[no-such-program]]", "setup"),
    ],
)
def test_program_that_is_not_there_is_told_before_anything_begins(
    tmp_path: Path, manifest: str, key: str
) -> None:
    project = one(tmp_path / "p", GOOD, manifest=manifest)
    result = project.land()
    assert result.code == 3
    line = f"{key}: `no-such-program` was not found on PATH: install it, or mend `{key}` in milestone.yaml"
    assert result.err == f"ERROR: {line}\n"
    assert project.state(1) == ("pending", "") and not (project.root / "worktrees").exists()


def test_agent_that_goes_missing_meanwhile(tmp_path: Path) -> None:
    project = one(tmp_path / "p", GOOD, manifest="agent: {command: [./bin/no-such-agent]}")
    assert project.land().code == 1
    state, reason = project.state(1)
    assert state == "failed" and "no-such-agent` was not found" in reason


def test_agent_that_only_says_it_is_done(tmp_path: Path) -> None:
    lie = 'result {"status": "done", "summary": "All done!"}'
    project = one(tmp_path / "p", ["print All done!", lie, "exit 0"])
    assert project.land().code == 1
    assert project.state(1)[0] == "failed"
    assert project.subjects() == ["Begin"]


def test_agent_that_commits_nothing_has_done_nothing(tmp_path: Path) -> None:
    project = one(tmp_path / "p", ["git commit -q --allow-empty -m Done"])
    assert project.land().code == 1
    assert "without any change" in project.state(1)[1]
    assert project.subjects() == ["Begin"]


def test_agent_that_commits_on_base_does_not_reach_base(tmp_path: Path) -> None:
    steps = [
        "git checkout -q -b main",
        "write evil.txt evil",
        "commit Evil",
        "git checkout -q feat/issue-1-issue-1",
        *GOOD,
    ]
    project = one(tmp_path / "p", steps)
    assert project.land().code == 0
    assert project.files() == {"README.md", "one.txt"}


def test_agent_that_pushes_by_itself_has_nowhere_to_push_to(tmp_path: Path) -> None:
    project = one(tmp_path / "p", [*GOOD, "sh git push -q origin HEAD:main 2>/dev/null; true"])
    assert project.land().code == 0
    assert [subject.split(" (")[0] for subject in project.subjects()] == ["Begin", "Issue 1"]


def test_commits_on_another_branch_are_taken_over_when_they_continue_ours(tmp_path: Path) -> None:
    project = one(tmp_path / "p", ["git checkout -q -b my-own-idea", *GOOD])
    assert project.land().code == 0
    assert "one.txt" in project.files()


def test_commits_on_an_unrelated_branch_are_refused(tmp_path: Path) -> None:
    steps = [*GOOD, "git checkout -q --orphan elsewhere", "write two.txt two", "commit Elsewhere"]
    project = one(tmp_path / "p", steps)
    assert project.land().code == 1
    assert "left its branch" in project.state(1)[1]
    assert project.subjects() == ["Begin"]


def test_worktree_that_the_agent_deletes_is_made_again(tmp_path: Path) -> None:
    project = one(tmp_path / "p", [*GOOD, 'sh rm -rf "$PWD"'])
    assert project.land().code == 0
    assert "one.txt" in project.files()


def test_stale_index_lock_is_no_obstacle(tmp_path: Path) -> None:
    project = one(tmp_path / "p", ["write one.txt one", "sh touch $(git rev-parse --git-dir)/index.lock"])
    assert project.land().code == 0
    assert "one.txt" in project.files()


def test_unfinished_merge_goes_back_to_the_agent(tmp_path: Path) -> None:
    begin = [
        "git checkout -q -b side",
        "write README.md side",
        "commit Side",
        "git checkout -q feat/issue-1-issue-1",
        "write README.md ours",
        "commit Ours",
        "sh git merge -q side >/dev/null 2>&1; true",
    ]
    project = one(tmp_path / "p", begin, ["write README.md both", "commit Both"])
    assert project.land().code == 0
    assert project.git("show", "main:README.md") == "both"


def test_history_below_the_start_must_stay(tmp_path: Path) -> None:
    project = one(
        tmp_path / "p", ["write one.txt one", "sh git add -A && git commit -q --amend -m Rewritten"]
    )
    assert project.land().code == 1
    assert "no longer contains the commit that it started from" in project.state(1)[1]


def test_time_limit_ends_everything_that_the_agent_started(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    steps = [f"sh (sleep 600 & echo $! > {pid}; wait)"]
    project = one(tmp_path / "p", steps)
    text = project.manifest.read_text().replace('"{attempt}"]}', '"{attempt}"], timeout: 2}')
    project.manifest.write_text(text)
    assert project.land().code == 1
    assert "time limit" in project.state(1)[1]
    assert not is_alive(int(pid.read_text()))


def test_environment_of_the_agent_holds_no_token(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    project = one(
        tmp_path / "p", [f"sh env > {seen}", *GOOD], manifest=f"checks: [[sh, -c, 'env >> {seen}']]"
    )
    project.plan()
    canary = "ghp_canary0123456789canary0123456789canary"
    result = project.doit("merge", GITHUB_TOKEN=canary, GH_TOKEN=canary, TELEGRAM_BOT_TOKEN=canary)
    assert result.code == 0, result.all
    assert "PATH=" in seen.read_text() and canary not in seen.read_text()
    assert canary not in result.all
    everything = b"".join(path.read_bytes() for path in project.folder.rglob("*") if path.is_file())
    assert canary.encode() not in everything


def test_usage_limit_is_a_pause_and_no_failure(tmp_path: Path) -> None:
    say = "echo 'Usage limit reached. Resets in 2 seconds' >&2"
    once = f"sh if test ! -e {tmp_path}/once; then touch {tmp_path}/once; {say}; exit 1; fi"
    project = one(tmp_path / "p", [once, *GOOD])
    result = project.land()
    assert result.code == 0, result.all
    assert "waits for usage limit of the agent" in result.out
    assert project.status()["issues"]["1"]["attempts"] == 1


def test_set_up_commands_run_in_the_worktree_first(tmp_path: Path) -> None:
    project = one(tmp_path / "p", ["sh test -f prepared", *GOOD], manifest="setup: [[touch, prepared]]")
    result = project.land()
    assert result.code == 0, result.all


def test_set_up_that_fails_stops_the_issue(tmp_path: Path) -> None:
    project = one(tmp_path / "p", GOOD, manifest="setup: [[sh, -c, 'echo no network; exit 1']]")
    assert project.land().code == 1
    assert project.state(1)[1].endswith("failed: no network")


def test_own_model_of_an_issue_reaches_its_command_alone(tmp_path: Path) -> None:
    seen = tmp_path / "seen"
    agent = (
        'agent: {command: [sh, -c, \'echo "$0 $1 $2" >> ' + str(seen) + "; touch done; exit 0', '{issue}'], "
        "model_args: [--model, '{model}']}\nmilestone: M1\nissues: {2: {agent: {model: big}}}"
    )
    project = Project(tmp_path / "p", {1: {}, 2: {}}, manifest=agent)
    project.plan()
    project.doit("-n", "2", "work")
    assert sorted(line.split() for line in seen.read_text().splitlines()) == [["1"], ["2", "--model", "big"]]


def test_flood_of_output_fills_neither_memory_nor_disk(tmp_path: Path) -> None:
    project = one(tmp_path / "p", [*GOOD, "sh head -c 268435456 /dev/zero | tr '\\0' 'x'"])
    project.plan()
    process = project.start("merge")
    assert process.stdout and process.stderr
    runner, peak = psutil.Process(process.pid), 0
    while process.poll() is None:
        with suppress(psutil.Error):
            peak = max(peak, runner.memory_info().rss)
        with suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.communicate()
    assert process.returncode == 0
    assert peak < 200 << 20
    assert sum(path.stat().st_size for path in project.root.rglob("*") if path.is_file()) < 200 << 20


ODD_RESULTS = [
    "echo no json > {}",
    "printf '{{\"cost_usd\": NaN}}' > {}",
    "head -c 100000 /dev/zero | tr '\\0' '[' > {}",
    "ln -sf /etc/passwd {}",
    "mkfifo {}",
    "truncate -s 5G {}",
    'printf \'{{"summary": "half \\\\ud800"}}\' > {}',
]


@pytest.mark.parametrize("how", ODD_RESULTS)
def test_odd_result_file_is_no_obstacle(tmp_path: Path, how: str) -> None:
    project = one(tmp_path / "p", [*GOOD, "sh " + how.format('"$AUTO_MILESTONE_RESULT"')])
    result = project.land()
    assert result.code == 0, result.all
    assert "one.txt" in project.files()


def test_nothing_that_an_agent_prints_steers_the_terminal(tmp_path: Path) -> None:
    noise = "head -c 100000 /dev/urandom; printf '\\033[2J\\033]0;title\\007\\033[31mred\\n'"
    project = one(tmp_path / "p", [f"sh {noise}", "exit 3"])
    result = project.land()
    assert result.code == 1 and "[31mred" in result.out
    shown = [result.out, project.doit("status").out, project.doit("summary").out]
    assert not any(ord(sign) < 32 and sign != "\n" for text in shown for sign in text)


def test_worktree_whose_git_file_is_removed_keeps_its_commits(tmp_path: Path) -> None:
    project = one(tmp_path / "p", [*GOOD, "sh rm -f .git"])
    assert project.land().code == 0
    assert "one.txt" in project.files()


def test_worktree_that_is_made_read_only(tmp_path: Path) -> None:
    steps = [*GOOD, "sh mkdir d && touch d/f && git add d && git commit -qm d && chmod -R a-w ."]
    project = one(tmp_path / "p", steps)
    project.plan()
    result = doit(project, "merge", before=as_ordinary_user)
    assert result.code == 0, result.all
    assert {"one.txt", "d/f"} <= project.files()
    assert doit(project, before=as_ordinary_user).code == 0
    assert not (project.root / "worktrees" / "1").exists()


def test_configuration_and_hooks_of_an_agent_run_nothing_of_ours(tmp_path: Path) -> None:
    evil = tmp_path / "evil"
    hooks = '"$(git rev-parse --git-common-dir)"/hooks'
    write = f"mkdir -p {hooks} && printf '#!/bin/sh\\ntouch {evil}' > {hooks}/pre-push && chmod +x {hooks}/*"
    config = f"git config core.fsmonitor 'touch {evil}'; git config core.hooksPath {hooks}"
    project = one(tmp_path / "p", [*GOOD, f"sh {write}", f"sh {config}"])
    assert project.land().code == 0
    assert not evil.exists()


def test_mirror_that_an_agent_removes_is_made_anew(tmp_path: Path) -> None:
    project = one(tmp_path / "p", [*GOOD, 'sh rm -rf "$(git rev-parse --git-common-dir)"'], GOOD)
    result = project.land()
    assert "Traceback" not in result.all and "unexpected" not in result.all
    assert project.git("rev-list", "--count", "main") == "1"
    assert project.doit("merge").code == 0
    assert "one.txt" in project.files()
    assert list((project.root / "quarantine").glob("1-*/one.txt"))


def test_daemon_that_an_agent_leaves_is_ended(tmp_path: Path) -> None:
    pid = tmp_path / "pid"
    project = one(tmp_path / "p", [*GOOD, f"sh setsid sleep 600 & echo $! > {pid}"])
    assert project.land().code == 0
    assert not is_alive(int(pid.read_text()))
