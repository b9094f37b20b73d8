"""Markers as people write them: for each text, the edges it holds and whether it deserves a warning.

Edges are written "12" (depends on #12), "b12" (blocks) and "r12" (related); "!" stands for a warning.
"""

import pytest
from auto_milestone.markers.reader import Edge, Markers, Unreadable, read_markers
from hypothesis import given
from hypothesis import strategies as st

HOME = "acme/rocket"
PREFIXES = {"depends_on": "", "blocks": "b", "related": "r"}


def said(text: str) -> str:
    markers = read_markers(text, HOME)
    words = [PREFIXES[edge.kind] + edge.ref.removeprefix("#") for edge in markers.edges]
    return " ".join(words + ["!"] * bool(markers.warnings))


def table(**rows: tuple[str, str]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("text", "expected"), [pytest.param(*row, id=name) for name, row in rows.items()]
    )


@table(
    blocked_by=("Blocked by #4", "4"),
    blocked_on=("Blocked on #4", "4"),
    depends_on=("Depends on #4", "4"),
    zuul_footer=("Depends-On: https://github.com/acme/pad/pull/31", "acme/pad#31"),
    hyphens=("depends-on: #4", "4"),
    underscores=("depends_on: [#4, #5]", "4 5"),
    label_of_an_issue=("blocked-by-#4", "4"),
    requires=("Requires #4", "4"),
    waits_for=("Waits for #4", "4"),
    waiting_on=("Waiting on #4", "4"),
    after=("After #4", "4"),
    after_pull_request=("After PR #4", "4"),
    after_with_remark=("After #4 (one at a time)", "4"),
    after_in_brackets=("Tidy the launch pad [after #4]", "4"),
    after_they_land=("After #4 and #5 are merged", "4 5"),
    merge_after=("Merge after #4.", "4"),
    merged_after=("Should be merged after #4", "4"),
    blocks=("Blocks #4", "b4"),
    blocks_mid_sentence=("This also blocks #4 and #5", "b4 b5"),
    is_blocking=("Merge me first, it's blocking #4", "b4"),
    related_to=("Related to #4", "r4"),
    see_also=("See also: #4 and #5", "r4 r5"),
    related_colon=("Related: #4", "r4"),
    nouns_with_colon=("Dependencies: #4, #5", "4 5"),
    blocker_with_colon=("Blocker: #4", "4"),
    capitals=("[BLOCKED BY #4]", "4"),
    bold_with_colon=("**Blocked by:** #4", "4"),
    bold_before_colon=("**Depends on**: #4", "4"),
    underscored_bold=("__Requires__ #4", "4"),
    italic=("*Depends on #4*", "4"),
    checkbox=("- [ ] Blocked by #4 (fuel first)", "4"),
    emoji=("⛔ Blocked by #4", "4"),
    dash_for_colon=("Blocked by — #4", "4"),
    wide_colon=("Depends on： #4", "4"),
    numbered=("1. Blocked by #4\n2. Depends on #5", "4 5"),
    two_keywords=("Depends on/Blocked by: #4", "4"),
    in_a_sentence=("Right now this depends on #4, so the pad stays empty.", "4"),
    after_but=("Prepares #9, but depends on #4.", "4"),
    in_parentheses=("Add the boosters (depends on #4, #5)", "4 5"),
    this_issue=("This issue is blocked by #4.", "4"),
    it=("It depends on #4 and blocks #5", "4 b5"),
    own_requires=("The hull is done but requires #4", "4"),
    trailing_remark=("Depends on #4 (MERGED, backport open)", "4"),
    trailing_dash=("Blocked by #4 — waits for paint", "4"),
    several_lines=("Depends on #4\nBlocks #5\nRelated to #6\nFixes #7", "4 b5 r6"),
    lower_case_lines=("fixes #3\ndepends on #4\nblocks #5", "4 b5"),
    one_line=("Depends on: #4 | Blocks: #5", "4 b5"),
    keyword_over_lines=("this is blocked\nby #4", "4"),
    heading_line=("### Blocked by #4", "4"),
)
def test_keywords(text: str, expected: str) -> None:
    assert said(text) == expected


