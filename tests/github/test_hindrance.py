"""What keeps a pull request from being merged: each case has its own outcome."""

from dataclasses import replace

import pytest
from auto_milestone.errors import Behind, Conflict, ForgeError, MilestoneError, Moved, NotYet
from auto_milestone.github.hindrance import hindrance, refused
from auto_milestone.github.problems import Answer, Refused
from auto_milestone.github.watch import Seen
from auto_milestone.model import CheckRun, Pull

HEAD = "a" * 40
OPEN = Pull(7, "feat/x", "main", HEAD, "open", url="https://github.com/o/r/pull/7")
CLEAN = Seen("PR_7", OPEN, merge_state="CLEAN")
RUNNING = CheckRun("test", HEAD, None)


@pytest.mark.parametrize("state", ["CLEAN", "UNSTABLE", "HAS_HOOKS"])
def test_nothing_is_in_the_way(state: str) -> None:
    assert hindrance(replace(CLEAN, merge_state=state), HEAD, "main") is None


@pytest.mark.parametrize(
    ("seen", "kind", "words", "person"),
    [
        (replace(CLEAN, pull=replace(OPEN, state="closed")), Moved, "is closed", None),
        (replace(CLEAN, pull=replace(OPEN, base="dev")), Moved, "for dev", None),
        (replace(CLEAN, merge_state="UNKNOWN"), NotYet, "GitHub to work out whether it merges", False),
        (replace(CLEAN, objectors=("ann",)), NotYet, "ann, who asked for changes on GitHub", True),
        (
            replace(CLEAN, pull=replace(OPEN, head="b" * 40)),
            Moved,
            "is open at bbbbbbbbbb",
            None,
        ),
        (replace(CLEAN, merge_state="DIRTY"), Conflict, "conflicts with main", None),
        (replace(CLEAN, merge_state="BEHIND"), Behind, "main moved", None),
        (replace(CLEAN, queued=("QUEUED", 2)), NotYet, "merge queue, at position 2", False),
        (
            replace(CLEAN, merge_state="BLOCKED", review="REVIEW_REQUIRED"),
            NotYet,
            "an approving review",
            True,
        ),
        (
            replace(CLEAN, merge_state="BLOCKED", review="CHANGES_REQUESTED", objectors=("ann", "bob")),
            NotYet,
            "ann, bob, who asked for changes",
            True,
        ),
        (replace(CLEAN, merge_state="BLOCKED", runs=(RUNNING,)), NotYet, "required checks", False),
        (replace(CLEAN, merge_state="BLOCKED", open_threads=3), NotYet, "3 conversations", True),
        (replace(CLEAN, merge_state="BLOCKED"), NotYet, "protection of main", True),
    ],
)
def test_hindrance(seen: Seen, kind: type[MilestoneError], words: str, person: bool | None) -> None:
    found = hindrance(seen, HEAD, "main")
    assert type(found) is kind and words in str(found)
    if isinstance(found, NotYet):
        assert found.person is person


@pytest.mark.parametrize(
    ("status", "said", "kind"),
    [
        (409, "Head branch was modified. Review and try the merge again.", Moved),
        (405, "Base branch was modified. Review and try the merge again.", Moved),
        (405, "Squash merges are not allowed on this repository.", ForgeError),
        (405, "Pull Request is not mergeable", NotYet),
        (422, "Validation Failed", Refused),
    ],
)
def test_refused_merge(status: int, said: str, kind: type[MilestoneError]) -> None:
    answer = Answer(status, {}, f'{{"message": "{said}"}}', "PUT /repos/o/r/pulls/7/merge")
    found = refused(Refused(said, answer), CLEAN, "squash")
    assert type(found) is kind and said.rstrip(".") in str(found)
