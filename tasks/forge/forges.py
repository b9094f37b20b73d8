"""The table of forges."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from ..errors import ConfigError
from ..paths import slug
from .base import Forge
from .local import LocalForge, RunChecks, local_settings

Make = Callable[[Mapping[str, Any], Path, str, RunChecks], Forge]


def _local(settings: Mapping[str, Any], folder: Path, base: str, run_checks: RunChecks) -> Forge:
    own = local_settings(settings, folder)
    return LocalForge(own, folder / ".milestone" / ".forge" / slug(own.name), base, run_checks)


FORGES: Mapping[str, Make] = {"local": _local}


def make_forge(settings: Mapping[str, Any], folder: Path, base: str, run_checks: RunChecks) -> Forge:
    """The forge of the manifest's `forge`. `folder` holds the manifest; `run_checks` is CI where there is none.

    Raises ConfigError for a kind that is not in the table.
    """
    make = FORGES.get(settings["kind"])
    if make is None:
        raise ConfigError(f"forge: no kind `{settings['kind']}`; there are {', '.join(sorted(FORGES))}")
    return make(settings, folder, base, run_checks)
