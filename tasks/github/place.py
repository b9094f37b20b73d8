"""Where a GitHub is: github.com, a tenant of ghe.com, or an Enterprise server."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

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
    """The place that the manifest's `base_url` means; of an Enterprise server its plain URL is enough."""
    parts = urlsplit(base_url or PUBLIC)
    origin, path = f"{parts.scheme}://{parts.netloc}", parts.path.rstrip("/")
    if parts.netloc in ("github.com", "www.github.com", "api.github.com"):
        return Place(PUBLIC, "https://github.com", "github.com")
    if parts.netloc.startswith("api.") and parts.netloc.endswith(".ghe.com"):
        host = parts.netloc.removeprefix("api.")
        return Place(origin, f"{parts.scheme}://{host}", host)
    web = f"{origin}{path.removesuffix('/api/v3')}"
    return Place(f"{web}/api/v3", web, parts.netloc)


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
