"""The checkers of chapter 03 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import said

from course_utils.exercises import chapter03


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (4_801, "right"),
        (4_801.0, "right"),
        (4_672, "every unit has a bias too"),
        (4_675, "a bias of its own, not each layer"),
        (5_121, "California has 8"),
        (4_736, "the output unit is missing"),
        (4_800, "the output unit has a bias too"),
        (641, "the second hidden layer is missing"),
        (4_234, "the first layer has 64 units"),
        (12, "12 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_1_parameters(answer, message, capsys):
    assert message in said(chapter03.check_1, answer, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1_520, "right"),
        (2_080, "that is with all 404 rows"),
        (2_000, "learns from 303 rows, and the last"),
        (1_440, "round up"),
        (1_515, "round up first, then multiply"),
        (560, "the 101 rows it is validated on"),
        (6_080, "all four networks"),
        (24_240, "these are rows seen"),
        (19, "19 is not the number"),
    ],
)
def test_exercise_2_updates(answer, message, capsys):
    assert message in said(chapter03.check_2, answer, capsys)


def bounds(n, k, fold):
    size, longer = divmod(n, k)
    first = fold * size + min(fold, longer)
    return first, first + size + (fold < longer) - 1


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (bounds, "right"),
        (lambda n, k, f: np.array_split(np.arange(n), k)[f][[0, -1]], "right"),
        (lambda n, k, f: (bounds(n, k, f)[0], bounds(n, k, f)[1] + 1), "not the one after it"),
        (lambda n, k, f: np.add(bounds(n, k, f), 1), "rows are counted from 0"),
        (lambda n, k, f: (f * (n // k), (f + 1) * (n // k) - 1), "are in no fold"),
        (
            lambda n, k, f: (f * (n // k), n - 1 if f == k - 1 else (f + 1) * (n // k) - 1),
            "not all to the last",
        ),
        (lambda n, k, f: bounds(n, k, min(f + 1, k - 1)), "folds are counted from 0"),
        (lambda n, k, f: (n, n), "(404, 404) are not the first and the last row"),
        (lambda n, k, f: 3, "a pair (first, last) is asked for, this is 3"),
        (lambda n, k, f: (1, 2, 3), "a pair (first, last) is asked for"),
    ],
)
def test_exercise_3_bounds_of_a_fold(answer, message, capsys):
    out = said(chapter03.check_3, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def scaled(by, part, constant=1.0):
    deviation = by.std(axis=0)
    return (part - by.mean(axis=0)) / np.where(deviation == 0, constant, deviation)


def in_place(a, b):
    mean = a.mean(axis=0)
    a -= mean
    return a, b


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda a, b: (scaled(a, a), scaled(a, b)), "right"),
        (lambda a, b: [scaled(a, a), scaled(a, b)], "right"),
        (lambda a, b: (scaled(a, a), scaled(b, b)), "`other` is scaled with its own mean"),
        (lambda a, b: tuple(scaled(np.vstack([a, b]), c) for c in (a, b)), "the other rows leak"),
        (lambda a, b: tuple((c - a.mean()) / a.std() for c in (a, b)), "one mean for the whole"),
        (lambda a, b: (a - a.mean(axis=0), b - a.mean(axis=0)), "the division by the deviation"),
        (
            lambda a, b: tuple((c - a.mean(axis=0)) / a.var(axis=0) for c in (a, b)),
            "not by the variance",
        ),
        (lambda a, b: (scaled(a, a), b), "only the first part is scaled"),
        (lambda a, b: (scaled(a, a, 0.0), scaled(a, b, 0.0)), "divide that column by 1"),
        (in_place, "work on copies"),
        (lambda a, b: scaled(a, a), "two arrays are asked for"),
        (lambda a, b: (b, a), "the values differ"),
    ],
)
def test_exercise_4_scaling(answer, message, capsys):
    out = said(chapter03.check_4, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def out_of_fold(leak=False, shuffled=False, train_on_fold=False, unordered=False):
    def answer(fit, x, y, k):
        rows = np.arange(len(y))
        order = np.random.default_rng(0).permutation(rows) if shuffled else rows
        predicted, pieces = np.zeros(len(y)), []
        for held_out in np.array_split(order, k):
            others = rows if leak else np.setdiff1d(rows, held_out)
            others = held_out if train_on_fold else others
            pieces.append(fit(x[others], y[others])(x[held_out]))
            predicted[held_out] = pieces[-1]
        return np.concatenate(pieces[::-1]) if unordered else predicted

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (out_of_fold(), "right"),
        (out_of_fold(leak=True), "a model that has learnt from it"),
        (out_of_fold(train_on_fold=True), "a model that has learnt from it"),
        (out_of_fold(shuffled=True), "the folds follow the order of the rows"),
        (out_of_fold(unordered=True), "not in the order of the rows"),
        (lambda fit, x, y, k: fit(x, y)(x), "`fit` was called 1 times for k=4"),
        (lambda fit, x, y, k: fit(x[1:], y[:-1])(x), "not those of its rows"),
        (lambda fit, x, y, k: y[:3], "an array of 12 predictions is asked for"),
        (lambda fit, x, y, k: 3.0, "an array of 12 predictions is asked for"),
    ],
)
def test_exercise_5_out_of_fold(answer, message, capsys):
    out = said(chapter03.check_5, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def interval(of=np.mean, percent=(2.5, 97.5), replace=True):
    def answer(errors):
        rng = np.random.default_rng(5)
        draws = [of(rng.choice(errors, len(errors), replace)) for _ in range(10_000)]
        return np.percentile(draws, percent)

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (interval(), "right"),
        (interval(percent=(5, 95)), "that is the 90 % interval"),
        (interval(of=np.median), "that is the interval of the median"),
        (interval(replace=False), "draw with replacement"),
        (interval(percent=(97.5, 2.5)), "low comes first"),
        (lambda e: np.percentile(e, [2.5, 97.5]), "take the mean of each draw"),
        (lambda e: (0, 1), "0.00 to 1.00 is not the interval"),
        (lambda e: 3.0, "a pair (low, high) is asked for, this is 3.0"),
    ],
)
def test_exercise_6_interval(answer, message, capsys):
    out = said(chapter03.check_6, answer, capsys)
    assert message in out and (message == "right") == (out == "right")
