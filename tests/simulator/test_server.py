"""The server itself: https, many clients at once, and a port that is free again."""

import threading
from pathlib import Path

import pytest
import requests
from support.github import GitHub
from support.github.ci import Check, always
from support.github_client import Client


def test_it_speaks_https_with_a_certificate_of_its_own(tmp_path: Path) -> None:
    with GitHub(tmp_path / "github", host="localhost", tls=True) as github:
        github.repository("octo/app")
        headers = {"Authorization": f"Bearer {github.token()}"}
        answer = requests.get(f"{github.rest_url}/user", headers=headers, verify=str(github.certificate))
        assert answer.json()["login"] == "octo"
        with pytest.raises(requests.exceptions.SSLError):
            requests.get(f"{github.rest_url}/user", headers=headers)


def test_many_clients_at_once_get_every_number_once(github: GitHub) -> None:
    repo = github["octo/app"]
    repo.ci = always(Check("test"))
    ann, token = repo.person("ann"), github.token()
    for name in range(12):
        ann.push(f"b{name}", {f"f{name}": "1\n"})
    numbers: list[int] = []

    def work(name: int) -> None:
        client = Client(github, token)
        wish = {"title": "X", "head": f"b{name}", "base": "main"}
        number = client.ask("POST", "/repos/octo/app/pulls", wish).json()["number"]
        assert client.ask("PUT", f"/repos/octo/app/pulls/{number}/merge").status_code == 200
        numbers.append(number)

    threads = [threading.Thread(target=work, args=(name,)) for name in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(numbers) == list(range(1, 13))
    client = Client(github, token)
    paths = {row["path"] for row in client.get("/repos/octo/app/git/trees/main")["tree"]}
    assert paths == {"README.md", *(f"f{name}" for name in range(12))}


def test_nothing_listens_after_the_end(tmp_path: Path) -> None:
    with GitHub(tmp_path / "github") as github:
        url = github.rest_url
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/user", timeout=5)
