import json
from pathlib import Path

import pytest
import yaml
from auto_milestone.errors import ConfigError
from auto_milestone.manifest import file as manifest_file
from auto_milestone.manifest import schema_check, yaml_lines
from auto_milestone.manifest.manifest import (
    plan_as_dict,
    plan_from,
    read_manifest,
    read_settings,
    write_plan,
)
from auto_milestone.manifest.settings import Source
from auto_milestone.model import (
    Cut,
    Deadlock,
    Dependency,
    External,
    MilestoneInfo,
    Plan,
    PlannedIssue,
    PlanningIssue,
    ProposedEdge,
    Validation,
)
from hypothesis import given
from hypothesis import strategies as st

FORGE = "forge: {kind: github, repository: acme/rocket}\n"
MARKER = "# ---- plan: written by `doit plan`; edits below this line are lost with the next plan ----\n"

PLAN = Plan(
    source="milestone",
    milestone=MilestoneInfo("M3: Code Graph", 3, 3, 2, 1),
    planning_status="needs_review",
    recommended_parallel=2,
    parallel_reason="two issues can run at once",
    execution_waves=((12,), (13,)),
    free_issues=(12,),
    critical_path=(12, 13),
    issues={
        11: PlannedIssue(11, "no", "closed", "feat/issue-11-no", "ab" * 32, state_reason="completed"),
        12: PlannedIssue(12, "Käse: `#1`", "open", "feat/issue-12", "12" * 32, wave=1, blocks=(13,)),
        13: PlannedIssue(
            13,
            "Show the graph",
            "open",
            "feat/issue-13-show-the-graph",
            "3f" * 32,
            wave=2,
            depends_on=(
                Dependency(12, "body:3 Blocked by #12"),
                Dependency(99, "native", True),
                Dependency("other/repo#4", "manual"),
            ),
            related=(11, "other/repo#5"),
        ),
    },
    planning_issues=(PlanningIssue("overlap", "12 and 13 touch a.py", (12, 13)),),
    external=(
        External(99, "open", (13,), "M4: Future", "force_resolve"),
        External("other/repo#4", "missing", (13,)),
    ),
    deadlocks=(Deadlock((13,), "waits for other/repo#4", (Cut(13, "other/repo#4"),)),),
    validation=Validation(((12, 13, 12),), ("other/repo#4",), (99,), (11,)),
    proposed_plan=(ProposedEdge(13, 11, "both change a.py"),),
    epic=635,
)

PLAN_TEXT = f"""\
{MARKER}plan:
  source: milestone
  milestone: {{title: "M3: Code Graph", number: 3, total: 3, open: 2, closed: 1}}
  epic: 635
  planning_status: needs_review
  planning_issues: [{{kind: overlap, message: "12 and 13 touch a.py", issues: [12, 13]}}]
  recommended_parallel: 2
  parallel_reason: two issues can run at once
  execution_waves: [{{wave: 1, issues: [12]}}, {{wave: 2, issues: [13]}}]
  free_issues: [12]
  critical_path: [12, 13]
  issues:
    11:
      title: "no"
      state: closed
      state_reason: completed
      wave: null
      branch: feat/issue-11-no
      body_sha256: {"ab" * 32}
      depends_on: []
      blocks: []
    12:
      title: "Käse: `#1`"
      state: open
      wave: 1
      branch: feat/issue-12
      body_sha256: "{"12" * 32}"
      depends_on: []
      blocks: [13]
    13:
      title: Show the graph
      state: open
      wave: 2
      branch: feat/issue-13-show-the-graph
      body_sha256: {"3f" * 32}
      depends_on:
        - {{issue: 12, source: "body:3 Blocked by #12", satisfied: false}}
        - {{issue: 99, source: native, satisfied: true}}
        - {{issue: "other/repo#4", source: manual, satisfied: false}}
      blocks: []
      related: [11, "other/repo#5"]
  external:
    - {{issue: 99, state: open, milestone: "M4: Future", needed_by: [13], resolved_by: force_resolve}}
    - {{issue: "other/repo#4", state: missing, milestone: null, needed_by: [13], resolved_by: null}}
  deadlocks: [{{issues: [13], reason: "waits for other/repo#4", cut: [{{issue: 13, blocker: "other/repo#4"}}]}}]
  validation:
    circular_deps: [[12, 13, 12]]
    missing_deps: ["other/repo#4"]
    external_deps: [99]
    orphans: [11]
  proposed_plan: [{{issue: 13, depends_on: 11, reason: both change a.py}}]
"""

