"""The table of forges."""

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import ConfigError
from ..paths import STATE, slug
from .base import Forge
from .local import LocalForge, local_settings
from .surroundings import Surroundings

Make = Callable[[Mapping[str, Any], Surroundings], Forge]


def _local(settings: Mapping[str, Any], around: Surroundings) -> Forge:
    own = local_settings(settings, around.folder)
    return LocalForge(own, around.folder / STATE / ".forge" / slug(own.name), around)


def _github(settings: Mapping[str, Any], around: Surroundings) -> Forge:
    # Imported here: the client takes long to import, and a local forge needs none of it.
    from .github import GitHubForge

    return GitHubForge(settings, around)


FORGES: Mapping[str, Make] = {"github": _github, "local": _local}


def make_forge(settings: Mapping[str, Any], around: Surroundings) -> Forge:
    """The forge of the manifest's `forge`. Raises ConfigError for a kind that is not in the table."""
    make = FORGES.get(settings["kind"])
    if make is None:
        raise ConfigError(f"forge: no kind `{settings['kind']}`; there are {', '.join(sorted(FORGES))}")
    return make(settings, around)
