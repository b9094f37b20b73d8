"""A plan and its text in milestone.yaml, and what reading a manifest complains about."""

from pathlib import Path

import pytest
from auto_milestone.errors import ConfigError
from auto_milestone.manifest.manifest import read_manifest
from auto_milestone.model import (
    Cut,
    Deadlock,
    Dependency,
    External,
    MilestoneInfo,
    Plan,
    PlannedIssue,
    PlanningIssue,
    ProposedEdge,
    Validation,
)

FORGE = "forge: {kind: github, repository: acme/rocket}\n"
MARKER = "# ---- plan: written by `doit plan`; edits below this line are lost with the next plan ----\n"

PLAN = Plan(
    source="milestone",
    milestone=MilestoneInfo("M3: Code Graph", 3, 3, 2, 1),
    planning_status="needs_review",
    recommended_parallel=2,
    parallel_reason="two issues can run at once",
    execution_waves=((12,), (13,)),
    free_issues=(12,),
    critical_path=(12, 13),
    issues={
        11: PlannedIssue(11, "no", "closed", "feat/issue-11-no", "ab" * 32, state_reason="completed"),
        12: PlannedIssue(12, "Käse: `#1`", "open", "feat/issue-12", "12" * 32, wave=1, blocks=(13,)),
        13: PlannedIssue(
            13,
            "Show the graph",
            "open",
            "feat/issue-13-show-the-graph",
            "3f" * 32,
            wave=2,
            depends_on=(
                Dependency(12, "body:3 Blocked by #12"),
                Dependency(99, "native", True),
                Dependency("other/repo#4", "manual"),
            ),
            related=(11, "other/repo#5"),
            held_for="octocat",
        ),
    },
    planning_issues=(PlanningIssue("overlap", "12 and 13 touch a.py", (12, 13)),),
    external=(
        External(99, "open", (13,), "M4: Future", "force_resolve"),
        External("other/repo#4", "missing", (13,)),
    ),
    deadlocks=(Deadlock((13,), "waits for other/repo#4", (Cut(13, "other/repo#4"),)),),
    validation=Validation(((12, 13, 12),), ("other/repo#4",), (99,), (11,)),
    proposed_plan=(ProposedEdge(13, 11, "both change a.py"),),
    epic=635,
)

PLAN_TEXT = f"""\
{MARKER}plan:
  source: milestone
  milestone: {{title: "M3: Code Graph", number: 3, total: 3, open: 2, closed: 1}}
  epic: 635
  planning_status: needs_review
  planning_issues: [{{kind: overlap, message: "12 and 13 touch a.py", issues: [12, 13]}}]
  recommended_parallel: 2
  parallel_reason: two issues can run at once
  execution_waves: [{{wave: 1, issues: [12]}}, {{wave: 2, issues: [13]}}]
  free_issues: [12]
  critical_path: [12, 13]
  issues:
    11:
      title: "no"
      state: closed
      state_reason: completed
      wave: null
      branch: feat/issue-11-no
      body_sha256: {"ab" * 32}
      depends_on: []
      blocks: []
    12:
      title: "Käse: `#1`"
      state: open
      wave: 1
      branch: feat/issue-12
      body_sha256: "{"12" * 32}"
      depends_on: []
      blocks: [13]
    13:
      title: Show the graph
      state: open
      wave: 2
      branch: feat/issue-13-show-the-graph
      body_sha256: {"3f" * 32}
      depends_on:
        - {{issue: 12, source: "body:3 Blocked by #12", satisfied: false}}
        - {{issue: 99, source: native, satisfied: true}}
        - {{issue: "other/repo#4", source: manual, satisfied: false}}
      blocks: []
      related: [11, "other/repo#5"]
      held_for: octocat
  external:
    - {{issue: 99, state: open, milestone: "M4: Future", needed_by: [13], resolved_by: force_resolve}}
    - {{issue: "other/repo#4", state: missing, milestone: null, needed_by: [13], resolved_by: null}}
  deadlocks: [{{issues: [13], reason: "waits for other/repo#4", cut: [{{issue: 13, blocker: "other/repo#4"}}]}}]
  validation:
    circular_deps: [[12, 13, 12]]
    missing_deps: ["other/repo#4"]
    external_deps: [99]
    orphans: [11]
  proposed_plan: [{{issue: 13, depends_on: 11, reason: both change a.py}}]
"""

EMPTY_PLAN = Plan("issues", MilestoneInfo("", None, 0, 0, 0), "ready", 1, "", (), (), (), {})


def problem(path: Path, text: str | bytes) -> str:
    """What reading `text` complains about."""
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    with pytest.raises(ConfigError) as raised:
        read_manifest(path)
    message = str(raised.value)
    assert "\n" not in message
    return message