EMPTY_PLAN = Plan("issues", MilestoneInfo("", None, 0, 0, 0), "ready", 1, "", (), (), (), {})


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path / "milestone.yaml"


def problem(path: Path, text: str | bytes) -> str:
    """What reading `text` complains about."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as raised:
        read_manifest(path)
    message = str(raised.value)
    assert "\n" not in message
    return message


# -- reading


def test_a_manifest_without_a_plan(path: Path) -> None:
    path.write_text(f"milestone: M3\n{FORGE}skip: [14]\n")
    manifest = read_manifest(path)
    assert manifest.path == path
    assert manifest.plan is None
    assert manifest.settings.source == Source("milestone", milestone="M3")
    assert manifest.settings.skip == {14}


def test_a_manifest_with_a_plan(path: Path) -> None:
    path.write_text(f"milestone: M3\n{FORGE}\n{PLAN_TEXT}")
    manifest = read_manifest(path)
    assert manifest.plan == PLAN
    assert manifest.settings.source == Source("milestone", milestone="M3")


def test_a_manifest_that_was_read_before_is_read_from_its_cache(path: Path) -> None:
    path.write_text(FORGE)
    first = read_manifest(path)
    cache = path.parent / ".milestone" / "manifest.json"
    assert cache.exists()
    assert read_manifest(path) == first
    cache.write_text("{")
    assert read_manifest(path) == first
    path.write_text(FORGE + "base: develop\n")
    assert read_manifest(path).settings.base == "develop"


@pytest.mark.parametrize(
    "text", [f"\ufeff{FORGE}", FORGE.replace("\n", "\r\n"), FORGE.rstrip("\n"), f"---\n{FORGE}"]
)
def test_files_of_other_editors(path: Path, text: str) -> None:
    path.write_bytes(text.encode())
    assert read_manifest(path).settings.forge == {"kind": "github", "repository": "acme/rocket"}


def test_without_libyaml(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml_lines, "_Loader", yaml.SafeLoader)
    path.write_text(f"{FORGE}\n{PLAN_TEXT}")
    assert read_manifest(path).plan == PLAN
    assert problem(path, f"{FORGE}\nskip: [a]\n").startswith(
        "milestone.yaml:3: skip[0]: has to be a whole number"
    )


def test_a_file_elsewhere_is_named_in_full(path: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("elsewhere") / "milestone.yaml"
    assert problem(other, f"{FORGE}x: 1\n").startswith(f"{other}:2: x: unknown key; ")


def test_there_is_no_file(path: Path) -> None:
    with pytest.raises(ConfigError) as raised:
        read_manifest(path)
    assert str(raised.value) == (
        "milestone.yaml: is not there; `auto-milestone init` writes one, or write "
        '`milestone: "My milestone"`, `forge: {kind: local, issues: issues, repository: .}` and '
        "`agent: claude` into it, then run `doit plan`"
    )


def test_a_folder(path: Path) -> None:
    path.mkdir()
    with pytest.raises(ConfigError, match=r"^milestone\.yaml: is a folder; it has to be a file"):
        read_manifest(path)


def test_a_file_that_is_too_large(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert manifest_file.LARGEST == 64 * 1024 * 1024
    with path.open("wb") as file:
        file.truncate(manifest_file.LARGEST + 1)
    with pytest.raises(ConfigError) as raised:
        read_manifest(path)
    assert str(raised.value) == "milestone.yaml: is larger than 64 MiB; that is no manifest"


def test_a_file_that_cannot_be_read(path: Path) -> None:
    path.symlink_to(path)
    with pytest.raises(
        ConfigError, match=r"^milestone\.yaml: cannot be read: Too many levels of symbolic links"
    ):
        read_manifest(path)


@pytest.mark.parametrize("text", ["", "\n", "# nothing yet\n"])
def test_an_empty_file(path: Path, text: str) -> None:
    assert problem(path, text).startswith(
        'milestone.yaml: is empty; write `milestone: "My milestone"`, `forge: {'
    )


YAML_PROBLEMS = [
    (f"{FORGE}base: m\xe4in\n".encode("latin-1"), "2:8: is not UTF-8; save it as UTF-8"),
    (FORGE.encode("utf-16"), "1:1: is not UTF-8; save it as UTF-8"),
    (
        f"{FORGE}base: a: b\n",
        "2:8: not YAML: mapping values are not allowed in this context; put quotes around a text that holds `: `",
    ),
    (f"{FORGE}base: \x07\n", "2:7: not YAML: the control character U+0007; delete it"),
    ("[1, 2]\n", "1: has to be a mapping of `key: value` lines; write `milestone: "),
    ("just words\n", "1: has to be a mapping of `key: value` lines; write `milestone: "),
    (f"{FORGE}skip: [1]\nskip: [2]\n", "3: skip: this key stands here twice; keep one of them"),
    (
        f"{FORGE}issues:\n  14: {{}}\n  '14': {{}}\n",
        "4: issues.14: this key stands here twice; keep one of them",
    ),
    (
        f"{FORGE}setup: &a [[x]]\nchecks: *a\n",
        "2: setup: anchors and aliases (`&name`, `*name`) are not supported; ",
    ),
    (
        f"{FORGE}base: !!python/name:os.system\n",
        "2: base: the tag `tag:yaml.org,2002:python/name:os.system` is not ",
    ),
    (
        f"{FORGE}skip: {'[' * 100_000}",
        "2: skip[0][0][0][0][0][0][0][0][0]...: nested more than 40 levels deep",
    ),
    (f"{FORGE}---\nskip: [1]\n", "2: a second document begins here; keep everything in one, without `---`"),
]


@pytest.mark.parametrize(("text", "message"), YAML_PROBLEMS, ids=[message for _, message in YAML_PROBLEMS])
def test_no_yaml(path: Path, text: str | bytes, message: str) -> None:
    assert problem(path, text).startswith(f"milestone.yaml:{message}")


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


# -- the person's part and the plan together


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("skip: [12, 77]\n", "skip[1]: #77 is no issue of this plan; take it out, or run `doit plan` again"),
        ("skip:\n- 12\n- 99\n", "skip[1]: #99 is no issue of this plan"),
        ("issues: {77: {}}\n", "issues.77: #77 is no issue of this plan"),
        (
            "force_resolve: [77]\n",
            "force_resolve[0]: #77 is no issue of this plan and blocks none of them; take it ",
        ),
        (
            "force_resolve: ['a/b#4']\n",
            "force_resolve[0]: a/b#4 is no issue of this plan and blocks none of them",
        ),
    ],
)
def test_a_number_that_the_plan_does_not_know(path: Path, text: str, message: str) -> None:
    line = 1 + text.count("\n")
    assert problem(path, f"{FORGE}{text}{PLAN_TEXT}").startswith(f"milestone.yaml:{line}: {message}")
    assert read_settings(path)


@pytest.mark.parametrize(
    "text",
    [
        "force_resolve: [12, 99, 'other/repo#4', 'acme/rocket#13']\n",
        "skip: [11]\nissues: {13: {depends_on: [12, 88]}}\nforce_resolve: [88]\n",
    ],
)
def test_numbers_that_the_plan_knows(path: Path, text: str) -> None:
    path.write_text(f"{FORGE}{text}{PLAN_TEXT}")
    assert read_manifest(path).plan == PLAN


DAMAGES = [
    (
        "plan:\n  source: milestone\n",
        "plan:\n  source: milestones\n",
        "4: plan.source: has to be one of `milestone`",
    ),
    (
        "recommended_parallel: 2",
        "recommended_parallel: two",
        "9: plan.recommended_parallel: has to be a whole number",
    ),
    ("  free_issues: [12]\n", "", "3: plan: `free_issues` is missing"),
    ("  free_issues:", "  fre_issues:", "12: plan.fre_issues: unknown key"),
    ("  free_issues: [12]", "  free_issues: [77]", "12: plan.free_issues[0]: #77 is not under `plan.issues`"),
    ("blocks: [13]", "blocks: [78]", "31: plan.issues.12.blocks[0]: #78 is not under `plan.issues`"),
    ("  free_issues: [12]", "  free_issues: [12", "13: not YAML: did not find expected ',' or ']'"),
    ("wave: null", "wave: soon", "19: plan.issues.11.wave: has to be a whole number or null, not the text"),
    ("    13:\n", "    12:\n", "32: plan.issues.12: this key stands here twice"),
    (PLAN_TEXT.removeprefix(MARKER), "", "2: below this line stands something else than `plan:`"),
]


@pytest.mark.parametrize(("old", "new", "message"), DAMAGES, ids=[message for *_, message in DAMAGES])
def test_a_damaged_plan(path: Path, old: str, new: str, message: str) -> None:
    assert PLAN_TEXT.count(old) == 1
    text = problem(path, FORGE + PLAN_TEXT.replace(old, new))
    assert text.startswith(f"milestone.yaml:{message}")
    assert text.endswith("; the plan part is damaged: run `doit plan` again")
    assert read_settings(path).forge["kind"] == "github"
    assert write_plan(path, PLAN)
    assert path.read_text() == FORGE + PLAN_TEXT


@pytest.mark.parametrize("key", ["skip: [12]\n", '"skip": [12]\n', "skip :\n- 12\n", "skip:"])
def test_a_key_below_the_plan_would_be_lost(path: Path, key: str) -> None:
    line = (FORGE + PLAN_TEXT).count("\n") + 1
    message = problem(path, FORGE + PLAN_TEXT + key)
    assert (
        message
        == f"milestone.yaml:{line}: skip: stands below the line `# ---- plan` and would be lost; move it above"
    )
    with pytest.raises(ConfigError, match="would be lost"):
        write_plan(path, PLAN)


def test_the_plan_line_is_gone(path: Path) -> None:
    expected = (
        "milestone.yaml:2: plan: the line `# ---- plan` above it is gone; delete `plan:` and all below it, "
        "then run `doit plan`"
    )
    text = PLAN_TEXT.removeprefix(MARKER)
    assert problem(path, FORGE + text) == expected
    assert problem(path, FORGE + text + PLAN_TEXT) == expected
    with pytest.raises(ConfigError, match="is gone"):
        write_plan(path, PLAN)


# -- writing


def test_the_bytes_of_a_plan(path: Path) -> None:
    path.write_text(FORGE)
    assert write_plan(path, PLAN)
    assert path.read_text() == f"{FORGE}\n{PLAN_TEXT}"
    assert read_manifest(path).plan == PLAN


def test_the_whole_is_one_document_for_every_reader(path: Path) -> None:
    path.write_text(FORGE)
    write_plan(path, PLAN)
    data = yaml.safe_load(path.read_text())
    assert list(data) == ["forge", "plan"]
    assert plan_from(data["plan"]) == PLAN


PERSONS = {
    "comments": f"# yaml-language-server: $schema=x\n\n{FORGE}  # why\n\n# the end\n\n\n",
    "crlf": f"# top\r\n{FORGE}\r\nskip: [12]   \r\n".replace("}\n", "}\r\n"),
    "mixed line endings": f"# top\r\n{FORGE}skip: []\n",
    "no final newline": f"{FORGE}skip: [12]",
    "byte order mark": f"\ufeff{FORGE}",
    "tabs and spaces at the ends": f"{FORGE}skip: [12] \t \n  \n",
    "other scripts": f"{FORGE}base: main # ветка 🌿\u2028\x85\n",
    "nearly a plan line": f"# ---- planning notes\n #---- plan\n{FORGE}# see # ---- plan\n",
    "block text": f"{FORGE}agent:\n  preset: claude\n  options:\n    text: |+\n      # ---- plan\n      plan:\n\n",
}


@pytest.mark.parametrize("person", PERSONS.values(), ids=PERSONS)
def test_the_persons_part_is_kept(path: Path, person: str) -> None:
    path.write_bytes(person.encode())
    assert write_plan(path, EMPTY_PLAN)
    first = path.read_bytes()
    assert first.startswith(person.encode())
    upper = first[: first.rindex(MARKER.encode().rstrip())]
    assert upper[len(person.encode()) :].strip() == b""
    assert write_plan(path, PLAN)
    assert path.read_bytes().startswith(upper + MARKER.encode().rstrip())
    assert read_manifest(path).plan == PLAN
    assert write_plan(path, EMPTY_PLAN)
    assert path.read_bytes() == first


def test_the_plan_has_the_line_endings_of_the_file(path: Path) -> None:
    path.write_bytes(FORGE.replace("\n", "\r\n").encode())
    write_plan(path, PLAN)
    assert path.read_bytes() == f"{FORGE}\n{PLAN_TEXT}".replace("\n", "\r\n").encode()


def test_what_stands_directly_above_the_plan_line_is_kept(path: Path) -> None:
    path.write_text(f"{FORGE}# mine\n# ---- plan (old form)\nplan:\n  nonsense: [\n")
    assert write_plan(path, PLAN)
    assert path.read_text() == f"{FORGE}# mine\n{PLAN_TEXT}"


def test_the_same_plan_does_not_touch_the_file(path: Path) -> None:
    path.write_text(FORGE)
    assert write_plan(path, PLAN)
    before = path.stat()
    assert not write_plan(path, PLAN)
    after = path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_the_persons_part_is_that_of_the_moment_of_writing(path: Path) -> None:
    path.write_text(FORGE)
    read_manifest(path)
    path.write_text(f"{FORGE}skip: [12]\n")
    write_plan(path, PLAN)
    assert path.read_text().startswith(f"{FORGE}skip: [12]\n")


def test_a_link_stays_a_link(path: Path, tmp_path: Path) -> None:
    target = tmp_path / "shared.yaml"
    target.write_text(FORGE)
    path.symlink_to(target)
    assert write_plan(path, PLAN)
    assert path.is_symlink()
    assert target.read_text() == f"{FORGE}\n{PLAN_TEXT}"


def test_the_permissions_stay(path: Path) -> None:
    path.write_text(FORGE)
    path.chmod(0o640)
    write_plan(path, PLAN)
    assert path.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    "text",
    ["{forge: {kind: github, repository: a/b}}\n", f"{FORGE}...\n", f"{FORGE}base: [\n", "skip: [1]\n", ""],
)
def test_nothing_is_written_below_a_part_that_cannot_be_read(path: Path, text: str) -> None:
    path.write_text(text)
    with pytest.raises(ConfigError, match=r"^milestone\.yaml"):
        write_plan(path, PLAN)
    assert path.read_text() == text
    assert list(path.parent.iterdir()) == [path]


def test_the_order_of_the_issues_does_not_matter(path: Path) -> None:
    path.write_text(FORGE)
    write_plan(path, PLAN)
    turned = {name: getattr(PLAN, name) for name in Plan.__dataclass_fields__}
    turned["issues"] = dict(reversed(PLAN.issues.items()))
    assert not write_plan(path, Plan(**turned))


# -- plans as data


@pytest.mark.parametrize("plan", [PLAN, EMPTY_PLAN])
def test_a_plan_as_data_and_back(plan: Plan) -> None:
    data = plan_as_dict(plan)
    assert plan_from(data) == plan
    assert plan_from(json.loads(json.dumps(data))) == plan
    schema_check.check_plan(json.loads(json.dumps(data)))


TEXT = st.text(st.characters(exclude_categories=("Cs",)), max_size=80)
NUMBER = st.integers(1, 10**9)
NUMBERS = st.lists(NUMBER, max_size=60).map(tuple)
REF = NUMBER | TEXT.map(lambda name: f"o/{name}#1")
REFS = st.lists(REF, max_size=5).map(tuple)


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    """Any plan whose numbers are issues of it where they have to be."""
    numbers = draw(st.lists(NUMBER, min_size=1, max_size=6, unique=True))
    some = st.lists(st.sampled_from(numbers), max_size=40).map(tuple)
    issue = st.builds(
        PlannedIssue,
        number=st.just(0),
        title=TEXT,
        state=st.sampled_from(["open", "closed"]),
        branch=TEXT.map("b{}".format),
        body_sha256=TEXT,
        state_reason=st.sampled_from([None, "completed", "not_planned"]),
        wave=st.none() | NUMBER,
        depends_on=st.lists(st.builds(Dependency, REF, TEXT, st.booleans()), max_size=4).map(tuple),
        blocks=some,
        related=REFS,
    )
    issues = {}
    for number in numbers:
        values = draw(issue)
        fields = {name: getattr(values, name) for name in PlannedIssue.__dataclass_fields__}
        issues[number] = PlannedIssue(**{**fields, "number": number})
    states = st.sampled_from(["open", "completed", "not_planned", "missing", "unknown"])
    return Plan(
        source=draw(st.sampled_from(["milestone", "issues", "epic"])),
        milestone=draw(st.builds(MilestoneInfo, TEXT, st.none() | NUMBER, NUMBER, NUMBER, NUMBER)),
        planning_status=draw(st.sampled_from(["ready", "needs_review"])),
        recommended_parallel=draw(NUMBER),
        parallel_reason=draw(TEXT),
        execution_waves=draw(st.lists(some, max_size=3).map(tuple)),
        free_issues=draw(some),
        critical_path=draw(some),
        issues=issues,
        planning_issues=draw(
            st.lists(st.builds(PlanningIssue, st.just("cycle"), TEXT, NUMBERS), max_size=2).map(tuple)
        ),
        external=draw(
            st.lists(
                st.builds(External, REF, states, NUMBERS, st.none() | TEXT, st.none() | TEXT), max_size=2
            ).map(tuple)
        ),
        deadlocks=draw(
            st.lists(
                st.builds(
                    Deadlock, NUMBERS, TEXT, st.lists(st.builds(Cut, NUMBER, REF), max_size=2).map(tuple)
                ),
                max_size=2,
            ).map(tuple)
        ),
        validation=draw(st.builds(Validation, st.lists(NUMBERS, max_size=2).map(tuple), REFS, REFS, NUMBERS)),
        proposed_plan=draw(
            st.none() | st.lists(st.builds(ProposedEdge, NUMBER, NUMBER, TEXT), max_size=2).map(tuple)
        ),
        epic=draw(st.none() | NUMBER),
    )


@given(plan=plans())
def test_every_plan_is_read_as_it_was_written(tmp_path_factory: pytest.TempPathFactory, plan: Plan) -> None:
    path = tmp_path_factory.getbasetemp() / "any-plan.yaml"
    path.write_text(FORGE)
    assert write_plan(path, plan)
    assert read_manifest(path).plan == plan
    assert not write_plan(path, plan)
