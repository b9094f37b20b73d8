"""GitHub and GitHub Enterprise: issues, pull requests, CI and merging of one repository."""

import time
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from ..github.api import Api
from ..github.issues import Issues
from ..github.limits import Limits, pace
from ..github.merges import Merges
from ..github.place import place
from ..github.queries import points
from ..github.remembered import Remembered
from ..github.rights import see_that_it_may_push
from ..github.rules import Rules, find_repository
from ..github.token import find_token
from ..paths import STATE, slug
from .surroundings import Surroundings


class GitHubForge(Issues, Merges):
    """The Forge of `kind: github`. Making one asks GitHub once: whether the repository is there for this token.

    Raises ConfigError for a token or a repository that is not there, and Unreachable.
    """

    def __init__(self, settings: Mapping[str, Any], around: Surroundings) -> None:
        self._place, self._around = place(settings.get("base_url")), around
        self._token = find_token(self._place)
        self._limits = Limits(around.stop)
        name = str(settings["repository"])
        remembered = Remembered(around.folder / STATE / ".github" / slug(f"{self._place.host} {name}", 80))
        api = Api(self._place, self._token, self._limits, remembered, around.stop)
        repository = find_repository(api, name)
        self._rules = Rules(api, repository, around.base, self._token)
        Issues.__init__(self, api, repository["full_name"])
        Merges.__init__(self, api, repository["full_name"], repository["node_id"], self._pace, around.stop)

    # -- git

    def remote_url(self) -> str:
        return f"{self._place.web}/{self.name}.git"

    def git_environment(self, refused: Mapping[str, str] | None = None) -> Mapping[str, str]:
        used = self._token.value
        if refused == self._token.git_environment(self._place):
            self._token.renew(used)
        return self._token.git_environment(self._place)

    # -- what base demands

    @cached_property
    def _required(self) -> frozenset[str]:
        return self._rules.required_checks()

    def required_checks(self, base: str) -> frozenset[str]:
        return self._required

    def obstacle(self, base: str) -> str | None:
        self._rules.see_that_it_can_land(self._around.merge_method)
        see_that_it_may_push(self._place, self._token, self.name)
        return self._rules.obstacle() if self._around.waits_for_ci else None

    # -- the hourly budget

    def _pace(self, wanted: float, pulls: int) -> float:
        """See `watch.Pace`. What slows us down is told: `status` shows it."""
        left, now = self._limits.left("graphql"), time.time()
        seconds = pace(left, wanted, points(pulls), now)
        if left and seconds > wanted:
            what = f"{left.remaining} of {left.limit} points are left: looking every {seconds:.0f} s"
            self._around.note("pace", text=f"{self._place.host}: {what}", until=left.reset)
        return seconds
