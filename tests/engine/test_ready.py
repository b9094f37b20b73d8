"""Which task starts next."""

from auto_milestone.engine.ready import Ready, ReadyTasks


def always(issue: int) -> bool:
    return True


def never(issue: int) -> bool:
    return False


def names(tasks: ReadyTasks, slot=always) -> list[str]:
    found = []
    while ready := tasks.pop(slot):
        found.append(f"{ready.phase}:{ready.issue}")
    return found


def test_longest_remaining_path_first() -> None:
    tasks = ReadyTasks({1: 1, 2: 5, 3: 3}, serial=False)
    for issue in (1, 2, 3):
        tasks.push(Ready(issue, "worktree", None))
    assert names(tasks) == ["worktree:2", "worktree:3", "worktree:1"]


def test_begun_issue_goes_on_before_an_equal_one_begins() -> None:
    tasks = ReadyTasks({1: 2, 2: 2}, serial=False)
    tasks.push(Ready(1, "worktree", None))
    tasks.push(Ready(2, "work", None))
    assert names(tasks) == ["work:2", "worktree:1"]


def test_waiting_phases_start_without_a_slot() -> None:
    tasks = ReadyTasks({1: 1, 2: 9}, serial=False)
    tasks.push(Ready(2, "work", None))
    tasks.push(Ready(1, "ci", None))
    assert names(tasks, never) == ["ci:1"]
    assert len(tasks) == 1


def test_serial_finishes_an_issue_before_the_next_begins() -> None:
    tasks = ReadyTasks({1: 1, 2: 2}, serial=True)
    tasks.push(Ready(1, "worktree", None))
    tasks.push(Ready(2, "worktree", None))
    assert names(tasks) == ["worktree:2"]
    tasks.push(Ready(2, "work", None))
    tasks.push(Ready(2, "ci", None))
    assert sorted(names(tasks)) == ["ci:2", "work:2"]
    tasks.leave(2)
    assert names(tasks) == ["worktree:1"]


def test_serial_takes_up_the_issue_that_got_furthest() -> None:
    tasks = ReadyTasks({1: 9, 2: 1}, serial=True)
    tasks.push(Ready(1, "worktree", None))
    tasks.push(Ready(2, "approve", None))
    assert names(tasks) == ["approve:2"]


def test_serial_issue_with_ready_tasks_is_not_left() -> None:
    tasks = ReadyTasks({1: 1, 2: 1}, serial=True)
    tasks.push(Ready(1, "worktree", None))
    assert names(tasks) == ["worktree:1"]
    tasks.push(Ready(1, "work", None))
    tasks.push(Ready(2, "worktree", None))
    tasks.leave(1)
    assert names(tasks) == ["work:1"]
