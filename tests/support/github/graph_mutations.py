"""GraphQL: the changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from . import bare, changes, pulls
from .graph_fields import Look, need, problem, resolves, visible
from .graph_pulls import queue_of
from .repository import Repository
from .rest_merge import merge_or_refuse
from .rest_pulls import check_new
from .state import Issue
from .state_pulls import Pull, QueueEntry, Thread
from .ticks import tick
from .verdicts import conflicts, held, unmet
from .web import Refusal

Wish = dict[str, Any]
Change = Callable[[Look, Wish], dict[str, Any]]


def mutation(name: str, needs: str) -> Callable[[Change], Change]:
    """A mutation and the permission that a token needs for it."""

    def add(change: Change) -> Change:
        @resolves("Mutation", name)
        def run(thing: None, look: Look, input: Wish) -> dict[str, Any]:
            need(look, needs)
            found = {"clientMutationId": input.get("clientMutationId"), **change(look, input)}
            tick(look.world)
            return found

        return change

    return add


def find(look: Look, name: str, kind: type[Any]) -> Any:
    """The thing with that node id, in a repository where the person may write."""
    thing = look.world.nodes.get(name)
    home = (
        thing if isinstance(thing, Repository) else getattr(getattr(thing, "pull", thing), "repository", None)
    )
    if not isinstance(thing, kind) or home is None or not visible(look, home):
        raise problem("NOT_FOUND", f"Could not resolve to a node with the global id of '{name}'")
    if not home.can(look.user.login, "write"):
        raise problem(
            "FORBIDDEN", f"{look.user.login} does not have the correct permissions to execute this."
        )
    return thing


@mutation("updateRefs", "contents:write")
def update_refs(look: Look, wish: Wish) -> dict[str, Any]:
    """All or nothing; zeros as the old commit: must not exist; zeros as the new one: delete."""
    home = find(look, wish["repositoryId"], Repository)
    lines = [line for one in wish["refUpdates"] for line in update(look, home, one)]
    try:
        bare.git(
            home.path, "update-ref", "--stdin", text="\n".join(["start", *lines, "prepare", "commit", ""])
        )
    except bare.GitRefused as error:
        raise problem("UNPROCESSABLE", f"Reference update failed: {str(error).strip()}") from None
    return {}


def update(look: Look, home: Repository, one: Wish) -> list[str]:
    """One line of `git update-ref --stdin`, where the rules let it pass."""
    name, new, old = one["name"], one["afterOid"], one.get("beforeOid")
    branch = name.removeprefix("refs/heads/")
    rules = held(home.protections.get(branch), home, look.user)
    if rules and rules.pulls:
        raise problem("UNPROCESSABLE", f"Protected branch update failed for {name}.")
    now = home.branches().get(branch)
    loses = now and new != bare.ZERO and not bare.is_ancestor(home.path, now, new)
    if loses and not one.get("force"):
        raise problem("UNPROCESSABLE", f"Update of {name} is not a fast-forward.")
    if new == bare.ZERO:
        return [f"delete {name} {old}" if old else f"delete {name}"]
    return [f"update {name} {new} {old}" if old else f"update {name} {new}"]


@mutation("markPullRequestReadyForReview", "pull_requests:write")
def ready(look: Look, wish: Wish) -> dict[str, Any]:
    pull = find(look, wish["pullRequestId"], Pull)
    pulls.set_draft(pull, False)
    return {"pullRequest": pull}


@mutation("convertPullRequestToDraft", "pull_requests:write")
def draft(look: Look, wish: Wish) -> dict[str, Any]:
    pull = find(look, wish["pullRequestId"], Pull)
    pulls.leave_queue(pull, "MANUAL")
    pulls.set_draft(pull, True)
    return {"pullRequest": pull}


@mutation("enqueuePullRequest", "pull_requests:write")
def enqueue(look: Look, wish: Wish) -> dict[str, Any]:
    pull = find(look, wish["pullRequestId"], Pull)
    queue = queue_of(pull.repository, pull.base)
    words = unfit(pull, wish.get("expectedHeadOid"))
    if queue is None or words:
        raise problem("UNPROCESSABLE", words or "Merge queue is not enabled for this branch.")
    return {"mergeQueueEntry": pulls.enqueue(pull, look.user, queue.delay)}


def unfit(pull: Pull, head: str | None) -> str:
    """Why a pull request cannot enter the queue."""
    rules = pull.repository.protections.get(pull.base)
    if pull.state != "open" or pull.draft:
        return "Pull request is not open and ready for review."
    if head not in (None, pull.head_sha):
        return "Head branch was modified. Review and try the merge again."
    if pull.entry:
        return "The pull request is already in the merge queue."
    if conflicts(pull):
        return "The pull request has conflicts with the base branch."
    return " ".join(unmet(pull, rules)) if rules else ""


@mutation("dequeuePullRequest", "pull_requests:write")
def dequeue(look: Look, wish: Wish) -> dict[str, Any]:
    pull = find(look, wish["id"], Pull)
    entry: QueueEntry | None = pull.entry
    if entry is None:
        raise problem("UNPROCESSABLE", "The pull request is not in the merge queue.")
    pulls.leave_queue(pull, "MANUAL")
    return {"mergeQueueEntry": entry}


@mutation("addPullRequestReviewThreadReply", "pull_requests:write")
def add_reply(look: Look, wish: Wish) -> dict[str, Any]:
    thread = find(look, wish["pullRequestReviewThreadId"], Thread)
    return {"comment": pulls.reply(thread, look.user, wish["body"])}


@mutation("resolveReviewThread", "pull_requests:write")
def resolve(look: Look, wish: Wish) -> dict[str, Any]:
    thread = find(look, wish["threadId"], Thread)
    thread.resolved_by = look.user
    changes.touch(thread.pull)
    return {"thread": thread}


@mutation("unresolveReviewThread", "pull_requests:write")
def unresolve(look: Look, wish: Wish) -> dict[str, Any]:
    thread = find(look, wish["threadId"], Thread)
    thread.resolved_by = None
    changes.touch(thread.pull)
    return {"thread": thread}


@mutation("createPullRequest", "pull_requests:write")
def create(look: Look, wish: Wish) -> dict[str, Any]:
    home = find(look, wish["repositoryId"], Repository)
    head = wish["headRefName"].rpartition(":")[2]
    if head not in home.branches() or wish["baseRefName"] not in home.branches():
        raise problem("UNPROCESSABLE", "Head sha can't be blank, Base sha can't be blank")
    refusable(lambda: check_new(home, home, head, wish["baseRefName"]))
    made = pulls.open_pull(
        home, look.user, wish["title"], wish.get("body"), (home, head), wish["baseRefName"], wish["draft"]
    )
    return {"pullRequest": made}


@mutation("mergePullRequest", "contents:write")
def merge(look: Look, wish: Wish) -> dict[str, Any]:
    pull = find(look, wish["pullRequestId"], Pull)
    words = {"sha": wish.get("expectedHeadOid"), "commit_title": wish.get("commitHeadline")}
    words["commit_message"] = wish.get("commitBody")
    given = {key: value for key, value in words.items() if value is not None}
    refusable(lambda: merge_or_refuse(pull, look.user, wish["mergeMethod"].lower(), given))
    return {"pullRequest": pull}


def refusable(act: Callable[[], Any]) -> None:
    """What REST refuses, GraphQL refuses with the same words."""
    try:
        act()
    except Refusal as refusal:
        errors = refusal.answer.data.get("errors") or [refusal.answer.data]
        raise problem("UNPROCESSABLE", errors[0]["message"]) from None


@mutation("closePullRequest", "pull_requests:write")
def close(look: Look, wish: Wish) -> dict[str, Any]:
    pull = find(look, wish["pullRequestId"], Pull)
    pulls.close(pull, look.user)
    return {"pullRequest": pull}


@mutation("addComment", "issues:write")
def add_comment(look: Look, wish: Wish) -> dict[str, Any]:
    item = find(look, wish["subjectId"], Issue)
    made = changes.add_comment(item, look.user, wish["body"])
    return {"commentEdge": {"cursor": "", "node": made}, "subject": item}


@mutation("closeIssue", "issues:write")
def close_issue(look: Look, wish: Wish) -> dict[str, Any]:
    issue = find(look, wish["issueId"], Issue)
    changes.close(issue, look.user, (wish.get("stateReason") or "COMPLETED").lower())
    return {"issue": issue}


@mutation("addPullRequestReview", "pull_requests:write")
def add_review(look: Look, wish: Wish) -> dict[str, Any]:
    states = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED"}
    state = states.get(wish.get("event") or "", "COMMENTED")
    pull = find(look, wish["pullRequestId"], Pull)
    if state != "COMMENTED" and pull.author is look.user:
        raise problem("UNPROCESSABLE", "Can not approve or request changes on your own pull request")
    return {"pullRequestReview": pulls.review(pull, look.user, state, wish.get("body") or "", [])}
