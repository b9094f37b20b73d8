"""The tasks of a milestone: `doit list` names them, milestone.yaml says what they work on."""

from auto_milestone.engine.tasks import Milestone

milestone = Milestone()
DOIT_CONFIG = milestone.config


def task_milestone():
    yield from milestone.tasks()
