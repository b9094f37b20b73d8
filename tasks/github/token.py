"""The person's token: given to requests and to git, and shown to nobody."""

import base64
import os
import shutil
import threading
from collections.abc import Callable, Mapping

from ..errors import ConfigError, MilestoneError
from ..process.command import run
from .place import Place

NAMES = ("GITHUB_TOKEN", "GH_TOKEN")
ENTERPRISE_NAMES = ("GH_ENTERPRISE_TOKEN", "GITHUB_ENTERPRISE_TOKEN")
"""As `gh` has it: a token for github.com is never sent to another server."""

GH = "`gh auth token`"
GH_TIMEOUT = 30.0


class Token:
    """A secret and where it came from; only the latter is ever printed. `look` looks there again."""

    __slots__ = ("_lock", "_look", "source", "value")

    def __init__(self, value: str, source: str, look: Callable[[], str | None] = lambda: None) -> None:
        self.value, self.source, self._look = value, source, look
        self._lock = threading.Lock()

    def renew(self, refused: str) -> bool:
        """Look for the successor of a value that was refused, it may have expired; is there one?"""
        with self._lock:
            if self.value == refused:
                self.value = self._look() or refused
            return self.value != refused

    def __repr__(self) -> str:
        return f"Token(from {self.source})"

    @property
    def of_app(self) -> bool:
        """An app's, that of GitHub Actions among them: of such a one GitHub does not tell what it may do."""
        return self.value.startswith("ghs_")

    def git_environment(self, place: Place) -> dict[str, str]:
        """What lets git in over HTTPS, at this place and nowhere else. No command line, no URL, no file holds it."""
        basic = base64.b64encode(f"x-access-token:{self.value}".encode()).decode()
        return {
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"http.{place.web}/.extraHeader",
            "GIT_CONFIG_VALUE_0": f"Authorization: Basic {basic}",
        }


def find_token(place: Place) -> Token:
    """From the environment, or from `gh auth token`. Raises ConfigError, with what to do."""
    names = ENTERPRISE_NAMES if place.enterprise else NAMES
    return _from_environment(os.environ, names) or _from_gh(place) or _missing(place, names)


def _from_environment(environment: Mapping[str, str], names: tuple[str, ...]) -> Token | None:
    for name in names:
        value = environment.get(name, "").strip()
        if value:
            return Token(_checked(value, name), name)
    return None


def _checked(value: str, source: str) -> str:
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ConfigError(f"{source} holds no token (a space or another sign that none has): set it again")
    return value


def _from_gh(place: Place) -> Token | None:
    value = _ask_gh(place)
    return Token(_checked(value, GH), GH, lambda: _ask_gh(place)) if value else None


def _ask_gh(place: Place) -> str | None:
    if not shutil.which("gh"):
        return None
    command = ("gh", "auth", "token", "--hostname", place.host)
    try:
        done = run(command, timeout=GH_TIMEOUT, check=False)
    except MilestoneError:
        return None
    return done.stdout.strip() if done.code == 0 else None


def _missing(place: Place, names: tuple[str, ...]) -> Token:
    login = "gh auth login" + (f" --hostname {place.host}" if place.host != "github.com" else "")
    raise ConfigError(
        f"no token for {place.host}: set {names[0]} (README: token permissions), or run `{login}`"
    )
