"""A claim holds with its numbers, stops the run, or is shown where the reader changed a budget."""

import math
import operator
from types import SimpleNamespace

import nbformat
import notebook_tools as tools
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbclient.exceptions import CellExecutionError
from nbformat.v4 import new_code_cell

from course_utils import config, events
from course_utils.claims import ClaimError, claim, number

RELATIONS = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
}
NAN = float("nan")
NEXT = "Raise a budget, or run the chapter again from its first cell; if it persists, report it."


def runs(*values, seeds=None):
    """As much of `training.Runs` as a claim looks at."""
    return SimpleNamespace(accuracy=np.array(values), seeds=seeds or range(len(values)))


@pytest.fixture(autouse=True)
def run():
    """A run of `quick`, its budget unchanged."""
    config.note_run("quick", [])
    yield
    config.note_run("quick", [])


@pytest.mark.parametrize(
    ("comparison", "numbers"),
    [
        ((0.98392, ">", 0.96321), "(0.9839 > 0.9632, difference 0.0207)"),
        ((2, ">=", 2), "(2 >= 2, difference 0)"),
        ((0.25, "<", 1 / 3), "(0.25 < 0.3333, difference 0.0833)"),
        ((1_629_826, ">", 93_322), "(1,629,826 > 93,322, difference 1,536,504)"),
        ((60_000_000.0, ">", 1234.567), "(60,000,000 > 1,235, difference 59,998,765)"),
        ((0.98392, ">", 0.98391), "(0.9839 > 0.9839, difference 1e-05)"),
        ((3.217e-9, "<", 1e-6), "(3.217e-09 < 1e-06, difference 1e-06)"),
        ((0.0207, ">", 0), "(0.0207 > 0)"),
        ((-0.5, "<", 0), "(-0.5 < 0)"),
        ((np.float32(2), ">", 1.5), "(2 > 1.5, difference 0.5)"),
        ((math.inf, ">", 1.5), "(inf > 1.5, difference inf)"),
        ((93_322, "==", np.int64(93_322)), "(93,322 == 93,322)"),
        (((178, 13), "==", (np.int64(178), 13)), "((178, 13) == (178, 13))"),
        ((np.array([3, 4]), "==", [3, 4]), "([3, 4] == [3, 4])"),
        (("a", "==", "a"), "('a' == 'a')"),
        (("x" * 50, "==", "x" * 50), ""),
        ((10**400, ">", 1), ""),
        (({1, 2}, ">=", {1}), ""),
        ((True,), ""),
        ((np.True_,), ""),
        ((np.array([2, 3]), ">", np.array([1, 3])),
         "(2.5 > 2, paired difference 0.5, 0.0 to 1.0 over 2 seeds)"),
        ((runs(0.9839, 0.985, 0.98), ">", runs(0.9632, 0.964, 0.961)),
         "(0.9830 > 0.9627, paired difference 0.0202, 0.0190 to 0.0210 over 3 seeds)"),
        ((runs(0.1, 0.3), "<", runs(0.3, 0.2)),
         "(0.2 < 0.25, paired difference 0.05, -0.10 to 0.20 over 2 seeds)"),
        ((runs(0.9839), ">", runs(0.9632)), "(0.9839 > 0.9632, difference 0.0207, 1 seed)"),
        ((runs(0.95, 0.97), ">", 0.9), "(0.96 > 0.9, difference 0.06, 0.05 to 0.07 over 2 seeds)"),
        ((runs(0.02, 0.03), ">", 0), "(0.025 > 0, 0.020 to 0.030 over 2 seeds)"),
        ((0.9, "<", runs(0.95, 0.97)), "(0.9 < 0.96, difference 0.06, 0.05 to 0.07 over 2 seeds)"),
    ],
)  # fmt: skip
def test_a_claim_that_holds_prints_its_sentence_and_numbers(comparison, numbers, capsys):
    claim("so it is", *comparison)
    assert capsys.readouterr().out == f"held: so it is {numbers}".strip() + "\n"


@pytest.mark.parametrize(
    "comparison",
    [(1, ">", 2), (1, ">", 1), (2, "<", 1), (1, ">=", 2), (2, "<=", 1), (1, "==", 2), (False,),
     (np.False_,), (NAN, ">", 0), (NAN, "<", 0), (NAN, ">=", NAN), (NAN, "<=", NAN),
     (NAN, "==", NAN), (0, ">", NAN), (np.array([1, 2]), ">", 2), (runs(NAN, 3), ">", 2),
     (runs(1, 3), "<=", runs(1, NAN)), (np.array([]), ">", 0), (np.array([]), "==", []),
     (np.array([1, NAN]), "==", np.array([1, NAN])), (-math.inf, ">", -math.inf)],
)  # fmt: skip
def test_a_claim_that_fails_stops_the_run(comparison):
    with pytest.raises(ClaimError, match="did not hold: one is more than two"):
        claim("one is more than two", *comparison)


@settings(deadline=None)
@given(
    st.floats(allow_infinity=False) | st.integers(),
    st.sampled_from(list(RELATIONS)),
    st.floats(allow_infinity=False) | st.integers(),
)
def test_a_claim_holds_exactly_where_its_comparison_does(left, relation, right):
    try:
        claim("so it is", left, relation, right)
    except ClaimError:
        assert not RELATIONS[relation](left, right)
    else:
        assert RELATIONS[relation](left, right) and left == left and right == right


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=5))
def test_of_seeds_the_means_are_compared(pairs):
    left, right = np.array(pairs).T
    try:
        claim("so it is", runs(*left), ">", runs(*right))
    except ClaimError:
        assert not left.mean() > right.mean()
    else:
        assert left.mean() > right.mean()


