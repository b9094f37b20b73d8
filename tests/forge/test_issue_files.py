"""Issue files: what is read, what is refused with one line, what is written when an issue is closed."""

from pathlib import Path

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.forge.issue_files import close, read_folder, read_issue


def write(folder: Path, text: str | bytes, name: str = "12.md") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_issue_is_read_whole(tmp_path: Path) -> None:
    front = (
        "number: 12\ntitle: Add it\nmilestone: M1\nlabels: [a, b]\nblocked_by: [3, '#4', o/r#5]\nparent: 2\n"
    )
    issue = read_issue(write(tmp_path, f"---\n{front}---\n\nBody with --- inside\n\n---\n\nmore\n"))
    assert (issue.number, issue.title, issue.milestone, issue.parent) == (12, "Add it", "M1", 2)
    assert issue.labels == ("a", "b") and issue.blocked_by == (3, 4, "o/r#5")
    assert issue.body == "Body with --- inside\n\n---\n\nmore"
    assert issue.state == "open"


@pytest.mark.parametrize(
    "text", ["---\r\nnumber: 1\r\ntitle: t\r\n---\r\nBody\r\n", "\ufeff---\nnumber: 1\ntitle: t\n---\nBody"]
)
def test_line_endings_and_byte_order_marks(tmp_path: Path, text: str) -> None:
    assert read_issue(write(tmp_path, text)).body == "Body"


def test_title_is_one_line(tmp_path: Path) -> None:
    text = '---\nnumber: 1\ntitle: "two\\nlines  and $(id) \\"quotes\\" 🎉"\n---\n'
    assert read_issue(write(tmp_path, text)).title == 'two lines and $(id) "quotes" 🎉'


def test_body_of_a_megabyte(tmp_path: Path) -> None:
    assert (
        len(read_issue(write(tmp_path, "---\nnumber: 1\ntitle: t\n---\n" + "x" * (1 << 20))).body) == 1 << 20
    )


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("no front matter", "12.md: no front matter; begin it with `---`"),
        ("---\nnumber: 1\ntitle: t\n", "no front matter"),
        ("---\n---\n", "front matter holds no keys"),
        ("---\nnumber: [\n---\n", "12.md:3: front matter is no YAML"),
        ("---\ntitle: t\n---\n", "`number` must be a number from 1, not None"),
        ("---\nnumber: 0\ntitle: t\n---\n", "`number` must be a number from 1, not 0"),
        ("---\nnumber: yes\ntitle: t\n---\n", "`number` must be a number from 1, not True"),
        ("---\nnumber: 1\n---\n", "`title` must be a text"),
        ("---\nnumber: 1\ntitle: ' '\n---\n", "`title` must be a text"),
        ("---\nnumber: 1\ntitle: t\nstate: done\n---\n", "`state` must be open or closed, not 'done'"),
        ("---\nnumber: 1\ntitle: t\nlabels: bug\n---\n", "`labels` must be a list"),
        (
            "---\nnumber: 1\ntitle: t\nblocked_by: [soon]\n---\n",
            "`blocked_by` holds 'soon'; write 12 or owner/repo#12",
        ),
        ("---\nnumber: 1\ntitle: t\nblockedby: [2]\n---\n", "unknown key `blockedby`"),
        (b"---\nnumber: 1\ntitle: \xff\n---\n", "12.md: not UTF-8 (byte 21); save the file as UTF-8"),
    ],
)
def test_what_cannot_be_read_is_one_line(tmp_path: Path, text: str | bytes, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        read_issue(write(tmp_path, text))
    assert message in str(caught.value) and "\n" not in str(caught.value)


def test_two_files_with_one_number(tmp_path: Path) -> None:
    write(tmp_path, "---\nnumber: 1\ntitle: t\n---\n", "a.md")
    write(tmp_path, "---\nnumber: 1\ntitle: t\n---\n", "b.md")
    with pytest.raises(ConfigError, match=r"b\.md: number 1 is also that of a\.md; give one another number"):
        read_folder(tmp_path, lambda path: None)


def test_keys_of_other_tools_are_left_alone(tmp_path: Path) -> None:
    assert read_issue(write(tmp_path, "---\nnumber: 1\ntitle: t\nassignee: me\n---\n")).title == "t"


def test_readme_is_no_issue(tmp_path: Path) -> None:
    write(tmp_path, "# About these issues\n", "README.md")
    write(tmp_path, "---\nnumber: 7\ntitle: t\n---\n")
    assert [issue.number for issue in read_folder(tmp_path, lambda path: None).values()] == [7]


def test_closing_changes_the_state_and_nothing_else(tmp_path: Path) -> None:
    path = write(tmp_path, "---\nnumber: 1  # mine\nstate: open\ntitle: t\n---\n\nstate: open\n")
    close(path, path)
    issue = read_issue(path)
    assert issue.completed and issue.body == "state: open"
    assert "number: 1  # mine" in path.read_text()


def test_closing_a_copy_leaves_the_original(tmp_path: Path) -> None:
    path = write(tmp_path, "---\nnumber: 1\ntitle: t\n---\n\nBody\n")
    before = path.read_bytes()
    close(path, tmp_path / "home" / "12.md")
    assert path.read_bytes() == before
    assert read_issue(path, tmp_path / "home" / "12.md").completed
    assert read_issue(path).state == "open"
