"""Keys and values that the person's part may not hold: each problem is one line that names its place."""

from pathlib import Path

import pytest
from support.manifest import FORGE, problem

KEY_PROBLEMS = [
    ("milestone: M3\n", "1: `forge` is missing; write `forge: {kind: local, issues: issues, repository: .}`"),
    ("forge:\n  kidn: github\n", "2: forge.kidn: unknown key; did you mean `kind`?"),
    (f"{FORGE}milestne: M3\n", "2: milestne: unknown key; did you mean `milestone`?"),
    (
        f"{FORGE}agent: {{zzz: 1}}\n",
        "2: agent.zzz: unknown key; the keys here are budget_args, budget_usd, command, ",
    ),
    (f"{FORGE}<<: {{base: x}}\n", "2: <<: unknown key; the keys here are agent, approval, "),
    ("forge: {kind: github}\n", "1: forge: `repository` is missing; add `repository: ...` here"),
    ("forge: {repository: a/b}\n", "1: forge: `kind` is missing; write `kind: github` or `kind: local`"),
    ("forge: {kind: local, repository: r}\n", "1: forge: `issues` is missing; add `issues: ...` here"),
    (
        "forge:\n  kind: local\n  issues: i\n  repository: r\n  base_url: https://x\n",
        "5: forge.base_url: goes with `kind: github` only; delete it",
    ),
    (
        "forge:\n  kind: github\n  repository: a/b\n  issues: i\n",
        "4: forge.issues: goes with `kind: local` only; delete it",
    ),
    (
        "forge: {kind: gitub, repository: a/b}\n",
        '1: forge.kind: has to be one of `github`, `local`, not the text "gitub"; did you mean `github`?',
    ),
    (
        "forge: {kind: github, repository: 'https://github.com/a/b'}\n",
        '1: forge.repository: "https://github.com/a/b" cannot be used here; write it as owner/name',
    ),
    (
        f"milestone: M3\n{FORGE}epic: 3\n",
        "3: epic: two sources at once; keep one of `milestone`, `epic` and the list `issues`",
    ),
    (f"{FORGE}issues: [12]\nmilestone: M3\n", "3: milestone: two sources at once; keep one of "),
    (f"{FORGE}issues: [12]\nepic: 3\n", "3: epic: two sources at once; keep one of "),
    (
        f"{FORGE}milestone:\n",
        "2: milestone: has to be text or a whole number, not empty; give its title or its number",
    ),
    (f"{FORGE}milestone: 0\n", "2: milestone: has to be at least 1, not 0; "),
    (
        f"{FORGE}milestone: no\n",
        "2: milestone: has to be text or a whole number, not false (YAML reads no, off, ",
    ),
    (f"{FORGE}epic: -3\n", "2: epic: has to be at least 1, not -3"),
    (f"{FORGE}issues: []\n", "2: issues: is empty; write `issues: [12, 13]`"),
    (f"{FORGE}issues: [12, 0]\n", "2: issues[1]: has to be at least 1, not 0; an issue number without `#`"),
    (f"{FORGE}issues:\n  12: {{}}\n  x: {{}}\n", "4: issues.x: this key is not an issue number"),
    (
        f"{FORGE}issues:\n  14: [12]\n",
        "3: issues.14: has to be a mapping, not a list; write the changes as a mapping",
    ),
    (f"{FORGE}issues:\n  14:\n    agnt: x\n", "4: issues.14.agnt: unknown key; did you mean `agent`?"),
    (
        f"{FORGE}issues:\n  14:\n    depends_on: [12, 14]\n",
        "4: issues.14.depends_on[1]: #14 cannot depend on itself; take it out",
    ),
    (
        f"{FORGE}checks: pnpm test\n",
        '2: checks: has to be a list, not the text "pnpm test"; write it as a list of words: [[pnpm, test]]',
    ),
    (
        f"{FORGE}checks:\n  - pnpm test 'a b'\n",
        "3: checks[0]: has to be a list, not the text \"pnpm test 'a b'\"; write it as a list of words: "
        "[pnpm, test, a b]",
    ),
    (
        f"{FORGE}checks: [pnpm, test]\n",
        '2: checks[0]: has to be a list, not the text "pnpm"; each command is a list of words of its own: '
        "[[pnpm, test], [pnpm, lint]]",
    ),
    (f"{FORGE}setup: [[]]\n", "2: setup[0]: is empty; write each command as a list of words"),
    (
        f"{FORGE}setup: [[sleep, 5]]\n",
        '2: setup[0][1]: has to be text, not the number 5 (for text write "5")',
    ),
    (
        f"{FORGE}setup: [[echo, no]]\n",
        "2: setup[0][1]: has to be text, not false (YAML reads no, off, false so; quote it)",
    ),
    (
        f"{FORGE}agent:\n  command: claude -p\n",
        '3: agent.command: has to be a list, not the text "claude -p"; write it as a list of words: [claude, "-p"]',
    ),
    (f"{FORGE}agent: {{budget_usd: 0}}\n", "2: agent.budget_usd: has to be more than 0, not 0"),
    (
        f"{FORGE}fix_rounds: on\n",
        "2: fix_rounds: has to be a whole number, not true (YAML reads yes, on, true so)",
    ),
    (f"{FORGE}fix_rounds: 11\n", "2: fix_rounds: has to be at most 10, not 11"),
    (f"{FORGE}fix_rounds: two\n", '2: fix_rounds: has to be a whole number, not the text "two"'),
    (
        f"{FORGE}check_timeout: 0\n",
        "2: check_timeout: has to be more than 0, not 0; write seconds, or 90s, 30m, 2h",
    ),
    (
        f"{FORGE}ci: {{deadline: 2 hours}}\n",
        '2: ci.deadline: "2 hours" cannot be used here; write seconds, or 90s',
    ),
    (
        f"{FORGE}approval: {{channel: telegram}}\n",
        '2: approval.channel: has to be one of `auto`, `terminal`, not the text "telegram"',
    ),
    (
        f"{FORGE}approval: atuo\n",
        '2: approval: has to be one of `auto`, `terminal`, not the text "atuo"; did you',
    ),
    (
        f"{FORGE}approval: [auto]\n",
        "2: approval: has to be text or a mapping, not a list; write `terminal`, `auto`",
    ),
    (f"{FORGE}approval: {{channel: [auto, auto]}}\n", "2: approval.channel: names auto twice; keep one"),
    (
        f"{FORGE}merge: {{method: squish}}\n",
        "2: merge.method: has to be one of `squash`, `merge`, `rebase`, not the ",
    ),
    (
        f"{FORGE}skip: 14\n",
        "2: skip: has to be a list, not the number 14; write a list of issue numbers: [14]",
    ),
    (
        f"{FORGE}skip: ['#14']\n",
        '2: skip[0]: has to be a whole number, not the text "#14"; an issue number without',
    ),
    (
        f"{FORGE}force_resolve: [a#3]\n",
        '2: force_resolve[0]: "a#3" cannot be used here; an issue number such as 14',
    ),
    (f"{FORGE}approve_plan: 1\n", "2: approve_plan: has to be true or false, not the number 1"),
    (f"{FORGE}base: a..b\n", '2: base: "a..b" cannot be used here; a branch name of letters, digits and '),
]


@pytest.mark.parametrize(("text", "message"), KEY_PROBLEMS, ids=[message for _, message in KEY_PROBLEMS])
def test_keys_and_values(path: Path, text: str, message: str) -> None:
    assert problem(path, text).startswith(f"milestone.yaml:{message}")


def test_the_first_problem_is_shown_but_a_misspelt_key_before_all(path: Path) -> None:
    assert problem(path, f"{FORGE}fix_rounds: x\nbarrier: x\n").startswith("milestone.yaml:2: fix_rounds: ")
    assert problem(path, f"{FORGE}barrier: x\nfix_rounds: x\n").startswith("milestone.yaml:2: barrier: ")
    assert problem(path, f"{FORGE}barrier: x\nfix_round: x\n").startswith(
        "milestone.yaml:3: fix_round: unknown key"
    )
