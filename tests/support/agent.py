"""An agent for tests: a real program that does what a script says, issue by issue and attempt by attempt.

usage: agent.py SCRIPT.json ISSUE ATTEMPT; the script maps an issue to a list of attempts, each a list of
steps; the last attempt is repeated. The default is one commit that adds `issue-N.txt`.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path


def git(*args: str) -> None:
    subprocess.run(["git", *args], check=True, stdout=subprocess.DEVNULL)


def step(text: str, issue: str) -> None:
    verb, _, rest = text.partition(" ")
    if verb == "write":
        name, _, content = rest.partition(" ")
        Path(name).parent.mkdir(parents=True, exist_ok=True)
        Path(name).write_text(content.replace("\\n", "\n") + "\n")
    elif verb == "commit":
        git("add", "-A")
        git("commit", "-q", "-m", rest or f"Work on #{issue}")
    elif verb == "git":
        git(*rest.split())
    elif verb == "sleep":
        time.sleep(float(rest))
    elif verb == "print":
        print(rest, flush=True)
    elif verb == "touch":
        Path(rest).write_text("")
    elif verb == "result":
        Path(os.environ["AUTO_MILESTONE_RESULT"]).write_text(rest)
    elif verb == "prompt":
        Path(rest).write_text(sys.stdin.read())
    elif verb == "exit":
        sys.exit(int(rest))
    elif verb == "sh":
        subprocess.run(["sh", "-c", rest], check=True)
    else:
        raise SystemExit(f"unknown step {text!r}")


def main() -> None:
    script, issue, attempt = Path(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    attempts = json.loads(script.read_text()).get(issue) or [[f"write issue-{issue}.txt done", "commit"]]
    for text in attempts[min(attempt, len(attempts)) - 1]:
        step(text, issue)


main()
