"""The contract of a forge: what phases and the train rely on, run over every forge."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import pytest
from auto_milestone.errors import ForgeError, MilestoneError, Moved
from support.github_world import github_world
from support.repository import sh
from support.worlds import LocalWorld, World

WORLDS: Mapping[str, Callable[[Path], AbstractContextManager[World]]] = {
    "github": github_world,
    "local": lambda folder: nullcontext(LocalWorld(folder)),
}


@pytest.fixture(params=WORLDS)
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    with WORLDS[request.param](tmp_path) as made:
        yield made


# -- issues


def test_milestone_is_found_with_all_its_issues(world: World) -> None:
    found = world.forge.milestone_issues("M1")
    assert found is not None
    info, issues = found
    assert (info.title, info.total, info.open, info.closed) == ("M1", 3, 2, 1)
    assert sorted(issue.number for issue in issues) == [1, 2, 3]
    assert [one.title for one in world.forge.milestones()] == ["M1"]


def test_unknown_milestone_epic_and_issue_are_none(world: World) -> None:
    assert world.forge.milestone_issues("M9") is None
    assert world.forge.epic_issues(99) is None
    assert world.forge.issue(99) is None


def test_issue_is_read_whole(world: World) -> None:
    issue = world.forge.issue(3)
    assert issue is not None
    assert (issue.title, issue.body, issue.blocked_by, issue.labels) == (
        "Issue 3",
        "Body",
        (2,),
        ("feature",),
    )
    assert issue.author_writes
    closed = world.forge.issue(2)
    assert closed is not None and closed.completed


def test_epic_holds_its_sub_issues(world: World) -> None:
    found = world.forge.epic_issues(1)
    assert found is not None and [issue.number for issue in found[0]] == [3] and not found[1]


def test_closing_twice_is_closing_once(world: World) -> None:
    world.forge.close_issue(1)
    world.forge.close_issue(1)
    issue = world.forge.issue(1)
    assert issue is not None and issue.completed and issue.body == "Body"


def test_no_label_lets_nothing_run(world: World) -> None:
    issue = world.forge.issue(3)
    assert issue is not None
    assert not world.forge.may_run(issue, None)
    assert not world.forge.may_run(issue, "another")


def test_an_issue_bears_one_comment_with_the_last_text(world: World) -> None:
    world.forge.comment(1, "")
    assert world.comments(1) == []
    for text in ("first", "first", "second"):
        world.forge.comment(1, text)
    assert world.comments(1) == ["second"]
    assert world.comments(3) == []


# -- files and branches


def test_files_of_base_are_seen_without_a_mirror(world: World) -> None:
    assert world.forge.files("main") == ["README.md"]
    with pytest.raises(MilestoneError, match="branch nowhere "):
        world.forge.files("nowhere")


def test_branches_with_an_open_pull_request(world: World) -> None:
    assert set(world.forge.open_branches()) == set()
    world.forge.open_pull(world.new_pull(world.push("feat/one")))
    head = world.push("feat/two", "b.txt")
    landed = world.forge.open_pull(world.new_pull(head, "feat/two", 3)).number
    world.forge.land(world.landing(landed, head, 3), world.mirror)
    assert set(world.forge.open_branches()) == {"feat/one"}


def test_branch_is_deleted_only_at_the_expected_commit(world: World) -> None:
    head = world.push("feat/one")
    world.forge.delete_branch("feat/one", "0" * 40)
    assert world.repository.tip("feat/one") == head
    world.forge.delete_branch("feat/one", head)
    world.forge.delete_branch("feat/one", head)
    assert world.repository.tip("feat/one") is None


# -- pull requests


def test_opening_a_pull_request_twice_gives_the_same_one(world: World) -> None:
    head = world.push("feat/one")
    first = world.forge.open_pull(world.new_pull(head))
    again = world.forge.open_pull(world.new_pull(head))
    assert first.number == again.number
    assert (again.state, again.head, again.branch, again.base) == ("open", head, "feat/one", "main")
    assert not again.draft


def test_pull_request_is_found_by_its_branch(world: World) -> None:
    assert world.forge.find_pull("feat/one") is None
    number = world.forge.open_pull(world.new_pull(world.push("feat/one"))).number
    found = world.forge.find_pull("feat/one")
    assert found is not None and found.number == number


def test_pull_request_follows_its_branch(world: World) -> None:
    number = world.forge.open_pull(world.new_pull(world.push("feat/one"))).number
    second = world.push_more("feat/one")
    assert world.forge.pull(number).head == second


def test_pull_request_and_its_issue_are_seen_at_once(world: World) -> None:
    number = world.forge.open_pull(
        world.new_pull(
            world.push("feat/one"),
        )
    ).number
    pull, issue = world.forge.look(number, 3)
    assert pull.number == number and issue is not None
    assert (issue.number, issue.state, issue.body, issue.labels) == (3, "open", "Body", ("feature",))
    assert world.forge.look(number, 99)[1] is None


def test_unknown_pull_request_is_an_error(world: World) -> None:
    with pytest.raises(ForgeError, match="#999"):
        world.forge.pull(999)


def test_draft_is_a_draft_until_it_is_made_ready(world: World) -> None:
    number = world.forge.open_pull(world.new_pull(world.push("feat/one"), draft=True)).number
    assert world.forge.pull(number).draft
    world.forge.make_ready(number)
    world.forge.make_ready(number)
    assert not world.forge.pull(number).draft


# -- checks


def test_checks_are_of_one_commit(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(world.new_pull(head)).number
    assert list(world.forge.check_runs(number, head)) == []
    world.let_checks_pass(head)
    assert world.forge.ensure_checks(head)
    assert world.forge.ensure_checks(head)
    assert [(run.name, run.conclusion, run.head) for run in world.forge.check_runs(number, head)] == [
        ("test", "success", head)
    ]
    assert list(world.forge.check_runs(number, "0" * 40)) == []


# -- landing


def test_landing_moves_base_to_the_validated_tree(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(world.new_pull(head)).number
    landing = world.landing(number, head)
    merged = world.forge.land(landing, world.mirror)
    world.mirror.fetch("main")
    assert world.mirror.remote_tip("main") == merged
    assert world.mirror.tree(merged) == landing.tree
    pull = world.forge.pull(number)
    assert (pull.state, pull.merge_commit) == ("merged", merged)


def test_landing_twice_lands_once(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(world.new_pull(head)).number
    landing = world.landing(number, head)
    merged = world.forge.land(landing, world.mirror)
    assert world.forge.land(landing, world.mirror) == merged
    assert sh(world.repository.path, "git", "rev-list", "--count", "main") == "2"


def test_landing_on_a_base_that_moved_is_refused(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(world.new_pull(head)).number
    landing = world.landing(number, head)
    other = world.push_to_main()
    with pytest.raises(Moved):
        world.forge.land(landing, world.mirror)
    assert world.repository.tip("main") == other
    assert world.forge.pull(number).state == "open"


def test_landing_of_another_head_than_the_approved_one_is_refused(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(world.new_pull(head)).number
    landing = world.landing(number, head)
    world.push_more("feat/one")
    with pytest.raises(Moved):
        world.forge.land(landing, world.mirror)
    assert world.repository.tip("main") == landing.base_sha
