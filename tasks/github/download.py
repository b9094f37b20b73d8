"""The end of a file that a link of GitHub's leads to, wherever that is; the token stays here."""

import time
from urllib.parse import urlsplit

import requests

from ..errors import Unreachable
from ..stopping import Stop
from .connection import BROKEN, reason

KEPT = 1 << 20
"""Bytes, of the end: logs can be of any size."""

LONGEST = 120.0
"""Seconds that one download may take."""

PIECE = 1 << 16


def tail(url: str, patience: float, stop: Stop, longest: float = LONGEST) -> str:
    """The last bytes as text; `patience` in seconds for each piece. Raises Unreachable, Stopped."""
    host = urlsplit(url).netloc
    try:
        with requests.get(url, stream=True, timeout=patience) as answer:
            if answer.status_code != 200:  # a link that has expired leads to a page that says so
                raise Unreachable(f"{host} answered {answer.status_code} to a download")
            return _end(answer, host, stop, time.monotonic() + longest).decode(errors="replace")
    except BROKEN as error:
        raise Unreachable(f"{host}: {reason(error)} (a download)") from error


def _end(answer: requests.Response, host: str, stop: Stop, deadline: float) -> bytes:
    kept = b""
    for piece in answer.iter_content(PIECE):
        stop.check()
        if time.monotonic() > deadline:
            raise Unreachable(f"{host}: a download does not end")
        kept = (kept + piece)[-KEPT:]
    return kept
