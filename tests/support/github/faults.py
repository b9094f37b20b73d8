"""Faults that a test orders: what goes wrong, where, how often, and whether the effect had happened."""

from __future__ import annotations

import re
import threading
from dataclasses import dataclass

from .limits import secondary
from .web import Answer, Refusal, Request

PAGE = (
    b"<html>\n<head><title>502 Bad Gateway</title></head>\n<body><h1>502 Bad Gateway</h1></body>\n</html>\n"
)
KINDS = (
    "500",
    "502",
    "503",
    "429",
    "secondary",
    "redirect",
    "refusal",
    "hang",
    "reset",
    "truncated",
    "slow",
    "raw",
)


@dataclass(eq=False)
class Fault:
    """One order; see `GitHub.fault` for the words."""

    method: str
    path: re.Pattern[str]
    kind: str
    times: int | None
    after: int
    effect: bool
    body: re.Pattern[str]
    seconds: float
    retry_after: int | None
    to: str
    status: int
    message: str
    seen: int = 0
    done: int = 0
    """How often it was played."""

    def fits(self, request: Request) -> bool:
        return (
            self.method in ("", request.method)
            and bool(self.path.search(request.path))
            and (not self.body.pattern or bool(self.body.search(request.body.decode(errors="replace"))))
        )

    def strike(self) -> bool:
        """Count a request that fits; whether this one is hit."""
        self.seen += 1
        if self.seen <= self.after or (self.times is not None and self.done >= self.times):
            return False
        self.done += 1
        return True

    def answer(self, url: str) -> Answer | None:
        """What is sent instead of the true answer; None for faults of the connection."""
        html = {"Content-Type": "text/html"}
        if self.kind in ("500", "503"):
            return Answer(int(self.kind), {"message": "Server Error"})
        if self.kind == "502":
            return Answer(502, PAGE, html)
        if self.kind in ("429", "secondary"):
            return secondary(self.retry_after, 429 if self.kind == "429" else 403).answer
        if self.kind == "refusal":
            return Refusal(self.status, self.message).answer
        if self.kind == "raw":
            return Answer(self.status, self.message.encode(), html)
        if self.kind == "redirect":
            return Answer(self.status, {"message": "Moved"}, {"Location": self.to or url})
        return None


class Faults:
    """All orders, the oldest first."""

    def __init__(self) -> None:
        self.orders: list[Fault] = []
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Fault:
        if fault.kind not in KINDS:
            raise ValueError(f"a fault is one of {', '.join(KINDS)}, not {fault.kind}")
        with self._lock:
            self.orders.append(fault)
        return fault

    def clear(self) -> None:
        with self._lock:
            self.orders.clear()

    def hit(self, request: Request) -> Fault | None:
        """The fault that this request meets."""
        with self._lock:
            return next((one for one in self.orders if one.fits(request) and one.strike()), None)
