"""What the token may do, as far as GitHub tells before it is done: asked before any agent is paid."""

import requests

from ..errors import ConfigError
from .place import Place
from .token import Token

PATIENCE = 30.0
"""Seconds."""


def see_that_it_may_push(place: Place, token: Token, repository: str) -> None:
    """Raises ConfigError if git would not be let in to push; nothing is pushed. A network in trouble says nothing."""
    url = f"{place.web}/{repository}.git/info/refs"
    try:
        answer = requests.get(
            url,
            params={"service": "git-receive-pack"},
            auth=("x-access-token", token.value),
            timeout=PATIENCE,
            stream=True,
        )
    except requests.RequestException:
        return
    answer.close()
    if answer.status_code in (401, 403, 404):
        raise ConfigError(
            f"the token from {token.source} may not push to {repository}: give it write access to its contents "
            "(README: token permissions)"
        )
