"""Where a GitHub is, from what a person writes."""

import pytest
from auto_milestone.github.place import place


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


def test_only_a_server_of_its_own_has_tokens_of_its_own() -> None:
    assert place("https://git.acme.org/api/v3").enterprise
    assert not place(None).enterprise and not place("https://api.acme.ghe.com").enterprise
