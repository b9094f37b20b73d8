"""Commands that talk to the forge."""

from collections.abc import Callable, Mapping
from pathlib import Path

from ..process.command import Completed
from ..stopping import Stop
from .command import PATIENT, git
from .distance import failure, is_unknown

TIMEOUT = 900.0
"""Seconds that one fetch or push may take."""

LetIn = Callable[[Mapping[str, str] | None], Mapping[str, str]]
"""What the forge wants to see in git's environment; given what it refused, something better if there is such."""


def nothing(refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
    """For a repository on this disk."""
    return {}


class Remote:
    """The repository at `url`. git has what lets it in in its environment only while it talks."""

    def __init__(self, url: str, let_in: LetIn, stop: Stop | None) -> None:
        self.url, self._let_in, self._stop = url, let_in, stop

    def ask(self, folder: Path, *args: str, check: bool = True) -> Completed:
        """Run a git command in the bare repository `folder`: it can be stopped, and does not wait for ever.

        Raises Unreachable, MilestoneError where git is not let in or refused, CommandError for all else.
        """
        env = self._let_in(None)
        done = self._run(folder, args, env)
        if done.code and is_unknown(done.stderr):
            better = self._let_in(env)
            done = self._run(folder, args, better) if better != env else done
        if check and done.code:
            raise failure(("git", *args), done, self.url)
        return done

    def _run(self, folder: Path, args: tuple[str, ...], env: Mapping[str, str]) -> Completed:
        where = ("--git-dir", str(folder), *PATIENT)
        return git(*where, *args, env=env, check=False, stop=self._stop, timeout=TIMEOUT)
