"""The contract of a forge: what phases and the train rely on, run over every forge."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from auto_milestone.errors import BaseMoved, ForgeError
from auto_milestone.forge.base import Forge, Landing, NewPull
from auto_milestone.forge.forges import make_forge
from auto_milestone.git.mirror import Mirror
from auto_milestone.git.repository import Repository
from auto_milestone.model import CheckRun
from support.repository import commit, make_bare, sh


@dataclass
class World:
    """A forge with issues 1 (open), 2 (closed as completed), 3 (open, sub-issue of 1, after 2) and its mirror."""

    make: Callable[[], Forge]
    mirror: Mirror
    origin: Path
    folder: Path

    @property
    def forge(self) -> Forge:
        """A forge as a new runner sees it."""
        return self.make()

    def push(self, branch: str, name: str = "a.txt", text: str = "a\n") -> str:
        self.mirror.set_branch(branch, str(self.mirror.remote_tip("main")))
        path = self.folder / "worktrees" / branch
        self.mirror.add_worktree(path, branch)
        head = commit(path, name, text)
        self.mirror.push(head, branch, expected=None)
        return head

    def landing(self, pull: int, head: str, issue: int = 1) -> Landing:
        base = str(self.mirror.remote_tip("main"))
        tree = self.mirror.merged_tree(base, head)
        candidate = self.mirror.make_commit(tree, (base,), "Land\n", author_of=head)
        return Landing(pull, issue, "main", base, head, candidate, tree, "squash", "Land\n")


def write_issue(folder: Path, number: int, more: str = "") -> None:
    (folder / f"{number}.md").write_text(
        f"---\nnumber: {number}\ntitle: Issue {number}\nmilestone: M1\n{more}---\n\nBody\n"
    )


def local_world(folder: Path) -> World:
    origin = make_bare(folder / "origin.git")
    issues = folder / "issues"
    issues.mkdir()
    write_issue(issues, 1)
    write_issue(issues, 2, "state: closed\nstate_reason: completed\n")
    write_issue(issues, 3, "parent: 1\nblocked_by: [2]\nlabels: [feature]\n")
    settings = {"kind": "local", "issues": "issues", "repository": "origin.git", "name": "acme/app"}

    def checks(head: str) -> list[CheckRun]:
        with (folder / "ci-runs").open("a") as log:
            log.write(head + "\n")
        return [CheckRun("test", head, "success")]

    mirror = Mirror(folder / "repo.git", str(origin))
    mirror.ensure()
    mirror.fetch("main")
    return World(lambda: make_forge(settings, folder, "main", checks), mirror, origin, folder)


@pytest.fixture(params=[local_world], ids=["local"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> World:
    made: World = request.param(tmp_path)
    return made


def new_pull(head: str, branch: str = "feat/one", issue: int = 1) -> NewPull:
    return NewPull(issue, branch, "main", head, "One", "Closes #1\n")


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
    closed = world.forge.issue(2)
    assert closed is not None and closed.completed


def test_epic_holds_its_sub_issues(world: World) -> None:
    found = world.forge.epic_issues(1)
    assert found is not None and [issue.number for issue in found] == [3]


def test_closing_twice_is_closing_once(world: World) -> None:
    world.forge.close_issue(1)
    world.forge.close_issue(1)
    issue = world.forge.issue(1)
    assert issue is not None and issue.completed and issue.body == "Body"


def test_opening_a_pull_request_twice_gives_the_same_one(world: World) -> None:
    head = world.push("feat/one")
    first = world.forge.open_pull(new_pull(head))
    again = world.forge.open_pull(new_pull(head))
    assert first.number == again.number
    assert (again.state, again.head, again.branch, again.base) == ("open", head, "feat/one", "main")


def test_pull_request_is_found_by_its_branch(world: World) -> None:
    assert world.forge.find_pull("feat/one") is None
    number = world.forge.open_pull(new_pull(world.push("feat/one"))).number
    found = world.forge.find_pull("feat/one")
    assert found is not None and found.number == number


def test_pull_request_follows_its_branch(world: World) -> None:
    first = world.push("feat/one")
    number = world.forge.open_pull(new_pull(first)).number
    second = commit(world.folder / "worktrees" / "feat/one", "b.txt", "b")
    world.mirror.push(second, "feat/one", expected=first)
    assert world.forge.pull(number).head == second


def test_unknown_pull_request_is_an_error(world: World) -> None:
    with pytest.raises(ForgeError, match="#999"):
        world.forge.pull(999)


def test_checks_are_of_one_commit(world: World) -> None:
    head = world.push("feat/one")
    assert world.forge.check_runs(head) == []
    world.forge.ensure_checks(head)
    world.forge.ensure_checks(head)
    assert [(run.name, run.conclusion, run.head) for run in world.forge.check_runs(head)] == [
        ("test", "success", head)
    ]
    assert world.forge.check_runs("0" * 40) == []


def test_landing_moves_base_to_the_validated_tree(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(new_pull(head)).number
    landing = world.landing(number, head)
    merged = world.forge.land(landing, world.mirror)
    world.mirror.fetch("main")
    assert world.mirror.remote_tip("main") == merged
    assert world.mirror.tree(merged) == landing.tree
    pull = world.forge.pull(number)
    assert (pull.state, pull.merge_commit) == ("merged", merged)


def test_landing_twice_lands_once(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(new_pull(head)).number
    landing = world.landing(number, head)
    merged = world.forge.land(landing, world.mirror)
    assert world.forge.land(landing, world.mirror) == merged
    assert sh(world.origin, "git", "rev-list", "--count", "main") == "2"


def test_landing_on_a_base_that_moved_is_refused(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(new_pull(head)).number
    landing = world.landing(number, head)
    other = world.mirror.make_commit(
        world.mirror.tree(landing.base_sha), (landing.base_sha,), "Somebody else"
    )
    world.mirror.push(other, "main", expected=landing.base_sha)
    with pytest.raises(BaseMoved):
        world.forge.land(landing, world.mirror)
    assert Repository(world.origin).tip("main") == other
    assert world.forge.pull(number).state == "open"


def test_landing_of_another_head_than_the_approved_one_is_refused(world: World) -> None:
    head = world.push("feat/one")
    number = world.forge.open_pull(new_pull(head)).number
    landing = world.landing(number, head)
    later = commit(world.folder / "worktrees" / "feat/one", "b.txt", "b")
    world.mirror.push(later, "feat/one", expected=head)
    with pytest.raises(ForgeError):
        world.forge.land(landing, world.mirror)
    assert Repository(world.origin).tip("main") == landing.base_sha


def test_branch_is_deleted_only_at_the_expected_commit(world: World) -> None:
    head = world.push("feat/one")
    world.forge.delete_branch("feat/one", "0" * 40)
    assert Repository(world.origin).tip("feat/one") == head
    world.forge.delete_branch("feat/one", head)
    world.forge.delete_branch("feat/one", head)
    assert Repository(world.origin).tip("feat/one") is None
