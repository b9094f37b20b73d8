"""doit's database: what was finished is remembered, whatever happens to the process."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from auto_milestone.engine.database import MilestoneDB


def reopen(path: Path) -> MilestoneDB:
    return MilestoneDB(str(path), None)


def test_values_survive(tmp_path: Path) -> None:
    path = tmp_path / "state" / "doit.db"
    database = reopen(path)
    database.set("work:1", "deps:", ["a", "b"])
    database.set("work:2", "ignore:", "1")
    database.dump()
    again = reopen(path)
    assert again.get("work:1", "deps:") == ["a", "b"]
    assert again.in_("work:2") and not again.in_("work:3")
    assert again.get("work:3", "deps:") is None


def test_setting_one_value_keeps_the_others(tmp_path: Path) -> None:
    first = reopen(tmp_path / "doit.db")
    first.set("work:1", "deps:", ["a"])
    first.dump()
    second = reopen(tmp_path / "doit.db")
    second.set("work:1", "ignore:", "1")
    second.dump()
    assert reopen(tmp_path / "doit.db").get("work:1", "deps:") == ["a"]


def test_removed_rows_stay_removed(tmp_path: Path) -> None:
    database = reopen(tmp_path / "doit.db")
    for name in ("a", "b", "c"):
        database.set(name, "x", 1)
    database.commit()
    database.remove("a")
    database.dump()
    again = reopen(tmp_path / "doit.db")
    assert [again.in_(name) for name in ("a", "b", "c")] == [False, True, True]
    again.remove_all()
    again.dump()
    assert not reopen(tmp_path / "doit.db").in_("b")


def test_reading_makes_no_file(tmp_path: Path) -> None:
    database = reopen(tmp_path / "state" / "doit.db")
    assert database.get("a", "b") is None
    database.dump()
    assert not (tmp_path / "state").exists()


def test_what_was_committed_survives_a_kill(tmp_path: Path) -> None:
    code = (
        "import os, signal, sys\n"
        "from auto_milestone.engine.database import MilestoneDB\n"
        "database = MilestoneDB(sys.argv[1], None)\n"
        "database.set('done', 'x', 1)\n"
        "database.commit()\n"
        "database.set('begun', 'x', 1)\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    path = tmp_path / "doit.db"
    done = subprocess.run([sys.executable, "-c", code, str(path)], env=dict(os.environ))
    assert done.returncode == -signal.SIGKILL
    again = reopen(path)
    assert again.in_("done") and not again.in_("begun")


def test_damaged_file_is_set_aside(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "doit.db"
    path.write_bytes(b"this is no database" * 100)
    database = reopen(path)
    database.set("a", "x", 1)
    database.dump()
    assert reopen(path).get("a", "x") == 1
    assert (tmp_path / "doit.db.damaged").exists()
    assert "damaged" in capsys.readouterr().err
