"""A prediction as text and as HTML; what cannot be one. The script is tried in a browser."""

import re
from html.parser import HTMLParser

import nbformat
import notebook_tools as tools
import pytest
from nbformat.v4 import new_code_cell

from course_utils import config, course, predict, predictions

QUESTION, CHOICES = "What is left at 4 pixels?", ["nearly all", "half", "almost none"]


@pytest.fixture(autouse=True)
def chapter(monkeypatch):
    """No prediction so far, in a chapter of its own."""
    monkeypatch.setattr(predictions, "_made", {})
    config.note_run("quick", [], "99")
    yield
    config.note_run("quick", [])


def test_as_text_it_is_asked_answered_and_listed(capsys):
    guess = predict(QUESTION, CHOICES)
    predict("Is it faster?", ["yes", "no"])
    guess.answer("half", f"{0.5234:.2f} of the digits")
    course.surprises()
    assert capsys.readouterr().out.splitlines() == [
        f"Predict: {QUESTION} nearly all | half | almost none",
        "Predict: Is it faster? yes | no",
        "Answer: half (0.52 of the digits)",
        "Predictions:",
        f"{QUESTION} Answer: half (0.52 of the digits)",
        "Is it faster? not measured yet",
    ]


def listed(capsys):
    capsys.readouterr()
    course.surprises()
    return capsys.readouterr().out.splitlines()


def test_any_cell_may_run_again_at_any_time(capsys):
    assert listed(capsys) == ["There are no predictions so far."]
    first = predict(QUESTION, CHOICES)
    first.answer("half")
    again = predict(QUESTION, CHOICES)
    assert listed(capsys)[1:] == [f"{QUESTION} Answer: half"], "listed once, its answer kept"
    again.answer("almost none", "0.1")
    first.answer("nearly all", "0.9")
    assert listed(capsys)[1:] == [f"{QUESTION} Answer: nearly all (0.9)"]
    predict(QUESTION, CHOICES[:2])
    assert listed(capsys)[1:] == [f"{QUESTION} not measured yet"], "the choices have changed"


def test_each_chapter_lists_its_own(capsys):
    predict(QUESTION, CHOICES)
    config.note_run("quick", [], "98")
    assert listed(capsys) == ["There are no predictions so far."]
    predict("Is it faster?", ["yes", "no"])
    assert listed(capsys)[1:] == ["Is it faster? not measured yet"]
    config.note_run("quick", ["epochs"], "99")
    assert listed(capsys)[1:] == [f"{QUESTION} not measured yet"]


@pytest.mark.parametrize(
    ("case", "question", "choices"),
    [
        ("no question", " ", CHOICES),
        ("one choice", QUESTION, ["half"]),
        ("text for a list of choices", QUESTION, "half"),
        ("the same choice twice", QUESTION, ["half", "half", "all"]),
        ("an empty choice", QUESTION, ["half", ""]),
    ],
)
def test_fault_prediction(case, question, choices, fault):
    with pytest.raises(ValueError) as caught:
        predict(question, choices)
    assert str(caught.value) == "a prediction takes a question and two or more different choices"
    fault("predictions", case, str(caught.value))


def test_fault_answer_that_is_no_choice(fault):
    guess = predict(QUESTION, CHOICES)
    with pytest.raises(ValueError) as caught:
        guess.answer("a half", "0.52")
    assert str(caught.value) == "the answer 'a half' is no choice: nearly all, half, almost none"
    fault("predictions", "an answer that is none of the choices", str(caught.value))


class Tags(HTMLParser):
    """The tags of a page with their attributes; its text."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.open, self.text = [], [], ""
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "input":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text += data if "script" not in self.open else ""


def test_in_a_notebook_it_is_one_output_of_text_and_plain_html():
    cells = [
        "from course_utils import course, predict",
        "guess = predict('Is <i>a</i> \"more\" than b?', ['yes', 'as <b> & \"c\"'])",
        "guess.answer('as <b> & \"c\"', '0.5 < 0.6')",
        "course.surprises()",
        "predict('Which?', ['a', 'b'])",
    ]
    nb = nbformat.v4.new_notebook(cells=[*map(new_code_cell, cells)])
    tools.execute(nb)
    outputs = [cell.outputs for cell in nb.cells[1:]]
    assert [len(one) for one in outputs] == [1] * 4, "also where it ends a cell"
    assert {key for (one,) in outputs for key in one.data} == {"text/plain", "text/html"}
    asked, answered, table, _ = (Tags(one.data["text/html"]) for (one,) in outputs)
    assert asked.open == answered.open == table.open == []
    radios = [given for tag, given in asked.tags if tag == "input"]
    assert [radio["value"] for radio in radios] == ["yes", 'as <b> & "c"']
    assert {tag for tag, _ in asked.tags} >= {"fieldset", "legend", "label", "script"}
    assert asked.text == 'Predict: Is <i>a</i> "more" than b? yes as <b> & "c"'
    assert answered.text.strip() == '○ Answer: as <b> & "c" (0.5 < 0.6)'
    assert 'Is <i>a</i> "more" than b?–as <b> & "c" (0.5 < 0.6)' in table.text
    keys = {given["data-key"] for tags in (asked, answered, table) for _, given in tags.tags
            if "data-key" in given}  # fmt: skip
    assert len(keys) == 1
    assert (given := asked.tags[0][1])["data-choices"] == '["yes", "as <b> & \\"c\\""]'
    assert "data-answer" not in given, "a question does not tell"


def test_the_script_asks_nothing_of_the_network_and_is_small():
    script = predictions._script()
    assert len(script) < 3_500 and not re.search(r"https?:|fetch|import|innerHTML|eval", script)
