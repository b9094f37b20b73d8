"""Tokens of apps, that of GitHub Actions among them: of those GitHub tells less."""

from pathlib import Path

import pytest
from support.github import GitHub, Repository
from support.github.ci import Check, always
from support.github_project import GitHubProject, small

ACTIONS = "github-actions[bot]"
NO_WORKFLOW = (
    "As it is, nothing can land: what the token from GH_ENTERPRISE_TOKEN pushes starts no workflow, since it is "
    "that of GitHub Actions: use a personal or an app's token\n"
)


def of_app(login: str, folder: Path, github: GitHub, repo: Repository, more: str = "") -> GitHubProject:
    repo.ci = always(Check("test"))
    repo.members[login] = "admin"
    project = small(folder, github, repo, manifest=more)
    project.environment["GH_ENTERPRISE_TOKEN"] = github.token(login)
    return project


def test_app_lands_and_finds_its_comment_again(tmp_path: Path, github: GitHub, repo: Repository) -> None:
    project = of_app("lander[bot]", tmp_path / "p", github, repo)
    done = project.doit("merge", GITHUB_ACTIONS="true")
    assert done.code == 0 and "nothing can land" not in done.all
    [comment] = repo.numbered[1].comments
    assert comment.author.login == "lander[bot]" and repo.tip("main")[:10] in comment.body


@pytest.mark.parametrize(("more", "told"), [("", True), ("ci: skip", False)])
def test_token_of_actions_whose_pushes_start_no_workflow_is_told_at_the_start(
    more: str, told: bool, tmp_path: Path, github: GitHub, repo: Repository
) -> None:
    project = of_app(ACTIONS, tmp_path / "p", github, repo, more)
    done = project.doit("merge", GITHUB_ACTIONS="true")
    assert done.code == 0 and (NO_WORKFLOW in done.all) is told
