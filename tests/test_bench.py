"""Each benchmark runs and says what it measured; how fast anything is, is for a person to read."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

BENCH = Path(__file__).resolve().parents[1] / "bench"
NAMES = ("noop", "makespan", "overhead", "plan", "kill", "api")


@pytest.mark.parametrize("name", NAMES)
def test_a_benchmark_prints_its_rows_as_json(name: str, tmp_path: Path) -> None:
    argv = [sys.executable, str(BENCH / f"{name}.py"), "--quick", "--json"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found.keys() == {"bench", "rows"}
    assert found["bench"] == name and found["rows"]
    for row in found["rows"]:
        assert row.keys() == {"case", "ours", "peers", "ratio", "reach", "ok"}
        assert row["case"] and row["ours"] > 0
        assert all(peer is None or peer > 0 for peer in row["peers"].values())
        assert row["ratio"] is None or row["ratio"] > 0
        assert isinstance(row["ok"], bool)


def test_a_benchmark_without_json_prints_a_table(tmp_path: Path) -> None:
    argv = [sys.executable, str(BENCH / "plan.py"), "--quick"]
    done = subprocess.run(argv, cwd=tmp_path, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    head, line, *rows = done.stdout.splitlines()
    assert head.startswith("| plan ") and set(line) <= set("|- ")
    assert rows and all(row.count("|") == head.count("|") for row in rows)
