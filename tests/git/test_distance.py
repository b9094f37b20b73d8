"""What git says when the forge is far away, as one line that says what to do."""

import re
from pathlib import Path

import pytest
from auto_milestone.errors import CommandError, MilestoneError, Unreachable
from auto_milestone.git.distance import failure
from auto_milestone.git.mirror import Mirror
from auto_milestone.process.command import Completed
from support.repository import make_bare, sh

URL = "https://github.com/acme/app.git"
TAIL = f"error: failed to push some refs to '{URL}'\n"
REFUSING = "refusing to allow a {} to create or update workflow `.github/workflows/ci.yml`"
WORKFLOW = f"""To {URL}
 ! [remote rejected] abc -> feat/x ({REFUSING.format("Personal Access Token")} without `workflow` scope)
{TAIL}"""
APP = f"""To {URL}
 ! [remote rejected] abc -> feat/x ({REFUSING.format("GitHub App")} without `workflows` permission)
{TAIL}"""
RULES = f"""remote: error: GH013: Repository rule violations found for refs/heads/feat/x.
remote: Review all repository rules at https://github.com/acme/app/rules?ref=refs%2Fheads%2Ffeat%2Fx
remote:
remote: - Commits must have verified signatures.
remote:   Found 1 violation:
To {URL}
 ! [remote rejected] abc -> feat/x (push declined due to repository rule violations)
{TAIL}"""
SECRET = f"""remote: error: GH013: Repository rule violations found for refs/heads/feat/x.
remote:
remote: - GITHUB PUSH PROTECTION
remote:   —————————————————————————————————————————
remote:     Resolve the following violations before pushing again
remote:     - Push cannot contain secrets
remote:      (?) Learn how to resolve a blocked push
remote:       —— GitHub Personal Access Token ——————————————————————
remote:        locations:
remote:          - commit: 8728dbe67e2a59aa
remote:            path: config/keys.py:4
To {URL}
 ! [remote rejected] abc -> feat/x (push declined due to repository rule violations)
{TAIL}"""
LARGE = f"""remote: error: Trace: 8a4c0000
remote: error: See https://gh.io/lfs for more information.
remote: error: File big.bin is 120.00 MB; this exceeds GitHub's file size limit of 100.00 MB
remote: error: GH001: Large files detected. You may want to try Git Large File Storage.
To {URL}
 ! [remote rejected] abc -> feat/x (pre-receive hook declined)
{TAIL}"""
PACK = f"""remote: fatal: pack exceeds maximum allowed size
error: remote unpack failed: index-pack abnormal exit
To {URL}
 ! [remote rejected] abc -> feat/x (failed)
{TAIL}"""
HUNG_UP = """remote: fatal: pack exceeds maximum allowed size (2.00 GiB)
send-pack: unexpected disconnect while reading sideband packet
fatal: the remote end hung up unexpectedly
"""
TOO_BIG = """error: RPC failed; HTTP 413 curl 22 The requested URL returned error: 413
send-pack: unexpected disconnect while reading sideband packet
fatal: the remote end hung up unexpectedly
Everything up-to-date
"""
FORBIDDEN = TOO_BIG.replace("413", "403")


def meaning(stderr: str) -> MilestoneError:
    """git fills the lines of the server up with spaces."""
    filled = re.sub("^remote:.*", r"\g<0>        ", stderr, flags=re.MULTILINE)
    return failure(("git", "push", "feat/x"), Completed(1, "", filled), URL)


@pytest.mark.parametrize(
    ("stderr", "reason", "advice"),
    [
        (
            WORKFLOW,
            "workflow `.github/workflows/ci.yml` without `workflow` scope",
            "Workflows: write, or keep",
        ),
        (APP, "without `workflows` permission", "Workflows: write, or keep agents out of .github/workflows"),
        (RULES, "Commits must have verified signatures.", "what is demanded of it there"),
        (
            SECRET,
            "Push cannot contain secrets | commit: 8728dbe67e2a59aa | path: config/keys.py:4",
            "secret out",
        ),
        (LARGE, "File big.bin is 120.00 MB; this exceeds GitHub's file size limit", "take what is too large"),
        (PACK, "pack exceeds maximum allowed size", "take what is too large"),
        (HUNG_UP, "pack exceeds maximum allowed size (2.00 GiB)", "take what is too large"),
        (TOO_BIG, "HTTP 413", "take what is too large out of the commits"),
        (FORBIDDEN, "HTTP 403", "give the token write access"),
    ],
)
def test_refused_push_keeps_its_reason_and_says_what_to_do(stderr: str, reason: str, advice: str) -> None:
    error = meaning(stderr)
    line = str(error)
    assert not isinstance(error, Unreachable) and line.startswith(URL)
    assert reason in line and advice in line
    assert "\n" not in line and "failed to push" not in line and len(line) < 500


@pytest.mark.parametrize(
    "stderr",
    [
        "fatal: unable to access 'x': Could not resolve host: github.com\n",
        "error: RPC failed; HTTP 502 curl 22 The requested URL returned error: 502\n",
        "error: RPC failed; HTTP 429 curl 22 The requested URL returned error: 429\n",
        "error: RPC failed; curl 56 Recv failure: Connection reset by peer\nfatal: early EOF\n",
        f" ! [remote rejected] abc -> feat/x (Internal Server Error)\n{TAIL}",
        f"remote: fatal error in commit_refs        \n ! [remote rejected] abc -> feat/x (failure)\n{TAIL}",
    ],
)
def test_outage_may_pass(stderr: str) -> None:
    assert isinstance(meaning(stderr), Unreachable)


def test_words_of_a_server_cannot_move_a_cursor() -> None:
    assert "\x1b" not in str(meaning(RULES.replace("verified", "\x1b[2Jverified")))


def test_repository_on_this_disk_that_refuses_says_why(tmp_path: Path) -> None:
    origin = make_bare(tmp_path / "origin.git")
    hook = origin / "hooks" / "pre-receive"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text("#!/bin/sh\necho 'error: no binaries here' >&2\nexit 1\n")
    hook.chmod(0o755)
    mirror = Mirror(tmp_path / "state" / "repo.git", str(origin))
    mirror.ensure()
    mirror.fetch("main")
    with pytest.raises(
        CommandError, match=r"remote: error: no binaries here \| ! \[remote rejected\].*declined"
    ):
        mirror.push(sh(origin, "git", "rev-parse", "main"), "feat/x", expected=None)
