"""Where a GitHub is: github.com, a tenant of ghe.com, or an Enterprise server."""

import re
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from ..errors import ConfigError

PUBLIC = "https://api.github.com"
"""github.com, where no `base_url` is set."""


@dataclass(frozen=True, slots=True)
class Place:
    """`api` and `web` are URLs that do not end with a slash; `host` is the name that `gh` knows it by."""

    api: str
    web: str
    host: str

    @property
    def enterprise(self) -> bool:
        """A server of its own: it has its own tokens."""
        return self.host != "github.com" and not self.host.endswith(".ghe.com")


def place(base_url: str | None) -> Place:
    """The place that the manifest's `base_url` means; of an Enterprise server its plain URL is enough.

    Raises ConfigError for one that would show the token to everybody on the way.
    """
    parts = _parts(base_url or PUBLIC)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if parts.netloc in ("github.com", "www.github.com", "api.github.com"):
        return Place(PUBLIC, "https://github.com", "github.com")
    if parts.netloc.startswith("api.") and parts.netloc.endswith(".ghe.com"):
        host = parts.netloc.removeprefix("api.")
        return Place(origin, f"{parts.scheme}://{host}", host)
    web = f"{origin}{path.removesuffix('/api/v3')}"
    return Place(f"{web}/api/v3", web, parts.netloc)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise ConfigError(f"forge.base_url: {url}: {error}; write it as https://host/api/v3") from None
    if parts.scheme != "https" and not _is_here(host):
        raise ConfigError(
            f"forge.base_url: {url} would send your token unencrypted: write it with https:// (http is for this "
            "machine alone)"
        )
    return parts


def _is_here(host: str) -> bool:
    """Is it this machine?"""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


_REMOTE = re.compile(
    r"(?:(?:https?|ssh|git)://)?(?:[^@/]+@)?([^/:]+)(?::\d+)?[:/]([^/:]+/[^/]+?)(?:\.git)?/?"
)


def of_remote(url: str, own: str = "") -> tuple[str | None, str] | None:
    """(`base_url`, `owner/name`) of a git remote that is at a GitHub; None: it is at none. Its name tells, or that it
    is the host `own`.

    `base_url` None: github.com.
    """
    found = _REMOTE.fullmatch(url)
    if not found:
        return None
    host = found[1].lower()
    if host in ("github.com", "www.github.com", "ssh.github.com"):
        return None, found[2]
    if host.endswith(".ghe.com"):
        return f"https://api.{host}", found[2]
    return (f"https://{host}/api/v3", found[2]) if "github" in host or host == own.lower() else None