@table(
    commas_and=("Depends on #1, #2, and #3", "1 2 3"),
    ampersand=("Depends on #1 & #2", "1 2"),
    plus=("Depends on #1 + #2", "1 2"),
    slash=("Depends on #1/#2", "1 2"),
    blanks=("Depends on #1 #2", "1 2"),
    no_blanks=("Depends on #1,#2,#3", "1 2 3"),
    nouns=("Blocked by issue #1 and PR #2", "1 2"),
    both=("Blocked by both #1 and #2", "1 2"),
    introduced=("Depends on the following PRs: #1, #2", "1 2"),
    bracketed=("Depends on [#1], [#2]", "1 2"),
    remarks_between=("Depends on #1 (tank), #2 (valve) and #3", "1 2 3"),
    aside=("Depends on #1 (and #2)", "1 2"),
    titles_between=("Depends on: #1 tank, #2 valve", "1 2"),
    titles_without_colon=("Depends on #1 for fuel, #2 for air", "1 !"),
    wrapped=("For now it is blocked on #1,\n#2, and #3", "1 2 3"),
    lines=("Depends on:\n#1 tank\n#2\nand a coat of paint", "1 2"),
    bare_next_line=("Depends on #1\n#2", "1 2"),
    prose_next_line=("Depends on #1\n#2 is another story", "1"),
    next_clause=("Blocked by #1 and #2 is next in line", "1"),
    ticks=("Blocked by: ✅ #1, ⬜ #2", "1 2"),
    long_reference=("Depends on acme/pad#1", "acme/pad#1"),
    own_repository=("Depends on ACME/Rocket#1", "1"),
    gh=("Depends on GH-12", "12"),
    url=("Blocked by https://github.com/acme/rocket/issues/1.", "1"),
    url_of_www=("Blocked by http://www.github.com/acme/pad/pull/1", "acme/pad#1"),
    url_with_fragment=("Blocked by https://github.com/acme/rocket/issues/1#issuecomment-9, yes", "1"),
    url_with_tab=("Blocked by https://github.com/acme/rocket/pull/1/files and #2", "1 2"),
    angle_brackets=("Blocked by <https://github.com/acme/rocket/pull/1>", "1"),
    link=("Blocked by [the tank](https://github.com/acme/rocket/pull/1)", "1"),
    link_of_number=("Blocked by [#1](https://github.com/acme/pad/pull/1)", "acme/pad#1"),
    link_over_marker=("[Depends on #1](https://github.com/acme/rocket/pull/1)", "1"),
    link_by_name=("Blocked by [tank][t]\n\n[t]: https://github.com/acme/rocket/pull/1", "1"),
    html_link=('Blocked by <a href="https://github.com/acme/rocket/pull/1">tank</a>', "1"),
    relative_link=("Blocked by [tank](../issues/1)", "1"),
    plain_link=("Blocked by [#1](url)", "1"),
    possessive=("Depends on #1's nozzle", "1"),
    range_dash=("Depends on #1–#3", "1 2 3"),
    range_hyphen=("Depends on #1-#3, #7", "1 2 3 7"),
    range_short=("Depends on #1-3", "1 2 3"),
    range_dots=("Depends on #1..#3", "1 2 3"),
    range_to=("Depends on #1 to #3", "1 2 3"),
    range_elsewhere=("Depends on acme/pad#1–#2", "acme/pad#1 acme/pad#2"),
    range_backwards=("Depends on #3–#1", "!"),
    range_too_long=("Depends on #1–#200", "!"),
    no_break_space=("Depends\u00a0on\u00a0#1", "1"),
    invisible=("Depends\u200b on #\u200b1", "1"),
    byte_order_mark=("\ufeffDepends on #1", "1"),
    carriage_returns=("Depends on #1\r\nBlocks #2\r\n", "1 b2"),
    tab=("Depends on:\t#1", "1"),
)
def test_references(text: str, expected: str) -> None:
    assert said(text) == expected


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


@table(
    none=("Depends on: none", ""),
    none_bold=("**Blocked by:** None.", ""),
    not_available=("Blocked by: n/a", ""),
    dash=("Blocked by: -", ""),
    nothing=("Depends on nothing", ""),
    form_without_answer=("### Dependencies\n\n_No response_\n\n### Notes\n\n#1", ""),
    form_none=("### Dependencies\n\nNone", ""),
    item_none=("## Dependencies\n\n- [ ] None", ""),
    none_with_reason=("## Dependencies\n\nNone - fuel is there already", ""),
    none_then_other=("Depends on: none, Blocks: #1", "b1"),
    empty_section=("## Dependencies\n\n## Notes\n\nfoo", ""),
    empty_template=("**Blocked by:** <!-- numbers, please -->", ""),
    empty=("", ""),
    blank=(" \n\t\n", ""),
)
def test_none(text: str, expected: str) -> None:
    assert said(text) == expected


