"""A damaged state folder and a full disk: the next run goes on, or one line says what to do."""

import json
import shutil
from pathlib import Path

import pytest
from support.conditions import as_ordinary_user, doit, fill_disk_when, kept, refused
from support.project import Project
from support.repository import sh


@pytest.fixture(scope="module")
def half_way(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Issue 1 is approved and not merged; every kind of record is there."""
    project = Project(tmp_path_factory.mktemp("state") / "p", {1: {}})
    project.plan()
    assert project.doit("approve:1").code == 0
    return project


@pytest.fixture
def project(half_way: Project) -> Project:
    """The same project, half-way again: what one test does is undone behind it."""
    saved = half_way.folder.with_name("saved")
    if saved.exists():
        shutil.rmtree(half_way.folder)
        shutil.copytree(saved, half_way.folder, symlinks=True)
    else:
        shutil.copytree(half_way.folder, saved, symlinks=True)
    return half_way


def wrong_types(value: object) -> object:
    """The same keys, with values of another type."""
    if isinstance(value, dict):
        return {key: wrong_types(one) for key, one in value.items()}
    return 12 if isinstance(value, str) else ["x"]


def damaged(text: bytes, how: str) -> bytes:
    if how == "wrong types":
        return json.dumps(wrong_types(json.loads(text))).encode()
    if how == "wrong values":
        record = json.loads(text)
        for key in ("values", "attempts", "person", "results"):
            if key in record:
                record[key] = {}
        return json.dumps(record).encode()
    return {"empty": b"", "cut off": text[:20], "bytes": b"\x00\xff" * 50, "deep": b"[" * 100_000}[how]


HOWS = ("empty", "cut off", "bytes", "deep", "wrong types", "wrong values")
RECORDS = (
    "receipts/1/worktree.json",
    "receipts/1/pull.json",
    "receipts/1/approve.json",
    "agents/1/attempts.json",
    "checked/*.json",
    "questions/1-*.json",
    "../manifest.json",
)


@pytest.mark.parametrize("record", RECORDS)
def test_damaged_record_is_no_record(project: Project, record: str) -> None:
    (path,) = project.root.glob(record)
    path.write_bytes(damaged(path.read_bytes(), "wrong values"))
    result = project.doit("merge")
    assert result.code == 0 and "unexpected" not in result.all, result.all
    assert [subject.split(" (")[0] for subject in project.subjects()] == ["Begin", "Issue 1"]


@pytest.mark.parametrize("how", HOWS)
def test_every_record_is_damaged(project: Project, how: str) -> None:
    for record in RECORDS:
        for path in project.root.glob(record):
            path.write_bytes(damaged(path.read_bytes(), how))
    for name in ("../lock", "journal.jsonl", "agents/1/agent.lock"):
        (project.root / name).write_bytes(damaged(b'{"at": 1, "event": "done", "issue": 1}', "deep"))
    assert project.status()["counts"]["merged"] == 0
    result = project.doit("merge")
    assert result.code == 0 and "unexpected" not in result.all, result.all
    assert [subject.split(" (")[0] for subject in project.subjects()] == ["Begin", "Issue 1"]
    assert project.status()["counts"]["merged"] == 1


def test_receipt_of_another_issue(project: Project) -> None:
    receipt = project.root / "receipts" / "1" / "approve.json"
    receipt.write_text(receipt.read_text().replace('"issue": 1', '"issue": 2'))
    assert project.doit("merge").code == 0
    assert project.receipt(1, "approve")["issue"] == 1


@pytest.mark.parametrize("how", ["empty", "cut off", "bytes"])
def test_damaged_database(project: Project, how: str) -> None:
    database = project.root / "doit.db"
    database.write_bytes(damaged(database.read_bytes(), how))
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files()


@pytest.mark.parametrize("how", HOWS[:-1])
def test_damaged_pull_request_says_how_to_open_another(project: Project, how: str) -> None:
    (path,) = project.folder.glob(".milestone/.forge/*/pulls/*.json")
    path.write_bytes(damaged(path.read_bytes(), how))
    assert project.doit("merge").code == 1
    state, reason = project.state(1)
    assert state == "failed" and f"{path} is missing or damaged; to open another one: `doit clean" in reason
    assert project.doit("clean", "pull:1").code == 0
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files() and path.exists()


@pytest.mark.parametrize("name", ["journal.jsonl", "receipts/1/approve.json"])
def test_folder_in_the_place_of_a_record(project: Project, name: str) -> None:
    path = project.root / name
    path.unlink()
    path.mkdir()
    result = project.doit("merge")
    assert result.code == 1
    assert (
        f"{path}: Is a directory: move away what stands there, then run the same command again" in result.out
    )
    path.rmdir()
    assert project.doit("merge").code == 0


def test_folder_in_the_place_of_the_lock(project: Project) -> None:
    lock = project.folder / ".milestone" / "lock"
    lock.unlink()
    lock.mkdir()
    before = kept(project)
    refused(project.doit("merge"), 3, f"{lock}: Is a directory: move away what stands there")
    assert kept(project) == before


def test_lost_mirror_is_made_anew_and_the_way_on_is_told(project: Project) -> None:
    shutil.rmtree(project.root / "repo.git")
    sh(project.repository, "git", "branch", "-D", "feat/issue-1-issue-1")
    shutil.rmtree(project.root / "receipts" / "1")
    assert project.doit("merge").code == 0
    assert "issue-1.txt" in project.files()
    assert list((project.root / "quarantine").glob("1-*/issue-1.txt"))


def test_state_folder_that_may_not_be_written(project: Project) -> None:
    folders = [path for path in project.root.rglob("*") if path.is_dir()]
    for path in (*folders, project.root):
        path.chmod(0o555)
    before = kept(project)
    try:
        result = doit(project, "merge", before=as_ordinary_user)
    finally:
        for path in (project.root, *folders):
            path.chmod(0o755)
    assert result.code != 0 and "Traceback" not in result.all
    assert "let your user write there" in result.all and not list(project.root.glob("*.damaged"))
    assert kept(project) == before


@pytest.mark.parametrize("phase", ["worktree", "work", "pull", "approve", "merge"])
def test_disk_that_is_full_when_a_receipt_is_written(tmp_path: Path, phase: str) -> None:
    project = Project(tmp_path / "p", {1: {}})
    project.plan()
    fill_disk_when(project, phase)
    manifest = project.manifest.read_bytes()
    result = project.doit("merge", CRASH="1")
    assert result.code != 0 and "Traceback" not in result.all and "unexpected" not in result.all
    where = project.root / "receipts" / "1" / f"{phase}.json"
    assert (
        f"#1 failed in {phase}: {where}: File too large: make room, then run the same command again"
        in result.out
    )
    assert not where.exists() and not list(where.parent.glob(".*"))
    assert project.manifest.read_bytes() == manifest
    again = project.doit("merge")
    assert again.code == 0, again.all
    assert [subject.split(" (")[0] for subject in project.subjects()] == ["Begin", "Issue 1"]
    assert project.status()["issues"]["1"]["state"] == "merged"


def test_disk_that_is_full_when_the_plan_is_written(tmp_path: Path) -> None:
    project = Project(tmp_path / "p", {1: {}})
    code = (
        "import os, resource\nfrom auto_milestone.engine import actions\n\nreal = actions.write_plan\n\n\n"
        "def write(*args):\n    resource.setrlimit(resource.RLIMIT_FSIZE, (0, -1))\n    real(*args)\n\n\n"
        "if os.environ.get('CRASH'):\n    actions.write_plan = write\n"
    )
    dodo = project.folder / "dodo.py"
    dodo.write_text(code + dodo.read_text())
    before = project.manifest.read_bytes()
    result = project.doit("plan", CRASH="1")
    message = f"{project.manifest}: File too large: make room, then run the same command again"
    assert result.code == 1 and message in result.err and "Traceback" not in result.all
    assert project.manifest.read_bytes() == before
    assert project.plan().code == 0
