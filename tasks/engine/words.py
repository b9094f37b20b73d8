"""What a person typed, where it cannot be used as it is: one line that says what was meant, or what there is."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from ..milestone import Milestone
from ..model import PHASES, some_issues
from ..naming import COMMAND
from .pages import SHORT

NAMES = tuple(dict.fromkeys([*SHORT, *PHASES, "wave"]))
SINGLE = re.compile(rf"({'|'.join(PHASES)}|wave):(\d+)")
"""A task of one issue, or one wave."""


def number_of_agents(text: str) -> int:
    """The value of -n. Raises ValueError with the line for a person."""
    if not re.fullmatch(r"[1-9]\d{0,3}", text):
        raise ValueError(f"-n takes a number of agents from 1, not `{text}`: {COMMAND} -n 2 merge")
    return int(text)


def help_word(args: Sequence[str]) -> str | None:
    """`merge` of `-n 2 merge --help`; "" for --help alone; None if nobody asks for help."""
    if "-h" not in args and "--help" not in args:
        return None
    return next((word for word in args if not word.startswith("-") and not word.isdecimal()), "")


def option_problem(error: Exception, args: Sequence[str], command: str) -> str:
    """doit's error about an option of `command`, or of a task that it was to run, as one line."""
    first, *more = str(error).splitlines()
    found = re.search(r"option (\S+) (not recognized|must not have an argument|requires argument)", first)
    if found:
        word = next((word for word in args if command == "run" and word.partition(":")[0] in NAMES), command)
        if found[2] == "not recognized":
            return unknown_option(found[1], word)
        what = "needs a value" if found[2] == "requires argument" else "takes none"
        return f"option {found[1]} {what}; `{COMMAND} help {word}` lists the options"
    literal = re.search(r"invalid literal for int.*: '(.*)'", more[0]) if more else None
    name = re.search(r"parameter '(\w+)'", first)
    if literal and name:
        return f"option `{name[1]}` takes a number, not `{literal[1]}`"
    return more[0] if more else first


def unknown_option(option: str, word: str) -> str:
    """`option` is none of the command or task `word`."""
    return f"option {option} is unknown; `{COMMAND} help {word}` lists the options"


def unknown_word(word: str, commands: Sequence[str], milestone: Milestone | None) -> str:
    """Why `word` is no task and no command. Raises MilestoneError where nothing is planned yet."""
    single = SINGLE.fullmatch(word)
    if single:
        if milestone is None:
            return f"there is no task `{word}`; `{COMMAND} list --all` names them"
        return _not_in_plan(single[1], int(single[2]), milestone)
    if word.removeprefix("#").isdecimal():
        return f"`{word}` is no task; did you mean `merge:{word.removeprefix('#')}`?"
    name, colon, rest = word.partition(":")
    if name in (*PHASES, "wave"):
        return f"`{word}` is no task: behind `{name}:` stands a number, as in `{name}:12`"
    near = get_close_matches(name, [*NAMES, *commands], 1, 0.6)
    if near == [name]:
        return f"`{word}` is no command and no task; did you mean `{name}`?"
    if near:
        return f"`{word}` is no command and no task; did you mean `{near[0]}{colon}{rest}`?"
    return f"`{word}` is no command and no task; there are {', '.join(NAMES)}, and those of `{COMMAND} help`"


def _not_in_plan(name: str, number: int, milestone: Milestone) -> str:
    plan = milestone.plan
    if name == "wave":
        count = len(milestone.schedule.waves)
        return f"there is no wave {number}: the waves are numbered from 1 to {count}, see `{COMMAND} plan`"
    if number in milestone.settings.skip:
        return f"#{number} is named in `skip` in milestone.yaml: take it out there to land it"
    return f"the plan has no issue {number}; it has {some_issues(plan.issues)}"


def settled(word: str, milestone: Milestone) -> str:
    """Why there is nothing left to do for the task `word`; "" if there is."""
    single = SINGLE.fullmatch(word)
    if not single or single[1] in ("wave", "cleanup") or milestone.manifest.plan is None:
        return ""
    number = int(single[2])
    if number not in milestone.plan.issues:
        return ""
    issue = milestone.plan.issues[number]
    if milestone.proved(number, "merge"):
        return f"#{number} has landed already: nothing to do."
    if issue.state != "closed":
        return ""
    if issue.state_reason == "not_planned":
        again = f"to land it, reopen it and run `{COMMAND} plan`"
        return f"#{number} is closed as not planned: nothing to do; {again}."
    return f"#{number} is closed already: nothing to do."


def asked_for(words: Sequence[str], milestone: Milestone) -> frozenset[int] | None:
    """The issues that `words` are about, with what they need; None: all of the milestone."""
    singles = [SINGLE.fullmatch(word) for word in words]
    wanted: list[int] = []
    for single in singles:
        if single is None:
            return None
        number = int(single[2])
        wanted += milestone.schedule.waves[number - 1] if single[1] == "wave" else [number]
    found: set[int] = set()
    while wanted:
        number = wanted.pop()
        if number not in found:
            found.add(number)
            wanted += milestone.schedule.tasks_before(number) if number in milestone.schedule.blockers else ()
    return frozenset(found)