@table(
    fence=("```\nBlocked by #1\n```", ""),
    tilde_fence=("~~~text\nBlocked by #1\n~~~", ""),
    open_fence=("```\nBlocked by #1", ""),
    indented=("Log:\n\n    Blocked by #1", ""),
    inline_code=("The `Blocked by #1` line", ""),
    reference_in_code=("It depends on `#1` somehow", ""),
    quote=("> Blocked by #1", ""),
    list_in_quote=("> Depends on:\n> - #1", ""),
    heading_in_quote=("> ## Dependencies\n\n- #1", ""),
    comment=("<!-- Blocked by #1 -->", ""),
    comment_over_paragraphs=("<!--\nBlocked by #1\n\nDepends on #2\n-->\nDepends on #3", "3"),
    comment_in_line=("Depends on <!-- #1 --> #2", "2"),
    double_tilde=("~~Blocked by #1~~", ""),
    single_tilde=("- ~Blocked by #1~ done", ""),
    struck_reference=("Depends on ~~#1~~, #2", "2"),
    struck_value=("Depends on: ~#1~", ""),
    html_struck=("<del>Blocked by #1</del> <s>Blocked by #2</s> Blocked by #3", "3"),
    html_struck_blocks=("<del>\n\nBlocked by #1\n\n</del>\n\nBlocked by #2", "2"),
    html_code=("<pre>\nBlocked by #1\n</pre>", ""),
    not_blocked=("This is not blocked by #1", ""),
    not_wrapped=("this is not\nblocked by #1", ""),
    no_longer=("No longer depends on #1", ""),
    contraction=("It isn’t blocked by #1 and doesn't require #2", ""),
    unblocked=("Got unblocked by #1", ""),
    non_blocked=("now non-blocked by #1", ""),
    nothing_is=("Nothing here is blocked by #1", ""),
    negated_then_stated=("Not blocked by #1, but blocked by #2", "2"),
    no_dependency=("There is no dependency on #1", ""),
    not_only=("It not only depends on #1", "1"),
    do_not_wait=("Do not wait for #1", ""),
    closes=("Closes #1", ""),
    part_of=("Part of #1. Depends on #2.", "2"),
    closes_with_marker=("Closes #1 (depends on #2)", "2"),
    prose=("Whether we launch depends on the weather", ""),
    prose_with_later_reference=("Sadly this depends on a bolt from #1", ""),
    version=("This depends on 1.20.3", ""),
    inside_a_word=("Thereafter #1 and hereafter #2", ""),
    after_prose=("After #1 landed we saw smoke", ""),
    after_merging=("After merging #1 it rained", ""),
    after_mid_sentence=("Look after #1", ""),
    straight_quotes=('The card still says "Blocked by #1" today', ""),
    curly_quotes=("The card still says “Blocked by #1” today", ""),
    single_quotes=("The card says 'Blocked by #1' today", ""),
    example=("Name them, e.g. depends on #1", ""),
    another_subject=("#1 depends on #2", ""),
    another_pull_request=("PR #1 is currently blocked by #2", ""),
    another_two=("#1 and #2 each require #3", ""),
    another_wrapped=("#1 and #2 both\ndepend on #3", ""),
    another_repository=("acme/pad#1 is blocked by #2", ""),
    another_short=("pad#1 is blocked by #2", ""),
    another_relative=("Depends on #1, which is blocked by #2", "1"),
    another_in_parentheses=("Depends on #1 (blocked by #2)", "1"),
    another_item=("- #1 Hull (depends on #2)\n- [ ] #3: blocked by #1", ""),
    another_nested=("- #1 Hull\n  - Depends on #2", ""),
    another_sentence=("#1 is done. This now depends on #2.", "2"),
    domain_word=("- blocked\n  - #1", ""),
    bare_blocker=("The known blocker #1 is open", ""),
    blocked_by_this=("Everything is **blocked by this issue**", ""),
    escaped_newlines=("Children:$'\\n'- [ ] #1 hull$'\\n'- [ ] #2 cone", ""),
)
def test_no_edge(text: str, expected: str) -> None:
    assert said(text) == expected


@table(
    words=("Depends on: the weather", "!"),
    bold_words=("**Depends on** the weather", "!"),
    code=("Blocked by: `#1`", "!"),
    nothing_follows=("Depends on:", "!"),
    nothing_but_quote=("Blocked by:\n> #1", "!"),
    open_question=("Blocked by: TBD", "!"),
    open_form=("### Dependencies\n\nTBD", "!"),
    bare_number=("blocked by 12", "!"),
    bare_number_of_issue=("Depends on issue 12", "!"),
    no_owner=("Depends on pad#33", "!"),
    all_above=("Launch (depends on all above)", "!"),
    zero=("Depends on #0", "!"),
    no_number=("Depends on #abc", "!"),
    other_tracker=("Depends on: HULL-12", "!"),
    other_forge=("Depends on https://gitlab.com/acme/pad/-/issues/4", "!"),
    other_forge_link=("Depends on [#4](https://gitlab.com/acme/pad/-/issues/4)", "!"),
    discussion=("Depends on https://github.com/acme/rocket/discussions/4", "!"),
    may=("This may be blocked by #1", "!"),
    might=("It might depend on #1", "!"),
    could=("This could require #1", "!"),
    condition=("If this is blocked by #1, tell me", "!"),
    question=("Is this blocked by #1?", "!"),
    past=("This was blocked by #1", "!"),
    other_subject=("The nozzle requires #1", "!"),
    later_reference=("Depends on the valve in #1", "!"),
    item_without_reference=("## Dependencies\n- HULL-1, finished\n- #2", "2 !"),
    item_with_later_reference=("## Dependencies\n- the new valve from #1", "!"),
    item_about_another=("## Dependencies\n- #1 requires: #2\n- #3", "3 !"),
    other_heading=("## #1 Hull\nDepends on #2", "!"),
    cell=("| Depends on | TBD |\n|--|--|\n| Blocks | soon |", "!"),
)
def test_warnings(text: str, expected: str) -> None:
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
