"""The gate: a plan that needs review stops the run before anything is done, until a person has looked."""

import hashlib
import json
import re
from itertools import pairwise

from ..files import write_json
from ..manifest.manifest import set_depends_on
from ..manifest.plan_data import plan_as_dict
from ..milestone import Milestone
from ..model import Plan, PlanningIssue, Ref
from ..naming import COMMAND
from ..paths import StatePaths
from ..planning.overlap import are_ordered
from ..planning.schedule import edges
from ..screen import Screen

ORDER = re.compile(r"#?(\d+)\s+after\s+#?(\d+)", re.IGNORECASE)


def pass_gate(milestone: Milestone, screen: Screen) -> bool:
    """May the run begin? A plan that is ready, or approved as it stands, passes; else a person is asked."""
    plan, problems = milestone.plan, standing_problems(milestone)
    if not problems or milestone.settings.approve_plan:
        return True
    key = _digest(plan)
    if milestone.paths.approved_plan(key).exists():
        return True
    screen.line("The plan needs review before anything is done:", "yellow")
    for problem in problems:
        screen.line(f"  {problem.message}")
    for edge in plan.proposed_plan or ():
        screen.line(f"  proposed: #{edge.issue} after #{edge.depends_on} ({edge.reason})")
    if not screen.can_ask:
        screen.line(
            "Nothing was done. Set `approve_plan: true` in milestone.yaml to run it as it is, "
            f"or mend the issues or the manifest and run `{COMMAND} plan` again."
        )
        return False
    return _ask(milestone, screen, milestone.paths, key)


def standing_problems(milestone: Milestone) -> list[PlanningIssue]:
    """What of the plan's problems is left, as the manifest stands now: an edit may have settled some."""
    waits = {
        number: [ref for ref in refs if isinstance(ref, int)]
        for number, refs in milestone.schedule.blockers.items()
    }

    def settled(problem: PlanningIssue) -> bool:
        if problem.kind == "cycle":
            return not set(problem.issues) & milestone.schedule.stuck
        if problem.kind == "overlap":
            left = [number for number in problem.issues if number in waits]
            return all(are_ordered(*pair, waits) for pair in pairwise(left))
        return False

    return [problem for problem in milestone.plan.planning_issues if not settled(problem)]


def _digest(plan: Plan) -> str:
    return hashlib.sha256(json.dumps(plan_as_dict(plan), default=str).encode()).hexdigest()[:16]


def _ask(milestone: Milestone, screen: Screen, paths: StatePaths, key: str) -> bool:
    while True:
        typed = screen.ask(("Run this plan?",), "approve / abort / feedback: 13 after 12 > ", lambda: False)
        word, _, text = (typed or "abort").strip().partition(":")
        if word.lower() == "approve":
            write_json(paths.approved_plan(key), {"choice": "approve"})
            return True
        if word.lower() == "abort":
            screen.line("Nothing was done.")
            return False
        if word.lower() == "feedback" and _take(milestone, text):
            screen.line(f"Noted in milestone.yaml. Run `{COMMAND} plan`, then the same command again.")
            return False
        screen.line("Please answer approve, abort, or feedback: with lines such as `13 after 12`.")


def _take(milestone: Milestone, text: str) -> bool:
    """Feedback of the form `13 after 12` becomes the issue's own `depends_on`; False: it has another form."""
    found = [(int(issue), int(blocker)) for issue, blocker in ORDER.findall(text)]
    if not found or any(issue not in milestone.plan.issues for issue, _ in found):
        return False
    for issue in dict.fromkeys(issue for issue, _ in found):
        before: list[Ref] = [edge.issue for edge in edges(milestone.settings, milestone.plan.issues[issue])]
        more = [blocker for one, blocker in found if one == issue]
        set_depends_on(milestone.manifest.path, issue, list(dict.fromkeys([*before, *more])))
    return True
