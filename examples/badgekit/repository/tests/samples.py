"""Small inputs that the tests share."""

import struct
import zlib
from typing import Any


def credential(**changes: Any) -> dict[str, Any]:
    """Make an achievement credential; *changes* replace its top-level members."""
    return {
        "@context": [
            "https://www.w3.org/ns/credentials/v2",
            "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json",
        ],
        "type": ["VerifiableCredential", "OpenBadgeCredential"],
        "issuer": {
            "id": "https://academy.example/issuers/1",
            "type": ["Profile"],
            "name": "Example Academy",
        },
        "validFrom": "2025-01-01T00:00:00Z",
        "credentialSubject": {
            "type": ["AchievementSubject"],
            "achievement": {"type": ["Achievement"], "name": "Café Barista ☕"},
        },
    } | changes


def chunk(kind: bytes, data: bytes) -> bytes:
    """Frame one PNG chunk."""
    body = kind + data
    return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))


def png(*extra: bytes) -> bytes:
    """Make a PNG of one grey pixel, with the *extra* framed chunks after its header."""
    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    return b"".join(
        [
            b"\x89PNG\r\n\x1a\n",
            chunk(b"IHDR", header),
            *extra,
            chunk(b"IDAT", zlib.compress(b"\0\x80")),
            chunk(b"IEND", b""),
        ]
    )


def svg(inner: str = "", prologue: str = "") -> bytes:
    """Make an SVG with a circle, and *inner* after it."""
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n{prologue}'
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 10 10">'
        f'<circle cx="5" cy="5" r="4"/>{inner}</svg>'
    ).encode()
