"""What talks to the simulated GitHub."""

from pathlib import Path

from auto_milestone.github.api import Api
from auto_milestone.github.limits import Limits
from auto_milestone.github.place import place
from auto_milestone.github.remembered import Remembered
from auto_milestone.github.token import Token
from auto_milestone.stopping import Stop

from .github import GitHub


def make_api(github: GitHub, folder: Path, token: str | Token, stop: Stop | None = None) -> Api:
    """With little patience."""
    stop = stop or Stop()
    return Api(
        place(github.rest_url),
        token if isinstance(token, Token) else Token(token, "GH_ENTERPRISE_TOKEN"),
        Limits(stop),
        Remembered(folder / "answers"),
        stop,
        patience=2,
        pause=0.01,
    )
