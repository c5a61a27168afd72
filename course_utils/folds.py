"""k-fold cross-validation of a network, and its final test: over seeds, on all cores, kept."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import events
from course_utils.cache import Store, fingerprint
from course_utils.cross_validation import Rows, run, train
from course_utils.cross_validation import one_thread as one_thread  # for the chapter

if TYPE_CHECKING:
    import keras


@dataclass
class Scores:
    """Networks trained from several seeds, each evaluated on samples that it has not seen.

    Attributes
    ----------
    mae, val_mae : (seeds, folds, epochs), mean absolute errors after each epoch: on the samples
        that a network was trained on, and on the others
    predicted : (seeds, n), of each sample by a network that was not trained on it
    seconds : training time of each seed, over all folds
    parameters : of one network
    """

    mae: np.ndarray = field(repr=False)
    val_mae: np.ndarray = field(repr=False)
    predicted: np.ndarray = field(repr=False)
    seconds: list[float] = field(repr=False)
    seeds: list[int]
    epochs: int
    parameters: int

    @property
    def each_seed(self) -> np.ndarray:
        """(seeds,), the validation MAE after the last epoch, averaged over the folds."""
        return self.val_mae[..., -1].mean(axis=1)

    @property
    def mean(self) -> float:
        """The validation MAE after the last epoch, averaged over folds and seeds."""
        return float(self.each_seed.mean())


def standardize(train_on: np.ndarray, other: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both (n, features), with the mean and standard deviation of `train_on`.

    Examples
    --------
    >>> standardize(np.array([[1.0], [3.0]]), np.array([[4.0]]))
    (array([[-1.],
           [ 1.]]), array([[2.]]))
    """
    mean, std = train_on.mean(axis=0), train_on.std(axis=0)
    return (train_on - mean) / std, (other - mean) / std


def cross_validate(
    build: Callable[[], "keras.Model"], x: np.ndarray, y: np.ndarray, *, k: int = 4,
    standardized: bool = True, **options: Any,
) -> Scores:  # fmt: skip
    """k-fold cross-validation of `build()`: each network is trained on all folds but one.

    The folds follow the order of the samples, as those of scikit-learn's `KFold`. Features are
    standardized inside each fold. What was trained is kept and found again.

    Parameters
    ----------
    build : makes the network, uncompiled, with one output
    x, y : features (n, features), targets (n,)
    k : number of folds
    standardized : False takes the features as they are
    epochs, batch_size, optimizer : the recipe, as in `train`
    seeds : of the weights and of the order of the samples; the folds stay the same
    jobs : processes at a time
    label : what the progress display calls it, and under which `results.table` shows the MAE

    Returns
    -------
    Scores

    Raises
    ------
    ValueError for a network with another output, or for other than 2 to n folds.

    Examples
    --------
    >>> import keras
    >>> x = np.linspace(0, 1, 20)[:, None]
    >>> build = lambda: keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> scores = cross_validate(build, x, 2 * x[:, 0], epochs=3, seeds=[0, 1])
    >>> scores.val_mae.shape, scores.predicted.shape
    ((2, 4, 3), (2, 20))
    """
    if not 2 <= k <= len(x):
        raise ValueError(f"k must be from 2 to the number of samples, {len(x)}, not {k}")
    parts, every = [], np.arange(len(x))
    for fold in np.array_split(every, k):
        others = np.setdiff1d(every, fold)
        inputs = standardize(x[others], x[fold]) if standardized else (x[others], x[fold])
        parts.append(((inputs[0], y[others]), (inputs[1], y[fold])))
    return _measured(build, parts, **options)


def train_test(
    build: Callable[[], "keras.Model"], train_on: Rows, test: Rows, **options: Any
) -> Scores:
    """Train `build()` on all of `train_on` and evaluate it on `test`, from each seed.

    Features are standardized with the mean and standard deviation of `train_on`. The `options` are
    those of `cross_validate`; the result has one fold, the test set.

    Examples
    --------
    >>> import keras
    >>> x = np.linspace(0, 1, 20)[:, None]
    >>> build = lambda: keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> scores = train_test(build, (x, x[:, 0]), (x[:5], x[:5, 0]), epochs=3, seeds=[0, 1])
    >>> scores.val_mae.shape, scores.predicted.shape
    ((2, 1, 3), (2, 5))
    """
    inputs = standardize(train_on[0], test[0])
    return _measured(build, [((inputs[0], train_on[1]), (inputs[1], test[1]))], **options)


def _measured(
    build: Callable[[], "keras.Model"], parts: list[tuple[Rows, Rows]], *, epochs: int,
    batch_size: int = 1, optimizer: Any = "rmsprop", seeds: Sequence[int] = (0,), jobs: int = 1,
    label: str = "",
) -> Scores:  # fmt: skip
    """Each of `parts` (samples to train on, others) trained from each seed, or found again."""
    import keras

    keras.utils.set_random_seed(0)
    network, rule = build(), keras.optimizers.serialize(keras.optimizers.get(optimizer))
    rule["config"].pop("name", None)  # Keras counts the optimizers of a process
    recipe = {"epochs": epochs, "batch_size": batch_size, "rule": rule}
    key, store = fingerprint(network, parts, recipe, _part), Store()
    missing = [seed for seed in seeds if store.find(f"{key}-{seed}") is None]
    job, k = partial(_part, build, parts, **recipe), len(parts)
    tasks = [{"fold": fold, "seed": seed} for seed in missing for fold in range(k)]
    trained = run(job, tasks, jobs=min(jobs, max(1, len(tasks))), label=label)
    for i, seed in enumerate(missing):
        store.put(f"{key}-{seed}", {"folds": trained[i * k : (i + 1) * k]}, None)
    found = [store.find(f"{key}-{seed}")["folds"] for seed in seeds]
    mae, val_mae = (np.array([[one[n] for one in f] for f in found]) for n in ("mae", "val_mae"))
    predicted = np.array([np.concatenate([one["predicted"] for one in f]) for f in found])
    seconds = [sum(one["seconds"] for one in f) for f in found]
    about = {"seeds": list(seeds), "epochs": epochs, "parameters": network.count_params()}
    scores = Scores(mae, val_mae, predicted, seconds, **about)
    if label:
        events.result(label, scores.each_seed, seconds=seconds, **about)
    return scores


def _part(
    build: Callable, parts: list[tuple[Rows, Rows]], fold: int, seed: int, *, rule: dict,
    **recipe: int,
) -> dict[str, Any]:  # fmt: skip
    """One network, trained on one of `parts`."""
    import keras

    return train(build, *parts[fold], seed=seed, optimizer=keras.optimizers.deserialize(rule),
                 **recipe)  # fmt: skip
