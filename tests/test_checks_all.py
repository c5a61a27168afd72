"""What every checker of every chapter says of a stub, of an error, of something else."""

import re
from importlib import import_module

import notebook_tools as tools
import pytest
from checker_tools import said

# Chapter: how many exercises, and which of them ask for a function.
EXERCISES = {
    "01": (7, (3, 4, 5, 7)),
    "02": (6, (3, 4, 5, 6)),
    "03": (6, (3, 4, 5, 6)),
    "04": (7, (4, 5, 6, 7)),
    "05": (7, (1, 4, 5, 6)),
    "06": (6, (3, 4, 5, 6)),
    "07": (6, (3, 4, 5, 6)),
    "08": (5, (3, 4, 5)),
    "09": (5, (3, 4, 5)),
    "10": (6, (4, 5, 6)),
    "11": (5, (4, 5)),
}
MODULES = {number: import_module(f"course_utils.exercises.chapter{number}") for number in EXERCISES}


def checkers(functions_only):
    return [
        pytest.param(getattr(MODULES[number], f"check_{i}"), id=f"{number}-{i}")
        for number, (count, functions) in EXERCISES.items()
        for i in (functions if functions_only else range(1, count + 1))
    ]


every = pytest.mark.parametrize("checker", checkers(functions_only=False))
of_functions = pytest.mark.parametrize("checker", checkers(functions_only=True))
stubs = pytest.mark.parametrize("stub", [..., None])


def test_every_checker_is_listed():
    assert {path.name[:2] for path in tools.CHAPTERS} == set(EXERCISES)
    for number, (count, _) in EXERCISES.items():
        found = [name for name in vars(MODULES[number]) if re.fullmatch(r"check_\d+", name)]
        assert len(found) == count


@every
@stubs
def test_a_stub_is_not_attempted(checker, stub, capsys):
    number = checker.__code__.co_argcount
    assert said(checker, *[stub] * number, capsys) == "not attempted"


@of_functions
@stubs
def test_a_function_that_returns_the_stub_is_not_attempted(checker, stub, capsys):
    assert said(checker, lambda *_: stub, capsys) == "not attempted"


@of_functions
def test_an_error_in_the_readers_code_is_named(checker, capsys):
    out = said(checker, lambda *_: 1 / 0, capsys)
    assert out.startswith("wrong: ")
    assert "your code stops with ZeroDivisionError: division by zero" in out


@of_functions
def test_something_else_than_a_function_is_named(checker, capsys):
    assert "a function is asked for, this is of type int" in said(checker, 3, capsys)
