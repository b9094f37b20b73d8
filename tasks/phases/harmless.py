"""Texts of agents and issues, as they may stand on a forge and in commits: there, some words act."""

import re

ZERO_WIDTH = "\u200b"
"""Nobody sees it, and no forge reads over it; unlike backticks it does no harm inside of code."""

ENTITY = re.compile(r"&(?=#\w+;|\w\w+;)")
"""Markdown would make a sign of it that acts: `&#64;name`, `fixes &#35;12`."""

MENTION = re.compile(r"(?<![A-Za-z0-9])@(?=[\w&])")
"""In backticks as well: a commit message and a title have no code, and a backtick need not be closed."""

SKIPPING = re.compile(
    r"\[(?=\s*(?:(?:skip|no)[\s_-]*(?:ci|actions)|(?:ci|actions)[\s_-]*skip)\s*\])|s(?=kip-checks\s*:\s*true\b)",
    re.IGNORECASE,
)
"""In the message of a commit they keep CI from running on it."""

CLOSING = re.compile(
    r"(?<![^\W_])(?=(?:clos(?:e[sd]?)|fix(?:e[sd])?|resolve[sd]?)(?![^\W_])(?:[^\w#]|_)*+"
    r"(?:[\w.-]++/[\w.-]++)?+(?:#|gh-|https?://\S+/)\d?)(?P<first>\w)",
    re.IGNORECASE,
)
"""The first letter of a word that closes the issue which is named behind it."""


def harmless(text: str) -> str:
    """`text` to look at as it was, that calls nobody by `@name`, closes no issue by `fixes #12`, and keeps no CI
    from running by `[skip ci]`.
    """
    for pattern in (ENTITY, MENTION, SKIPPING):
        text = pattern.sub(lambda found: found[0] + ZERO_WIDTH, text)
    return CLOSING.sub(lambda found: found["first"] + ZERO_WIDTH, text)
