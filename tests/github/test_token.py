"""The token: where it is looked for, and that it is shown to nobody."""

from pathlib import Path

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.github.place import place
from auto_milestone.github.token import find_token

PUBLIC, OWN = place(None), place("https://git.acme.org/api/v3")


def put_gh(folder: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    """A program `gh` at the front of PATH."""
    program = folder / "bin" / "gh"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:/usr/bin:/bin")


@pytest.mark.parametrize("name", ["GITHUB_TOKEN", "GH_TOKEN"])
def test_environment_holds_the_token_for_github(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, " ghp_made_up\n")
    found = find_token(PUBLIC)
    assert (found.value, found.source) == ("ghp_made_up", name)


@pytest.mark.parametrize("name", ["GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN"])
def test_server_of_its_own_gets_its_own_token(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_for_github")
    monkeypatch.setenv(name, "ghp_for_acme")
    assert find_token(OWN).value == "ghp_for_acme"


def test_token_for_github_is_not_sent_to_another_server(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_for_github")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ConfigError, match=r"no token for git\.acme\.org: set GH_ENTERPRISE_TOKEN"):
        find_token(OWN)


def test_gh_is_asked_for_the_host(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put_gh(tmp_path, monkeypatch, 'test "$*" = "auth token --hostname git.acme.org" && echo gho_made_up')
    found = find_token(OWN)
    assert (found.value, found.source) == ("gho_made_up", "`gh auth token`")


def test_gh_is_asked_again_for_a_token_that_was_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("gho_first")
    put_gh(tmp_path, monkeypatch, f"cat {tmp_path}/token")
    found = find_token(OWN)
    assert not found.renew("gho_first")
    (tmp_path / "token").write_text("gho_second")
    assert found.renew("gho_first") and found.value == "gho_second"
    assert found.renew("gho_first"), "another thread heard of it meanwhile"


@pytest.mark.parametrize("script", ["exit 1", "true"])
def test_gh_that_knows_no_token_is_as_none(
    script: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_gh(tmp_path, monkeypatch, script)
    with pytest.raises(
        ConfigError, match=r"no token for github\.com: set GITHUB_TOKEN .* or run `gh auth login`"
    ):
        find_token(PUBLIC)


def test_no_token_is_repeated_to_the_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_made up")
    with pytest.raises(ConfigError) as caught:
        find_token(PUBLIC)
    assert "made" not in str(caught.value) and "GITHUB_TOKEN" in str(caught.value)
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_made_up")
    assert "ghp" not in repr(find_token(PUBLIC))


def test_git_is_let_in_at_this_place_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_made_up")
    given = find_token(PUBLIC).git_environment(PUBLIC)
    assert given["GIT_CONFIG_KEY_0"] == "http.https://github.com/.extraHeader"
    assert given["GIT_CONFIG_VALUE_0"].startswith("Authorization: Basic ")
