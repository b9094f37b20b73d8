"""Issue files of strangers: what is legal lands as it stands, what is not is one line."""

from pathlib import Path

import pytest
from support.conditions import kept, refused
from support.project import Project

LONG = "x" * 5000
TITLES = {
    1: "two\nlines here",
    2: "quo\"tes' and \\back",
    3: "$(touch PWNED) `touch PWNED`; touch PWNED",
    4: "🎉👩‍👩‍👧",
    5: "日本語のタイトル",
    6: LONG,
    7: "--help",
    8: "-n",
    9: "[red]x[/red] [bold",
    10: "\x1b[31mred\x1b[0m\x07",
    11: "%s {issue} {title}",
    12: "../../etc/passwd.lock",
    2147483647: "a huge number",
}
SHOWN = {**TITLES, 1: "two lines here", 10: "[31mred [0m"}
BRANCHES = {
    1: "feat/issue-1-two-lines-here",
    2: "feat/issue-2-quo-tes-and-back",
    3: "feat/issue-3-touch-pwned-touch-pwned-touch-pwned",
    6: f"feat/issue-6-{'x' * 40}",
    7: "feat/issue-7-help",
    8: "feat/issue-8-n",
    9: "feat/issue-9-red-x-red-bold",
    12: "feat/issue-12-etc-passwd-lock",
}


@pytest.fixture(scope="module")
def landed(tmp_path_factory: pytest.TempPathFactory) -> Project:
    issues = {number: {"title": title} for number, title in TITLES.items()}
    issues[1]["body"] = "nothing to see\n" * 70_000
    project = Project(tmp_path_factory.mktemp("issues") / "p", issues)
    result = project.land("-n", "2")
    assert result.code == 0, result.all
    return project


def test_odd_titles_become_commits_and_pull_requests(landed: Project) -> None:
    pulls = {number: landed.receipt(number, "pull") for number in TITLES}
    wanted = {f"{SHOWN[number]} (#{pull['values']['pull']})" for number, pull in pulls.items() if pull}
    assert set(landed.subjects()) == {"Begin", *wanted}
    assert landed.files() == {"README.md", *(f"issue-{number}.txt" for number in TITLES)}


def test_nothing_in_a_title_is_run(landed: Project) -> None:
    assert not list(landed.folder.rglob("PWNED"))


def test_odd_titles_become_plain_branch_names(landed: Project) -> None:
    branches = {number: landed.receipt(number, "worktree")["values"]["branch"] for number in TITLES}
    assert {number: branches[number] for number in BRANCHES} == BRANCHES
    assert len(set(branches.values())) == len(TITLES)
    assert all(len(name) < 70 and name.isascii() for name in branches.values())


def test_odd_titles_are_shown_literally(landed: Project) -> None:
    summary = landed.doit("summary").out
    for number in (3, 4, 5, 9, 11):
        assert SHOWN[number] in summary
        assert SHOWN[number] in landed.doit("explain", str(number)).out


def test_no_title_reaches_the_terminal_with_escapes(landed: Project) -> None:
    outputs = [landed.doit(*command).out for command in (["summary"], ["explain", "10"], ["plan"])]
    assert "[31mred" in outputs[0] and not any(sign in "".join(outputs) for sign in "\x1b\x07")


def text_of(number: object, more: str = "") -> bytes:
    return f"---\nnumber: {number}\ntitle: T\nmilestone: M1\n{more}---\n".encode()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (b"just text\n", "2.md: no front matter; begin it with `---`"),
        (text_of(1), "2.md: number 1 is also that of 1.md; give one another number"),
        (text_of(2) + b"\xff\xfe", "2.md: not UTF-8"),
        (text_of(0), "2.md: `number` must be a number from 1, not 0"),
        (text_of(-3), "2.md: `number` must be a number from 1, not -3"),
        (text_of("[2]"), "2.md: `number` must be a number from 1, not [2]"),
        (text_of(2, "blocked_by: 1\n"), "2.md: `blocked_by` must be a list"),
        (b'---\nnumber: 2\ntitle: "\\e\\a"\n---\n', "2.md: `title` must be a text"),
    ],
)
def test_issue_file_that_cannot_be_used(tmp_path: Path, text: bytes, message: str) -> None:
    project = Project(tmp_path / "p", {1: {}})
    (project.folder / "issues" / "2.md").write_bytes(text)
    before = kept(project)
    refused(project.doit("plan"), 1, message)
    assert kept(project) == before


def test_issue_that_names_itself_as_its_blocker_is_shown_first(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {"blocked_by": [1], "body": "Blocked by #1"}})
    result = project.land()
    assert result.code == 1 and "#1 names itself as its blocker (body:1 Blocked by #1)" in result.out
    assert project.files() == {"README.md"}
    project.manifest.write_text("approve_plan: true\n" + project.manifest.read_text())
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files()
