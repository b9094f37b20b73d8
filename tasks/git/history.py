"""What can be asked of a repository: where its names stand, and what its commits are to each other.

A name is looked up each time, in a git process that stays open. What follows from the ids of commits alone never
changes, so it is worked out once.
"""

import hashlib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeVar

from ..errors import CommandError, Conflict, MilestoneError
from ..process.command import Completed
from ..process.dialogue import Dialogue
from .command import environment, git, git_argv

T = TypeVar("T")


class History:
    """Questions to the repository whose git folder is `folder`; used by all threads."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._remembered: dict[tuple[str, ...], Any] = {}
        argv = git_argv("--git-dir", str(folder), "cat-file", "--batch-check=%(objectname)")
        self._objects = Dialogue(argv, environment())

    def _git(
        self, *args: str, stdin: str = "", check: bool = True, env: Mapping[str, str] | None = None
    ) -> Completed:
        return git("--git-dir", str(self.folder), *args, stdin=stdin, check=check, env=env)

    def _line(self, *args: str) -> str:
        return self._git(*args).stdout.strip()

    def _once(self, question: Callable[..., T], *ids: str) -> T:
        key = (question.__name__, *ids)
        if key not in self._remembered:
            self._remembered[key] = question(*ids)
        return self._remembered[key]  # type: ignore[no-any-return]

    # -- names

    def _find(self, name: str) -> str | None:
        answer = self._objects.ask(name)
        return None if " " in answer else answer

    def commit(self, name: str) -> str | None:
        """The full id of a commit, branch or ref; None: there is none."""
        return self._find(f"{name}^{{commit}}")

    def tip(self, branch: str) -> str | None:
        """The commit that a branch is at; None: there is no such branch."""
        return self.commit(f"refs/heads/{branch}")

    def tree(self, commit: str) -> str:
        """The id of a commit's tree. Raises MilestoneError when there is no such commit."""
        found = self._find(f"{commit}^{{tree}}")
        if found is None:
            raise MilestoneError(f"{commit} is not in {self.folder}")
        return found

    # -- commits; a name is as good as an id

    def is_ancestor(self, older: str, newer: str) -> bool:
        """Is `older` in the history of `newer`? One that is not there at all is not."""
        one, other = self.commit(older), self.commit(newer)
        return bool(one and other) and self.merge_base(str(one), str(other)) == one

    def merge_base(self, one: str, other: str) -> str | None:
        """The best common ancestor; None: they share no commit, or one is not there."""
        first, second = self.commit(one), self.commit(other)
        if first is None or second is None or first == second:
            return first if second else None
        return self._once(self._merge_base, *sorted([first, second]))

    def _merge_base(self, one: str, other: str) -> str | None:
        done = self._git("merge-base", one, other, check=False)
        if done.code > 1 or done.code < 0:
            raise CommandError(("git", "merge-base"), done.code, done.stderr)
        return done.stdout.strip() or None

    # -- changes, between two commits or trees given by their ids

    def patch_id(self, since: str, until: str) -> str:
        """A digest of the change between two commits or trees: the same for the same change on another base.

        Like `git patch-id --verbatim`: to the byte, white space and binary content included; only places
        (line numbers, object ids) do not count.
        """
        return self._once(self._patch_id, since, until)

    def _patch_id(self, since: str, until: str) -> str:
        flags = ("-p", "--full-index", "--binary", "--no-ext-diff", "--no-textconv", "-O/dev/null")
        digest = hashlib.sha256()
        # Not splitlines: a lone carriage return ends no line, and what stands behind it counts.
        for line in self._git("diff-tree", *flags, since, until).raw.split(b"\n"):
            if not line.startswith(b"index "):
                digest.update(b"@@" if line.startswith(b"@@ ") else line)
                digest.update(b"\n")
        return digest.hexdigest()

    def diff(self, since: str, until: str) -> str:
        """The change as a person reads it: the files with their counts, then the patch."""
        flags = ("--stat", "--patch", "--no-ext-diff", "--no-textconv", "--no-color")
        return self._git("diff", *flags, since, until, "--").stdout

    def size(self, since: str, until: str) -> tuple[int, int, int]:
        """(files, lines added, lines deleted) between two commits; a binary file counts no lines."""
        rows = [line.split("\t") for line in self._line("diff", "--numstat", since, until).splitlines()]
        added, deleted = (sum(int(row[at]) for row in rows if row[at] != "-") for at in (0, 1))
        return len(rows), added, deleted

    def files(self, commit: str) -> list[str]:
        """Paths of all files of a commit."""
        return self._git("ls-tree", "-r", "-z", "--name-only", commit).stdout.split("\0")[:-1]

    def merged_tree(self, base: str, head: str) -> str:
        """The tree of `head` merged into `base`, made without a worktree. Raises Conflict with the files."""
        return self._once(self._merged_tree, base, head)

    def _merged_tree(self, base: str, head: str) -> str:
        done = self._git("merge-tree", "--write-tree", "--name-only", "-z", base, head, check=False)
        fields = done.stdout.split("\0")
        if done.code == 0:
            return fields[0].strip()
        if done.code != 1:
            raise CommandError(("git", "merge-tree"), done.code, done.stderr)
        files = tuple(dict.fromkeys(fields[1 : fields.index("", 1)]))
        raise Conflict(f"conflicts with base in {', '.join(files)}", files)
