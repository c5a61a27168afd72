"""Train a network from several seeds, and measure each once.

What is taught stays in the notebook, in plain Keras. Here is what would distract there: repeating a
training over seeds, a progress display, and finding again what was measured before.
"""

import os
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import events
from course_utils.cache import Store, fingerprint
from course_utils.cache.traced import recent, unused_optimizer
from course_utils.config import whole
from course_utils.progress import interruptible, measured, measuring

if TYPE_CHECKING:
    import keras

Samples = tuple[np.ndarray, np.ndarray]


@dataclass
class Runs:
    """One network trained from several seeds.

    Attributes
    ----------
    accuracy : (n_seeds,), share of the test samples classified correctly
    histories : Keras's history of each seed
    seconds : training time of each seed
    also : what `measure(also=…)` returned for each seed
    parameters : of the network
    weights : of the network trained from the first seed
    """

    accuracy: np.ndarray
    histories: list[dict[str, list[float]]]
    seconds: list[float]
    also: list[Any]
    seeds: list[int]
    epochs: int | None
    steps: int | None
    parameters: int
    build: Callable[[], "keras.Model"] = field(repr=False)
    weights: list[np.ndarray] = field(default_factory=list, repr=False)

    @property
    def mean(self) -> float:
        """Mean test accuracy over the seeds."""
        return float(np.mean(self.accuracy))

    @cached_property
    def model(self) -> "keras.Model":
        """The network as trained from the first seed."""
        model = self.build()
        model.set_weights(self.weights)
        return model


@interruptible
def measure(
    build: Callable[[], "keras.Model"],
    train: Samples,
    test: Samples,
    *,
    epochs: int | None = None,
    steps: int | None = None,
    batch_size: int = 128,
    optimizer: Any = "adam",
    seeds: Sequence[int] = (0,),
    validation: Samples | None = None,
    loss: Any = "sparse_categorical_crossentropy",
    augment: Callable[[Any, Any], Any] | None = None,
    also: Callable[["keras.Model"], Any] | None = None,
    label: str = "",
) -> Runs:
    """Train `build()` from each seed and evaluate it once on `test`.

    The network is traced once; every seed gets fresh weights and a fresh optimizer. Each result is
    kept as soon as it is there and found again by all that it depends on (`course_utils.cache`).

    Parameters
    ----------
    build : makes the network, uncompiled
    train, validation, test : (inputs (n, …), integer labels (n,))
    epochs, steps : the budget, one of the two; steps of full batches from an endless shuffle
    batch_size : samples a step
    optimizer, loss : a name, an object or (loss) a function of (labels, outputs), as in `compile`
    seeds : of the weights, the order of the samples and what is dropped or augmented
    augment : called on every batch of images with two whole numbers, drawn anew from the seed for
        each batch; returns the augmented images
    also : a further measurement of the trained network, of plain numbers
    label : what the progress display calls it, and under which `results.table` shows the accuracy

    Returns
    -------
    Runs : accuracies, histories and times over the seeds.

    Raises
    ------
    ValueError without a budget or with two; NotKeepable where `also` returns no plain numbers.

    Examples
    --------
    >>> import keras, numpy as np
    >>> x, y = np.eye(2, dtype="float32").repeat(8, axis=0), np.arange(2).repeat(8)
    >>> build = lambda: keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])
    >>> runs = measure(build, (x, y), (x, y), epochs=30, batch_size=4, optimizer="rmsprop")
    >>> runs.accuracy.shape, runs.parameters
    ((1,), 6)
    """
    if (epochs is None) == (steps is None):
        raise ValueError("give either epochs or steps")
    for name, value in (("epochs", epochs), ("steps", steps), ("batch_size", batch_size)):
        if value is not None:
            whole(name, value, least=1)
    network, model, _ = _compiled(build, optimizer, loss, train)
    budget = [epochs, steps, batch_size]
    experiment = fingerprint(network, train, validation, test, budget, augment, also, _trained)
    store, first = Store(), seeds[0] if len(seeds) else None
    keys = {seed: f"{experiment}-{seed}" for seed in seeds}
    missing = [seed for seed in keys if store.find(keys[seed], weights=seed == first) is None]
    train_one = partial(
        *(_from_seed, build, optimizer, loss, train, validation, test, budget, augment, also),
        first=first,
        network=network,
    )
    line = measured(label, len(missing), len(keys) - len(missing))
    for i, (found, weights) in _each(train_one, missing):
        store.put(keys[missing[i]], found, weights)
        line.advance()
    runs = Runs(
        *(np.zeros(len(seeds)), [], [], [], list(seeds), epochs, steps),
        parameters=model.count_params(),
        build=build,
    )
    for i, seed in enumerate(seeds):
        found = store.find(keys[seed], weights=i == 0)
        runs.accuracy[i] = found["accuracy"]
        runs.histories.append(found["history"])
        runs.seconds.append(found["seconds"])
        runs.also.append(found["also"])
        runs.weights = runs.weights or found.get("weights", [])
    if label:
        of = {"epochs": epochs, "seconds": runs.seconds, "parameters": runs.parameters}
        events.result(label, runs.accuracy, seeds=runs.seeds, **of)
    return runs


