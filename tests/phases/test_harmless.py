"""What an agent says on a forge calls nobody and closes nothing."""

import pytest
from auto_milestone.phases.harmless import ZERO_WIDTH, harmless


@pytest.mark.parametrize(
    "text",
    [
        *("@octocat", "Thanks, @octocat.", "(@acme/team)", "a\n@octocat"),
        *("Closes #12", "closes: #12", "FIXED #3", "resolves acme/app#4", "fix gh-5", "Fixes **#6**"),
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
            "`@property`",
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
