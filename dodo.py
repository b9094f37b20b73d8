"""The tasks of a milestone: `doit list` names them, milestone.yaml says what they work on."""

from auto_milestone.engine.tasks import Tasks

tasks = Tasks()
DOIT_CONFIG = tasks.config


def task_milestone():
    yield from tasks.dicts()
