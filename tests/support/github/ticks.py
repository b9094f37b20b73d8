"""What happens by itself: pushes are noticed, the merge queue moves on. Done before every request."""

from __future__ import annotations

from . import bare, closing, pulls
from .merging import Conflict, merge
from .repository import Repository
from .state_pulls import Pull, QueueEntry
from .world import World

METHODS = {"MERGE": "merge", "SQUASH": "squash", "REBASE": "rebase"}


def tick(world: World) -> None:
    """Bring the state up to now; the lock is held."""
    for one in world.repositories.values():
        notice(one)
    for one in world.repositories.values():
        while one.queue and one.queue[0].due():
            advance(one.queue[0])
            notice(one)


def notice(repository: Repository) -> None:
    """Follow the branches: heads that moved or went, bases that hold a head now."""
    there, known = repository.branches(), repository.known_refs
    if there == known:
        return
    repository.known_refs = there
    changed = {name for name in {*there, *known} if there.get(name) != known.get(name)}
    for other in repository.world.repositories.values():
        for pull in other.pulls():
            if pull.state == "open" and pull.head_repository is repository and pull.head in changed:
                follow_head(pull, there.get(pull.head))
    for base in changed:
        follow_base(repository, base, there.get(base))
    read_messages(repository, known.get(repository.default_branch), there.get(repository.default_branch))


def follow_head(pull: Pull, sha: str | None) -> None:
    if sha is None:
        pulls.close(pull, None)
    else:
        pulls.move_head(pull, sha)


def follow_base(repository: Repository, base: str, tip: str | None) -> None:
    """A base that holds a head has merged it; a base that went is lost."""
    there = [pull for pull in repository.pulls() if pull.state == "open" and pull.base == base]
    heads = bare.merged_heads(repository.path, tip) if there and tip else frozenset()
    for pull in there:
        pull.unknown_reads = repository.unknown_reads
        if tip is None:
            lose_base(pull)
        elif pull.head_sha in heads:
            pulls.land(pull, None, pull.head_sha)


def lose_base(pull: Pull) -> None:
    """A base that was itself merged hands its pull requests on to where it went; else they are closed."""
    for one in pull.repository.pulls():
        if one.merged and one.head == pull.base and one.base in pull.repository.branches():
            pulls.retarget(pull, None, one.base)
            return
    pulls.close(pull, None)


def read_messages(repository: Repository, old: str | None, new: str | None) -> None:
    """Commits that reached the default branch close what they name."""
    if not old or not new or old == new:
        return
    for commit in bare.commits(repository.path, old, new):
        closing.close_named(repository, bare.fields(repository.path, commit)[6], None)


def advance(entry: QueueEntry) -> None:
    """The first of the queue lands, or is removed with a reason."""
    pull = entry.pull
    rules = pull.repository.protections.get(pull.base)
    queue = rules.queue if rules else None
    if queue is None or pull.number in queue.remove:
        pulls.leave_queue(pull, queue.remove[pull.number] if queue else "QUEUE_CLEARED")
        return
    try:
        merge(pull, entry.by, METHODS[queue.method])
    except Conflict:
        pulls.leave_queue(pull, "MERGE_CONFLICT")
