"""What the local forge alone does."""

from pathlib import Path

from support.worlds import LocalWorld


def test_without_checks_there_is_no_ci(tmp_path: Path) -> None:
    world = LocalWorld(tmp_path)
    head = world.push("feat/one")
    assert not world.forge.ensure_checks(head)
    world.let_checks_pass(head)
    assert world.forge.ensure_checks(head)


def test_an_issue_may_run_with_its_label(tmp_path: Path) -> None:
    forge = LocalWorld(tmp_path).forge
    issue = forge.issue(3)
    assert issue is not None and forge.may_run(issue, "feature")
