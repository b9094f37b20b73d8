"""Where a GitHub is, from what a person writes."""

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.github.place import of_remote, place


@pytest.mark.parametrize(
    ("written", "api", "web", "host"),
    [
        (None, "https://api.github.com", "https://github.com", "github.com"),
        ("https://api.github.com", "https://api.github.com", "https://github.com", "github.com"),
        ("https://github.com/", "https://api.github.com", "https://github.com", "github.com"),
        ("https://api.acme.ghe.com", "https://api.acme.ghe.com", "https://acme.ghe.com", "acme.ghe.com"),
        (
            "https://git.acme.org/api/v3",
            "https://git.acme.org/api/v3",
            "https://git.acme.org",
            "git.acme.org",
        ),
        ("https://git.acme.org", "https://git.acme.org/api/v3", "https://git.acme.org", "git.acme.org"),
        (
            "http://localhost:80/x/api/v3/",
            "http://localhost:80/x/api/v3",
            "http://localhost:80/x",
            "localhost:80",
        ),
    ],
)
def test_place(written: str | None, api: str, web: str, host: str) -> None:
    found = place(written)
    assert (found.api, found.web, found.host) == (api, web, host)


@pytest.mark.parametrize(
    "written", ["http://git.acme.org/api/v3", "http://127.evil.example", "http://api.acme.ghe.com"]
)
def test_token_is_not_sent_in_clear(written: str) -> None:
    with pytest.raises(ConfigError, match=f"forge.base_url: {written} would send your token unencrypted"):
        place(written)


@pytest.mark.parametrize("written", ["http://127.1.2.3:80/api/v3", "http://[::1]:80"])
def test_this_machine_needs_no_encryption(written: str) -> None:
    assert place(written).api.startswith("http://")


@pytest.mark.parametrize("written", ["https://[acme.org", "https://acme.org:port"])
def test_url_that_is_none(written: str) -> None:
    with pytest.raises(ConfigError, match=r"forge\.base_url: .*; write it as https://host/api/v3"):
        place(written)


def test_only_a_server_of_its_own_has_tokens_of_its_own() -> None:
    assert place("https://git.acme.org/api/v3").enterprise
    assert not place(None).enterprise and not place("https://api.acme.ghe.com").enterprise


@pytest.mark.parametrize(
    ("url", "base_url", "repository"),
    [
        ("https://github.com/acme/app.git", None, "acme/app"),
        ("https://github.com/acme/app/", None, "acme/app"),
        ("https://token@github.com/acme/app.js", None, "acme/app.js"),
        ("git@github.com:acme/app.git", None, "acme/app"),
        ("ssh://git@ssh.github.com:443/acme/app.git", None, "acme/app"),
        ("https://tenant.ghe.com/acme/app", "https://api.tenant.ghe.com", "acme/app"),
        ("git@github.acme.org:team/app.git", "https://github.acme.org/api/v3", "team/app"),
    ],
)
def test_remote_of_a_github(url: str, base_url: str | None, repository: str) -> None:
    assert of_remote(url) == (base_url, repository)


@pytest.mark.parametrize(
    "url", ["https://gitlab.com/acme/app.git", "/srv/git/app.git", "../app", "https://github.com/"]
)
def test_remote_of_something_else(url: str) -> None:
    assert of_remote(url) is None
