"""The public entry: a server and its state, as a context manager."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any

from . import bare
from .certificate import make_certificate
from .faults import Fault
from .repository import Repository
from .server import Server
from .service import Service
from .world import World


class GitHub:
    """A server on a free port of `host`; its repositories lie in `folder`. With `tls` it speaks https."""

    def __init__(self, folder: Path, *, host: str = "127.0.0.1", tls: bool = False) -> None:
        self.world = World(folder)
        self.service = Service(self.world)
        self.log = self.service.log
        self.limits = self.service.limits
        self.host = host
        self.port = 0
        self.certificate: Path | None = make_certificate(folder, host) if tls else None
        """What a client must trust, where `tls` was asked for."""
        self._server: Server | None = None

    def __enter__(self) -> GitHub:
        self.start()
        scheme = "https" if self.certificate else "http"
        self.world.url = f"{scheme}://{self.host}:{self.port}"
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.stop()
        if error is None and self.problems:
            raise AssertionError("the simulated GitHub is wrong:\n" + "\n".join(self.problems))

    def start(self) -> None:
        """Listen, on the port that it had before if there was one."""
        self.service.stopping.clear()
        self._server = Server(("127.0.0.1", self.port), self.service, self.certificate)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Refuse connections; those that are open end, hanging ones too."""
        self.service.stopping.set()
        if self._server:
            self._server.end()
        self._server = None

    @contextmanager
    def down(self) -> Iterator[None]:
        """The server is away meanwhile."""
        self.stop()
        try:
            yield
        finally:
            self.start()

    def down_for(self, seconds: float) -> threading.Timer:
        """The server is away for so long; the timer that brings it back."""
        self.stop()
        timer = threading.Timer(seconds, self.start)
        timer.daemon = True
        timer.start()
        return timer

    @property
    def url(self) -> str:
        return self.world.url

    @property
    def rest_url(self) -> str:
        return f"{self.url}/api/v3"

    @property
    def graphql_url(self) -> str:
        return f"{self.url}/api/graphql"

    @property
    def problems(self) -> list[str]:
        """Answers that are not of the published form, and bugs of the server."""
        return self.service.checker.problems

    def repository(
        self, full_name: str, *, files: Mapping[str, str] | None = None, **settings: Any
    ) -> Repository:
        """A new repository with one commit on main; `settings` are fields of `Repository`."""
        owner, _, name = full_name.partition("/")
        with self.world.lock:
            path = bare.create(self.world.folder / owner / f"{name}.git", files or {"README.md": "hello\n"})
            made = Repository(self.world, self.world.new_id(), owner, name, path, **settings)
            made.known_refs = bare.branches(path)
            self.world.user(owner)
            self.world.repositories[full_name.lower()] = made
            return made

    def __getitem__(self, full_name: str) -> Repository:
        """A repository that was made before."""
        return self.world.repositories[full_name.lower()]

    def rename(self, repository: Repository, name: str) -> None:
        """Give a repository another name; the old one answers with redirects."""
        with self.world.lock:
            self.world.rename(repository, name)

    def token(self, login: str = "", *, permissions: dict[str, str] | None = None, **details: Any) -> str:
        """A new token in clear; of the first repository's owner unless `login` says otherwise.

        `permissions` (as `{"issues": "write"}`) makes it a fine-grained one; `details` are `scopes`,
        `repositories` (full names), `expired` and `sso` (the organization that asks for it).
        """
        login = login or next(iter(self.world.repositories.values())).owner
        self.world.user(login)
        return self.world.tokens.issue(login, permissions, **details)

    def fault(
        self,
        method: str,
        path: str,
        kind: str,
        *,
        times: int | None = 1,
        after: int = 0,
        effect: bool = False,
        body: str = "",
        seconds: float = 60.0,
        retry_after: int | None = None,
        to: str = "",
        status: int = 302,
        message: str = "",
    ) -> Fault:
        """Order a fault for requests of `method` ("": any) whose path (without /api/v3) has the pattern `path`.

        kind: 500, 502 (an HTML page), 503, 429, secondary (403), redirect (`to`, with `status`), refusal (`status`
        and `message`, as 405 and "Base branch was modified. Review and try the merge again."), hang (no answer for
        `seconds`, then the connection ends), reset, truncated (half of the true body), slow (the true answer after
        `seconds`), raw (`status` with `message` as the whole body). `effect`: the request takes effect, only its
        answer is lost; truncated and slow always do.
        The first `after` requests are spared, then `times` are hit (None: all). `body`: a pattern in the request,
        as a GraphQL field. `retry_after` (429, secondary): seconds in the header; None: no header.
        """
        order = Fault(
            method,
            re.compile(path),
            kind,
            times,
            after,
            effect,
            re.compile(body),
            seconds,
            retry_after,
            to,
            status,
            message,
        )
        return self.service.faults.add(order)

    def clear_faults(self) -> None:
        self.service.faults.clear()
