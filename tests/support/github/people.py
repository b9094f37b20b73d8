"""What a person does on GitHub's pages and with git, for tests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from . import bare, changes, ci, merging, pulls
from .repository import Repository
from .state import Comment, Issue, User
from .state_pulls import Pull, Review
from .ticks import notice


@dataclass(eq=False)
class Person:
    """Somebody with access to a repository. Everything takes effect at once, and asks for no token."""

    repository: Repository
    user: User

    def push(self, branch: str, files: Mapping[str, str | None], message: str = "Change it") -> str:
        """Commit files (None deletes one) on a branch, which starts at the default branch; the commit."""
        there = self.repository.branches()
        return self._write(branch, files, message, there.get(branch) or self._main())

    def force_push(self, branch: str, files: Mapping[str, str | None], message: str = "Do it anew") -> str:
        """Replace a branch by one commit on the default branch; the commit."""
        return self._write(branch, files, message, self._main())

    def _main(self) -> str:
        return self.repository.tip(self.repository.default_branch)

    def _write(self, branch: str, files: Mapping[str, str | None], message: str, old: str) -> str:
        with self.repository.world.lock:
            commit = bare.write(self.repository.path, branch, files, message, merging.mail(self.user), old)
            self.notice()
            return commit

    def notice(self) -> None:
        """Let the server see what happened in the bare repository."""
        with self.repository.world.lock:
            notice(self.repository)

    def delete_branch(self, branch: str) -> None:
        bare.git(self.repository.path, "update-ref", "-d", f"refs/heads/{branch}")
        self.notice()

    def open_pull(
        self,
        branch: str,
        title: str = "",
        body: str | None = None,
        *,
        base: str = "main",
        draft: bool = False,
    ) -> Pull:
        """Open a pull request for a branch that is there."""
        with self.repository.world.lock:
            head = (self.repository, branch)
            return pulls.open_pull(self.repository, self.user, title or branch, body, head, base, draft)

    def merge(self, number: int, method: str = "merge") -> str:
        """Merge a pull request, whatever the rules say; the commit."""
        with self.repository.world.lock:
            commit = merging.merge(self.repository.pull(number), self.user, method)
            self.notice()
            return commit

    def close(self, number: int, reason: str = "completed") -> None:
        """Close an issue (`reason`: completed, not_planned, duplicate) or a pull request."""
        with self.repository.world.lock:
            one = self._item(number)
            if isinstance(one, Pull):
                pulls.close(one, self.user)
            else:
                changes.close(one, self.user, reason)

    def reopen(self, number: int) -> None:
        with self.repository.world.lock:
            one = self._item(number)
            if isinstance(one, Pull):
                pulls.reopen(one, self.user)
            else:
                changes.reopen(one, self.user)

    def retarget(self, number: int, base: str) -> None:
        """Change the base of a pull request; the branch must be there."""
        with self.repository.world.lock:
            pulls.retarget(self.repository.pull(number), self.user, base)

    def edit(self, number: int, *, title: str | None = None, body: str | None = None) -> None:
        with self.repository.world.lock:
            if title is not None:
                changes.rename(self._item(number), self.user, title)
            if body is not None:
                changes.rewrite(self._item(number), body)

    def label(self, number: int, *names: str) -> None:
        with self.repository.world.lock:
            changes.add_labels(self._item(number), self.user, names)

    def unlabel(self, number: int, name: str) -> None:
        with self.repository.world.lock:
            changes.remove_label(self._item(number), self.user, name)

    def comment(self, number: int, body: str) -> Comment:
        with self.repository.world.lock:
            return changes.add_comment(self._item(number), self.user, body)

    def edit_comment(self, comment: Comment, body: str) -> None:
        with self.repository.world.lock:
            changes.edit_comment(comment, body)

    def review(
        self, number: int, state: str, body: str = "", threads: Sequence[tuple[str, int, str]] = ()
    ) -> Review:
        """Submit a review: APPROVED, CHANGES_REQUESTED or COMMENTED; each thread is path, line and text."""
        with self.repository.world.lock:
            return pulls.review(self.repository.pull(number), self.user, state, body, list(threads))

    def dismiss(self, number: int, review: Review) -> None:
        with self.repository.world.lock:
            review.state = "DISMISSED"
            changes.touch(self.repository.pull(number))

    def resolve(self, number: int) -> None:
        """Resolve every thread of a pull request."""
        with self.repository.world.lock:
            for one in self.repository.pull(number).threads:
                one.resolved_by = self.user
            changes.touch(self.repository.pull(number))

    def draft(self, number: int, draft: bool = True) -> None:
        """Make a pull request a draft, or ready for review."""
        with self.repository.world.lock:
            pulls.set_draft(self.repository.pull(number), draft)

    def rerun(self, number: int) -> None:
        """Have CI run again on the same head."""
        with self.repository.world.lock:
            ci.start(self.repository.pull(number))

    def _item(self, number: int) -> Issue:
        return self.repository.numbered[number]
