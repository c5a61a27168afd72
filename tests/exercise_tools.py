"""What the tests of the exercise checkers share."""

import inspect
import re
from importlib import import_module

import numpy as np
import pytest

IMPORTED = re.compile(r"from course_utils\.exercises import chapter(\w+) as check")
DIGITS = {"x": np.zeros((4, 28, 28, 1), "float32"), "y": np.arange(4)}


def known_as(path):
    """How the names of a notebook's exercises begin: "03" of a chapter, "05_data" of a lab."""
    return IMPORTED.search(path.read_text(encoding="utf-8"))[1]


def checker(name):
    """The checker of "03.5", which is exercise 5 of chapter 03; of "05_data.1" for a lab."""
    chapter, exercise = name.split(".")
    return getattr(import_module(f"course_utils.exercises.chapter{chapter}"), f"check_{exercise}")


def arguments(name, answer):
    """What the checker takes: `answer` in each place, images and labels where it asks for those."""
    return [DIGITS.get(one, answer) for one in inspect.signature(checker(name)).parameters]


def said(name, answers, capsys):
    """The verdict of the checker `name` on a tuple of answers: its line, and the last one."""
    checker(name)(*answers)
    return capsys.readouterr().out.rstrip("\n").split("\n")[-1]


def assert_says(name, answer, message, capsys):
    """The verdict holds `message`, and is "right" only where that is the message."""
    verdict = said(name, (answer,), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def rows(table):
    """Parameters (name, answer, message) of {name: [(answer, message), …]}."""
    return pytest.mark.parametrize(
        ("name", "answer", "message"),
        [
            pytest.param(name, answer, message, id=f"{name}-{i}")
            for name, of_one in table.items()
            for i, (answer, message) in enumerate(of_one)
        ],
    )
