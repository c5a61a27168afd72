"""Checkers of the exercises of the lab 01_missing_values."""
# fmt: off

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.networks import check_accuracy, network

_TRAIN = np.array([[1.0, 9, 5], [2, np.nan, 5], [9, 8, np.nan], [np.nan, 1, 7]])
_TEST = np.array([[np.nan, 2.0, 8], [5, np.nan, np.nan], [np.nan, 6, 3]])


@ex.function((_TRAIN, _TEST), (_TRAIN, _TEST[1:2]), case="x_train {0.shape}, x {1.shape}")
def check_1(x_train: np.ndarray, x: np.ndarray) -> tuple:
    """`answer(x_train, x)`: missing values of `x` become medians of the columns of `x_train`."""
    missing = np.isnan(x)

    def filled(column: np.ndarray) -> np.ndarray:
        return np.where(missing, column, x)

    median_of_all = np.nanmedian(np.concatenate([x_train, x]), axis=0)
    return filled(np.nanmedian(x_train, axis=0)), {
        "that is the mean, the median is asked for": filled(np.nanmean(x_train, axis=0)),
        "one median for the whole table: each column has its own": filled(np.nanmedian(x_train)),
        "the median of the training wines and of `x` together: take it from x_train alone":
            filled(median_of_all),
        "what is missing in x_train was counted as zeros: np.nanmedian leaves it out":
            filled(np.median(np.nan_to_num(x_train), axis=0)),
        "that is 0 for every missing value": filled(0),
        "these are medians of rows: axis=0 goes down a column":
            filled(np.nanmedian(x_train, axis=1)[:3]),
    }


_X = np.random.default_rng(5).uniform(0.2, 1, (40, 4))
_Y = (_X[:, 0] + 2 * _X[:, 1] > _X[:, 2] + 1.2).astype(int)


def _classifier(x: np.ndarray) -> np.ndarray:
    return (x[:, 0] + 2 * x[:, 1] > x[:, 2] + 1.2).astype(int)


@ex.function((_classifier, _X, _Y), (_classifier, _X[::2, :3], _Y[::2]), untouched=True,
             case="x {1.shape}")
def check_2(classify: Callable, x: np.ndarray, y: np.ndarray) -> tuple:
    """`answer(classify, x, y)`: for each column, the accuracy lost when it is 0."""
    def accuracy(columns: Any) -> float:
        changed = x.copy()
        changed[:, columns] = 0
        return float(np.mean(classify(changed) == y))

    whole, each = accuracy([]), np.array([accuracy([j]) for j in range(x.shape[1])])
    together = np.array([accuracy(range(j + 1)) for j in range(x.shape[1])])
    return whole - each, {
        "these are accuracies: how much is *lost* is asked for": each,
        "the sign is turned: accuracy without the zeros minus accuracy with them": each - whole,
        "the columns before are still 0: take a new copy of x for each column": whole - together,
    }


@ex.examined
def check_3(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a network with an accuracy of at least 0.6 on digits with missing pixels."""
    check_accuracy(network(repaired, (784,)), x, y, 0.6)


hint, score = ex.helpers(__name__, {
    1: ("np.isnan(x) says what is missing; np.where(missing, a, b) takes a there and b elsewhere.",
        "np.nanmedian(x_train, axis=0) has a median for each column."),
    2: ("x.copy() first; then set one column of the copy to 0, and compare classify(copy) with y.",
        "np.mean(classify(x) == y) is the accuracy without zeros; a loop over x.shape[1] columns."),
    3: ("The network has never seen a digit with means in it. Show it some: what it will meet "
        "in use, it should meet in training.",
        "np.where(missing, mean_digit, digits), `missing` drawn as for the test digits; then fit."),
})
