"""A program that answers line by line."""

import gc
import os
import sys

import psutil
import pytest
from auto_milestone.errors import MilestoneError
from auto_milestone.process.dialogue import Dialogue

PID_AND_LINE = "import os, sys\nfor line in sys.stdin: print(os.getpid(), line.strip(), flush=True)"


def talk(code: str, patience: float = 30.0) -> Dialogue:
    return Dialogue([sys.executable, "-c", code], dict(os.environ), patience)


def test_one_process_answers_all_questions() -> None:
    dialogue = talk(PID_AND_LINE)
    answers = [dialogue.ask(word).split() for word in ("one", "two")]
    assert [answer[1] for answer in answers] == ["one", "two"]
    assert answers[0][0] == answers[1][0]


def test_one_that_was_killed_is_started_again() -> None:
    dialogue = talk(PID_AND_LINE)
    killed = int(dialogue.ask("one").split()[0])
    process = psutil.Process(killed)
    process.kill()
    pid, word = dialogue.ask("two").split()
    assert word == "two" and int(pid) != killed


def test_one_that_was_halted_is_left_for_a_new_one() -> None:
    dialogue = talk(PID_AND_LINE, patience=2.0)
    halted = psutil.Process(int(dialogue.ask("one").split()[0]))
    halted.suspend()
    assert dialogue.ask("two").split()[1] == "two"
    assert not halted.is_running()


def test_it_ends_with_its_user() -> None:
    dialogue = talk(PID_AND_LINE)
    process = psutil.Process(int(dialogue.ask("one").split()[0]))
    del dialogue
    gc.collect()
    assert not process.is_running()


def test_one_that_gives_no_answer_is_an_error() -> None:
    with pytest.raises(MilestoneError, match="gave no answer"):
        talk("import sys; sys.stdin.readline()").ask("anything")


def test_a_question_is_one_line() -> None:
    with pytest.raises(MilestoneError, match="no single line"):
        talk(PID_AND_LINE).ask("one\ntwo")
