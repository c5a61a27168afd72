"""Checkers of the exercises of chapter 03."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, attempted, call, judge, number


def check_1(answer: Any) -> None:
    """Parameters of 64 → 64 → 1 on 8 columns: a whole number."""
    known = {
        8 * 64 + 64 * 64 + 64: "the weights are right; every unit has a bias too",
        8 * 64 + 64 * 64 + 64 + 3: "each unit has a bias of its own, not each layer",
        14 * 64 + 65 * 64 + 65: "that is the network for Boston's 13 columns; California has 8",
        9 * 64 + 65 * 64: "the output unit is missing: 64 weights and a bias",
        9 * 64 + 65 * 64 + 64: "the output unit has a bias too",
        9 * 64 + 65: "the second hidden layer is missing",
        9 + 65 * 64 + 65: "the first layer has 64 units, each with 8 weights and a bias",
    }
    judge(answer, lambda value: number(value, 9 * 64 + 65 * 64 + 65, known))


def check_2(answer: Any) -> None:
    """Updates of one fold's network, 404 rows, 4 folds, batches of 16, 80 epochs."""
    known = {
        80 * 26: "that is with all 404 rows; a fold's network learns from three quarters of them",
        80 * 25: "a fold's network learns from 303 rows, and the last, smaller batch counts",
        80 * 18: "the last, smaller batch of an epoch is an update too: round up",
        80 * 303 // 16: "a batch ends with its epoch: round up first, then multiply",
        -(-80 * 303 // 16): "a batch ends with its epoch: round up first, then multiply",
        80 * 7: "that is with the 101 rows it is validated on; it learns from the other 303",
        80 * 19 * 4: "that is for all four networks; one is asked for",
        80 * 303: "these are rows seen, not updates: an update sees a batch of 16",
    }
    judge(answer, lambda value: number(value, 80 * 19, known))


def check_3(answer: Any) -> None:
    """`answer(n, k, fold)` -> (first, last) validation row."""

    def examine(first_and_last: Any) -> None:
        for n, k in ((404, 4), (10, 4), (11, 3), (5, 5)):
            parts = np.array_split(np.arange(n), k)
            for fold, part in reversed(list(enumerate(parts))):  # the last tells errors apart
                value = _pair(call(first_and_last, n, k, fold))
                if value != (part[0], part[-1]):
                    case = f"for n={n}, k={k}, fold={fold}"
                    raise Wrong(f"{case}: {_why_not(value, n, k, fold, parts)}")

    judge(answer, examine)


def _why_not(value: tuple[int, int], n: int, k: int, fold: int, parts: list[np.ndarray]) -> str:
    first, last = int(parts[fold][0]), int(parts[fold][-1])
    size = n // k
    end = n - 1 if fold == k - 1 else (fold + 1) * size - 1
    known = {
        (first, last + 1): "the last row itself, not the one after it",
        (first + 1, last + 1): "rows are counted from 0",
        (fold * size, (fold + 1) * size - 1): "the rows left over by the division are in no fold: "
        "the first n mod k folds have one more",
        (fold * size, end): "the rows left over go to the first folds, one each, "
        "not all to the last",
    }
    if 0 < fold + 1 < k:
        known[int(parts[fold + 1][0]), int(parts[fold + 1][-1])] = "folds are counted from 0"
    return known.get(value, f"{value} are not the first and the last row")


def _pair(value: Any) -> tuple[int, int]:
    try:
        first, last = attempted(value)
        return int(first), int(last)
    except (TypeError, ValueError) as error:
        raise Wrong(f"a pair (first, last) is asked for, this is {value!r}") from error


def check_4(answer: Any) -> None:
    """`answer(learn_from, other)` -> both standardised with mean and deviation of the first."""

    def examine(scale: Any) -> None:
        rng = np.random.default_rng(3)
        learn_from = rng.normal([5, -200, 0.1], [1, 40, 0.01], (20, 3))
        other = rng.normal([7, -100, 0.2], [2, 80, 0.03], (6, 3))
        _compare(scale, learn_from, other)
        learn_from[:, 1] = 3.0
        _compare(scale, learn_from, other, "with a constant column: ")

    judge(answer, examine)


def _compare(scale: Any, learn_from: np.ndarray, other: np.ndarray, where: str = "") -> None:
    given = learn_from.copy(), other.copy()
    with np.errstate(all="ignore"):
        value = call(scale, *given)
    if not (isinstance(value, tuple | list) and len(value) == 2):
        raise Wrong("two arrays are asked for: both parts, standardised")
    if not all(map(np.array_equal, given, (learn_from, other))):
        raise Wrong("the arrays that were passed in are changed: work on copies")
    value = [np.asarray(part, float) for part in value]
    both = np.concatenate([learn_from, other])
    known = {
        "`other` is scaled with its own mean and deviation: use those of `learn_from`": (
            _scaled(learn_from, learn_from), _scaled(other, other)),
        "mean and deviation are those of both parts together: the other rows leak": (
            _scaled(both, learn_from), _scaled(both, other)),
        "one mean for the whole table: take that of each column (axis=0)": tuple(
            (part - learn_from.mean()) / learn_from.std() for part in (learn_from, other)),
        "the mean is subtracted; the division by the deviation is missing": tuple(
            part - learn_from.mean(axis=0) for part in (learn_from, other)),
        "divide by the standard deviation, not by the variance": tuple(
            (part - learn_from.mean(axis=0)) / _at_least(learn_from.var(axis=0))
            for part in (learn_from, other)),
        "only the first part is scaled: the other needs the same": (
            _scaled(learn_from, learn_from), other),
    }  # fmt: skip
    right = _scaled(learn_from, learn_from), _scaled(learn_from, other)
    if not _alike(value, right):
        if any(np.isnan(part).any() or np.isinf(part).any() for part in value):
            raise Wrong(f"{where}a deviation of 0 was divided by: divide that column by 1")
        message = next((text for text, wrong in known.items() if _alike(value, wrong)), None)
        raise Wrong(where + (message or "the values differ"))


def _at_least(deviation: np.ndarray) -> np.ndarray:
    return np.where(deviation == 0, 1, deviation)


def _scaled(by: np.ndarray, part: np.ndarray) -> np.ndarray:
    return (part - by.mean(axis=0)) / _at_least(by.std(axis=0))


def _alike(value: Any, right: Any) -> bool:
    pairs = zip(value, right, strict=True)
    return all(a.shape == b.shape and np.allclose(a, b, atol=1e-6) for a, b in pairs)


def check_5(answer: Any) -> None:
    """`answer(fit, x, y, k)` -> (n,) predictions, each by a model that has not seen the row."""

    def examine(out_of_fold: Any) -> None:
        for n, k in ((12, 4), (11, 3)):
            x, y = np.arange(n, dtype=float)[:, np.newaxis] + 100, 2.0 ** np.arange(n)
            seen: list[list[int]] = []
            predicted = call(out_of_fold, _recorder(seen), x, y, k)
            _check_predictions(predicted, seen, n, k)

    judge(answer, examine)


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


def _check_predictions(predicted: Any, seen: list[list[int]], n: int, k: int) -> None:
    if not isinstance(predicted, np.ndarray | list) or np.shape(predicted) != (n,):
        raise Wrong(f"an array of {n} predictions is asked for, one a row")
    if len(seen) != k:
        raise Wrong(f"`fit` was called {len(seen)} times for k={k}: once for each fold")
    predicted = np.asarray(predicted, float)
    models = np.floor(predicted + 1e-6).astype(int)
    rows = np.rint((predicted - models) * 1000).astype(int)
    if not np.array_equal(rows, np.arange(n)):
        raise Wrong("the predictions are not in the order of the rows")
    if any(row in seen[model] for row, model in enumerate(models)):
        raise Wrong("a row is predicted by a model that has learnt from it")
    for held_out in np.array_split(np.arange(n), k):
        model = models[held_out[0]]
        if sorted(seen[model]) != sorted(set(range(n)) - set(held_out)):
            raise Wrong("a model should learn from all rows but those of its fold, "
                        "and the folds follow the order of the rows")  # fmt: skip


def check_6(answer: Any) -> None:
    """`answer(errors)` -> (low, high): the 95 % bootstrap interval of the mean."""

    def examine(interval: Any) -> None:
        errors = np.random.default_rng(6).gamma(2.0, 1.5, 80)
        low, high = _interval(call(interval, errors))
        draws = np.random.default_rng(0).choice(errors, (20_000, 80)).mean(axis=1)
        right = np.percentile(draws, [2.5, 97.5])
        width = right[1] - right[0]
        known = {
            "that is where the errors lie, not their mean: take the mean of each draw": (
                np.percentile(errors, [2.5, 97.5])),
            "that is the 90 % interval: leave out 2.5 % at each end, not 5 %": (
                np.percentile(draws, [5, 95])),
            "that is the interval of the median": np.percentile(
                np.median(np.random.default_rng(0).choice(errors, (4000, 80)), axis=1), [2.5, 97.5]
            ),
        }  # fmt: skip
        if low > high:
            raise Wrong("low comes first")
        if high - low < 0.01 * width:
            raise Wrong("every draw has the same mean: draw with replacement")
        if not np.allclose((low, high), right, atol=0.08 * width):
            near = (t for t, v in known.items() if np.allclose((low, high), v, atol=0.04 * width))
            raise Wrong(next(near, f"{low:.2f} to {high:.2f} is not the interval of the mean"))

    judge(answer, examine)


def _interval(value: Any) -> tuple[float, float]:
    try:
        low, high = attempted(value)
        return float(low), float(high)
    except (TypeError, ValueError) as error:
        raise Wrong(f"a pair (low, high) is asked for, this is {value!r}") from error
