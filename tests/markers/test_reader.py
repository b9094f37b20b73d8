"""Where in a text markers stand, what is told of each, and that any text is read."""

import pytest
from auto_milestone.markers.reader import Edge, Markers, Unreadable, read_markers
from hypothesis import given
from hypothesis import strategies as st
from support.markers import HOME, said, table


@table(
    under_heading=("## Dependencies\n\n- [ ] #1\n- [x] #2 with a title\n", "1 2"),
    heading_depends_on=("### Depends on\n* #1", "1"),
    heading_blocked_by=("### Blocked by\n\n#1", "1"),
    heading_blockers=("# Blockers:\n1. #1", "1"),
    heading_with_emoji=("## 🔗 Dependencies & Blockers\n- #1", "1"),
    heading_with_remark=("### Dependencies (optional)\n\n- #1", "1"),
    heading_underlined=("Dependencies\n---\n- #1", "1"),
    heading_blocks=("## Blocks\n- #1", "b1"),
    headings_related=("## Related issues\n- #1\n- the manual\n\n## See also\n- #2", "r1 r2"),
    paragraph=("## Dependencies\n#1 and #2", "1 2"),
    sentence=("## Dependencies\n\nThis is blocked by #1 and blocks #2.", "1 b2"),
    next_heading=("## Dependencies\n- #1\n## Tasks\n- #2", "1"),
    deeper_heading=("## Dependencies\n### Internal\n- #1\n### External\n- acme/pad#2", "1 acme/pad#2"),
    deeper_other=("# Dependencies\n- #1\n## Tasks\n- #2", "1"),
    nested_keyword=("## Dependencies\n### Blocks\n- #1\n### Depends on\n- #2", "b1 2"),
    bold_label=("**Dependencies**\n\n- #1\n- #2", "1 2"),
    bold_labels_inside=(
        "## Dependencies\n\n**Inside**\n\n- #1\n\n**Outside**\n\n- acme/pad#2",
        "1 acme/pad#2",
    ),
    line_over_list=("Depends on:\n- #1\n- [ ] #2 the valve\n", "1 2"),
    blank_between=("Blocked by:\n\n* #1", "1"),
    paragraph_below=("Depends on:\n\n#1", "1"),
    sentence_over_list=("This is blocked by the following issues:\n\n- #1\n- #2", "1 2"),
    only_that_list=("Depends on:\n- #1\n\nSteps:\n- #2", "1"),
    item_over_list=("- **Depends on:**\n  - #1\n- **Blocks:**\n  - #2", "1 b2"),
    groups=("## Dependencies\n- Engine\n  - #1\n  - #2", "1 2"),
    details_of_an_item=("## Dependencies\n- #1\n  - drill holes\n  - polish", "1"),
    item_forms=(
        "## Dependencies\n- PR #1\n- **#2** tank\n- ✅ #3\n- [valve](https://github.com/acme/rocket/issues/4)\n"
        "- https://github.com/acme/pad/pull/5 and #6\n- Nozzle (#7)\n- Engine: #8\n- Cone — #9",
        "1 2 3 4 acme/pad#5 6 7 8 9",
    ),
    own_keywords=(
        "## Dependencies\n- Blocks #1\n- Related to #2\n- Closes #3\n- Part of #4\n- After #5",
        "b1 r2 5",
    ),
    other_relation_over_list=("## Dependencies\n- Part of:\n  - #1\n- #2", "2"),
    remark_of_an_item=("## Dependencies\n- #1 (blocked by #2)", "1"),
    introduced_list=(
        "# Dependencies\n\nOn hold until these dependencies land:\n\n- [x] #1\n- [ ] ~#2~ moved",
        "1",
    ),
    struck_item=("## Dependencies\n- ~~#1~~ scrapped\n- #2", "2"),
    key_and_value=("| Field | Value |\n|--|--|\n| Depends on | #1, #2 |\n| Blocks | none |", "1 2"),
    key_in_header=("| Depends on | #1 |\n|--|--|\n| Blocks | #2 |", "1 b2"),
    column=("| Depends on | State |\n|--|--|\n| #1 | open |", "1"),
    cell=("| Part | Note |\n|--|--|\n| hull | Depends on #1 |", "1"),
    table_of_issues=("## Dependencies\n\n| Issue | State |\n|--|--|\n| #1 | open |\n| #2 | done |", "1 2"),
    table_about_others=("| Task | Depends on |\n|--|--|\n| #1 | #2 |\n| paint | #3 |", ""),
    row_about_another=("| a | b | c |\n|-|-|-|\n| #1 | Depends on | #2 |", ""),
    details=("<details>\n<summary>Order</summary>\n\nBlocked by #1\n</details>", "1"),
    details_without_blank=("<details><summary>Order</summary>\nBlocked by #1\n</details>", "1"),
    html_list=("<ul><li>Blocked by #1</li><li>Blocks #2</li></ul>", "1 b2"),
    html_break=("Depends on: #1<br>Blocks: #2", "1 b2"),
)
def test_places(text: str, expected: str) -> None:
    assert said(text) == expected


