"""What the documentation says must be so: manifests that can be read, links, names of tests and of files."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from auto_milestone.agent.agents import agent_settings
from auto_milestone.forge.issue_files import KEYS, read_issue
from auto_milestone.manifest.manifest import read_manifest
from support.project import Project

TOP = Path(__file__).resolve().parents[1]
DOCS = (TOP / "README.md", TOP / "CONTRIBUTING.md", *sorted((TOP / "docs").glob("*.md")))
BLOCK = re.compile(r"^```yaml\n(.*?)^```", re.DOTALL | re.MULTILINE)
FENCE = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\(([^)\s]+)\)")
NAMES = re.compile(
    r"\.\.\.|#?\d+|\bmain\b|feat/\S*|milestone\.yaml|'M3'|pid|on desk|rebase|budget_usd|doit\.db|PATH"
)
"""What stands in a message of the documentation where the code has a value."""

PATH = re.compile(r"`((?:tasks|tests|docs|schema|examples)/[\w./-]+)`")


def manifests() -> list[tuple[str, str]]:
    """Every block that holds a whole manifest: one with a `forge:` of its own."""
    return [
        (f"{path.name}:{path.read_text()[: found.start()].count(chr(10)) + 2}", found[1])
        for path in DOCS
        for found in BLOCK.finditer(path.read_text())
        if re.search(r"^forge:", found[1], re.MULTILINE)
    ]


def anchors(text: str) -> set[str]:
    """The names by which a page's headings can be linked to."""
    headings = re.findall(r"^#+ (.*)$", FENCE.sub("", text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def test_the_reference_is_that_of_the_schema() -> None:
    argv = [sys.executable, str(TOP / "docs" / "generate.py"), "--check"]
    done = subprocess.run(argv, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("where", "text"), manifests(), ids=lambda value: value.partition("\n")[0][:40])
def test_a_manifest_in_the_documentation_can_be_used(tmp_path: Path, where: str, text: str) -> None:
    path = tmp_path / "milestone.yaml"
    path.write_text(text)
    settings = read_manifest(path).settings
    for change in (None, *(change.agent for change in settings.changes.values() if change.agent)):
        assert agent_settings(settings.agent, change), where


def test_the_agent_of_the_documentation_lands_an_issue(tmp_path: Path) -> None:
    page = (TOP / "docs" / "agents.md").read_text()
    agent = tmp_path / "notes-agent"
    agent.write_text(page[page.index("#!/bin/sh") :].partition("```")[0])
    agent.chmod(0o755)
    more = f"agent: {{command: [{agent}]}}\nchecks: [[test, -d, notes]]"
    project = Project(tmp_path / "p", {1: {"body": "Say how to start it."}}, manifest=more)
    assert project.land().code == 0
    assert "Say how to start it." in project.git("show", "main:notes/issue-1.md")
    assert "Wrote notes/issue-1.md." in project.git("log", "-1", "--format=%b", "main")


def test_manifests_were_found() -> None:
    assert {where.partition(":")[0] for where, _ in manifests()} >= {"README.md", "manifest.md", "agents.md"}


def test_the_issue_file_of_the_documentation_is_one(tmp_path: Path) -> None:
    page = (TOP / "docs" / "issues.md").read_text()
    path = tmp_path / "12.md"
    path.write_text(page.partition("```markdown\n")[2].partition("```")[0])
    issue = read_issue(path)
    assert (issue.number, issue.milestone, issue.blocked_by) == (12, "M3: Code Graph", (9, "acme/other#4"))
    assert tuple(re.findall(r"^\| `(\w+)` \|", page, re.MULTILINE)) == KEYS


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in LINK.findall(FENCE.sub("", page.read_text())):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, anchor = target.partition("#")
        file = (page.parent / name).resolve() if name else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            assert anchor in anchors(file.read_text()), f"{page.name}: {target}"


@pytest.mark.parametrize("page", DOCS, ids=lambda path: path.name)
def test_files_that_are_named_are_there(page: Path) -> None:
    missing = [name for name in PATH.findall(page.read_text()) if not (TOP / name).exists()]
    assert missing == []


def test_tests_that_are_named_are_there() -> None:
    there = {
        name
        for path in (TOP / "tests").rglob("test_*.py")
        for name in (path.stem, *re.findall(r"^def (test_\w+)", path.read_text(), re.MULTILINE))
    }
    named = {name for page in DOCS for name in re.findall(r"\btest_\w+", page.read_text())}
    assert len(named) > 20
    assert named - there == set()


def test_messages_that_are_explained_are_those_of_the_code() -> None:
    code = "\n".join(path.read_text() for path in (TOP / "tasks").rglob("*.py"))
    code = re.sub(r'"\s*\n\s*f?"', "", code)
    code = re.sub(r"\{[^{}]*\}", "{}", code)
    page = (TOP / "docs" / "troubleshooting.md").read_text()
    page = page[page.index("## Nothing starts") : page.index("## How to")]
    cells = [line.split(" | ")[0] for line in page.splitlines() if line.startswith("| `")]
    pieces = [
        piece.strip(" :,`")
        for cell in cells
        for message in re.findall(r"``.*?``|`[^`]*`", cell)
        for piece in NAMES.split(message)
    ]
    assert len(pieces) > 50
    assert [piece for piece in pieces if len(piece) > 6 and piece not in code] == []
