"""Every change of a pull request."""

from __future__ import annotations

from . import bare, changes, ci, closing
from .repository import Repository
from .state import User, now
from .state_pulls import Pull, QueueEntry, Review, Thread, ThreadComment


def open_pull(
    repository: Repository,
    author: User,
    title: str,
    body: str | None,
    head: tuple[Repository, str],
    base: str,
    draft: bool,
) -> Pull:
    """A new pull request; CI starts on its head."""
    home, branch = head
    pull = Pull(repository, repository.next_number(), repository.world.new_id(), title, body, author)
    pull.head_repository, pull.head, pull.base, pull.draft = home, branch, base, draft
    pull.head_sha, pull.base_sha = home.tip(branch), repository.tip(base)
    pull.association = repository.association(author)
    repository.numbered[pull.number] = pull
    show_head(pull)
    pull.unknown_reads = repository.unknown_reads
    ci.start(pull)
    return pull


def show_head(pull: Pull) -> None:
    """refs/pull/N/head, with the commits of a fork fetched."""
    home = pull.head_repository
    if home is not pull.repository and home is not None:
        bare.git(pull.repository.path, "fetch", "-q", str(home.path), pull.head_sha)
    bare.git(pull.repository.path, "update-ref", f"refs/pull/{pull.number}/head", pull.head_sha)


def move_head(pull: Pull, sha: str) -> None:
    """Somebody pushed to the branch."""
    old, pull.head_sha = pull.head_sha, sha
    pull.late = (pull.repository.late_heads, old)
    show_head(pull)
    if not bare.is_ancestor(pull.repository.path, old, sha):
        changes.record(pull, "HeadRefForcePushedEvent", None, before=old, after=sha)
    changes.touch(pull)
    pull.unknown_reads = pull.repository.unknown_reads
    age(pull, old)
    leave_queue(pull, "MANUAL")
    ci.start(pull)


def age(pull: Pull, old: str) -> None:
    """Threads on files that changed are outdated; approvals go where the rules say so."""
    touched = {row[2] for row in bare.changes(pull.repository.path, old, pull.head_sha)}
    for thread in pull.threads:
        thread.outdated = thread.outdated or thread.path in touched
    rules = pull.repository.protections.get(pull.base)
    for review in pull.reviews if rules and rules.dismiss_stale else ():
        if review.state == "APPROVED":
            review.state = "DISMISSED"


def retarget(pull: Pull, actor: User | None, base: str) -> None:
    changes.record(pull, "BaseRefChangedEvent", actor, previous=pull.base, current=base)
    pull.base, pull.base_sha = base, pull.repository.tip(base)
    pull.unknown_reads = pull.repository.unknown_reads
    leave_queue(pull, "MANUAL")


def close(pull: Pull, actor: User | None) -> None:
    leave_queue(pull, "MANUAL")
    changes.close(pull, actor, None)


def reopen(pull: Pull, actor: User | None) -> None:
    changes.reopen(pull, actor, None)
    pull.head_sha = pull.head_repository.tip(pull.head) if pull.head_repository else pull.head_sha


def land(pull: Pull, actor: User | None, commit: str, text: str = "") -> None:
    """It is merged: the state follows what git did; `text` is the message that landed."""
    repository = pull.repository
    closes = closing.references(pull)
    pull.merged, pull.merged_by, pull.merge_commit = now(), actor, commit
    leave_queue(pull, "")
    changes.record(pull, "MergedEvent", actor, commit=commit)
    changes.close(pull, actor, None)
    for one in closes:
        changes.close(one, actor)
    if pull.base == repository.default_branch:
        closing.close_named(repository, text, actor)
    home = pull.head_repository
    if repository.delete_on_merge and home and pull.head in home.branches():
        bare.git(home.path, "update-ref", "-d", f"refs/heads/{pull.head}")


def leave_queue(pull: Pull, reason: str) -> None:
    """Out of the merge queue; an empty reason means that it landed."""
    entry = pull.entry
    if entry:
        pull.entry = None
        pull.repository.queue.remove(entry)
        if reason:
            changes.record(pull, "RemovedFromMergeQueueEvent", None, reason=reason, enqueuer=entry.by)


def review(pull: Pull, author: User, state: str, body: str, threads: list[tuple[str, int, str]]) -> Review:
    """A submitted review; each thread is path, line and text."""
    new_id = pull.repository.world.new_id
    made = Review(new_id(), pull, author, state, body, pull.head_sha)
    pull.reviews.append(made)
    for path, line, text in threads:
        thread = Thread(new_id(), pull, path, line, pull.head_sha)
        thread.comments.append(ThreadComment(new_id(), thread, author, text, made))
        pull.threads.append(thread)
    changes.touch(pull)
    return made


def reply(thread: Thread, author: User, body: str) -> ThreadComment:
    made = ThreadComment(thread.pull.repository.world.new_id(), thread, author, body)
    thread.comments.append(made)
    changes.touch(thread.pull)
    return made


def enqueue(pull: Pull, actor: User, seconds: float) -> QueueEntry:
    """Into the merge queue, at its end."""
    pull.entry = QueueEntry(pull.repository.world.new_id(), pull, actor, seconds=seconds)
    pull.repository.queue.append(pull.entry)
    changes.record(pull, "AddedToMergeQueueEvent", actor, enqueuer=actor)
    return pull.entry


def set_draft(pull: Pull, draft: bool) -> None:
    pull.draft = draft
    changes.touch(pull)
