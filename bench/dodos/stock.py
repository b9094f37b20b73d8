"""The graph of a milestone for doit as it comes; `graph.json` beside it says where the targets are."""

import json
from pathlib import Path

from doit.tools import run_once

DATA = json.loads(Path("graph.json").read_text())
DOIT_CONFIG = {"default_tasks": ["merge"]}


def done():
    pass


def task_milestone():
    root, phases = DATA["root"], DATA["phases"]
    for phase in phases:
        yield {"basename": phase, "name": None, "doc": phase}
    for issue, blockers in DATA["graph"].items():
        before = [f"{root}/{blocker}/merge.json" for blocker in blockers]
        for phase in phases:
            target = f"{root}/{issue}/{phase}.json"
            yield {
                "basename": phase,
                "name": issue,
                "actions": [done],
                "file_dep": before,
                "targets": [target],
                "uptodate": [] if before else [run_once],
            }
            before = [target]
