from typing import Any

import pytest
import yaml
from auto_milestone.manifest import yaml_lines
from auto_milestone.manifest.yaml_lines import YamlProblem, lines_of, load, show_path


@pytest.fixture(params=["CSafeLoader", "SafeLoader"], autouse=True)
def loader(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """With libyaml and without it."""
    monkeypatch.setattr(yaml_lines, "_Loader", getattr(yaml, request.param))


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("2.", 2.0),
        ("true", True),
        ("No", False),
        ("on", True),
        ("~", None),
        ("null", None),
        ("", None),
        ('"12"', "12"),
        ("'on'", "on"),
        ("y", "y"),
        ("010", "010"),
        ("0x1f", "0x1f"),
        ("1_000", "1_000"),
        ("1:30", "1:30"),
        ("2026-11-21", "2026-11-21"),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("1.0e+999", "1.0e+999"),
        ("9" * 5000, "9" * 5000),
        ("+", "+"),
        ("=", "="),
    ],
)
def test_scalars(text: str, value: object) -> None:
    read = load(f"key: {text}\n")["key"]
    assert read == value
    assert type(read) is type(value)


def test_collections() -> None:
    assert load("a:\n  - 1\n  - {b: [x, 'y']}\n12: {}\non: |\n  two\n  lines\n") == {
        "a": [1, {"b": ["x", "y"]}],
        "12": {},
        "on": "two\nlines\n",
    }


@pytest.mark.parametrize("text", ["", "\n\n", "# a comment\n"])
def test_nothing(text: str) -> None:
    assert load(text) is None
    assert lines_of(text, [("a",)]) == {("a",): 1}


@pytest.mark.parametrize(
    ("text", "line", "path", "what"),
    [
        ("a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n", 5, ("b", "c"), "this key stands here twice"),
        ("14: 1\n'14': 2\n", 2, ("14",), "this key stands here twice"),
        ("a: &x [1]\nb: *x\n", 1, ("a",), "anchors and aliases"),
        ("a: [1, *x]\n", 1, ("a", 1), "anchors and aliases"),
        (
            "a:\n  - b: !!python/object/apply:os.system [id]\n",
            2,
            ("a", 0, "b"),
            "the tag `tag:yaml.org,2002:pyth",
        ),
        ("a: !mine x\n", 1, ("a",), "the tag `!mine`"),
        ("a: 1\n? [b]\n: 2\n", 2, (), "a key has to be a word"),
        ("a: 1\n---\nb: 2\n", 2, (), "a second document begins here"),
        ("a: b: c\n", 1, (), "not YAML: mapping values are not allowed"),
        ("a: 1\n\tb: 2\n", 2, (), "indent with spaces, not with tabs"),
        ("a: [#14]\nb: 1\n", 3, (), "write an issue number without `#`"),
        ("a: 1\nb: \x07\n", 2, (), "the control character U+0007"),
        ('a: "x\nb: 1\n', 1, (), "look at the quotes"),
    ],
)
def test_problems(text: str, line: int, path: tuple[Any, ...], what: str) -> None:
    with pytest.raises(YamlProblem) as raised:
        load(text)
    problem = raised.value
    assert what in problem.what
    assert "\n" not in problem.what
    assert (problem.line, problem.path) == (line, path)


def test_the_column_of_what_is_not_yaml() -> None:
    with pytest.raises(YamlProblem) as raised:
        load("ok: 1\nkey: some: thing\n")
    assert (raised.value.line, raised.value.column) == (2, 10)


@pytest.mark.parametrize("text", ["[" * 100_000, "a: " + "{a: " * 5_000, "- " * 50_000])
def test_depth_is_bounded(text: str) -> None:
    with pytest.raises(YamlProblem, match="nested more than 40 levels deep"):
        load(text)


def test_laughs_do_not_grow() -> None:
    laughs = "a: &a [x, x]\n" + "".join(
        f"{n}: &{n} [*{p}, *{p}]\n" for p, n in zip("abcdefg", "bcdefgh", strict=True)
    )
    with pytest.raises(YamlProblem, match="anchors and aliases"):
        load(laughs)


def test_lines() -> None:
    text = "a: 1\r\nb:\r\n  - x\r\n  - c: 1\r\n    d:\r\n      e\r\n"
    wanted = [(), ("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "d"), ("b", 1, "gone"), ("nothing",)]
    assert list(lines_of(text, wanted).values()) == [1, 1, 2, 3, 4, 5, 4, 1]


def test_paths() -> None:
    assert show_path(()) == ""
    assert show_path(("issues", "14", "depends_on", 0)) == "issues.14.depends_on[0]"
    assert show_path(("a", *[0] * 50)) == "a" + "[0]" * 9 + "..."
