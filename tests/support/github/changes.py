"""Every change of an issue, a pull request included: state, timeline and clock move together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .state import Comment, Event, Issue, User, now


def touch(item: Issue) -> None:
    item.updated = now()
    item.serial += 1


def record(item: Issue, kind: str, actor: User | None, **details: Any) -> None:
    """Add a row to the timeline."""
    item.events.append(Event(kind, item.repository.world.new_id(), item, actor, details))
    touch(item)


def close(item: Issue, actor: User | None, reason: str | None = "completed") -> None:
    if item.state == "closed":
        return
    item.state, item.state_reason = "closed", reason
    item.closed, item.closed_by = now(), actor
    record(item, "ClosedEvent", actor, state_reason=reason)


def reopen(item: Issue, actor: User | None, reason: str | None = "reopened") -> None:
    if item.state == "open":
        return
    item.state, item.state_reason = "open", reason
    item.closed = item.closed_by = None
    record(item, "ReopenedEvent", actor)


def rename(item: Issue, actor: User | None, title: str) -> None:
    if title != item.title:
        record(item, "RenamedTitleEvent", actor, previous_title=item.title, current_title=title)
        item.title = title


def rewrite(item: Issue, body: str | None) -> None:
    if body != item.body:
        item.body, item.edited = body, now()
        touch(item)


def add_labels(item: Issue, actor: User | None, names: Sequence[str]) -> None:
    for name in names:
        label = item.repository.label(name)
        if label not in item.labels:
            item.labels.append(label)
            record(item, "LabeledEvent", actor, label=label)


def remove_label(item: Issue, actor: User | None, name: str) -> None:
    label = item.repository.label(name)
    item.labels.remove(label)
    record(item, "UnlabeledEvent", actor, label=label)


def add_comment(item: Issue, author: User, body: str) -> Comment:
    comment = Comment(item, item.repository.world.new_id(), author, body)
    item.comments.append(comment)
    touch(item)
    return comment


def edit_comment(comment: Comment, body: str) -> None:
    comment.body, comment.updated = body, now()
    touch(comment.item)
