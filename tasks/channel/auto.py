"""Nobody is asked: what the checks let through is merged."""

from collections.abc import Callable

from .base import Answer, Question, Unavailable


class AutoChannel:
    """The channel `auto`: answers `merge` to a question about a merge, and nothing else."""

    name = "auto"
    by_rule = True

    def ask(self, question: Question, cancelled: Callable[[], bool]) -> Answer | None:
        if "merge" not in question.choices:
            raise Unavailable("the channel `auto` decides on merges only")
        return Answer("merge", by="auto")
