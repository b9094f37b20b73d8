"""Commands of our own beside doit's: `status`, `explain`, `markers`. They look, and change nothing."""

import json
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from doit.cmd_base import Command
from doit.exceptions import InvalidCommand

from ..errors import MilestoneError, reason_of
from ..markers.reader import Markers, read_markers
from ..milestone import Milestone, open_milestone
from ..model import show_ref
from ..naming import COMMAND
from ..paths import MANIFEST
from ..report.explain import explain
from ..report.status import IssueStatus, MilestoneStatus, read_status
from ..screen import patient_stdout
from .lock import is_held
from .typed import Typed, no_arguments
from .words import unknown_option

opt_json = {"name": "json", "long": "json", "type": bool, "default": False, "help": "print JSON"}


class _Command(Typed, Command):  # type: ignore[misc]
    """One clear line and exit code 3 for what cannot be used."""

    def execute(self, opt_values: Mapping[str, Any], pos_args: Sequence[str]) -> int:
        stdout = patient_stdout()
        options = {**opt_values}
        words = list(pos_args)
        if "--json" in words and "json" in options:
            words.remove("--json")
            options["json"] = True
        try:
            self._refuse_options(words)
            code = self.answer(options, words)
            stdout.flush()
            return 1 if stdout.lost else code
        except MilestoneError as error:
            raise InvalidCommand(str(error)) from None
        except OSError as error:
            raise InvalidCommand(reason_of(error)) from None

    def _refuse_options(self, words: Sequence[str]) -> None:
        """An option behind the first word comes as a word."""
        known = {f"--{option['long']}" for option in self.cmd_options}
        for word in words:
            if word.startswith("--") and word.partition("=")[0] not in known:
                raise MilestoneError(unknown_option(word, self.name))

    def answer(self, options: Mapping[str, Any], words: Sequence[str]) -> int:
        raise AssertionError("every command answers for itself")


def _status(milestone: Milestone) -> MilestoneStatus:
    return read_status(milestone, is_held(milestone.paths))


class Status(_Command):
    """`doit status [--json]`."""

    name = "status"
    doc_purpose = "where every issue stands, what it waits for, since and until when"
    doc_usage = ""
    cmd_options = (opt_json,)

    def answer(self, options: Mapping[str, Any], words: Sequence[str]) -> int:
        no_arguments(words, self.name)
        status = _status(open_milestone(Path(MANIFEST)))
        if options["json"]:
            print(json.dumps(status.as_dict(), indent=1, ensure_ascii=False))
            return 0
        print(status.milestone)
        for number, one in status.issues.items():
            cells = [
                f"{show_ref(number):>6}",
                f"{one.state:<9}",
                f"{one.phase or '':<9}",
                _clock(one.since),
                _why(one),
            ]
            print("  ".join(cells).rstrip())
        print(", ".join(f"{count} {state}" for state, count in status.counts.items() if count))
        if status.forge:
            print(status.forge)
        return 0


def _clock(since: float | None) -> str:
    """When it came to where it is: the time today, the date before."""
    if since is None:
        return " " * 5
    then = time.localtime(since)
    return time.strftime("%H:%M" if then[:3] == time.localtime()[:3] else "%m-%d", then)


def _why(one: IssueStatus) -> str:
    until = time.strftime(" until %H:%M", time.localtime(one.until)) if one.until else ""
    why, pull = one.reason + until, f"pull request #{one.pull}" if one.pull else ""
    if pull in why:
        return why
    return f"{why} ({pull})" if why else pull


class Explain(_Command):
    """`doit explain 13`."""

    name = "explain"
    doc_purpose = "every blocker of an issue, where the edge comes from, what would free it"
    doc_usage = "ISSUE"

    def answer(self, options: Mapping[str, Any], words: Sequence[str]) -> int:
        if len(words) != 1 or not words[0].removeprefix("#").isdecimal():
            raise MilestoneError(f"usage: {COMMAND} explain ISSUE")
        milestone = open_milestone(Path(MANIFEST))
        number = int(words[0].removeprefix("#"))
        print("\n".join(explain(number, milestone, _status(milestone))))
        return 0


opt_repository = {
    "name": "repository",
    "long": "repository",
    "type": str,
    "default": "",
    "help": "owner/name: references to this repository are shown as #12",
}


class ShowMarkers(_Command):
    """`doit markers [--json] [--repository owner/name] FILE...`."""

    name = "markers"
    doc_purpose = "the dependencies that are read in a text, with their lines"
    doc_usage = "FILE ... (- is standard input)"
    cmd_options = (opt_json, opt_repository)

    def answer(self, options: Mapping[str, Any], words: Sequence[str]) -> int:
        if not words:
            raise MilestoneError(
                f"usage: {COMMAND} markers [--json] [--repository owner/name] FILE... (- is standard input)"
            )
        found = [(word, read_markers(_text(word), options["repository"] or None)) for word in words]
        if options["json"]:
            values = [markers.as_dict() for _, markers in found]
            print(
                json.dumps(
                    values[0] if len(values) == 1 else dict(zip(words, values, strict=True)),
                    indent=1,
                    ensure_ascii=False,
                )
            )
            return 0
        for name, markers in found:
            _show(name, markers)
        return 0


def _text(name: str) -> str:
    try:
        return sys.stdin.read() if name == "-" else Path(name).read_text("utf-8")
    except OSError as error:
        raise MilestoneError(f"{name}: cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise MilestoneError(f"{name}: not UTF-8; save the file as UTF-8") from None


def _show(name: str, markers: Markers) -> None:
    for edge in markers.edges:
        print(f"{name}:{edge.line}: {edge.kind.replace('_', ' ')} {edge.ref}  [{edge.text}]")
    for warning in markers.warnings:
        print(f"{name}:{warning.line}: warning: {warning.reason}  [{warning.text}]")
    if not markers.edges and not markers.warnings:
        print(f"{name}: no dependencies")
