"""The HTTP server: connections, faults of the wire, the log."""

from __future__ import annotations

import socket
import ssl
import struct
import sys
import threading
import traceback
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from time import monotonic
from typing import Any, cast
from urllib.parse import parse_qsl, unquote, urlsplit

from .faults import Fault
from .log import Entry
from .service import Served, Service
from .state import now
from .web import Answer, Request


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    server: Server

    def log_message(self, format: str, *args: object) -> None:
        """The log is a list, nothing is printed."""

    def handle_any(self) -> None:
        """The log knows of a request before its answer is out: a client may look at once."""
        start = monotonic()
        request = self.read_request()
        fault = self.server.service.faults.hit(request)
        served = self.play(request, fault)
        self.note(request, served, fault, monotonic() - start)
        if fault and fault.kind in ("slow", "hang"):
            self.server.service.stopping.wait(fault.seconds)
        if served.answer.status:
            self.send(request, served.answer, cut=bool(fault and fault.kind == "truncated"))
        else:
            self.reset()

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = do_HEAD = handle_any

    def play(self, request: Request, fault: Fault | None) -> Served:
        """The true answer, or what the fault makes of it; status 0: the connection ends without one."""
        service = self.server.service
        if fault is None or fault.kind in ("truncated", "slow"):
            return service.serve(request)
        served = service.serve(request) if fault.effect else service.outline(request)
        made = fault.answer(f"{service.world.url}{self.path}")
        served.answer = service.dress(made) if made else Answer(0)
        return served

    def read_request(self) -> Request:
        parts = urlsplit(self.path)
        path = unquote(parts.path)
        return Request(
            self.command,
            path.removeprefix("/api/v3") or "/",
            dict(parse_qsl(parts.query, keep_blank_values=True)),
            cast(Mapping[str, str], self.headers),
            self.read_body(),
        )

    def read_body(self) -> bytes:
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            return b"".join(iter(self.read_chunk, b""))
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def read_chunk(self) -> bytes:
        size = int(self.rfile.readline().split(b";")[0], 16)
        data = self.rfile.read(size)
        self.rfile.readline()
        return data

    def send(self, request: Request, answer: Answer, *, cut: bool) -> None:
        body = answer.encoded()
        self.send_response(answer.status)
        for key, value in answer.headers.items():
            self.send_header(key, value)
        if answer.status not in (204, 304):
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if request.method != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.wfile.flush()
        if cut:
            self.close_connection = True

    def reset(self) -> None:
        """Reset the connection, as a broken network does."""
        self.close_connection = True
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.server.forget(self.connection)

    def note(self, request: Request, served: Served, fault: Fault | None, seconds: float) -> None:
        write = served.write or (served.kind == "rest" and request.method not in ("GET", "HEAD"))
        self.server.service.log.add(
            Entry(
                time=now(),
                method=request.method,
                path=request.path,
                query=request.query,
                status=served.answer.status,
                kind=served.kind,
                write=write,
                points=served.points,
                secondary=5 if write else 1,
                operation=served.operation,
                token=served.token,
                fault=fault.kind if fault else "",
                seconds=seconds,
            )
        )


class Server(ThreadingHTTPServer):
    """Threads of live connections are daemons, and closing the server closes their connections."""

    daemon_threads = True
    block_on_close = False
    allow_reuse_address = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], service: Service, certificate: Path | None) -> None:
        super().__init__(address, Handler)
        self.service = service
        self._live: set[socket.socket] = set()
        self._guard = threading.Lock()
        self._tls: ssl.SSLContext | None = None
        if certificate:
            self._tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._tls.load_cert_chain(certificate)

    def get_request(self) -> tuple[socket.socket, object]:
        connection, address = super().get_request()
        if self._tls:
            connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        with self._guard:
            self._live.add(connection)
        return connection, address

    def shutdown_request(self, request: Any) -> None:
        with self._guard:
            self._live.discard(request)
        super().shutdown_request(request)

    def forget(self, connection: socket.socket) -> None:
        """Close at once; a linger of 0 makes that a reset."""
        with self._guard:
            self._live.discard(connection)
        connection.close()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that went away is no news; anything else is a bug of the server, and fails the test."""
        error = sys.exc_info()[1]
        if not isinstance(error, OSError | ValueError):
            self.service.checker.problems.append("".join(traceback.format_exception(error)))

    def end(self) -> None:
        """Stop listening and cut every connection."""
        self.shutdown()
        self.server_close()
        with self._guard:
            live = list(self._live)
            self._live.clear()
        for one in live:
            try:
                one.shutdown(socket.SHUT_RDWR)
            except OSError:
                one.close()
