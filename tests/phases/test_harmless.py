"""What an agent says on a forge calls nobody, closes nothing and keeps no CI from running."""

import pytest
from auto_milestone.phases.harmless import ZERO_WIDTH, harmless


@pytest.mark.parametrize(
    "text",
    [
        *("@octocat", "Thanks, @octocat.", "(@acme/team)", "a\n@octocat"),
        *("Closes #12", "closes: #12", "FIXED #3", "resolves acme/app#4", "fix gh-5", "Fixes **#6**"),
        *(
            "`@octocat`",
            "`@octocat",
            "_@octocat_",
            "&#64;octocat",
            "&commat;octocat",
            "@&#111;ctocat",
            r"\@octocat",
        ),
        *("fixes &#35;12", "fixes &num;12", r"fixes \#12", "_fixes #12_", "fixes `#12`", "fixes\\\n#12"),
        *("Do it [skip ci]", "[CI skip] x", "[no ci]", "[skip actions]", "[actions skip]", "[skip-ci]"),
        *("a\n\nskip-checks: true", "a\n\nSkip-Checks:true\n"),
        *("resolved https://github.com/acme/app/issues/7", "This closed\n#8", "close [#9](x)", "fixes (#10)"),
    ],
)
def test_words_that_would_act(text: str) -> None:
    told = harmless(text)
    assert told != text and told.replace(ZERO_WIDTH, "") == text
    assert harmless(told) == told


@pytest.mark.parametrize(
    "text",
    [
        *(
            "mail sam@example.org",
            "a @ b",
            "[ci] skip it",
            "[skip this]",
            "skip-checks: false",
            "R&D; Q&A",
            "see #12",
            "fixes the bug of issue 12",
            "prefixes #12",
        ),
        *("Closed the door. #12 is next.", "disclose #3", "fixture #3", ""),
    ],
)
def test_words_that_would_not(text: str) -> None:
    assert harmless(text) == text


def test_a_reference_stays_one() -> None:
    assert harmless("Closes #12") == f"C{ZERO_WIDTH}loses #12"


def test_long_texts_take_no_time() -> None:
    """Each would take hours if its length were squared or worse."""
    for text in ("fix " + "-" * 300_000, "fix&nbsp;" * 50_000, "fix " + "a-" * 200_000, "&" * 300_000):
        assert harmless(text).replace(ZERO_WIDTH, "") == text
