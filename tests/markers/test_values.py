"""A keyword that says "none"."""

from support.markers import said, table


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
