"""Logs of checks: of any size, from anywhere, behind links that expire."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from auto_milestone.errors import Stopped, Unreachable
from auto_milestone.github.api import Api
from auto_milestone.github.check_output import output
from auto_milestone.github.download import KEPT, tail
from auto_milestone.model import CheckRun
from auto_milestone.stopping import Stop
from support.github import GitHub, Repository
from support.github.ci import Check, add_check


@contextmanager
def serving(pieces: Iterator[bytes]) -> Iterator[str]:
    """The URL of a file of these pieces."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            try:
                for piece in pieces:
                    self.wfile.write(piece)
            except OSError:
                self.close_connection = True

        def log_message(self, format: str, *args: object) -> None:
            """Nothing is printed."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/log.txt"
        server.shutdown()


def endless(stop: Stop | None = None) -> Iterator[bytes]:
    for count in range(10**9):
        if stop and count == 3:
            stop.ask()
        yield b"x" * 65536


@pytest.fixture(autouse=True)
def direct(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NO_PROXY", "*")


def test_end_is_kept() -> None:
    with serving(iter([b"first\n", *[b"x" * 65536] * 40, b"last \xff\n"])) as url:
        found = tail(url, 5, Stop())
    assert len(found) == KEPT and found.endswith("x" * 9 + "last \N{REPLACEMENT CHARACTER}\n")


def test_run_that_is_stopped_does_not_wait_for_the_end() -> None:
    stop = Stop()
    with serving(endless(stop)) as url, pytest.raises(Stopped):
        tail(url, 5, stop)


def test_file_without_end_is_given_up() -> None:
    with serving(endless()) as url, pytest.raises(Unreachable, match="a download does not end"):
        tail(url, 5, Stop(), longest=0.2)


def test_page_of_a_link_that_expired_is_no_log(api: Api, github: GitHub, repo: Repository) -> None:
    failed = Check("test", "failure", log="the reason")
    made = add_check(repo, repo.tip("main"), failed, repo.world.new_id())
    run = CheckRun("test", repo.tip("main"), "failure", "summary", url=f"/actions/runs/1/job/{made.id}")
    assert "the reason" in output(api, "acme/app", run)
    github.fault("GET", "/downloads/", "raw", status=403, message="<Error>AuthenticationFailed</Error>")
    assert output(api, "acme/app", run) == "summary"
