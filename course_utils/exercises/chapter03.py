"""Checkers of the exercises of chapter 03."""
# fmt: off

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

check_1 = ex.value("Parameters of 64 → 64 → 1 on 8 features.", 9 * 64 + 65 * 64 + 65, {
    8 * 64 + 64 * 64 + 64: "the weights are right; every unit has a bias too",
    8 * 64 + 64 * 64 + 64 + 3: "each unit has a bias of its own, not each layer",
    14 * 64 + 65 * 64 + 65: "that is the network for Boston's 13 features; California has 8",
    9 * 64 + 65 * 64: "the output unit is missing: 64 weights and a bias",
    9 * 64 + 65 * 64 + 64: "the output unit has a bias too",
    9 * 64 + 65: "the second hidden layer is missing",
    9 + 65 * 64 + 65: "the first layer has 64 units, each with 8 weights and a bias",
})

check_2 = ex.value(
    "Steps of one fold's network: 404 samples, 4 folds, batches of 16, 80 epochs.",
    *ex.steps(303, 16, 80), {
        80 * 26: "that is with all 404 samples; a fold's network is trained on three quarters",
        80 * 25: "a fold's network is trained on 303 samples, and the last, smaller batch counts",
        80 * 7: "that is with the 101 samples of the validation set; it is trained on the others",
        80 * 19 * 4: "that is for all four networks; one is asked for",
    },
)


# The last fold comes first: it tells the slips apart.
@ex.function(
    *((n, k, f) for n, k in ((404, 4), (10, 4), (11, 3), (5, 5)) for f in reversed(range(k))),
    want=ex.pair("first, last", ex.whole), case="n={}, k={}, fold={}",
)
def check_3(n: int, k: int, fold: int) -> tuple:
    """`answer(n, k, fold)` -> (first, last) row of the validation set."""
    parts = [(int(p[0]), int(p[-1])) for p in np.array_split(np.arange(n), k)]
    (first, last), size = parts[fold], n // k
    end = n - 1 if fold == k - 1 else (fold + 1) * size - 1
    return (first, last), {
        **({"folds are counted from 0": parts[fold + 1]} if fold + 1 < k else {}),
        "the last row itself, not the one after it": (first, last + 1),
        "rows are counted from 0": (first + 1, last + 1),
        "the rows left over by the division are in no fold: the first n mod k folds have one more":
            (fold * size, (fold + 1) * size - 1),
        "the rows left over go to the first folds, one each, not all to the last":
            (fold * size, end),
    }


def _scaled(by: np.ndarray, part: np.ndarray, spread: Callable = np.std) -> np.ndarray:
    deviation = spread(by, axis=0)
    return (part - by.mean(axis=0)) / np.where(deviation == 0, 1, deviation)


_RNG = np.random.default_rng(3)
_FIRST = _RNG.normal([5, -200, 0.1], [1, 40, 0.01], (20, 3))
_OTHER = _RNG.normal([7, -100, 0.2], [2, 80, 0.03], (6, 3))
_BY_ZERO = "a deviation of 0 was divided by: divide that column by 1"


@ex.function(
    (_FIRST, _OTHER), (np.where([False, True, False], 3.0, _FIRST), _OTHER),
    want=ex.pair("both parts, standardized", partial(ex.real_numbers, not_finite=_BY_ZERO)),
    case="a column {0[0][1]:.3g}, {0[1][1]:.3g}, …", untouched=True,
)
def check_4(a: np.ndarray, b: np.ndarray) -> tuple:
    """`answer(learn_from, other)` -> both standardized with mean and deviation of the first."""
    both = np.concatenate([a, b])
    return (_scaled(a, a), _scaled(a, b)), {
        "`other` is scaled with its own mean and deviation: use those of `learn_from`":
            (_scaled(a, a), _scaled(b, b)),
        "mean and deviation are those of both parts together: the other rows leak":
            (_scaled(both, a), _scaled(both, b)),
        "one mean for the whole table: take that of each column (axis=0)":
            tuple((part - a.mean()) / a.std() for part in (a, b)),
        "the mean is subtracted; the division by the deviation is missing":
            tuple(part - a.mean(axis=0) for part in (a, b)),
        "divide by the standard deviation, not by the variance":
            (_scaled(a, a, np.var), _scaled(a, b, np.var)),
        "only the first part is scaled: the other needs the same": (_scaled(a, a), b),
    }