def _each(train_one: Callable[[int], Any], seeds: Sequence[int]) -> Iterator[tuple[int, Any]]:
    """(i, what `train_one(seeds[i])` gives), here in order or on the cluster as each is there."""
    if not os.environ.get("COURSE_CLUSTER"):
        return enumerate(map(train_one, seeds))
    from course_utils.runner.cluster import trainings

    return trainings(train_one, seeds)


def _from_seed(
    build: Callable, optimizer: Any, loss: Any, train: Samples, validation: Samples | None,
    test: Samples, budget: list, augment: Any, also: Any, seed: int, first: int, network: str,
) -> tuple[dict[str, Any], list[np.ndarray] | None]:  # fmt: skip
    """What one seed gives, and the weights where it is the `first`."""
    epochs, steps, batch_size = budget
    _, model, start = _compiled(build, optimizer, loss, train, network)
    _fresh(build, model, start, seed)
    batches = make_dataset(train, batch_size, seed, steps=steps, augment=augment)
    found = _trained(model, batches, validation, test, epochs or 1, measuring(seed))
    found["also"] = also(model) if also else None
    return found, model.get_weights() if seed == first else None


_traced: OrderedDict[str, tuple[Any, list[np.ndarray]]] = OrderedDict()
_MOST_TRACED = 12  # networks that stay compiled; the one used longest ago goes first
_STEPS = 8  # of gradient descent in one call into TensorFlow; an epoch may have fewer


def _compiled(
    build: Callable, optimizer: Any, loss: Any, train: Samples, known: str = ""
) -> tuple[str, Any, list[np.ndarray]]:
    """The network's fingerprint, the network compiled, and its optimizer's first state.

    Built from one seed for this, networks that are defined alike have the same weights, and those
    with weights of their own (pretrained ones) have others. `known`: the fingerprint, where it is.
    """
    import keras

    if known in _traced:
        return known, *_traced[known]
    keras.utils.set_random_seed(0)
    model = build()
    optimizer = unused_optimizer(optimizer)

    def traced() -> tuple[Any, list[np.ndarray]]:
        model.compile(
            optimizer=optimizer, loss=loss, metrics=["accuracy"], steps_per_execution=_STEPS
        )
        optimizer.build(model.trainable_variables)
        x, y = (array[:1] for array in train)
        # Variables that are made while the step is traced have it traced twice: the metrics' too.
        model.compute_metrics(x, y, model(x, training=False))
        model.reset_metrics()
        return model, [v.numpy() for v in optimizer.variables]

    key = fingerprint(model, optimizer, loss, _STEPS)
    return key, *recent(_traced, key, traced, _MOST_TRACED)


