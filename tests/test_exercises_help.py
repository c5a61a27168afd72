"""Hints come one after the other and end; the score counts; cards say what to do next."""

import sys
from importlib import import_module
from pathlib import Path
from types import ModuleType

import nbformat
import notebook_tools as tools
import pytest
from exercise_tools import checker
from nbformat.v4 import new_code_cell

from course_utils import cards
from course_utils.exercises import framework as ex

CHAPTERS = sorted(path.stem for path in Path(ex.__file__).parent.glob("chapter*.py"))


@pytest.fixture
def chapter(monkeypatch):
    """A chapter of three exercises, whose first one has two hints and whose second has one."""
    module = ModuleType("chapter99")
    for number in (1, 2, 3):
        setattr(module, f"check_{number}", ex.value("A number.", number))
    monkeypatch.setitem(sys.modules, "chapter99", module)
    given = {1: ("Count.", "It is the first."), 2: ("After one.",)}
    module.hint, module.score = ex.helpers("chapter99", given)
    return module


@pytest.fixture
def said(capsys):
    def said(call, *arguments):
        call(*arguments)
        return capsys.readouterr().out.rstrip("\n")

    return said


@pytest.fixture
def shown(monkeypatch):
    """The HTML of what a call shows."""
    monkeypatch.setattr(cards, "show", lambda plain, page: pages.append(page))
    pages = []

    def shown(call, *arguments):
        call(*arguments)
        return pages.pop()

    return shown


def test_hints_come_one_by_one_and_end(chapter, said):
    assert [said(chapter.hint, 1) for _ in range(4)] == [
        "hint 1 of 2: Count.",
        "hint 2 of 2: It is the first.",
        *["hint: no more of exercise 1; its solution is folded below it"] * 2,
    ]
    assert said(chapter.hint, 2) == "hint 1 of 1: After one."
    assert said(chapter.hint, 3).startswith("hint: no more of exercise 3")


@pytest.mark.parametrize("number", [None, 0, 4, -1, "1", 1.0, True, [1], ...])
def test_fault_hint_of_no_exercise(number, chapter, said, fault):
    sentence = said(chapter.hint, number)
    assert sentence == "hint: of which exercise? check.hint(1) is of the first, there are 3"
    assert said(chapter.hint, 1) == "hint 1 of 2: Count."
    fault("exercises", f"a hint of exercise {number}", sentence)


def test_the_score_counts_what_is_right_now(chapter, said):
    assert said(chapter.score) == "0 of 3 right so far"
    said(chapter.check_1, 1)
    said(chapter.check_3, 3)
    said(chapter.check_3, 3)
    assert said(chapter.score) == "2 of 3 right so far"
    said(chapter.check_1, 7)
    said(chapter.check_3, ...)
    assert said(chapter.score) == "1 of 3 right so far", "wrong now; a stub takes nothing back"
    said(chapter.check_1, 1)
    said(chapter.check_2, 2)
    assert said(chapter.score) == "3 of 3 right so far"


def test_a_card_says_what_to_do_next(chapter, shown):
    assert "✗" in (page := shown(chapter.check_1, 2)) and "<strong>wrong</strong>: 2 is" in page
    assert "Stuck? check.hint(1) shows a hint." in page
    shown(chapter.hint, 1)
    assert "Stuck? check.hint(1) shows a hint." in shown(chapter.check_1, 2)
    shown(chapter.hint, 1)
    assert "Stuck?" not in shown(chapter.check_1, 2), "both have been shown"
    assert "Stuck?" not in shown(chapter.check_3, 2), "it has none"
    page = shown(chapter.check_1, 1)
    assert "✓" in page and "<strong>right</strong>" in page and "1 of 3 right so far." in page
    page = shown(chapter.check_1, ...)
    assert "○" in page and page.endswith("<strong>not attempted</strong></div>")
    assert "<b>" not in shown(chapter.check_1, "<b>"), "an answer is no HTML"


@pytest.mark.parametrize("name", CHAPTERS)
def test_every_exercise_has_one_hint_or_two(name, said):
    module = import_module(f"course_utils.exercises.{name}")
    numbers = [int(n[6:]) for n in vars(module) if n.startswith("check_") and n[6:].isdigit()]
    for number in numbers:
        hints = [said(module.hint, number) for _ in range(3)]
        assert hints[0].startswith("hint 1 of ") and hints[2].startswith("hint: no more")
        assert all(20 < len(text) < 200 for text in hints)
    assert said(module.score).endswith(f"of {len(numbers)} right so far")


def test_the_line_where_the_readers_code_stops(capsys):
    source = (
        "def steps(samples, batch, epochs):\n    whole = samples // batch\n    return whole * epoch"
    )
    namespace = {}
    exec(compile(source, "a cell", "exec"), namespace)
    checker("05_data.1")(namespace["steps"])
    assert "your code stops in line 3 with NameError: name 'epoch' is not defined" in (
        capsys.readouterr().out
    )


def test_fault_in_a_notebook_the_line_is_that_of_the_cell(fault):
    cells = [
        "from course_utils.exercises import chapter05_data as check",
        "def helper(n):\n    return n / 0\n\n\ndef steps(samples, batch, epochs):\n"
        "    # how many?\n    return helper(samples)",
        "check.check_1(steps)",
    ]
    nb = nbformat.v4.new_notebook(cells=[*map(new_code_cell, cells)])
    tools.execute(nb)
    (card,) = nb.cells[2].outputs
    off = "your code stops in line 2 with ZeroDivisionError: division by zero"
    assert off in card.data["text/plain"] and off in card.data["text/html"]
    fault("exercises", "an error in the reader's code", card.data["text/plain"])


def test_colors_of_an_error_message_are_left_out(capsys):
    def colored(*arguments):
        raise ValueError("\x1b[1mDense\x1b[0m does not fit")

    checker("05.4")(colored)
    said = capsys.readouterr().out
    assert "ValueError: Dense does not fit" in said and "\x1b" not in said
