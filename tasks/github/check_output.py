"""What a check that failed has to say: its own words, its annotations, and the end of its job's log."""

import re
from collections.abc import Iterator

from ..errors import Unreachable
from ..model import CheckRun
from .api import Api
from .problems import Refused

LOG_LINES = 60
LOG_CHARACTERS = 20_000
ANNOTATIONS = 20
JOB = re.compile(r"/actions/runs/\d+/jobs?/(\d+)")
"""In the page of a check that GitHub Actions made: the number of its job."""

STAMP = re.compile(r"^\ufeff?\d{4}-\d\d-\d\dT[\d:.]+Z ", re.MULTILINE)
ESCAPE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def output(api: Api, repository: str, run: CheckRun) -> str:
    """As text, the most telling part last. What the token may not read is left out."""
    parts = [run.output, *_own_words(api, repository, run), _log(api, repository, run)]
    return "\n\n".join(part.strip() for part in parts if part.strip())


def _own_words(api: Api, repository: str, run: CheckRun) -> Iterator[str]:
    """Of a check run: title, summary and text, and what it says of single lines."""
    if not run.id:
        return
    path = f"/repos/{repository}/check-runs/{run.id}"
    try:
        said, rows = api.get(path)["output"], api.get(f"{path}/annotations", per_page=ANNOTATIONS)
    except (Refused, Unreachable):
        return
    yield "\n".join(said[key] for key in ("title", "summary", "text") if said[key])
    lines = [
        f"{row['path']}:{row['start_line']}: {row['annotation_level']}: {row['message']}" for row in rows
    ]
    if lines:
        yield "\n".join(lines)


def _log(api: Api, repository: str, run: CheckRun) -> str:
    job = JOB.search(run.url)
    if not job:
        return ""
    try:
        text = api.download(f"/repos/{repository}/actions/jobs/{job[1]}/logs")
    except (Refused, Unreachable):
        return ""
    lines = ESCAPE.sub("", STAMP.sub("", text)).splitlines()
    return "\n".join(lines[-LOG_LINES:])[-LOG_CHARACTERS:]
