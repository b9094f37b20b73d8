"""The sample milestone of 13 issues, on the simulated GitHub."""

from collections.abc import Sequence
from pathlib import Path

from auto_milestone.forge.issue_files import read_folder

from .github import GitHub, Repository
from .github.ci import Check, Push, redden
from .github_project import GitHubProject

SAMPLE = Path(__file__).resolve().parents[2] / "examples" / "badgekit"
MANIFEST = f"""\
milestone: "Badge Generator"
agent: {{preset: replay, options: {{patches: {SAMPLE / "solutions"}}}}}
poll: 0.2
checks: []
"""
"""CI alone judges here: what the agent of #126 does at first is red there."""


def sample_repository(github: GitHub) -> Repository:
    """`badgekit/badgekit` with the sample's files and issues; its CI takes a moment, and is red once for #126."""
    files = {
        str(path.relative_to(SAMPLE / "repository")): path.read_text()
        for path in sorted((SAMPLE / "repository").rglob("*"))
        if path.is_file() and "__pycache__" not in path.parts
    }
    repo = github.repository("badgekit/badgekit", files=files)
    milestone = repo.milestone("Badge Generator")
    given = sorted(read_folder(SAMPLE / "issues", lambda path: None).values(), key=lambda issue: issue.number)
    made = {
        one.number: repo.issue(one.title, one.body, milestone=milestone, number=one.number, labels=one.labels)
        for one in given
    }
    for one in given:
        made[one.number].block_by(*(made[int(ref)] for ref in one.blocked_by))
    repo.protect("main", checks=["test"])
    repo.ci = _checks
    return repo


def _checks(push: Push) -> Sequence[Check]:
    test = Check("test", delay=0.3, log="E  the report is empty\n")
    return [redden(test)] if push.attempt == 1 and "issue-126-" in push.branch else [test]


def sample_project(folder: Path, github: GitHub, repo: Repository) -> GitHubProject:
    return GitHubProject(folder, github, repo, manifest=MANIFEST)
