"""The table of executors."""

from collections.abc import Callable, Mapping

from ..stopping import Stop
from .base import Executor
from .local import LocalExecutor

EXECUTORS: Mapping[str, Callable[[Stop], Executor]] = {"local": LocalExecutor}


def make_executor(name: str, stop: Stop) -> Executor:
    """The executor of this name."""
    return EXECUTORS[name](stop)
