"""Issues of people who may not write to the repository: whoever can open an issue can write a prompt."""

from ..manifest.settings import Settings
from ..manifest.yaml_text import flow
from ..model import Issue, PlannedIssue
from ..paths import MANIFEST

NOBODY = "an unknown author"


def stranger(settings: Settings, issue: Issue) -> str | None:
    """The login of an author who may not write here and is not trusted; None: the issue is no stranger's."""
    if issue.author_writes or issue.author.casefold() in settings.trust:
        return None
    return issue.author or NOBODY


def held_for(settings: Settings, issue: PlannedIssue) -> str | None:
    """The same of a planned issue that is still to do, with the settings of today."""
    login = issue.held_for
    return login if login and issue.state == "open" and login.casefold() not in settings.trust else None


def how_to_allow(settings: Settings, login: str) -> str:
    """What a person can do, once the issue has been read."""
    ways = [] if login == NOBODY else [f"add `trust: {flow([login])}` to {MANIFEST}"]
    label = settings.trust_label
    if label:
        ways.append(f"put the label `{label}` on it")
    return ", or ".join(ways) or f"set `trust_label` in {MANIFEST} and put that label on it"