def _fresh(build: Callable, model: Any, start: list[np.ndarray], seed: int) -> None:
    """Give `model` the weights that `build()` draws from `seed`, and its optimizer its start."""
    import keras

    keras.utils.set_random_seed(seed)
    pairs = zip(build().variables, model.variables, strict=True)
    for value, variable in [*pairs, *zip(start, model.optimizer.variables, strict=True)]:
        variable.assign(value)
    keras.utils.set_random_seed(seed)


def make_dataset(
    data: tuple[np.ndarray, Any],
    batch_size: int,
    seed: int | None = None,
    *,
    steps: int | None = None,
    augment: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """Batches of `data` for Keras's `fit` (with `shuffle=False`) and `evaluate`.

    A `tf.data.Dataset` that does not tune itself: the tuning thread sleeps for twice as long each
    time, and the end of an epoch waits for it to wake (measured with TensorFlow 2.21: an epoch of
    2.6 s takes 5.1 s). `fit` on arrays waits so.

    Parameters
    ----------
    data : (inputs (n, …), labels (n,)), the labels an array or a dictionary of arrays
    batch_size : samples a batch; the last of an epoch may be smaller
    seed : of a new order in each epoch; in order without one
    steps : that many full batches of an endless shuffle are one epoch
    augment : as in `measure`

    Returns
    -------
    tf.data.Dataset of (inputs, labels).

    Raises
    ------
    ValueError for `augment` or `steps` without a seed.

    Examples
    --------
    >>> [len(x) for x, y in make_dataset((np.arange(10), np.arange(10)), 4)]
    [4, 4, 2]
    """
    import tensorflow as tf

    if seed is None and (steps or augment):
        raise ValueError("batches that are drawn or changed by chance need a seed")
    rows = tf.data.Dataset.from_tensor_slices(data)
    if seed is not None:
        rows = rows.shuffle(len(data[0]), seed=seed)
    batches = rows.repeat().batch(batch_size).take(steps) if steps else rows.batch(batch_size)
    if augment:
        draws = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True).batch(2)
        pairs = tf.data.Dataset.zip(batches, draws)
        batches = pairs.map(lambda xy, two: (augment(xy[0], two), xy[1]))
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.prefetch(4).with_options(options)


def _trained(
    model: Any, batches: Any, validation: Samples | None, test: Samples, epochs: int, callbacks: Any
) -> dict[str, Any]:
    """What one training gives: test accuracy, history, seconds."""
    checked = validation and make_dataset(validation, _at_once(validation[0]))
    began = time.perf_counter()
    history = model.fit(
        batches,
        epochs=epochs,
        validation_data=checked,
        callbacks=callbacks,
        shuffle=False,  # the dataset is shuffled already
        verbose=0,
    ).history
    seconds = time.perf_counter() - began
    numbers = {name: [float(value) for value in values] for name, values in history.items()}
    return {"accuracy": accuracy(model, *test), "history": numbers, "seconds": seconds}


def accuracy(model: "keras.Model", x: np.ndarray, y: np.ndarray) -> float:
    """Share of the samples `x` (n, …) whose most probable class is `y` (n,).

    Examples
    --------
    >>> import keras
    >>> model = keras.Sequential([keras.Input((2,)), keras.layers.Softmax()])
    >>> accuracy(model, np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([1, 1]))
    0.5
    """
    return float(np.mean(predict(model, x) == y))


def predict(model: "keras.Model", x: np.ndarray) -> np.ndarray:
    """Most probable class (n,) of the samples `x` (n, …); of one unit, whether it is > 0.5.

    Examples
    --------
    >>> import keras
    >>> predict(keras.Sequential([keras.Input((3,)), keras.layers.Softmax()]), np.eye(3))
    array([0, 1, 2])
    """
    import keras

    n = _at_once(x)
    parts = [model(x[i : i + n], training=False) for i in range(0, len(x), n)]
    p = np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])
    return (p[:, 0] > 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)


def _at_once(x: np.ndarray) -> int:
    """How many samples are asked at a time: 1,000, of large pictures so few that memory lasts."""
    pixels = int(np.prod(x.shape[1:3])) if x.ndim == 4 else 1
    return min(1_000, max(20, 1_000 * 32**2 // pixels))
