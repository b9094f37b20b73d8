"""What the engine costs: the sample with an agent that only commits, beside a bare shell script.

Both run the same agent (it writes one file and commits it) and the same two checks, once per head, in a clean
worktree, one issue after the other (`doit -n 1`: merge, cleanup, summary). The script has the same effective
git commands per issue: fetch, branch, worktree, push, candidate commit, patch-id, push to base, fetch, removal
of worktree and branches. It asks nothing back, remembers nothing and survives nothing. The last row counts the
git processes of both.
"""

import os
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path

from support.graphs import SAMPLE
from support.project import Project, replace_setting, sample, workshop
from support.report import Row, compared, note, options, report
from support.timing import Measured, in_turn, measure

AGENT = """\
set -e
mkdir -p notes
echo "Issue $1" > "notes/$1.md"
git add --all
git commit --quiet -m "Resolve #$1"
"""
SCRIPT = """\
set -eu
state=$1 forge=$2 agent=$3; shift 3
git init --quiet --bare "$state/repo.git"
cd "$state/repo.git"
for issue; do
    branch=feat/issue-$issue worktree=$state/worktrees/$issue scratch=$state/scratch/$issue
    git fetch --quiet "$forge" +refs/heads/main:refs/remotes/origin/main
    base=$(git rev-parse refs/remotes/origin/main)
    git update-ref "refs/heads/$branch" "$base"
    git worktree add --quiet "$worktree" "$branch"
    (cd "$worktree" && sh "$agent" "$issue")
    head=$(git rev-parse "refs/heads/$branch")
    test -z "$(git -C "$worktree" status --porcelain)"
    git worktree add --quiet --detach "$scratch" "$head"
    (
        cd "$scratch"
        python3 -m compileall -q badgekit
        python3 -m unittest discover -s tests -t . 2>/dev/null
    )
    git worktree remove --force "$scratch"
    git push --quiet "$forge" "$head:refs/heads/$branch"
    git fetch --quiet "$forge" +refs/heads/main:refs/remotes/origin/main
    base=$(git rev-parse refs/remotes/origin/main)
    tree=$(git merge-tree --write-tree "$base" "$head")
    commit=$(git commit-tree "$tree" -p "$base" -m "Resolve #$issue")
    git diff-tree -p "$base" "$commit" | git patch-id --stable > "$state/approved"
    git push --quiet --force-with-lease="refs/heads/main:$base" "$forge" "$commit:refs/heads/main"
    git fetch --quiet "$forge" +refs/heads/main:refs/remotes/origin/main
    git worktree remove --force "$worktree"
    git branch --quiet -D "$branch"
    git push --quiet "$forge" ":refs/heads/$branch"
done
"""
COUNTING = """\
#!/bin/sh
echo >> "$BENCH_COUNT"
exec {git} "$@"
"""


def main() -> None:
    asked = options(__doc__)
    issues = list(SAMPLE)[:2] if asked.quick else list(SAMPLE)
    with workshop() as (top, env):
        bench = _Bench(top, env, issues)
        found = in_turn({"ours": bench.ours, "script": bench.script}, 1 if asked.quick else 4)
        ours, script = found["ours"].seconds, found["script"].seconds
        note(f"ours {ours:.2f} s, script {script:.2f} s")
        rows = [compared(f"{len(issues)} issues, -n 1, s", ours, {"script": script}, "script", 1.5)]
        rows.append(bench.commands())
    report("overhead", rows, asked.as_json)


class _Bench:
    """Fresh copies of the planned sample, landed by either."""

    def __init__(self, top: Path, env: Mapping[str, str], issues: Sequence[int]) -> None:
        self._top, self._env, self._issues = top, env, issues
        self._runs = 0
        self._agent = top / "agent.sh"
        self._agent.write_text(AGENT)
        self._script = top / "land.sh"
        self._script.write_text(SCRIPT)
        self._planned = self._plan()

    def _plan(self) -> Project:
        few = self._issues if len(self._issues) < len(SAMPLE) else ()
        project = sample(self._top / "planned", self._env, few)
        replace_setting(project.manifest, "agent", f'agent: {{command: [sh, {self._agent}, "{{issue}}"]}}')
        project.measure("plan")
        return project

    def _fresh(self, env: Mapping[str, str]) -> Project:
        self._runs += 1
        return Project(self._planned.copy(self._top / str(self._runs)).folder, {**self._env, **env})

    def ours(self, **env: str) -> Measured:
        project = self._fresh(env)
        measured = project.measure("-n", "1")
        assert project.statuses() == ["merged"] * len(self._issues)
        return measured

    def script(self, **env: str) -> Measured:
        project = self._fresh(env)
        (forge,) = project.folder.glob(".milestone/.forge/*/repository.git")
        state = project.folder / "script"
        state.mkdir()
        argv = ["sh", str(self._script), str(state), str(forge), str(self._agent)]
        return measure([*argv, *map(str, self._issues)], state, project.env)

    def commands(self) -> Row:
        """How many git processes each starts; those that git starts itself are not seen."""
        tools = self._top / "tools"
        tools.mkdir()
        (tools / "git").write_text(COUNTING.format(git=shutil.which("git")))
        (tools / "git").chmod(0o755)
        counts = {}
        for name, run in {"ours": self.ours, "script": self.script}.items():
            log = self._top / f"{name}.count"
            run(BENCH_COUNT=str(log), PATH=f"{tools}{os.pathsep}{os.environ['PATH']}")
            counts[name] = log.read_text().count("\n")
        peers = {"script": counts["script"]}
        return compared(f"{len(self._issues)} issues, git processes", counts["ours"], peers, "script")


if __name__ == "__main__":
    main()
