"""What a program that agents write, or that runs what they wrote, may see of the runner's environment.

An allow-list: a variable that nobody named does not get through. The forge's and Telegram's tokens never do.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase

from .errors import ConfigError
from .secrets import is_secret

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
    ),
    *("SSL_CERT_*", "NODE_EXTRA_CA_CERTS", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy"),
)
"""Names, `*` for any ending. SSH_AUTH_SOCK is not among them: with it one may push as the person."""


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
