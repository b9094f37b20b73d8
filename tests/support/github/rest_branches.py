"""Branches, what protects them, refs and trees."""

from __future__ import annotations

from typing import Any

from . import bare
from .json_checks import commit
from .json_repository import api
from .protection import Protection
from .repository import Repository
from .rest_repositories import REPOSITORY
from .routes import route
from .ticks import notice
from .verdicts import held
from .web import Answer, Ask, Refusal, not_found, paged


@route("GET", REPOSITORY + "/branches/{rest}", needs="contents:read", model="BranchWithProtection")
def get_branch(ask: Ask) -> Answer:
    name = ask.parts["rest"]
    sha = ask.repo.branches().get(name)
    if sha is None:
        raise Refusal(404, "Branch not found")
    url = f"{api(ask.repo)}/branches/{name}"
    rules = ask.repo.protections.get(name)
    data = {
        "name": name,
        "commit": commit(ask.repo, sha),
        "_links": {"self": url, "html": f"{ask.world.url}/{ask.repo.full_name}/tree/{name}"},
        "protected": rules is not None,
        "protection": classic(ask.repo, None if rules and rules.ruleset else rules, url),
        "protection_url": f"{url}/protection",
    }
    return Answer(200, data)


def classic(repository: Repository, rules: Protection | None, url: str) -> dict[str, Any]:
    names = list(rules.checks) if rules else []
    level = "everyone" if rules and rules.admins else "non_admins"
    checks = {
        "enforcement_level": level if names else "off",
        "contexts": names,
        "checks": [{"context": name, "app_id": None} for name in names],
    }
    return {"enabled": rules is not None, "required_status_checks": checks}


@route("GET", REPOSITORY + "/rules/branches/{rest}", model="BranchRules")
def list_rules(ask: Ask) -> Answer:
    if not ask.repo.rules:
        raise not_found()
    rules = ask.repo.protections.get(ask.parts["rest"])
    rows = spelled(rules) if rules and rules.ruleset else []
    source = {"ruleset_source_type": "Repository", "ruleset_source": ask.repo.full_name, "ruleset_id": 42}
    page, headers = paged(ask, [{**row, **source} for row in rows])
    return Answer(200, page, headers)


def spelled(rules: Protection) -> list[dict[str, Any]]:
    """A ruleset's rules that hold for the branch."""
    rows: list[dict[str, Any]] = [{"type": "deletion"}, {"type": "non_fast_forward"}]
    if rules.pulls:
        rows.append({"type": "pull_request", "parameters": pull_rule(rules)})
    if rules.checks:
        rows.append({"type": "required_status_checks", "parameters": check_rule(rules)})
    if rules.linear:
        rows.append({"type": "required_linear_history"})
    if rules.queue:
        rows.append({"type": "merge_queue", "parameters": queue_rule(rules.queue.method)})
    return rows


def pull_rule(rules: Protection) -> dict[str, Any]:
    return {
        "allowed_merge_methods": list(rules.methods),
        "dismiss_stale_reviews_on_push": rules.dismiss_stale,
        "require_code_owner_review": False,
        "require_last_push_approval": False,
        "required_approving_review_count": rules.reviews,
        "required_review_thread_resolution": rules.conversations,
    }


def check_rule(rules: Protection) -> dict[str, Any]:
    return {
        "strict_required_status_checks_policy": rules.strict,
        "do_not_enforce_on_create": False,
        "required_status_checks": [{"context": name} for name in rules.checks],
    }


def queue_rule(method: str) -> dict[str, Any]:
    return {
        "check_response_timeout_minutes": 60,
        "grouping_strategy": "ALLGREEN",
        "max_entries_to_build": 5,
        "max_entries_to_merge": 5,
        "merge_method": method,
        "min_entries_to_merge": 1,
        "min_entries_to_merge_wait_minutes": 5,
    }


@route("GET", REPOSITORY + "/git/ref/heads/{rest}", needs="contents:read", model="GitRef")
def get_ref(ask: Ask) -> Answer:
    name = ask.parts["rest"]
    sha = ask.repo.branches().get(name)
    if sha is None:
        raise not_found()
    target = {"type": "commit", "sha": sha, "url": f"{api(ask.repo)}/git/commits/{sha}"}
    url = f"{api(ask.repo)}/git/refs/heads/{name}"
    return Answer(200, {"ref": f"refs/heads/{name}", "node_id": f"REF_{name}", "url": url, "object": target})


@route("DELETE", REPOSITORY + "/git/refs/heads/{rest}", needs="contents:write")
def delete_ref(ask: Ask) -> Answer:
    ask.writable()
    ask.need("write")
    name = ask.parts["rest"]
    if name not in ask.repo.branches():
        raise Refusal(422, "Reference does not exist")
    if held(ask.repo.protections.get(name), ask.repo, ask.user):
        raise Refusal(422, "Cannot delete this branch")
    bare.git(ask.repo.path, "update-ref", "-d", f"refs/heads/{name}")
    notice(ask.repo)
    return Answer(204)


@route("GET", REPOSITORY + "/git/trees/{rest}", needs="contents:read", model="GitTree")
def get_tree(ask: Ask) -> Answer:
    ref = ask.parts["rest"]
    sha = bare.resolve(ask.repo.path, ref)
    if sha is None:
        raise not_found()
    deep = ["-r", "-t"] if ask.request.query.get("recursive", "0") not in ("", "0", "false") else []
    listing = bare.git(ask.repo.path, "ls-tree", "-z", "-l", *deep, sha)
    rows = [entry(ask.repo, row) for row in listing.split("\0") if row]
    cut = rows[: len(rows) // 2] if ask.repo.truncated else rows
    tree = bare.tree_of(ask.repo.path, sha)
    url = f"{api(ask.repo)}/git/trees/{tree}"
    return Answer(200, {"sha": tree, "url": url, "tree": cut, "truncated": ask.repo.truncated})


def entry(repository: Repository, row: str) -> dict[str, Any]:
    """One line of ls-tree."""
    facts, _, path = row.partition("\t")
    mode, kind, sha, size = facts.split()
    data: dict[str, Any] = {"path": path, "mode": mode, "type": kind, "sha": sha}
    if size != "-":
        data["size"] = int(size)
    return {**data, "url": f"{api(repository)}/git/{kind}s/{sha}"}
