"""A claim holds, stops the run, or is shown where the reader changed a budget."""

import math
import operator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from course_utils import config, events
from course_utils.claims import ClaimError, claim

RELATIONS = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
}
NAN = float("nan")


@pytest.fixture
def run():
    """A run of `quick`, its budget unchanged."""
    config.note_run("quick", [])
    yield
    config.note_run("quick", [])


@pytest.mark.parametrize(
    "comparison",
    [(2, ">", 1), (2, ">=", 2), (1, "<", 2), (1, "<=", 1), ("a", "==", "a"), (True,), (np.True_,),
     (np.array([2, 3]), ">", np.array([1, 2])), (np.float32(2), ">", 1.5)],
)  # fmt: skip
def test_a_claim_that_holds_prints_its_sentence_and_no_number(run, comparison, capsys):
    claim("two is more than one", *comparison)
    assert capsys.readouterr().out == "held: two is more than one\n"


@pytest.mark.parametrize(
    "comparison",
    [(1, ">", 2), (1, ">", 1), (2, "<", 1), (1, ">=", 2), (2, "<=", 1), (1, "==", 2), (False,),
     (np.False_,), (NAN, ">", 0), (NAN, "<", 0), (NAN, ">=", NAN), (NAN, "<=", NAN),
     (NAN, "==", NAN), (0, ">", NAN), (np.array([1, 3]), ">", 2), (np.array([NAN, 3]), ">", 2)],
)  # fmt: skip
def test_a_claim_that_fails_stops_the_run(run, comparison):
    with pytest.raises(ClaimError, match="does not bear out the sentence: one is more than two"):
        claim("one is more than two", *comparison)


@given(
    st.floats(allow_infinity=False),
    st.sampled_from(list(RELATIONS)),
    st.floats(allow_infinity=False),
)
def test_a_claim_holds_exactly_where_its_comparison_does(left, relation, right):
    try:
        claim("so it is", left, relation, right)
    except ClaimError:
        assert not RELATIONS[relation](left, right)
    else:
        assert RELATIONS[relation](left, right) and not math.isnan(left + right)


@pytest.mark.parametrize(
    ("case", "arguments", "error", "message"),
    [
        ("a comparison that is false", (0.9, ">", 0.95), ClaimError,
         "this run does not bear out the sentence: so it is (0.9 > 0.95 is false, by 0.05)"),
        ("a condition that is false", (False,), ClaimError,
         "this run does not bear out the sentence: so it is"),
        ("a relation that is none", (1, "=>", 2), ValueError,
         "a claim compares with >, <, >=, <=, ==, is, not '=>'"),
        ("a number as a condition", (NAN,), TypeError,
         "a condition is true or false, this is float"),
    ],
)  # fmt: skip
def test_fault_of_a_claim(run, fault, case, arguments, error, message):
    with pytest.raises(error) as raised:
        claim("so it is", *arguments)
    assert str(raised.value) == message
    fault("claims", case, str(raised.value))


def test_with_a_changed_budget_a_claim_that_fails_is_shown_and_the_run_goes_on(run, capsys):
    config.note_run("quick", ["epochs"])
    claim("one is more than two", 1, ">", 2)
    shown = "did not hold with your epochs: one is more than two (1 > 2 is false, by 1)\n"
    assert capsys.readouterr().out == shown


@pytest.mark.parametrize(
    ("comparison", "margin"),
    [((3, ">", np.float32(1)), 2.0), ((1, "<", 4), 3.0), ((True,), None), (("a", "==", "a"), None)],
)
def test_a_claim_is_noted_with_its_margin(run, comparison, margin, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "record.jsonl"))
    claim("so it is", *comparison)
    noted = {"kind": "claim", "sentence": "so it is", "held": True, "margin": margin}
    assert events.read(tmp_path / "record.jsonl") == [noted]


def test_a_claim_that_fails_shows_one_line_in_a_notebook():
    assert ClaimError("so it is not")._render_traceback_() == ["ClaimError: so it is not"]


def test_of_nothing_nothing_holds():
    config.note_run("quick", [])
    with pytest.raises(ClaimError):
        claim("every one of no values is above 0", np.array([]), ">", 0)
