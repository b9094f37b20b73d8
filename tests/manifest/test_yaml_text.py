from typing import Any

import pytest
import yaml
from auto_milestone.manifest.yaml_lines import load
from auto_milestone.manifest.yaml_text import WIDTH, block, flow, scalar
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.characters(exclude_categories=("Cs",)))
SCALARS = st.none() | st.booleans() | st.integers(-(10**17), 10**17) | TEXTS
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=8) | st.dictionaries(TEXTS, inner, max_size=8),
    max_leaves=60,
)


@given(st.dictionaries(TEXTS, VALUES, max_size=4))
def test_what_is_written_is_read_again(data: dict[str, Any]) -> None:
    assert (load(block(data)) or {}) == data
    assert load(flow(data)) == data


@given(TEXTS)
def test_every_reader_takes_a_text_for_a_text(text: str) -> None:
    assert yaml.safe_load(scalar(text)) == text
    assert yaml.safe_load(f"[{scalar(text)}, 1]") == [text, 1]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Add the parser", "Add the parser"),
        ("feat/issue-13-parser", "feat/issue-13-parser"),
        ("M3: Code Graph", '"M3: Code Graph"'),
        ("no", '"no"'),
        ("Off", '"Off"'),
        ("12", '"12"'),
        ("1e3", '"1e3"'),
        ("", '""'),
        ("Käse 🧀 \U0001f9c0", '"Käse 🧀 🧀"'),
        ("a\u2028b\x85\ufeff", '"a\\u2028b\\u0085\\ufeff"'),
        ('say "hi"\n', '"say \\"hi\\"\\n"'),
        ("half \ud83d", '"half �"'),
        ("3f" * 32, "3f" * 32),
        ("12" * 32, f'"{"12" * 32}"'),
        (f"1e{'5' * 62}", f'"1e{"5" * 62}"'),
        (True, "true"),
        (None, "null"),
        (12, "12"),
    ],
)
def test_scalars(value: object, text: str) -> None:
    assert scalar(value) == text


def test_what_fits_stands_on_one_line() -> None:
    data = {"a": [1, 2], "b": {"c": "x y", "d": []}, "e": [{"f": 1}], "g": {}}
    assert block(data) == "a: [1, 2]\nb: {c: x y, d: []}\ne: [{f: 1}]\ng: {}\n"


def test_what_does_not_fit_has_a_line_for_each_entry() -> None:
    long = "word " * 12
    assert block({"m": {"a": long, "b": [long, long]}, "l": [{"x": long, "z": long}, [1]]}, 2) == (
        f"  m:\n    a: {scalar(long)}\n    b: [{scalar(long)},\n      {scalar(long)}]\n"
        f"  l:\n    - x: {scalar(long)}\n      z: {scalar(long)}\n    - [1]\n"
    )


def test_a_long_list_is_broken_between_its_items() -> None:
    lines = block({"blocks": list(range(1000, 1100))}, 6).splitlines()
    assert lines[0].startswith("      blocks: [1000, 1001,")
    assert lines[1].startswith("        10")
    assert all(WIDTH - 6 < len(line) <= WIDTH for line in lines[:-1])
    assert lines[-1].endswith("1099]")


@pytest.mark.parametrize("empty", [[], {}])
def test_something_empty_under_a_long_key(empty: object) -> None:
    assert load(block({"k" * 100: empty})) == {"k" * 100: empty}
