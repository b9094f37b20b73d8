"""What agents, and the commands that run what they wrote, may see of the runner's environment.

For agents an allow-list: a variable that nobody named does not get through. The forge's and Telegram's tokens
never get through to anybody.
"""

import os
from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from .errors import ConfigError

BASIC = (
    *(
        "PATH",
        "HOME",
        "USER",
        "LOGNAME",
        "SHELL",
        "LANG",
        "LANGUAGE",
        "LC_*",
        "TERM",
        "TMPDIR",
        "TZ",
        "XDG_*",
        "AUTO_MILESTONE_STATE",
    ),
    *("SSL_CERT_*", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)
"""Names, `*` for any ending. SSH_AUTH_SOCK is not among them: with it one may push as the person."""


TOKENS = frozenset({"GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_ENTERPRISE_TOKEN"})
TOKEN_PREFIXES = ("TELEGRAM_",)


def is_secret(name: str) -> bool:
    """Does this variable hold the forge's or the person's token?"""
    return name in TOKENS or name.startswith(TOKEN_PREFIXES)


def without_secrets() -> dict[str, str]:
    """Our environment without tokens: for the project's own commands, which may need any other variable."""
    return {name: value for name, value in os.environ.items() if not is_secret(name)}


def allowed(names: Iterable[str], environment: Mapping[str, str]) -> dict[str, str]:
    """The part of `environment` that is basic or named. A name may end with `*`."""
    patterns = (*BASIC, *names)
    return {
        name: value for name, value in environment.items() if _matches(name, patterns) and not is_secret(name)
    }


def check_names(names: Iterable[str], where: str) -> None:
    """Raises ConfigError when a name can never be passed on, instead of leaving it out in silence."""
    for name in names:
        if is_secret(name):
            raise ConfigError(f"{where}: {name} is never given to an agent; take it out of the list")


def _matches(name: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)
