from pathlib import Path
from typing import Any

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.manifest.manifest import (
    add_to_list,
    read_manifest,
    read_settings,
    set_depends_on,
    write_plan,
)
from auto_milestone.model import Dependency, MilestoneInfo, Plan, PlannedIssue

FORGE = "forge: {kind: github, repository: acme/rocket}\n"
ISSUES = {
    12: PlannedIssue(12, "a", "open", "feat/12", "a" * 64, wave=1, blocks=(14,)),
    14: PlannedIssue(14, "b", "open", "feat/14", "b" * 64, wave=2, depends_on=(Dependency(99, "native"),)),
}
PLAN = Plan(
    "milestone", MilestoneInfo("M3", 3, 2, 2, 0), "ready", 1, "", ((12,), (14,)), (12,), (12, 14), ISSUES
)


LISTS = [
    ("skip: [12]\n", "skip: [12, 14]\n"),
    ("skip: []\n", "skip: [14]\n"),
    ("skip: [ ]  # none\n", "skip: [14 ]  # none\n"),
    ("skip: [12,]\n", "skip: [12, 14,]\n"),
    (
        "skip: [\n  12  # first\n  , 13,   # second\n]\n",
        "skip: [\n  12  # first\n  , 13, 14,   # second\n]\n",
    ),
    ("skip:\n  - 12  # a, b\n\nbase: x\n", "skip:\n  - 12  # a, b\n  - 14\n\nbase: x\n"),
    ("skip:\n- 12\n-   13", "skip:\n- 12\n-   13\n-   14"),
    ("skip:\r\n  - 12\r\n# end\r\n", "skip:\r\n  - 12\r\n  - 14\r\n# end\r\n"),
    ("base: x # é 🧀\nskip: [12] # é\n", "base: x # é 🧀\nskip: [12, 14] # é\n"),
    ("base: x\n", "base: x\nskip: [14]\n"),
    ("base: x\n# end\n\n\n", "base: x\n# end\nskip: [14]\n\n\n"),
    ("base: x", "base: x\nskip: [14]"),
    ("base: x\r\n", "base: x\r\nskip: [14]\r\n"),
]


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize(("before", "after"), LISTS)
def test_an_issue_is_added_to_a_list(path: Path, before: str, after: str, mark: str) -> None:
    forge = FORGE.replace("\n", "\r\n") if "\r" in before else FORGE
    path.write_bytes(f"{mark}{forge}{before}".encode())
    assert add_to_list(path, "skip", 14)
    assert path.read_bytes() == f"{mark}{forge}{after}".encode()
    assert 14 in read_settings(path).skip


@pytest.mark.parametrize("person", ["", "skip: [12]\n", "skip:\n  - 12\n", "# end\n\n"])
def test_above_the_plan(path: Path, person: str) -> None:
    path.write_text(FORGE + person)
    write_plan(path, PLAN)
    text = path.read_text()
    lower = text[text.index("# ---- plan") :]
    assert add_to_list(path, "skip", 14)
    assert path.read_text().endswith(f"\n\n{lower}")
    assert 14 in read_manifest(path).settings.skip
    assert not write_plan(path, PLAN)


def test_a_reference_to_another_repository_is_quoted(path: Path) -> None:
    path.write_text(f"{FORGE}force_resolve: [99]\n")
    assert add_to_list(path, "force_resolve", "other/repo#3")
    assert path.read_text() == f'{FORGE}force_resolve: [99, "other/repo#3"]\n'
    assert not add_to_list(path, "force_resolve", "other/repo#3")


def test_what_is_there_already_is_not_written_again(path: Path) -> None:
    path.write_text(
        f"{FORGE}force_resolve: ['acme/rocket#99']\napprove_plan: yes\nissues: {{14: {{depends_on: [12]}}}}\n"
    )
    before = path.stat()
    assert not add_to_list(path, "force_resolve", 99)
    assert path.stat() == before


def test_an_issue_that_the_plan_does_not_know_is_not_added(path: Path) -> None:
    path.write_text(FORGE)
    write_plan(path, PLAN)
    before = path.read_bytes()
    with pytest.raises(ConfigError, match=r"^milestone\.yaml:2: skip\[0\]: #77 is no issue of this plan"):
        add_to_list(path, "skip", 77)
    assert path.read_bytes() == before
    assert add_to_list(path, "force_resolve", 99)


@pytest.mark.parametrize(
    "person",
    ["{forge: {kind: github, repository: a/b}}\n", f"{FORGE}skip:\n  -\n    12\n", f"{FORGE}...\n"],
)
def test_what_cannot_be_edited_is_left_to_the_person(path: Path, person: str) -> None:
    path.write_text(person)
    with pytest.raises(
        ConfigError, match="skip: is written in a way that cannot be edited here; change it by hand"
    ):
        add_to_list(path, "skip", 14)
    assert path.read_text() == person


def test_a_manifest_that_is_not_usable_is_not_edited(path: Path) -> None:
    path.write_text(f"{FORGE}skip:\n")
    with pytest.raises(ConfigError, match=r"^milestone\.yaml:2: skip: has to be a list, not empty"):
        add_to_list(path, "skip", 14)


EDGES = [
    ("", "issues:\n  14: {depends_on: [12, 13]}\n"),
    ("issues: {}\n", "issues: {14: {depends_on: [12, 13]}}\n"),
    ("issues: {15: {}} # x\n", "issues: {14: {depends_on: [12, 13]}, 15: {}} # x\n"),
    ("issues:\n  # x\n  15: {}\n", "issues:\n  # x\n  14: {depends_on: [12, 13]}\n  15: {}\n"),
    ("issues:\n  14: {}\n", "issues:\n  14: {depends_on: [12, 13]}\n"),
    ("issues: {14: {agent: codex}}\n", "issues: {14: {depends_on: [12, 13], agent: codex}}\n"),
    ("issues:\n  14:\n    agent: codex\n", "issues:\n  14:\n    depends_on: [12, 13]\n    agent: codex\n"),
    ("issues:\n  14:\n    depends_on: [9] # x\n", "issues:\n  14:\n    depends_on: [12, 13] # x\n"),
]


@pytest.mark.parametrize(("before", "after"), EDGES)
def test_what_an_issue_depends_on_is_replaced(path: Path, before: str, after: str) -> None:
    path.write_text(f"milestone: M3\n{FORGE}{before}")
    assert set_depends_on(path, 14, [12, 13])
    assert path.read_text() == f"milestone: M3\n{FORGE}{after}"
    assert read_settings(path).changes[14].depends_on == (12, 13)
    assert not set_depends_on(path, 14, [12, 13])


@pytest.mark.parametrize(
    ("person", "refs", "message"),
    [
        ("issues: [14]\n", [12], "issues: is a list; write it as a mapping to say that #14 depends on #12"),
        (
            "milestone: M3\nissues:\n  14:\n    depends_on:\n      - 9\n",
            [12],
            "issues: is written in a way that cannot",
        ),
        (
            "",
            [12],
            "`issues` would become the source of the plan; write `milestone` or all of `issues` first",
        ),
        ("issues: {12: {}}\n", [12], "`issues` would become the source of the plan"),
        ("milestone: M3\n", [14], r"issues\.14\.depends_on\[0\]: #14 cannot depend on itself"),
    ],
)
def test_edges_that_cannot_be_written(path: Path, person: str, refs: list[Any], message: str) -> None:
    path.write_text(FORGE + person)
    with pytest.raises(ConfigError, match=message):
        set_depends_on(path, 14, refs)
    assert path.read_text() == FORGE + person