@ex.examined
def check_5(out_of_fold: Any) -> None:
    """`answer(fit, x, y, k)` -> (n,) predictions, each by a model that has not seen the row."""
    for n, k in ((12, 4), (11, 3)):
        x, y = np.arange(n, dtype=float)[:, np.newaxis] + 100, 2.0 ** np.arange(n)
        seen: list[list[int]] = []
        with ex.in_case(f"{n} rows and k={k}"):
            predicted = ex.call(out_of_fold, _recorder(seen), x, y, k)
            _check_predictions(ex.real_numbers(predicted), seen, n, k)


def _recorder(seen: list[list[int]]) -> Any:
    """A `fit` whose model predicts, for each row, the number of the training plus row / 1000."""
    def fit(x: np.ndarray, y: np.ndarray) -> Any:
        rows = [int(value) - 100 for value in x[:, 0]]
        if not np.array_equal(y, 2.0 ** np.array(rows)):
            raise Wrong("the prices passed to `fit` are not those of its rows")
        seen.append(rows)
        number = len(seen) - 1
        return lambda others: number + (np.asarray(others)[:, 0] - 100) / 1000

    return fit


def _check_predictions(predicted: np.ndarray, seen: list[list[int]], n: int, k: int) -> None:
    if predicted.shape != (n,):
        raise Wrong(f"an array of {n} predictions is asked for, one a row")
    if len(seen) != k:
        raise Wrong(f"`fit` was called {len(seen)} times for k={k}: once for each fold")
    models = np.floor(predicted + 1e-6)
    if not np.allclose((predicted - models) * 1000, np.arange(n), atol=0.1):
        raise Wrong("the predictions are not in the order of the rows")
    if not np.isin(models, range(k)).all():
        raise Wrong("these are not the predictions of the models that `fit` returned")
    if any(row in seen[int(model)] for row, model in enumerate(models)):
        raise Wrong("a row is predicted by a model that was trained on it")
    for fold in np.array_split(np.arange(n), k):
        if sorted(seen[int(models[fold[0]])]) != sorted(set(range(n)) - set(fold)):
            raise Wrong("a model should be trained on all rows but those of its fold, and the "
                        "folds follow the order of the rows")


@cache
def _bootstrap() -> tuple[np.ndarray, tuple, dict]:
    """Errors, the interval of their mean, the slips."""
    errors = np.random.default_rng(6).gamma(2.0, 1.5, 80)
    draws = np.random.default_rng(0).choice(errors, (20_000, 80))

    def between(values: np.ndarray, low: float = 2.5) -> tuple:
        return tuple(np.percentile(values, [low, 100 - low]))

    return errors, between(draws.mean(axis=1)), {
        "that is where the errors lie, not their mean: take the mean of each draw": between(errors),
        "that is the 90 % interval: leave out 2.5 % at each end, not 5 %":
            between(draws.mean(axis=1), 5),
        "that is the interval of the median": between(np.median(draws[:4000], axis=1)),
    }


@ex.examined
def check_6(interval: Any) -> None:
    """`answer(errors)` -> (low, high): the 95 % bootstrap interval of the mean."""
    errors, right, slips = _bootstrap()
    low, high = ex.pair("low, high", ex.real)(ex.call(interval, errors))
    width = right[1] - right[0]
    if low > high:
        raise Wrong("low comes first")
    if high - low < 0.01 * width:
        raise Wrong("every draw has the same mean: draw with replacement")
    ex.match((low, high), right, slips, tolerance=0.05 * width)


hint, score = ex.helpers(__name__, {
    1: ("Each unit has one weight for each of its inputs, and a bias.",
        "(8 + 1) · 64 for the first layer; then (64 + 1) · 64, and the output."),
    2: ("One fold's network is trained on three of the four folds: 303 samples.",
        "303 / 16 is 18.9, so that an epoch has 19 steps."),
    3: ("divmod(n, k) gives the size of a fold, and how many folds have one sample more.",
        "min(fold, longer) of the folds before this one are longer."),
    4: ("Mean and standard deviation come from the first array alone, for both arrays.",
        "np.where(deviation == 0, 1, deviation) divides a constant feature by 1."),
    5: ("For each fold: fit on all other samples, predict those of the fold, and put them in their"
        " places.",
        "np.array_split(np.arange(len(y)), k) gives the indices of the folds."),
    6: ("A draw has as many errors as there are, with replacement: np.random.Generator.choice.",
        "Of the 10,000 means, the percentiles 2.5 and 97.5 are the ends."),
})