@settings(deadline=None)
@given(st.floats(1e-300, 1e300))
def test_a_number_keeps_four_significant_digits(value):
    assert float(number(value).replace(",", "")) == pytest.approx(value, rel=0.5e-3)
    assert len(number(value)) <= 20


@pytest.mark.parametrize(
    ("case", "arguments", "error", "message"),
    [
        ("a comparison that is false", (0.9, ">", 0.95), ClaimError,
         f"did not hold: so it is (0.9 > 0.95, difference -0.05)\n{NEXT}"),
        ("a comparison over seeds that is false", (runs(0.9, 0.94), ">", runs(0.95, 0.93)),
         ClaimError, "did not hold: so it is (0.92 > 0.94, paired difference -0.02, "
         f"-0.05 to 0.01 over 2 seeds)\n{NEXT}"),
        ("an equation that is false", ("vertical", "==", "horizontal"), ClaimError,
         f"did not hold: so it is ('vertical' == 'horizontal')\n{NEXT}"),
        ("a condition that is false", (False,), ClaimError, f"did not hold: so it is\n{NEXT}"),
        ("a comparison with no number", (NAN, ">", 0.5), ClaimError,
         f"did not hold: so it is (nan > 0.5)\n{NEXT}"),
        ("a relation that is none", (1, "=>", 2), ValueError,
         "a claim compares with >, <, >=, <=, ==, is, not '=>'"),
        ("a number as a condition", (NAN,), TypeError,
         "a condition is true or false, this is float"),
        ("other seeds on the two sides", (runs(1, 2), ">", runs(0, 1, seeds=[4, 5])), ValueError,
         "the two sides have other seeds: [0, 1] and [4, 5]"),
        ("two seeds against three", ([1, 2], ">", [0, 1, 1]), ValueError,
         "there are 2 values on the left and 3 on the right"),
        ("a table of numbers", (np.ones((3, 2)), ">", 0), TypeError,
         "a claim compares numbers, or one for each seed, not arrays of shape (3, 2)"),
    ],
)  # fmt: skip
def test_fault_of_a_claim(fault, case, arguments, error, message):
    with pytest.raises(error) as raised:
        claim("so it is", *arguments)
    assert str(raised.value) == message
    fault("claims", case, str(raised.value))


def test_fault_with_a_changed_budget_the_claim_is_shown_and_the_run_goes_on(capsys, fault):
    config.note_run("quick", ["epochs", "seed"])
    claim("one is more than two", 1, ">", 2)
    said = capsys.readouterr().out
    numbers = "(1 > 2, difference -1)"
    assert said == f"did not hold with your epochs, seed: one is more than two {numbers}\n"
    fault("claims", "a claim that fails with the reader's own epochs and seed", said)


@pytest.mark.parametrize(
    ("comparison", "margin"),
    [((3, ">", np.float32(1)), 2.0), ((1, "<", 4), 3.0), ((True,), None), (("a", "==", "a"), None),
     ((runs(0.75, 0.5), "<", runs(0.875, 1.0)), 0.3125), ((runs(0.5, 0.25), ">=", 0.25), 0.125)],
)  # fmt: skip
def test_a_claim_is_noted_with_its_margin(comparison, margin, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "record.jsonl"))
    claim("so it is", *comparison)
    noted = {"kind": "claim", "sentence": "so it is", "held": True, "margin": margin}
    assert events.read(tmp_path / "record.jsonl") == [noted]


def test_a_claim_that_fails_is_noted_with_the_margin_it_lacks(monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "record.jsonl"))
    with pytest.raises(ClaimError):
        claim("so it is", 1.5, ">", 2)
    noted = {"kind": "claim", "sentence": "so it is", "held": False, "margin": -0.5}
    assert events.read(tmp_path / "record.jsonl") == [noted]


CELLS = [
    "from course_utils import claim, config",
    'print("before")\nclaim("two <is> more", 2, ">", 1)\nprint("after")',
    'config.note_run("quick", ["epochs"])\nclaim("one is more", 1, ">", 2)',
    'config.note_run("quick", [])\nclaim("one is more", 1, ">", 2)',
]


def test_in_a_notebook_a_claim_is_a_card_and_a_false_one_a_short_error():
    nb = nbformat.v4.new_notebook(cells=[*map(new_code_cell, CELLS)])
    with pytest.raises(CellExecutionError) as raised:
        tools.execute(nb)
    assert raised.value.evalue == f"did not hold: one is more (1 > 2, difference -1)\n{NEXT}"
    before, card, after = nb.cells[1].outputs
    assert (before.text, after.text) == ("before\n", "after\n")
    assert card.data["text/plain"] == "held: two <is> more (2 > 1, difference 1)"
    page = card.data["text/html"]
    assert "✓</span> <strong>held</strong>: two &lt;is&gt; more" in page
    assert '<span class="course-numbers">(2 &gt; 1, difference 1)</span>' in page
    (changed,) = nb.cells[2].outputs
    assert "✗</span> <strong>did not hold with your epochs</strong>" in changed.data["text/html"]
    assert "take your change back" in changed.data["text/html"]
    card, error = nb.cells[3].outputs
    assert "(1 &gt; 2, difference -1)" in card.data["text/html"] and NEXT in card.data["text/html"]
    assert error.traceback == ["ClaimError: did not hold: one is more (1 > 2, difference -1)"]
