"""doit's runner with slots. The main thread owns dispatch, database and reporting; every running task of an
issue has a thread; only agent work takes one of N slots; waiting holds none.

Written for doit 0.37, whose own parallel runners let a waiting task hold a slot, hang after a kill and swap
the global sys.stdout.
"""

import queue
import threading
from collections import Counter
from typing import Any

from doit.control import TaskDispatcher
from doit.exceptions import BaseFail, InvalidTask
from doit.runner import FAILURE, SUCCESS, Runner

from ..stopping import Stop
from .ready import AGENT_WORK, Ready, ReadyTasks
from .slots import Slots

Done = tuple[Any, BaseFail | None]


class MilestoneRunner(Runner):  # type: ignore[misc]
    """Never stops at a failure: what does not depend on it goes on."""

    def __init__(
        self, dep_manager: Any, reporter: Any, always: bool, stream: Any, ready: ReadyTasks, stop: Stop
    ) -> None:
        super().__init__(dep_manager, reporter, continue_=True, always_execute=always, stream=stream)
        self.final_result: int = SUCCESS
        self._ready, self._stop = ready, stop
        self._done: queue.SimpleQueue[Done | None] = queue.SimpleQueue()
        self._running: Counter[int] = Counter()
        self._held: list[Any] = []
        self.slots: Slots

    def wake(self) -> None:
        """Look again what may start: a slot came back, or the run is to stop. Safe in a signal handler."""
        self._done.put(None)

    def run_tasks(self, task_dispatcher: TaskDispatcher) -> None:
        more = self._dispatch(task_dispatcher, None)
        while True:
            self._start_ready()
            if not self._running:
                if self._stop.asked or not self._held:
                    if more and not self._stop.asked and not self._ready:
                        raise InvalidTask("the tasks that are left wait for each other")
                    return
                node = self._held.pop(0)
                self._finish(node, self.execute_task(node.task))
                more = self._dispatch(task_dispatcher, node)
                continue
            done = self._done.get()
            if done is None:
                continue
            node, failure = done
            self._leave(node)
            self._finish(node, failure)
            more = self._dispatch(task_dispatcher, node)
            self._let_next_issue_in(node)

    def _dispatch(self, dispatcher: TaskDispatcher, completed: Any) -> bool:
        """Take from the dispatcher what can start now; False once it has nothing more to give."""
        node = completed
        while not self._stop.asked:
            try:
                node = dispatcher.generator.send(node)
            except StopIteration:
                return False
            if node == "hold on":
                return True
            if self.select_task(node, dispatcher.tasks):
                node = self._take(node)
            elif node.run_status == "ignore" and self.final_result == SUCCESS:
                self.final_result = FAILURE
        return True

    def _take(self, node: Any) -> Any:
        """A task that is to run: a task of an issue waits for its turn, the last ones for all others, any
        other runs at once. Gives back what the dispatcher is to be told of: the node, if it is finished.
        """
        meta = node.task.meta or {}
        if "issue" in meta:
            self._ready.push(Ready(meta["issue"], meta["phase"], node))
            return None
        if meta.get("last"):
            self._held.append(node)
            return None
        self._finish(node, self.execute_task(node.task))
        return node

    def _start_ready(self) -> None:
        while not self._stop.asked:
            ready = self._ready.pop(self.slots.try_take)
            if ready is None:
                return
            self._running[ready.issue] += 1
            self.reporter.execute_task(ready.item.task)
            name = f"{ready.phase}:{ready.issue}"
            threading.Thread(target=self._execute, args=(ready,), name=name, daemon=True).start()

    def _execute(self, ready: Ready) -> None:
        failure = ready.item.task.execute(self.stream)
        if ready.phase in AGENT_WORK:
            self.slots.release(ready.issue)
        self._done.put((ready.item, failure))

    def _leave(self, node: Any) -> None:
        issue = node.task.meta["issue"]
        self._running[issue] -= 1
        if not self._running[issue]:
            del self._running[issue]

    def _let_next_issue_in(self, node: Any) -> None:
        issue = node.task.meta["issue"]
        if issue not in self._running:
            self._ready.leave(issue)

    def _finish(self, node: Any, failure: BaseFail | None) -> None:
        self.process_task_result(node, failure)
        self.dep_manager.backend.commit()
