"""What a forge is given besides its own settings."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..model import CheckRun
from ..stopping import Stop

RunChecks = Callable[[str], Sequence[CheckRun]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """`folder` holds the manifest; `base` is the branch that everything lands on; `run_checks` gives the results
    of the project's own checks on a commit, for a forge that has no CI; `note(event, issue=None, **fields)`
    journals what happened; `merge_method` is how branches are put on base; `waits_for_ci` until CI is green.
    """

    folder: Path
    base: str
    run_checks: RunChecks
    stop: Stop
    note: Callable[..., object]
    merge_method: str = "squash"
    waits_for_ci: bool = True
