"""The composition root: from a manifest to the long-lived things of a run, made once and passed on."""

import shutil
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from .agent.agents import agent_settings, make_agent
from .agent.base import Agent
from .channel.channels import make_channel
from .checks import Checks
from .errors import MilestoneError
from .executor.executors import make_executor
from .files import remove_folder
from .forge.base import Forge
from .forge.forges import make_forge
from .forge.surroundings import Surroundings
from .git.command import require_git
from .git.mirror import Mirror
from .journal import Journal
from .manifest.settings import Settings
from .milestone import Milestone
from .model import CheckRun, Ref
from .paths import MANIFEST, StatePaths
from .phases.base import Context, Slots
from .phases.patience import Patience
from .phases.pull_text import read_template
from .planning.schedule import edges
from .receipts import FINISHED, read_receipt
from .screen import Screen
from .stopping import Stop
from .train.landing import Train


@dataclass
class Workspace:
    """A milestone with its forge, its mirror and everything else that acts."""

    milestone: Milestone
    stop: Stop

    @property
    def settings(self) -> Settings:
        return self.milestone.settings

    @property
    def paths(self) -> StatePaths:
        return self.milestone.paths

    @cached_property
    def checks(self) -> Checks:
        settings = self.settings
        return Checks(settings.checks, settings.setup, settings.check_timeout, self.paths, self.stop)

    @cached_property
    def forge(self) -> Forge:
        around = Surroundings(
            folder=self.milestone.folder,
            base=self.settings.base,
            run_checks=self._run_checks,
            stop=self.stop,
            note=self.journal.add,
            merge_method=self.settings.merge_method,
            waits_for_ci=not self.settings.ci_skip,
        )
        return make_forge(self.settings.forge, around)

    @cached_property
    def journal(self) -> Journal:
        return Journal(self.paths.journal)

    def _run_checks(self, head: str) -> Sequence[CheckRun]:
        results = self.checks.on_commit(self.mirror, head, self.paths.root / "logs" / "ci.log")
        return [CheckRun(one.name, head, "success" if one.ok else "failure", one.output) for one in results]

    @cached_property
    def mirror(self) -> Mirror:
        require_git()
        mirror = Mirror(self.paths.mirror, self.forge.remote_url(), self.forge.git_environment, self.stop)
        mirror.ensure()
        return mirror

    def branches(self) -> Collection[str]:
        """The branches that were begun here; none where there is no mirror yet, and none is made."""
        return self.mirror.branches() if self.paths.mirror.exists() else ()

    def _pull_template(self) -> str:
        """Raises ConfigError for one that cannot be used."""
        own = self.settings.pull_template
        return read_template(self.milestone.folder / own if own else None)

    def check_settings(self) -> None:
        """Raises ConfigError for agents whose settings cannot be used (their programs may be on another machine),
        and for a template that cannot be.
        """
        self._pull_template()
        for change in (None, *(one.agent for one in self.settings.changes.values() if one.agent)):
            self._settings_of(change)

    def see_that_programs_are_there(self, agents: bool) -> None:
        """Raises MilestoneError for a command of the manifest that is on no PATH: told before anything begins.

        `agents`: some issue still needs its agent. A path is looked up in each worktree, and so not here.
        """
        wanted = [("setup", command[0]) for command in self.settings.setup]
        wanted += [("checks", command[0]) for command in self.settings.checks]
        if agents:
            changes = self.settings.changes
            own = [changes[number].agent for number in self.milestone.schedule.todo if number in changes]
            every = [self._settings_of(None), *(self._settings_of(change) for change in own if change)]
            wanted += [("agent", settings.command[0]) for settings in every]
        for key, program in wanted:
            if "/" not in program and "{" not in program and not shutil.which(program):
                how = f"install it, or mend `{key}` in {MANIFEST}"
                raise MilestoneError(f"{key}: `{program}` was not found on PATH: {how}")

    def let_go_of_lost(self) -> list[int]:
        """Forget what is proved of begun issues whose branch the mirror no longer holds; these issues.

        Somebody deleted the mirror, or the branch in it. Their phases look anew: a branch or a pull request that is
        on the forge is taken up, and what lies in a worktree is put aside.
        """
        begun = [number for number in self.milestone.schedule.todo if self._is_begun(number)]
        if not begun:
            return []
        there, issues = self.mirror.branches(), self.milestone.plan.issues
        lost = [number for number in begun if issues[number].branch not in there]
        for number in lost:
            remove_folder(self.paths.receipts(number))
        return lost

    def _is_begun(self, number: int) -> bool:
        """Has it a branch that is not landed?"""
        made = read_receipt(self.paths.receipt(number, "worktree"), number, "worktree")
        return made is not None and made.result not in FINISHED and not self.milestone.proved(number, "merge")

    def context(self, slots: Slots, screen: Screen, tell: Callable[[Mapping[str, Any]], None]) -> Context:
        """Everything that phases may use."""
        settings, scratch = self.settings, self.paths.scratch
        return Context(
            settings=settings,
            issues=self.milestone.plan.issues,
            blockers=self._blockers,
            paths=self.paths,
            forge=self.forge,
            mirror=self.mirror,
            checks=self.checks,
            train=Train(self.forge, self.mirror, self.checks, settings.base, settings.merge_method, scratch),
            agent=self._agents(lambda issue, line: tell(self.journal.add("note", issue, text=line))),
            channel=make_channel(settings.approval_channels, screen),
            journal=self.journal,
            stop=self.stop,
            slots=slots,
            patience=Patience(settings.poll),
            pull_template=self._pull_template(),
            tell=tell,
        )

    def _blockers(self, issue: int) -> tuple[Ref, ...]:
        every = edges(self.settings, self.milestone.plan.issues[issue])
        return tuple(edge.issue for edge in every if edge.issue not in self.settings.force_resolve)

    def _agents(self, report: Callable[[int, str], None]) -> Callable[[int], Agent]:
        """One agent per issue, all made now: a setting that cannot be used is told before anything begins."""
        executor = make_executor("local", self.stop)
        changes = self.settings.changes
        own = {number: change.agent for number, change in changes.items() if change.agent}
        common = make_agent(self._settings_of(None), executor, self.stop, report)
        special = {
            number: make_agent(self._settings_of(change), executor, self.stop, report)
            for number, change in own.items()
        }
        return lambda issue: special.get(issue, common)

    def _settings_of(self, change: Mapping[str, Any] | None) -> Any:
        return agent_settings(
            _from_here(self.settings.agent, self.milestone.folder), _from_here(change, self.milestone.folder)
        )


def _from_here(agent: Any, folder: Path) -> Any:
    """Paths of recorded patches are relative to the manifest, not to an agent's worktree."""
    if not isinstance(agent, Mapping):
        return agent
    here = {key: _from_here(value, folder) if key == "options" else value for key, value in agent.items()}
    if "patches" in here:
        here["patches"] = str((folder / str(here["patches"])).resolve())
    return here
