"""A certificate for https on loopback."""

from __future__ import annotations

import subprocess
from pathlib import Path


def make_certificate(folder: Path, host: str) -> Path:
    """Key and self-signed certificate in one file, made by openssl; good for a day."""
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / "server.pem"
    names = f"subjectAltName=DNS:localhost,IP:127.0.0.1{f',DNS:{host}' if host[0].isalpha() else ''}"
    argv = ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    argv += ["-days", "1", "-subj", f"/CN={host}", "-addext", names, "-keyout", str(made), "-out", str(made)]
    subprocess.run(argv, check=True, capture_output=True)
    return made
