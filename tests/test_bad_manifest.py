"""Manifests that cannot be used, through the real commands: one line, and nothing is touched."""

import os
from pathlib import Path

import pytest
from support.conditions import as_ordinary_user, doit, kept, refused
from support.project import Project

PLAN_LINE = b"# ---- plan"


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> tuple[Project, bytes]:
    """A project with a plan, and the bytes of its manifest. What is refused leaves it as it is."""
    project = Project(tmp_path_factory.mktemp("manifest") / "p", {1: {}, 2: {}})
    project.plan()
    return project, project.manifest.read_bytes()


@pytest.fixture
def project(planned: tuple[Project, bytes]) -> Project:
    """The same project with its manifest as planned."""
    project, text = planned
    if project.manifest.is_dir():
        project.manifest.rmdir()
    project.manifest.unlink(missing_ok=True)
    project.manifest.write_bytes(text)
    return project


BAD = {
    "empty": (lambda text: b"", "milestone.yaml: is empty; write `milestone: "),
    "not yaml": (lambda text: b"a: b: c\n", "milestone.yaml:1:5: not YAML: "),
    "key twice": (
        lambda text: text.replace(PLAN_LINE, b"base: main\nbase: x\n" + PLAN_LINE, 1),
        "milestone.yaml:8: base: this key stands here twice; keep one of them",
    ),
    "issues twice": (
        lambda text: text.replace(PLAN_LINE, b"issues: [1]\nissues: {2: {}}\n" + PLAN_LINE, 1),
        "milestone.yaml:8: issues: this key stands here twice; keep one of them: without milestone or epic the keys "
        "of the mapping are the source: `issues: {1: {}, 2: {depends_on: [1]}}`\n",
    ),
    "unknown key": (
        lambda text: b"bsae: main\n" + text,
        "milestone.yaml:1: bsae: unknown key; did you mean `base`?",
    ),
    "wrong type": (
        lambda text: text.replace(b"checks: [[git, rev-parse, HEAD]]", b"checks: 7"),
        "milestone.yaml:4: checks: has to be a list, not the number 7",
    ),
    "laughs": (
        lambda text: b"a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n" + text,
        "milestone.yaml:1: a: anchors and aliases (`&name`, `*name`) are not supported",
    ),
    "latin-1": (lambda text: b"base: m\xe4in\n" + text, "milestone.yaml:1:8: is not UTF-8; save it as UTF-8"),
    "tabs": (
        lambda text: b"merge:\n\tmethod: squash\n" + text,
        "milestone.yaml:2:1: not YAML: found character that cannot start any token; indent with spaces",
    ),
    "depends on itself": (
        lambda text: text.replace(PLAN_LINE, b"issues: {1: {depends_on: [1]}}\n" + PLAN_LINE, 1),
        "milestone.yaml:7: issues.1.depends_on[0]: #1 cannot depend on itself; take it out",
    ),
    "the plan only": (
        lambda text: text[text.index(PLAN_LINE) :],
        "milestone.yaml:1: `forge` is missing; write `forge: ",
    ),
}


@pytest.mark.parametrize("name", BAD)
@pytest.mark.parametrize(("command", "code"), [("plan", 1), ("merge", 3)])
def test_refused_in_one_line(project: Project, name: str, command: str, code: int) -> None:
    change, message = BAD[name]
    project.manifest.write_bytes(change(project.manifest.read_bytes()))
    before = kept(project)
    refused(project.doit(command), code, message)
    assert kept(project) == before


