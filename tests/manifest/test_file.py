"""What is wrong with milestone.yaml as a file: that it cannot be read, that its two parts do not fit."""

from pathlib import Path

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.manifest import file as manifest_file
from auto_milestone.manifest.manifest import read_manifest, read_settings, write_plan
from support.manifest import FORGE, MARKER, PLAN, PLAN_TEXT, problem


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
