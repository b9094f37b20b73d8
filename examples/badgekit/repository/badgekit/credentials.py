"""Credentials as JSON text, read strictly and written canonically."""

import json
from collections.abc import Mapping
from typing import Any

from badgekit.errors import MalformedCredentialError

Credential = Mapping[str, Any]

REQUIRED_TYPE = "VerifiableCredential"


def dumps(credential: Credential) -> str:
    """Write *credential* canonically: sorted, compact, and in ASCII.

    Equal credentials give equal text, and the text fits wherever bytes or XML characters do.
    """
    try:
        return json.dumps(credential, sort_keys=True, separators=(",", ":"), allow_nan=False)
    except (ValueError, RecursionError) as error:
        raise MalformedCredentialError(f"the credential is not plain JSON: {error}") from error


def loads(text: str | bytes) -> dict[str, Any]:
    """Read a credential from JSON *text*."""
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise MalformedCredentialError(f"the credential is not JSON: {error}") from error
    return require_credential(value)


def require_credential(value: object) -> dict[str, Any]:
    """Return *value* if it has the shape of a credential, and raise otherwise."""
    if not isinstance(value, dict):
        raise MalformedCredentialError("the credential must be a JSON object")
    types = value.get("type")
    if REQUIRED_TYPE not in (types if isinstance(types, list) else [types]):
        raise MalformedCredentialError(f"the credential's type must include {REQUIRED_TYPE}")
    return value
