"""Exercises of the lab on choosing on the test set: right answers, and each slip."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said


def chosen(val, test):
    return test[val.mean(axis=1).argmax()].mean()


def last_of_the_best(val, test):
    share = val.mean(axis=1)
    return test[np.flatnonzero(share == share.max())[-1]].mean()


ANSWERS = {
    "06_choosing.1": [
        (57_600, "right"), (57_600.0, "right"), (400 * 144, "right"),
        (4_800, "that is 1/n"), (144, "that is the factor"), (12, "how much smaller"),
        (1_386, "turn it around"), (57_200, "so many more than the 400"),
        (7, "7 is not the answer"), ("many", "a whole number is asked for"),
    ],
    "06_choosing.3": [
        (chosen, "right"),
        (lambda v, t: float(chosen(v, t)), "right"),
        (lambda v, t: t.mean(axis=1).max(), "selected on the test images"),
        (lambda v, t: v.mean(axis=1).max(), "that is the validation accuracy"),
        (lambda v, t: v.mean(axis=1).argmax(), "that is the number of the epoch"),
        (lambda v, t: t[-1].mean(), "that is the test accuracy of the last epoch"),
        (lambda v, t: t.mean(), "that is the mean over all epochs"),
        (lambda v, t: t[v.mean(axis=1).argmin()].mean(), "lowest validation accuracy"),
        (last_of_the_best, "take the first, as `argmax` does"),
        (lambda v, t: t.fill(1) or chosen(v, t), "what was passed in is changed"),
        (lambda v, t: t[v.mean(axis=1).argmax()], "a number is asked for"),
        (lambda v, t: -1.0, "-1 is not the answer"),
        (0.5, "a function is asked for"),
    ],
    "06_choosing.4": [
        ("BDE", "right"), ("e, d, b", "right"), ("BDEE", "right"),
        ("BDEA", "A has no optimistic bias: nothing was chosen"),
        ("DE", "B is missing: five scores"),
        ("BCDE", "C has no optimistic bias"),
        ("BE", "D is missing: on which images was the epoch selected"),
        ("BD", "E is missing: each of the five numbers"), ("BDEF", "F has no optimistic bias"),
        ("BDX", "letters from A to F are asked for"), ("", "letters from A to F are asked for"),
        (["B", "D", "E"], "a text of letters"), (3, "a text of letters"),
    ],
}  # fmt: skip


@rows(ANSWERS)
def test_right_and_wrong_answers(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


def bias_of(candidates, n):
    gaps = candidates[:, :n].mean(axis=1) - candidates[:, n:].mean(axis=1)
    return gaps.max() + gaps.mean()  # differs for every choice of candidates


def together(epochs, n):
    return bias_of(epochs.reshape(-1, epochs.shape[-1]), n)


BIASES = [
    (lambda c, n: together(c[:, -5:], n), "right"),
    (lambda c, n: float(together(c[:, -5:], n)), "right"),
    (together, "all epochs of all trainings"),
    (lambda c, n: np.mean([bias_of(one, n) for one in c[:, -5:]]), "put them together"),
    (lambda c, n: together(c[:, :5], n), "the first five epochs"),
    (lambda c, n: together(c[:, -1:], n), "the last epoch of each training"),
    (lambda c, n: bias_of(c[0, -5:], n), "one training only"),
    (lambda c, n: c[:, -5:].mean(axis=2), "a number is asked for"),
    (lambda c, n: -1.0, "-1 is not the answer"),
    (lambda c, n: ..., "not attempted"),
    (0.02, "a function is asked for"),
]


@pytest.mark.parametrize(("answer", "message"), BIASES)
def test_bias_of_the_last_epochs(answer, message, capsys):
    verdict = said("06_choosing.2", (answer, bias_of), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def test_a_bias_that_is_no_longer_that_of_the_lab(capsys):
    verdict = said("06_choosing.2", (lambda c, n: 0.02, lambda c, n: 0.02), capsys)
    assert "`optimistic_bias` is no longer that of section 2" in verdict
