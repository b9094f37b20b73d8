"""milestone.yaml in and out: what is read, and a plan that is written below the person's part."""

from pathlib import Path

import pytest
import yaml
from auto_milestone.errors import ConfigError
from auto_milestone.manifest import yaml_lines
from auto_milestone.manifest.manifest import plan_from, read_manifest, write_plan
from auto_milestone.manifest.settings import Source
from auto_milestone.model import Plan
from support.manifest import EMPTY_PLAN, FORGE, MARKER, PLAN, PLAN_TEXT, problem


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
