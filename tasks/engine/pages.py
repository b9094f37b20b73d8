"""What `help WORD` tells of our own commands and tasks. `{doit}` stands for the command that is there."""

from collections.abc import Collection
from importlib.metadata import version

from ..model import PHASES
from ..naming import COMMAND

SHORT = {
    "plan": "read the milestone, write the plan into milestone.yaml",
    "merge": "land it: work, pull request, CI, approval, merge; goes on where it stopped",
    "status": "where every issue stands, what it waits for, since when",
    "explain": "one issue: its blockers, what happened, the ways out",
    "markers": "the dependencies that are read in a text",
    "summary": "what the milestone came to",
    "init": "write what a project needs; overwrite nothing",
}
"""The words that a person needs, in the order of use."""

PAGES = {
    "plan": """\
{doit} plan [MILESTONE | ISSUE ... | --epic ISSUE] [--json]

Reads the issues of the milestone, works out which must come first, and writes the plan into milestone.yaml,
below the line `# ---- plan`. Nothing else is changed. Read it, edit the part above that line, then merge.

  {doit} plan                      what milestone.yaml names
  {doit} plan "M3: Code Graph"     a milestone, by its title
  {doit} plan 12 13 14             single issues
  {doit} plan --epic 635           the sub-issues of an issue

  --epic ISSUE    plan the sub-issues of this issue
  --json          print the plan as JSON""",
    "merge": """\
{doit} [-n N] merge[:ISSUE]

Lands issues, blockers first: an agent works in a worktree of its own, then pull request, CI, your approval,
and the merge after checks on the very tree that lands. A failure stops what waits for it and nothing else.
Running again goes on where the last run stopped, whatever stopped it, and tries again what failed.

  {doit} merge                     all issues, one after the other
  {doit} -n 2 merge                at most two agents at once
  {doit} merge:12                  issue 12, with what it needs
  {doit} wave:1                    the issues of the first wave

  -n N    agents at once; waiting for CI or a person counts as none (default 1)""",
    "run": """\
{doit} [run] [-n N] [-a] [-v LEVEL] [TASK ...]

Runs tasks. Without one: merge, cleanup, summary. `merge` lands all issues, `merge:12` one with what it needs,
`wave:1` one wave; the phases of an issue are tasks of their own, as in `work:12` or `ci`.
Running again goes on where the last run stopped, whatever stopped it.

  -n N, --process=N       agents at once; waiting for CI or a person counts as none (default 1)
  -a, --always-execute    run tasks that are up to date as well
  -v N, --verbosity=N     what is shown of the output of tasks of your own: 0 nothing, 1 errors, 2 all""",
    "wave": """\
{doit} [-n N] wave:NUMBER

Lands the issues of one wave of the plan, with what they need. An issue is in the first wave whose
predecessors hold all its blockers; `{doit} plan` shows the waves.

  {doit} -n 2 wave:1""",
    "status": """\
{doit} status [--json]

Where every issue stands: state, phase, since when, and why or for what it waits. It looks, and changes
nothing; a run may go on meanwhile.

  --json    the same for programs""",
    "explain": """\
{doit} explain ISSUE

One issue: what happened and where its log is, every blocker with the line that names it, and what would free
it. It looks, and changes nothing.

  {doit} explain 13""",
    "markers": """\
{doit} markers [--json] [--repository OWNER/NAME] FILE ...

The dependencies that are read in texts, with their lines, and the warnings. `-` is standard input.

  {doit} markers issues/13.md

  --json                     the same for programs
  --repository OWNER/NAME    references to this repository are shown as #12""",
    "summary": """\
{doit} summary

Prints what the milestone came to: duration, waves, and for each issue result, pull request, attempts and
cost. It is kept in summary.md of the state folder; a landing ends with it.""",
    "init": """\
{doit} init

Writes milestone.yaml with comments, the dodo.py and doit.cfg that plain `doit` needs, and the line for
.milestone/ in .gitignore, in the current folder. What is there already is left as it is.""",
    "tabcompletion": """\
{doit} tabcompletion [--shell bash|zsh]

Prints a script that completes commands, tasks and issues (`merge:` and the tab key). In ~/.bashrc:

  source <(auto-milestone tabcompletion)

and in ~/.zshrc, behind compinit, the same with `--shell zsh`.""",
}

PHASE = """\
{doit} [-n N] {phase}[:ISSUE]

The phase `{phase}`: {does}. It brings about the phases before it as well:
{phases}.

  {doit} {phase}:12    of issue 12
  {doit} {phase}       of all issues"""

PHASE_DOCS = {
    "worktree": "make the issue's branch and worktree on a fresh base",
    "work": "run the agent until the branch is good",
    "pull": "push the branch and open its pull request",
    "ci": "wait until the checks are green on the head",
    "review": "answer what reviewers found",
    "approve": "ask for approval",
    "merge": "land the issue on base, after its blockers",
    "cleanup": "remove worktrees and merged branches",
}


def page(word: str) -> str | None:
    """The page of a command or task of ours; `merge:12` has that of `merge`."""
    name = word.partition(":")[0]
    if name in PAGES:
        return PAGES[name].format(doit=COMMAND)
    if name in PHASES:
        order = " -> ".join(PHASES)
        return PHASE.format(doit=COMMAND, phase=name, does=PHASE_DOCS[name], phases=order)
    return None


def headline() -> str:
    """`auto-milestone 0.1.0`."""
    return f"auto-milestone {version('auto-milestone')}"


def overview(commands: Collection[tuple[str, str]]) -> str:
    """The first page. `commands` are (name, purpose) of all doit commands that are there."""
    there = {name for name, _ in commands}
    ours = [(name, text) for name, text in SHORT.items() if name != "init" or name in there]
    rest = [(name, text) for name, text in commands if name not in SHORT]
    lines = [
        f"{headline()}: a Makefile for a milestone, on doit",
        "",
        f"usage: {COMMAND} [-n AGENTS] WORD ...",
        "",
        *_table(ours),
        "",
        "Parts of a landing, each `:ISSUE` or for all: " + " ".join(PHASES),
        f"One issue with what it needs: {COMMAND} merge:12   One wave: {COMMAND} wave:1",
        f"Without a word: merge, cleanup, summary.   Two agents at once: {COMMAND} -n 2 merge",
        "",
        "doit's own:",
        "",
        *_table(sorted(rest)),
        "",
        f"`{COMMAND} help WORD` tells more; `{COMMAND} help task` is doit's reference of task dictionaries.",
    ]
    return "\n".join(lines)


def _table(rows: Collection[tuple[str, str]]) -> list[str]:
    wide = max(len(name) for name, _ in rows)
    return [f"  {name:<{wide}}  {text}" for name, text in rows]
