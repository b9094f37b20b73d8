"""The issues of a source, as the forge has them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from difflib import get_close_matches

from ..errors import MilestoneError
from ..forge.base import Forge
from ..manifest.settings import Source
from ..model import Issue, MilestoneInfo


@dataclass(frozen=True, slots=True)
class Collected:
    """What a source comes to; `refused` and `elsewhere` as in Planned."""

    info: MilestoneInfo
    issues: Sequence[Issue]
    refused: Mapping[int, str] = field(default_factory=dict)
    elsewhere: tuple[str, ...] = ()


def collect(forge: Forge, source: Source) -> Collected:
    """The issues of a source, and what it names that cannot be planned. Raises MilestoneError."""
    if source.kind == "milestone":
        assert source.milestone is not None
        found = forge.milestone_issues(source.milestone)
        if found is None:
            raise MilestoneError(_no_milestone(str(source.milestone), forge))
        return Collected(*found)
    if source.kind == "epic":
        assert source.epic is not None
        epic = forge.epic_issues(source.epic)
        if epic is None:
            raise MilestoneError(f"issue #{source.epic} not found; name an epic that is there")
        inside, elsewhere = epic
        if not inside:
            raise MilestoneError(f"issue #{source.epic} has no sub-issues here: name an epic that has some")
        info = MilestoneInfo.counted(f"Epic #{source.epic}", inside)
        return Collected(info, inside, elsewhere=tuple(elsewhere))
    read = {number: forge.issue(number) for number in dict.fromkeys(source.issues)}
    there = [issue for issue in read.values() if issue and not issue.is_pull]
    refused = {
        number: f"#{number} is a pull request, no issue" if issue else f"issue #{number} not found"
        for number, issue in read.items()
        if issue is None or issue.is_pull
    }
    return Collected(MilestoneInfo.counted("Issues", there), there, refused)


def _no_milestone(title: str, forge: Forge) -> str:
    titles = {info.title.casefold(): info.title for info in forge.milestones()}
    near = get_close_matches(title.casefold(), titles, 1)
    if near:
        return f'milestone {title!r} not found; did you mean "{titles[near[0]]}"?'
    known = ", ".join(f'"{known}"' for known in titles.values())
    if not known:
        return f"milestone {title!r} not found; there are none: name issues instead, as in `issues: [12, 13]`"
    return f"milestone {title!r} not found; there are: {known}"
