r"""A GitHub on loopback: REST under /api/v3, GraphQL at /api/graphql, git at /OWNER/NAME.git.

    with GitHub(tmp_path / "github") as github:
        repo = github.repository("octo/app", files={"README.md": "hello\n"})
        one = repo.milestone("M1")
        first = repo.issue("First", "Text", milestone=one, labels=["bug"], author="ann")
        repo.issue("Second", blocked_by=[first], milestone=one)
        secret = github.token()                  # of octo; or token("ann", permissions={"issues": "read"})
        Github(base_url=github.rest_url, auth=Auth.Token(secret))

- Addresses: `github.rest_url`, `.graphql_url`, `.url`, `repo.clone_url`. `github["octo/app"]` is a repository
  that was made, `repo.path` its bare repository, `repo.tip("main")` a commit of it.
- Settings are fields of `Repository` and may change at any time: `squashes`, `merge_commits`, `rebases`,
  `archived`, `delete_on_merge`, `dependencies` (False: 404, an old server), `sub_issues`, `rules`, `truncated`,
  `unknown_reads`, `members`, ...
- Issues: `issue.block_by(other)`, `.adopt(child)`, `.transfer(other)`, `.delete()`, and every field of
  `state.Issue` by name; `github.rename(repo, "newer")`.
- Protection: `repo.protect("main", checks=["ci"], strict=True, reviews=1, queue=Queue(delay=0.2), ruleset=True)`.
- CI: `repo.ci = script`, from a `Push` to `Check` and `Status` rows: see `ci.py` (`always`, `red_once`, `finish`).
- People: `repo.person("ann").push("branch", {"file": "text"})`, `.review(7, "APPROVED")`, `.close(7)`,
  `.retarget(7, "dev")`, `.merge(7)`, `.delete_branch("x")`, ...: see `people.py`.
- Tokens: `github.token(login, permissions=None or {...}, scopes=, repositories=, expired=, sso=)`.
- Faults: `github.fault("PUT", r"/merge$", "reset", effect=True)`, `with github.down(): ...`: see `GitHub.fault`.
- Limits: `github.limits.core = 60`, `.graphql`, `.window`, `.spend(remaining=3)`, `.points_per_minute = 900`.
- Log: `github.log.count("POST", "/pulls$")`, `.writes()`, `.points("graphql")`, `.clear()`, `.table()`.

The server stops with the context. Every 2xx answer of REST is held against GitHub's published models; a mismatch,
or a bug of the server, fails the test when the context ends (`github.problems`). What differs from GitHub is
listed in `check.py`. Time is real: a check, a status or a queue entry is what the clock makes of it when asked.
"""

from .entry import GitHub
from .protection import Protection, Queue
from .repository import Repository
from .tokens import ALL

__all__ = ["ALL", "GitHub", "Protection", "Queue", "Repository"]
