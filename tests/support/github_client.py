"""A plain client of the loopback GitHub: no retries, no redirects, no knowledge."""

import base64
import subprocess
from pathlib import Path
from typing import Any

import requests

from .github import GitHub


class Client:
    """Asks with one token; an empty one asks without."""

    def __init__(self, github: GitHub, token: str) -> None:
        self.github = github
        self.token = token
        self.session = requests.Session()
        if token:
            self.session.headers["Authorization"] = f"Bearer {token}"

    def ask(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        """One REST request; the path as after /api/v3."""
        url = path if path.startswith("http") else self.github.rest_url + path
        return self.session.request(method, url, json=json, allow_redirects=False, timeout=30, **more)

    def get(self, path: str, **more: Any) -> Any:
        """The data of a GET that must be 200."""
        answer = self.ask("GET", path, **more)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """A GraphQL answer, errors included."""
        sent = {"query": text, "variables": variables}
        answer = self.session.post(self.github.graphql_url, json=sent, timeout=30)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def git(self, folder: Path, *argv: str) -> tuple[int, str]:
        """Git over HTTP with the token; exit code and everything it wrote."""
        secret = base64.b64encode(f"x-access-token:{self.token}".encode()).decode()
        header = ["-c", f"http.extraHeader=Authorization: Basic {secret}"] if self.token else []
        done = subprocess.run(["git", *header, *argv], cwd=folder, capture_output=True, text=True)
        return done.returncode, done.stdout + done.stderr
