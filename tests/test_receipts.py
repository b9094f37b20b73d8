"""Receipts and the files under them."""

from dataclasses import replace
from pathlib import Path

import pytest
from auto_milestone.files import write_atomic
from auto_milestone.receipts import Receipt, digest, read_receipt, write_receipt

RECEIPT = Receipt(12, "work", "done", {"receipts/12/worktree.json": "ab"}, 1.5, 2.5, {"head": "c0ffee"})


def test_round_trip(tmp_path: Path) -> None:
    write_receipt(tmp_path / "12" / "work.json", RECEIPT)
    assert read_receipt(tmp_path / "12" / "work.json", 12, "work") == RECEIPT


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "null", '{"schema": 1}', "\x00\xff", '{"schema": 99, "issue": 12}']
)
def test_unreadable_receipt_is_no_receipt(tmp_path: Path, content: str) -> None:
    path = tmp_path / "work.json"
    path.write_text(content)
    assert read_receipt(path, 12, "work") is None


def test_receipt_of_another_issue_or_phase_is_no_receipt(tmp_path: Path) -> None:
    path = tmp_path / "work.json"
    write_receipt(path, RECEIPT)
    assert read_receipt(path, 13, "work") is None
    assert read_receipt(path, 12, "merge") is None


def test_merge_without_its_commit_is_no_merge(tmp_path: Path) -> None:
    """Its dependants would start on a base that does not hold it."""
    path = tmp_path / "merge.json"
    write_receipt(path, replace(RECEIPT, phase="merge", values={"pull": 3, "merge_commit": "c0ffee"}))
    assert read_receipt(path, 12, "merge")
    write_receipt(path, replace(RECEIPT, phase="merge", values={"pull": 3}))
    assert read_receipt(path, 12, "merge") is None


def test_digest_of_nothing_differs_from_that_of_a_file(tmp_path: Path) -> None:
    assert digest(tmp_path / "none") == "absent"
    (tmp_path / "empty").write_bytes(b"")
    assert digest(tmp_path / "empty") != "absent"


def test_failed_write_leaves_the_old_content_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "work.json"
    write_atomic(path, b"old")

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(OSError, match="No space left"):
        write_atomic(path, b"new")
    assert path.read_bytes() == b"old"
    assert [entry.name for entry in tmp_path.iterdir()] == ["work.json"]