DAMAGED = {
    "another type": (
        lambda text: text.replace(b"execution_waves:", b"execution_waves: 7 #"),
        "plan.execution_waves: has to be a list, not the number 7; the plan part is damaged: run `doit plan`",
    ),
    "nonsense": (
        lambda text: text[: text.index(PLAN_LINE)] + b"# ---- plan\nplan: nonsense\n",
        "the plan part is damaged: run `doit plan` again",
    ),
    "cut off": (lambda text: text[:-300], "the plan part is damaged: run `doit plan` again"),
    "twice": (
        lambda text: text + text[text.index(PLAN_LINE) :],
        "plan: this key stands here twice; the plan part is damaged: run `doit plan` again",
    ),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damaged_plan_is_refused_and_planned_anew(project: Project, name: str) -> None:
    change, message = DAMAGED[name]
    whole = project.manifest.read_bytes()
    project.manifest.write_bytes(change(whole))
    before = kept(project)
    refused(project.doit("merge"), 3, message)
    assert kept(project) == before
    assert project.plan().code == 0
    assert project.manifest.read_bytes() == whole


def test_unknown_number_in_force_resolve(project: Project) -> None:
    project.manifest.write_bytes(b"force_resolve: [77]\n" + project.manifest.read_bytes())
    before = kept(project)
    refused(project.doit("merge"), 3, "milestone.yaml:1: force_resolve[0]: #77 is no issue of this plan")
    assert kept(project) == before


def _fifo(path: Path) -> None:
    os.mkfifo(path)


def _huge(path: Path) -> None:
    with path.open("wb") as file:
        file.truncate(100 << 20)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda path: None, "milestone.yaml: is not there; `auto-milestone init` writes one"),
        (Path.mkdir, "milestone.yaml: is a folder; it has to be a file"),
        (_fifo, "milestone.yaml: is no plain file"),
        (_huge, "milestone.yaml: is larger than 64 MiB; that is no manifest"),
        (lambda path: path.symlink_to("nowhere.yaml"), "nowhere.yaml: is not there"),
        (lambda path: path.symlink_to("/dev/zero"), "/dev/zero: is no plain file"),
    ],
    ids=["missing", "folder", "pipe", "huge", "dangling link", "device"],
)
def test_what_is_no_file_to_read(project: Project, make: object, message: str) -> None:
    assert callable(make)
    project.manifest.unlink()
    make(project.manifest)
    before = kept(project)
    refused(project.doit("plan"), 1, message)
    refused(project.doit("merge"), 3, message)
    assert kept(project) == before


def test_manifest_that_may_not_be_read(project: Project) -> None:
    project.manifest.chmod(0)
    for command, code in (("plan", 1), ("merge", 3), ("status", 3)):
        result = doit(project, command, before=as_ordinary_user)
        refused(result, code, "milestone.yaml: cannot be read: Permission denied")


def test_folder_that_may_not_be_written(project: Project) -> None:
    project.manifest.write_bytes(project.manifest.read_bytes().replace(b"free", b"fre"))
    before = kept(project)
    project.folder.chmod(0o555)
    try:
        result = doit(project, "plan", before=as_ordinary_user)
    finally:
        project.folder.chmod(0o755)
    refused(
        result,
        1,
        f"{project.manifest}: Permission denied: let your user write there, then run the same command again",
    )
    assert kept(project) == before


@pytest.mark.parametrize(
    ("command", "code", "written"), [("plan", 1, "milestone.yaml"), ("merge", 3, ".milestone")]
)
def test_read_only_folder_without_state(
    tmp_path: Path, project: Project, command: str, code: int, written: str
) -> None:
    other = Project(tmp_path / "p", {1: {}})
    if command == "merge":
        text = project.manifest.read_text()
        other.manifest.write_text(text[text.index("milestone:") :])
    other.folder.chmod(0o555)
    try:
        result = doit(other, command, before=as_ordinary_user)
    finally:
        other.folder.chmod(0o755)
    refused(result, code, f"{other.folder / written}: Permission denied: let your user write there")


def test_link_is_written_through(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    target = project.folder / "elsewhere.yaml"
    project.manifest.rename(target)
    project.manifest.symlink_to("elsewhere.yaml")
    assert project.land().code == 0
    assert project.manifest.is_symlink() and "execution_waves" in target.read_text()


@pytest.mark.parametrize("change", ["crlf", "line twice"])
def test_odd_but_usable(tmp_path: Path, change: str) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    text = project.manifest.read_bytes()
    line = text[text.index(PLAN_LINE) :].splitlines(keepends=True)[0]
    project.manifest.write_bytes(text.replace(b"\n", b"\r\n") if change == "crlf" else text + line)
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files()


def test_cycle_that_a_person_wrote(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}, 2: {}, 3: {}})
    project.plan()
    edges = "issues: {1: {depends_on: [2]}, 2: {depends_on: [1]}}\n"
    project.manifest.write_text(edges + project.manifest.read_text())
    before = project.manifest.read_bytes()
    result = project.doit("merge")
    assert result.code == 1 and "#1 -> #2 -> #1 wait for each other" in result.out
    assert project.manifest.read_bytes() == before
    assert project.files() == {"README.md", "issue-3.txt"}
