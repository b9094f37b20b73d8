"""Which words of a text are files."""

import pytest
from auto_milestone.planning.overlap import FileIndex, NamedFiles, named_paths

TEXT = """\
Change `src/app.py`, ./docs/api.md and README.md; then app.py again. See https://example.com/a/b.html,
example.org/c.html, github.com/owner/repo.git, Node.js, e.g. version 1.2.b, sam@example.org, foo.bar() and a.b.
"""


def test_files_that_are_known_are_found_by_path_or_ending() -> None:
    files = FileIndex(["src/app.py", "docs/api.md", "a/same.py", "b/same.py"])
    assert named_paths(TEXT, files) == {"src/app.py", "docs/api.md"}
    assert named_paths("same.py a/same.py", files) == {"a/same.py"}


def test_files_that_cannot_be_seen_are_what_looks_like_one() -> None:
    assert named_paths(TEXT, NamedFiles()) == {"src/app.py", "docs/api.md", "README.md", "app.py"}


@pytest.mark.parametrize(
    "word", [".github/workflows/ci.yml", "../a/b.sh", "lib/x.unknown", "Main.java", "x.TS"]
)
def test_a_word_that_looks_like_a_file(word: str) -> None:
    assert NamedFiles().resolve(word) == word


@pytest.mark.parametrize(
    "word", ["Next.js", "www.example.com/x.html", "v1.2", "i.e", "acme.com", "socket.io"]
)
def test_a_word_that_does_not(word: str) -> None:
    assert NamedFiles().resolve(word) is None
