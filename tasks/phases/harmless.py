"""Texts of agents and issues, as they may stand on a forge: there, some words act."""

import re

ZERO_WIDTH = "\u200b"
"""Nobody sees it, and no forge reads over it; unlike backticks it does no harm inside of code."""

MENTION = re.compile(r"(?<![\w`])@(?=\w)")
CLOSING = re.compile(
    r"\b(?=(?:clos(?:e[sd]?)|fix(?:e[sd])?|resolve[sd]?)\b[\s:*_(\[]*(?:[\w.-]+/[\w.-]+)?(?:#|gh-|https?://\S+/)\d?)"
    r"(?P<first>\w)",
    re.IGNORECASE,
)
"""The first letter of a word that closes the issue which is named behind it."""


def harmless(text: str) -> str:
    """`text` to look at as it was, that calls nobody by `@name` and closes no issue by `fixes #12`."""
    text = MENTION.sub(f"@{ZERO_WIDTH}", text)
    return CLOSING.sub(lambda found: found["first"] + ZERO_WIDTH, text)
