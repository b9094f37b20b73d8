"""Completion, asked for in a real bash."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.project import Project

ASK = r"""
source <(auto-milestone tabcompletion)
complete -p auto-milestone >/dev/null || exit 9
COMP_LINE=$1 COMP_POINT=${#1}
read -ra COMP_WORDS <<< "${1//:/ : }"
[[ $1 == *" " ]] && COMP_WORDS+=("")
COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_auto_milestone
printf '%s\n' "${COMPREPLY[@]}"
"""
"""As bash does it: words split at white space and colons."""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("completion") / "p", {1: {}, 21: {}, 22: {}})
    project.plan()
    return project


def shell(folder: Path, script: str, *args: str) -> str:
    env = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    argv = ["bash", "--norc", "-c", script, "bash", *args]
    done = subprocess.run(argv, cwd=folder, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("auto-milestone pl", {"plan"}),
        ("auto-milestone st", {"status", "strace"}),
        ("auto-milestone -n 2 mer", {"merge"}),
        ("auto-milestone merge:", {"1", "21", "22"}),
        ("auto-milestone -n 2 merge:2", {"21", "22"}),
        ("auto-milestone explain ", {"1", "21", "22"}),
        ("auto-milestone help tab", {"tabcompletion"}),
        ("auto-milestone markers iss", {"issues"}),
    ],
)
def test_bash_completes_words_tasks_and_issues(project: Project, line: str, found: set[str]) -> None:
    assert set(shell(project.folder, ASK, line).split()) == found


def test_zsh_script_is_for_our_name(project: Project) -> None:
    script = shell(project.folder, "auto-milestone tabcompletion --shell zsh")
    assert script.startswith("#compdef auto-milestone\n") and "merge" in script and "@" not in script
