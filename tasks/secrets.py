"""Names of variables that hold the forge's or the person's tokens: no agent, check or set-up command sees them."""

import os
from collections.abc import Mapping

TOKENS = frozenset({"GITHUB_TOKEN", "GH_TOKEN", "GITHUB_ENTERPRISE_TOKEN", "GH_ENTERPRISE_TOKEN"})
PREFIXES = ("TELEGRAM_",)


def is_secret(name: str) -> bool:
    return name in TOKENS or name.startswith(PREFIXES)


def without_secrets(environment: Mapping[str, str] | None = None) -> dict[str, str]:
    """`environment` (ours by default) without those variables."""
    given = os.environ if environment is None else environment
    return {name: value for name, value in given.items() if not is_secret(name)}
