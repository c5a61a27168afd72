"""The checkers of chapter 09 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import judged

from course_utils.exercises import chapter09


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (10, "right"),
        (8, "two pixels apart"),
        (9, "the pool itself widens"),
        (5, "behind the second convolution"),
        (6, "behind the pool"),
        (7, "without a pool"),
        (12, "two neighbours, not three"),
        (100, "the side is asked for"),
        (3, "3 is not the number"),
    ],
)
def test_exercise_1_field(answer, message, capsys):
    judged(chapter09.check_1, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (49, "right"),
        (7, "there are as many rows"),
        (36, "the first place counts too"),
        (64, "over the edge"),
        (16, "not by its own side"),
        (625, "not by one pixel"),
        (5, "5 is not the number"),
    ],
)
def test_exercise_2_questions(answer, message, capsys):
    judged(chapter09.check_2, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda a: (a == 0).mean(axis=(0, 1, 2)), "right"),
        (lambda a: (a == 0).mean(), "one share for all channels"),
        (lambda a: (a > 0).mean(axis=(0, 1, 2)), "what is *not* zero"),
        (lambda a: (a == 0).sum(axis=(0, 1, 2)), "these are counts"),
        (lambda a: (a == 0).mean(axis=(1, 2, 3)), "keep the last axis, not the first"),
        (lambda a: (a == 0).mean(axis=0), "a picture has many places"),
        (lambda a: np.full(3, 0.25), "3 of 3 values differ"),
    ],
)
def test_exercise_3_sparsity(answer, message, capsys):
    judged(chapter09.check_3, answer, message, capsys)


def weighed(maps, gradients):
    return maps * gradients.mean(axis=(0, 1))


def heat(maps, gradients):
    return np.maximum(weighed(maps, gradients).sum(axis=-1), 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (heat, "right"),
        (lambda m, g: weighed(m, g).sum(axis=-1), "is left out: relu"),
        (lambda m, g: np.maximum((m * g).sum(axis=-1), 0), "averaged over the places first"),
        (lambda m, g: np.maximum(m.sum(axis=-1), 0), "adds the maps as they are"),
        (lambda m, g: np.maximum(weighed(m, g), 0).sum(axis=-1), "after the sum, not before"),
        (lambda m, g: np.maximum(weighed(m, g), 0), "now add up the channels"),
        (lambda m, g: heat(m, g) / 5, "added up, not averaged"),
        (lambda m, g: heat(m, 12 * g), "means of the gradient, not sums"),
        (lambda m, g: heat(m, g) / heat(m, g).max(), "is not scaled here"),
        (lambda m, g: heat(m, g).T, "the shape is (4, 3), it should be (3, 4)"),
        (lambda m, g: heat(m, g) + 1, "12 of 12 values differ"),
    ],
)
def test_exercise_4_heat(answer, message, capsys):
    judged(chapter09.check_4, answer, message, capsys)


def by_trial(f, x, step, up=1.0, down=1.0):
    slopes = np.zeros(x.shape)
    for place in np.ndindex(x.shape):
        moved = np.zeros(x.shape)
        moved[place] = step
        slopes[place] = (f(x + up * moved) - f(x - down * moved)) / ((up + down) * step)
    return slopes


def in_place(f, x, step):
    slopes = by_trial(f, x, step)
    x[:] += step
    return slopes


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (by_trial, "right"),
        (lambda f, x, s: by_trial(f, x, s, down=0), "the difference up alone"),
        (lambda f, x, s: by_trial(f, x, s, up=0), "the difference down alone"),
        (lambda f, x, s: 2 * by_trial(f, x, s), "by two steps, not by one"),
        (lambda f, x, s: 2 * s * by_trial(f, x, s), "divide by the two steps"),
        (lambda f, x, s: -by_trial(f, x, s), "up minus down"),
        (in_place, "work on a copy"),
        (lambda f, x, s: by_trial(f, x, s).ravel(), "the shape is (4,), it should be (2, 2)"),
        (lambda f, x, s: 3 * by_trial(f, x, s), "4 of 4 values differ"),
    ],
)
def test_exercise_5_slopes(answer, message, capsys):
    judged(chapter09.check_5, answer, message, capsys)
