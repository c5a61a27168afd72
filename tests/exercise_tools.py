"""What the tests of the exercise checkers share."""

from importlib import import_module

import pytest


def checker(name):
    """The checker of "03.5", which is exercise 5 of chapter 03."""
    chapter, exercise = name.split(".")
    return getattr(import_module(f"course_utils.exercises.chapter{chapter}"), f"check_{exercise}")


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