def test_a_warning_names_line_text_and_reason() -> None:
    markers = read_markers("Hello\n\n- **Blocked by:** 12\n")
    assert markers.warnings == (
        Unreadable(3, "- **Blocked by:** 12", "a bare number is no reference, write #12"),
    )


def test_a_short_reference_never_becomes_a_number() -> None:
    assert not read_markers("Blocked by pad#33, tower#34").edges


def test_edges_stand_on_the_line_of_their_reference() -> None:
    item, section = "- Depends on #1,\n  #2", "## Blocked by\n\n- [ ] #3"
    text = f"Intro `code\nover lines` here\n\n{item}\n\n{section}\n\n| a | b |\n|-|-|\n| Blocks | #4 |"
    lines = {edge.ref: edge.line for edge in read_markers(text).edges}
    assert lines == {"#1": 4, "#2": 5, "#3": 9, "#4": 13}


def test_lines_after_code_that_spans_lines() -> None:
    markers = read_markers("Uses `a\nb` and is blocked by #1.\nBlocks #2")
    assert [edge.line for edge in markers.edges] == [2, 3]


def test_the_text_of_an_edge_is_its_source_line() -> None:
    markers = read_markers("\ufeff  Depends on **#1**  \r\nrest")
    assert markers.edges == (Edge("#1", "depends_on", 1, "Depends on **#1**"),)


def test_the_first_of_equal_edges_is_reported() -> None:
    markers = read_markers("Depends on #1\n\nBlocked by #1, ACME/rocket#1\n\nBlocks #1", HOME)
    assert [(edge.kind, edge.line) for edge in markers.edges] == [("depends_on", 1), ("blocks", 5)]


def test_without_a_repository_references_stay_long() -> None:
    edges = read_markers("Depends on acme/rocket#1 and https://github.com/acme/rocket/pull/2").edges
    assert [edge.ref for edge in edges] == ["acme/rocket#1", "acme/rocket#2"]


def test_as_dict() -> None:
    assert read_markers("Blocks #1\n\nDepends on: soon").as_dict() == {
        "edges": [{"ref": "#1", "kind": "blocks", "line": 1, "text": "Blocks #1"}],
        "warnings": [{"line": 3, "text": "Depends on: soon", "reason": "no readable reference"}],
    }


def test_no_text() -> None:
    assert read_markers(None) == Markers()


@pytest.mark.parametrize(
    "piece",
    [
        "(((((",
        "#1,",
        "Depends on ",
        "Depends on: #1 (",
        "[",
        "- ",
        "> ",
        "<!-- ",
        "*a ",
        "## Blocked by\n- #1\n",
    ],
)
def test_a_large_body_is_read(piece: str) -> None:
    body = "Depends on #7\n\n" + piece * (1_000_000 // len(piece))
    assert "#7" in [edge.ref for edge in read_markers(body).edges]


def test_deep_nesting_is_read() -> None:
    body = "Depends on #7\n\n" + "".join(f"{'  ' * depth}- a\n" for depth in range(900))
    quotes = "".join(f"{'>' * depth} a\n" for depth in range(900))
    assert [edge.ref for edge in read_markers(f"{body}\n\n{quotes}").edges] == ["#7"]


FRAGMENTS = st.sampled_from(
    [
        "Depends on",
        "Blocked by",
        "## Dependencies",
        "#1",
        "acme/rocket#2",
        "- ",
        "\n",
        "\n\n",
        "`",
        "~",
        "**",
        "<!--",
        "-->",
        "<del>",
        "</del>",
        "[",
        "](https://github.com/a/b/pull/3)",
        "|",
        "|-|\n",
        ": ",
        "> ",
        "```\n",
        "“",
        '"',
        "    ",
        "and ",
        ", ",
        "#4–#9",
        "none",
        "\r\n",
        "\u200b",
        "\x00",
        "After ",
        "not ",
        "(",
        ")",
        "[ ] ",
        "<br>",
        "é",
    ]
)


@given(st.one_of(st.text(), st.lists(FRAGMENTS, max_size=40).map("".join)))
def test_any_text_is_read_and_lines_lie_inside_it(text: str) -> None:
    markers = read_markers(text, HOME)
    lines = text.replace("\r\n", "\n").replace("\r", "\n").removeprefix("\ufeff").split("\n")
    for found in (*markers.edges, *markers.warnings):
        assert found.text == lines[found.line - 1].strip()


@given(st.lists(FRAGMENTS, max_size=30).map("".join))
def test_text_in_a_fence_says_nothing(text: str) -> None:
    fence = "`" * 6
    assert read_markers(f"{fence}\n{text}\n{fence}\n") == Markers()


@given(st.lists(st.integers(1, 9999), min_size=1, max_size=20, unique=True))
def test_every_item_of_a_list_is_an_edge(numbers: list[int]) -> None:
    references = [f"#{number}" for number in numbers]
    for text in ("Blocked by " + ", ".join(references), "Depends on:\n- " + "\n- ".join(references)):
        assert [edge.ref for edge in read_markers(text).edges] == references
