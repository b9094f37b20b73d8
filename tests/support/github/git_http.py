"""Git over HTTP: `git http-backend` behind a check of the token."""

from __future__ import annotations

import re
import subprocess
from urllib.parse import urlencode

from . import bare
from .doors import let_in
from .repository import Repository
from .rest_issues import moved_to
from .ticks import tick
from .tokens import Token
from .verdicts import held
from .web import Answer, Refusal, Request
from .world import World

PATH = re.compile(r"/([\w.-]+)/([\w.-]+?)(?:\.git)?(/info/refs|/git-upload-pack|/git-receive-pack)")
TEXT = {"Content-Type": "text/plain; charset=utf-8"}
HOOK = """#!/bin/sh
case " $OCTO_PROTECTED " in *" $1 "*)
    echo "error: GH006: Protected branch update failed for $1." >&2
    echo "error: Changes must be made through a pull request." >&2
    exit 1
esac
"""


def answer(world: World, request: Request) -> tuple[Answer, bool, str]:
    """The answer, whether the request would write, and the digest of the token."""
    found = PATH.fullmatch(request.path)
    writes = "receive-pack" in request.path
    if not found:
        return Answer(404, b"Not Found\n", TEXT), writes, ""
    pushing = writes or request.query.get("service") == "git-receive-pack"
    try:
        token = let_in(world, request)
    except Refusal as refusal:
        return closed(refusal), writes, ""
    repository, renamed = world.find(found[1], found[2])
    if renamed and repository:
        return moved_to(f"{repository.clone_url}{found[3]}?{urlencode(request.query)}"), writes, token.digest
    refused = refuse(world, token, repository, pushing)
    if refused or repository is None:
        return refused or Answer(404), writes, token.digest
    return backend(repository, token, found[3], request), writes, token.digest


def closed(refusal: Refusal) -> Answer:
    data = refusal.answer.data["message"].encode() + b"\n"
    ask = {"WWW-Authenticate": 'Basic realm="GitHub"'} if refusal.answer.status == 401 else {}
    return Answer(refusal.answer.status, data, {**TEXT, **ask, **refusal.answer.headers})


def refuse(world: World, token: Token, repository: Repository | None, pushing: bool) -> Answer | None:
    """Not there, or not allowed."""
    if repository is None or world.level(token, repository) == "none":
        return Answer(404, b"Repository not found.\n", TEXT)
    if not token.may("contents:write" if pushing else "contents:read"):
        return Answer(403, b"Write access to repository not granted.\n", TEXT)
    if pushing and not repository.can(token.login, "write"):
        text = f"Permission to {repository.full_name}.git denied to {token.login}.\n"
        return Answer(403, text.encode(), TEXT)
    if pushing and repository.archived:
        return Answer(403, b"This repository was archived so it is read-only.\n", TEXT)
    return None


def backend(repository: Repository, token: Token, path: str, request: Request) -> Answer:
    """Run git http-backend as a CGI program."""
    protect(repository)
    env = {
        **bare.surroundings(),
        "GIT_PROJECT_ROOT": str(repository.path),
        "GIT_HTTP_EXPORT_ALL": "1",
        "GIT_PROTOCOL": request.headers.get("Git-Protocol", ""),
        "PATH_INFO": path,
        "REMOTE_USER": token.login,
        "REQUEST_METHOD": request.method,
        "QUERY_STRING": urlencode(request.query),
        "CONTENT_TYPE": request.headers.get("Content-Type", ""),
        "CONTENT_LENGTH": str(len(request.body)),
        "HTTP_CONTENT_ENCODING": request.headers.get("Content-Encoding", ""),
        "OCTO_PROTECTED": " ".join(protected(repository, token)),
    }
    done = subprocess.run(["git", "http-backend"], input=request.body, env=env, capture_output=True)
    with repository.world.lock:
        tick(repository.world)
    return parsed(done.stdout)


def protected(repository: Repository, token: Token) -> list[str]:
    """Refs that this person may not push to."""
    user = repository.user(token.login)
    rows = [(name, held(rules, repository, user)) for name, rules in repository.protections.items()]
    return [f"refs/heads/{name}" for name, rules in rows if rules and rules.pulls]


def protect(repository: Repository) -> None:
    hook = repository.path / "hooks" / "update"
    if not hook.exists():
        hook.write_text(HOOK)
        hook.chmod(0o755)


def parsed(output: bytes) -> Answer:
    """What a CGI program wrote."""
    head, _, body = output.partition(b"\r\n\r\n")
    headers = dict(line.split(": ", 1) for line in head.decode().splitlines() if ": " in line)
    status = int(headers.pop("Status", "200").split()[0])
    return Answer(status, body, headers)
