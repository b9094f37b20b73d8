"""The world of a forge for its contract: issues, a repository, a mirror, and what a test does and sees behind the
forge's back.
"""

from abc import ABC, abstractmethod
from pathlib import Path

from auto_milestone.forge.base import Forge, Landing, NewPull
from auto_milestone.forge.forges import make_forge
from auto_milestone.forge.surroundings import Surroundings
from auto_milestone.git.mirror import Mirror
from auto_milestone.git.repository import Repository
from auto_milestone.model import CheckRun
from auto_milestone.stopping import Stop

from support.repository import commit, make_bare


class World(ABC):
    """A forge `acme/app` with milestone M1: issues 1 (open), 2 (closed as completed), 3 (open, sub-issue of 1,
    after 2, labelled `feature`), each with the text `Body`; a repository with README.md on main, and its mirror.
    """

    mirror: Mirror
    folder: Path
    repository: Repository
    """The forge's own, bare."""

    @property
    @abstractmethod
    def forge(self) -> Forge:
        """A forge as a new runner sees it."""

    @abstractmethod
    def let_checks_pass(self, head: str) -> None:
        """From now on CI has one check, `test`, that succeeds on `head`, once it was seen to."""

    @abstractmethod
    def comments(self, issue: int) -> list[str]:
        """What this tool's comments on the issue say to a person."""

    def push(self, branch: str, name: str = "a.txt", text: str = "a\n") -> str:
        """Push one commit on a new branch from main; the commit."""
        self.mirror.set_branch(branch, str(self.mirror.remote_tip("main")))
        path = self.folder / "worktrees" / branch
        self.mirror.add_worktree(path, branch)
        head = commit(path, name, text)
        self.mirror.push(head, branch, expected=None)
        return head

    def push_more(self, branch: str) -> str:
        """Push a second commit on a branch that `push` made."""
        before = self.mirror.remote_tip(branch)
        head = commit(self.folder / "worktrees" / branch, "b.txt", "b\n")
        self.mirror.push(head, branch, expected=before)
        return head

    def push_to_main(self) -> str:
        """Somebody else's commit on main, of which the mirror knows."""
        base = str(self.mirror.remote_tip("main"))
        other = self.mirror.make_commit(self.mirror.tree(base), (base,), "Somebody else\n")
        self.mirror.push(other, "main", expected=base)
        return other

    def new_pull(
        self,
        head: str,
        branch: str = "feat/one",
        issue: int = 1,
        draft: bool = False,
        labels: tuple[str, ...] = (),
    ) -> NewPull:
        return NewPull(issue, branch, "main", head, "One", f"Closes #{issue}\n", labels, draft)

    def landing(self, pull: int, head: str, issue: int = 1) -> Landing:
        base = str(self.mirror.remote_tip("main"))
        tree = self.mirror.merged_tree(base, head)
        candidate = self.mirror.make_commit(tree, (base,), "Land\n", author_of=head)
        return Landing(pull, issue, "main", base, head, candidate, tree, "squash", "Land\n")


class LocalWorld(World):
    """Markdown files and a bare repository in a folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        origin = make_bare(folder / "origin.git")
        self.repository = Repository(origin)
        (folder / "issues").mkdir()
        self._write_issue(1)
        self._write_issue(2, "state: closed\nstate_reason: completed\n")
        self._write_issue(3, "parent: 1\nblocked_by: [2]\nlabels: [feature]\n")
        self.mirror = Mirror(folder / "repo.git", str(origin))
        self.mirror.ensure()
        self.mirror.fetch("main")
        self._green: set[str] = set()

    def _write_issue(self, number: int, more: str = "") -> None:
        path = self.folder / "issues" / f"{number}.md"
        path.write_text(f"---\nnumber: {number}\ntitle: Issue {number}\nmilestone: M1\n{more}---\n\nBody\n")

    @property
    def forge(self) -> Forge:
        around = Surroundings(self.folder, "main", self._checks, Stop(), lambda *_, **__: None)
        settings = {"kind": "local", "issues": "issues", "repository": "origin.git", "name": "acme/app"}
        return make_forge(settings, around)

    def _checks(self, head: str) -> list[CheckRun]:
        return [CheckRun("test", head, "success")] if head in self._green else []

    def let_checks_pass(self, head: str) -> None:
        self._green.add(head)

    def comments(self, issue: int) -> list[str]:
        found = self.folder / ".milestone" / ".forge" / "acme-app" / "comments" / f"{issue}.md"
        return [found.read_text()] if found.exists() else []
