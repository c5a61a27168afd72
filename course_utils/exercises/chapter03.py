"""Checkers of the exercises of chapter 03."""
# fmt: off

from functools import cache
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import network, outputs_of, steps_of

check_1 = ex.value("Parameters of 64 → 64 → 1 on 8 features.", 9 * 64 + 65 * 64 + 65, {
    8 * 64 + 64 * 64 + 64: "the weights are right; every unit has a bias too",
    8 * 64 + 64 * 64 + 64 + 3: "each unit has a bias of its own, not each layer",
    14 * 64 + 65 * 64 + 65: "that is the network for Boston's 13 features; California has 8",
    9 * 64 + 65 * 64: "the output unit is missing: 64 weights and a bias",
    9 * 64 + 65 * 64 + 64: "the output unit has a bias too",
    9 * 64 + 65: "the second hidden layer is missing",
    9 + 65 * 64 + 65: "the first layer has 64 units, each with 8 weights and a bias",
})


@ex.examined
def check_2(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network: its MAE on `x` at most half of that of the mean price."""
    x, y = ex.real_numbers(x), ex.real_numbers(y)
    model = network(repaired, x.shape[1:])
    if model.output_shape != (None, 1):
        raise Wrong(f"the output shape is {model.output_shape}, it should be (None, 1): one price")
    predicted = outputs_of(model, x.astype("float32"))[:, 0]
    if not np.isfinite(predicted).all():
        raise Wrong("its predictions are not finite: did the loss become so, too? Smaller steps "
                    "help")
    most, mae = np.abs(y - y.mean()).mean() / 2, np.abs(predicted - y).mean()
    if mae <= most:
        return
    said = f"its MAE is {mae:.2f}, at most {most:.2f} is asked for"
    if predicted.min() >= 0 and predicted.max() <= 1:
        raise Wrong(f"{said}: no prediction is above {max(predicted):.2f}. Which activation has "
                    "the last layer?")
    if not steps_of(model):
        raise Wrong(f"{said}: was it trained, by `fit`, before it was returned?")
    if np.ptp(predicted) < 0.01 * np.std(y):
        raise Wrong(f"{said}: it predicts about {predicted[0]:.1f} for every district")
    raise Wrong(f"{said}: was it trained on the standardized features, and for long enough?")


@ex.examined
def check_3(out_of_fold: Any) -> None:
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


_RNG = np.random.default_rng(3)
_TRAIN = _RNG.normal([5, -200, 0.1], [1, 40, 0.01], (20, 3))
_DISTRICTS = np.array([[5.5, -150.0, 0.12], [7.0, -230.0, 0.09]])
_WEIGHTS, _BIAS = np.array([3.0, -2.0, 1.5]), 21.0


@ex.examined
def check_4(predict_price: Any) -> None:
    """`answer(model, x_train, district)` -> the price, as a number."""
    model, mean, std = _linear(), _TRAIN.mean(axis=0), _TRAIN.std(axis=0)
    for district in _DISTRICTS:
        with ex.in_case(f"the district {district.tolist()}"):
            answer = ex.call(predict_price, model, _TRAIN, district)
            found = ex.real_numbers(answer)
            if found.shape:
                raise Wrong(f"a number is asked for, this is an array of shape {found.shape}")
            ex.match(float(found), *_prices(district, mean, std), tolerance=2e-3)


def _prices(district: np.ndarray, mean: np.ndarray, std: np.ndarray) -> tuple[float, dict]:
    own = (district - district.mean()) / district.std()
    slips = {
        "the district was not standardized": district,
        "divide by the standard deviation as well": district - mean,
        "subtract the mean of each feature as well": district / std,
        "divide by the standard deviation, not by the variance": (district - mean) / std**2,
        "the district was standardized with a mean of its own: use that of `x_train`": own,
        "one mean for all features: take that of each feature of `x_train` (axis=0)":
            (district - _TRAIN.mean()) / _TRAIN.std(),
    }
    right = (district - mean) / std
    return float(right @ _WEIGHTS + _BIAS), {
        message: float(z @ _WEIGHTS + _BIAS) for message, z in slips.items()
    }


def _linear() -> Any:
    """A network of one unit whose weights are known."""
    import keras

    model = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    model.set_weights([_WEIGHTS[:, np.newaxis], np.array([_BIAS])])
    model.__deepcopy__ = lambda _: model  # the reader's function gets this one, and no copy
    return model


def _noise() -> tuple[np.ndarray, np.ndarray]:
    """Features, most of them noise, and prices."""
    rng = np.random.default_rng(5)
    x, y = rng.normal(size=(80, 300)), rng.gamma(4.0, 5.0, 80)
    x[:, :3] += 0.1 * y[:, np.newaxis]
    return x, y


@cache
def _honest() -> tuple[float, dict]:
    """The MAE of features chosen inside each fold, and the slips."""
    from sklearn.feature_selection import SelectKBest, f_regression
    from sklearn.linear_model import LinearRegression
    from sklearn.model_selection import KFold, cross_val_score
    from sklearn.pipeline import make_pipeline

    x, y = _noise()

    def mae(model: Any, table: np.ndarray, k: int = 4) -> float:
        scoring = "neg_mean_absolute_error"
        return -float(cross_val_score(model, table, y, cv=KFold(k), scoring=scoring).mean())

    select, linear = SelectKBest(f_regression, k=10), LinearRegression()
    ten = select.fit_transform(x, y)
    pipeline = make_pipeline(select, linear)
    right = mae(pipeline, x)
    return right, {
        "the ten features are still chosen on all samples, before the folds are cut":
            mae(linear, ten),
        "no features are chosen: SelectKBest belongs into the pipeline": mae(linear, x),
        "the mean MAE is asked for: `neg_mean_absolute_error` has a minus": -right,
        "four folds are asked for, KFold(4); five are cross_val_score's default":
            mae(pipeline, x, 5),
    }


@ex.examined
def check_5(honest_mae: Any) -> None:
    """`answer(x, y)` -> the mean MAE of four folds, features chosen inside each."""
    found = ex.real_numbers(ex.call(honest_mae, *_noise(), untouched=True))
    if found.shape == (4,):
        raise Wrong("these are the four folds: return their mean")
    if found.shape:
        raise Wrong(f"a number is asked for, this is an array of shape {found.shape}")
    ex.match(float(found), *_honest(), tolerance=1e-3)


@cache
def _bootstrap() -> tuple[np.ndarray, np.ndarray, tuple, dict]:
    """Errors of two models on the same samples, the interval of their difference, the slips."""
    rng = np.random.default_rng(6)
    first = rng.gamma(2.0, 1.5, 80)
    second = first + rng.normal(0.3, 0.5, 80)
    at, other = np.random.default_rng(0).integers(80, size=(2, 20_000, 80))

    def between(values: np.ndarray, low: float = 2.5) -> tuple:
        return tuple(np.percentile(values, [low, 100 - low]))

    difference = first - second
    draws, right = difference[at], between(difference[at].mean(axis=1))
    return first, second, right, {
        "that is where the differences lie, not their mean: take the mean of each draw":
            between(difference),
        "that is the 90 % interval: leave out 2.5 % at each end, not 5 %":
            between(draws.mean(axis=1), 5),
        "that is the interval of the median": between(np.median(draws[:4000], axis=1)),
        "the errors of the two models are drawn independently: draw samples, the same for both":
            between(first[at].mean(axis=1) - second[other].mean(axis=1)),
        "the sign is the other way round: first minus second": (-right[1], -right[0]),
        "that is the interval of the first model's MAE": between(first[at].mean(axis=1)),
    }


@ex.examined
def check_6(paired_interval: Any) -> None:
    """`answer(first, second)` -> (low, high): the 95 % bootstrap interval of the difference."""
    first, second, right, slips = _bootstrap()
    low, high = ex.pair("low, high", ex.real)(ex.call(paired_interval, first, second))
    width = right[1] - right[0]
    if low > high:
        raise Wrong("low comes first")
    if high - low < 0.01 * width:
        raise Wrong("every draw has the same mean: draw with replacement")
    ex.match((low, high), right, slips, tolerance=0.06 * width)


hint, score = ex.helpers(__name__, {
    1: ("Each unit has one weight for each of its inputs, and a bias.",
        "(8 + 1) · 64 for the first layer; then (64 + 1) · 64, and the output."),
    2: ("Print a few predictions of the friend's network: what is the largest? And look at the "
        "range of the features that `fit` is given.",
        "No activation on the last layer, and z_train instead of x_train. Return the model behind "
        "`fit`."),
    3: ("For each fold: fit on all other samples, predict those of the fold, and put them in their"
        " places.",
        "np.array_split(np.arange(len(y)), k) gives the indices of the folds."),
    4: ("Mean and standard deviation come from x_train, a number for each feature (axis=0).",
        "A network takes a batch: standardized[np.newaxis] has the shape (1, 13). [0, 0] of what "
        "it predicts is the price."),
    5: ("make_pipeline ties SelectKBest to LinearRegression: then cross_val_score fits both in "
        "each fold.",
        "cross_val_score(make_pipeline(SelectKBest(f_regression, k=10), LinearRegression()), x, y, "
        "…) instead of the two steps."),
    6: ("Subtract first: one difference for each sample. Then it is the bootstrap of section 8.",
        "rng.choice(difference, len(difference)) draws samples, and with each both errors."),
})
