"""The folds of a cross-validation: trained fast on tables, in parallel where there are cores.

Networks of a few thousand weights on a few hundred rows spend their time between the operations,
not in them: a second thread only gets in the way, and a second process is worth a core.
"""

import logging
import os
import tempfile
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import config, keras_setup
from course_utils.cache import fingerprint
from course_utils.cache.traced import recent, unused_optimizer
from course_utils.progress import Line, in_browser

if TYPE_CHECKING:
    import keras

Rows = tuple[np.ndarray, np.ndarray]


class FoldError(RuntimeError):
    """A task of `run` that failed; the message names the task, and the error it failed with."""


def cores() -> int:
    """Processor cores that this process may use (affinity and containers are respected).

    Examples
    --------
    >>> cores() >= 1
    True
    """
    import joblib

    return int(joblib.cpu_count())


def one_thread() -> None:
    """Let this process compute on one thread of the processor, as every worker does.

    Then TensorFlow's numbers do not depend on how many processes share the work, to the last bit.
    OpenMP (scikit-learn's trees) follows where it is not loaded yet.

    Raises
    ------
    RuntimeError where TensorFlow has computed something with other threads already.
    """
    import tensorflow as tf

    os.environ["OMP_NUM_THREADS"] = "1"
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    tf.config.set_visible_devices([], "GPU")


def run(
    job: Callable[..., Any], tasks: Sequence[Mapping[str, Any]], *, jobs: int = 1, label: str = ""
) -> list[Any]:
    """`[job(**task) for task in tasks]`, with more than one of `jobs` in that many processes.

    The order of the results is that of `tasks`, and so are the numbers where `one_thread` was
    called: each worker calls it too. A worker takes some seconds to start and then waits for
    further work; an interrupt ends the workers.

    Parameters
    ----------
    job : a function, of a notebook too; it and its results are pickled
    tasks : the keyword arguments of each call
    jobs : processes at a time
    label : what the progress display calls it

    Returns
    -------
    list, one result a task.

    Raises
    ------
    FoldError, naming the task ("fold=2, seed=0"), for the first that fails; ValueError for fewer
    than one process.

    Examples
    --------
    >>> run(lambda fold: fold**2, [{"fold": 2}, {"fold": 3}])
    [4, 9]
    """
    if jobs < 1:
        raise ValueError(f"jobs must be at least 1, not {jobs}")
    made = (_named(job, task) for task in tasks) if jobs == 1 else _in_workers(job, tasks, jobs)
    if in_browser():
        made = _watched(made, Line(label, len(tasks), "folds"))
    return list(made)


def _watched(made: Iterable[Any], line: Line) -> Iterator[Any]:
    for one in made:
        line.advance()
        yield one
    line.end()


def _in_workers(job: Callable, tasks: Sequence[Mapping], jobs: int) -> Iterator[Any]:
    import cloudpickle
    import joblib

    if not (folder := _worker_folder()):
        print("The temporary folder's name has letters that the workers cannot take: one job runs.")
        return (_named(job, task) for task in tasks)
    pickled = cloudpickle.dumps(job)
    parallel = joblib.Parallel(
        jobs, backend="loky", batch_size=1, return_as="generator", temp_folder=folder
    )
    return parallel(joblib.delayed(_unpickled)(pickled, task) for task in tasks)


def _worker_folder() -> str | None:
    """A folder for what the workers share: its name has to be ASCII (loky sends it as such)."""
    folders = [os.environ.get("JOBLIB_TEMP_FOLDER"), tempfile.gettempdir()]
    folders.append(str(config.build_folder() / "workers"))
    return next((folder for folder in folders if folder and folder.isascii()), None)


def _unpickled(job: bytes, task: Mapping[str, Any]) -> Any:
    import cloudpickle

    keras_setup.import_keras()  # before the job brings it along: without its start-up lines
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    one_thread()
    return _named(cloudpickle.loads(job), task)


def _named(job: Callable, task: Mapping[str, Any]) -> Any:
    try:
        return job(**task)
    except Exception as error:
        name = ", ".join(f"{key}={value!r}" for key, value in task.items())
        raise FoldError(f"{name}: {type(error).__name__}: {error}") from error


def train(
    build: Callable[[], "keras.Model"],
    rows: Rows,
    validation: Rows,
    *,
    epochs: int,
    batch_size: int = 1,
    optimizer: Any = "rmsprop",
    seed: int = 0,
    shuffle: bool = True,
) -> dict[str, Any]:
    """Train `build()`, a network with one output, on the squared error: what `fit` does.

    One network is traced once in a process and gets fresh weights, a fresh optimizer and an order
    of the samples of its own from `seed`.

    Parameters
    ----------
    build : makes the network, uncompiled
    rows, validation : (inputs (n, features), targets (n,)); the samples to train on, and others
    epochs, batch_size : the budget; the last batch of an epoch may be smaller
    optimizer : a name or an object, as in `compile`
    seed : of the weights and the order
    shuffle : whether each epoch has an order of its own

    Returns
    -------
    dict : `mae` and `val_mae`, the mean absolute errors on all samples of each part after each
    epoch; `predicted`, a number for each sample of `validation` at the end; `seconds`.

    Raises
    ------
    ValueError for a network with another output.

    Examples
    --------
    >>> import keras
    >>> x = np.linspace(0, 1, 20, dtype="float32")[:, None]
    >>> build = lambda: keras.Sequential([keras.Input((1,)), keras.layers.Dense(1)])
    >>> fold = train(build, (x[:15], 2 * x[:15, 0]), (x[15:], 2 * x[15:, 0]), epochs=3)
    >>> len(fold["mae"]), len(fold["val_mae"]), len(fold["predicted"])
    (3, 3, 5)
    """
    import keras
    import tensorflow as tf

    began = time.perf_counter()
    keras.utils.set_random_seed(seed)
    fresh = build()
    if fresh.output_shape != (None, 1):
        raise ValueError(f"the network needs one output, not the shape {fresh.output_shape}")
    model, optimizer, start, epoch = _traced(fresh, optimizer, len(rows[0]), batch_size)
    pairs = zip(fresh.variables, model.variables, strict=True)
    for value, variable in [*pairs, *zip(start, optimizer.variables, strict=True)]:
        variable.assign(value)
    tensors = [tf.constant(array, tf.float32) for array in (*rows, *validation)]
    order, rng, errors = np.arange(len(rows[0])), np.random.default_rng(seed), []
    for _ in range(epochs):
        now = rng.permutation(order) if shuffle else order
        errors.append(epoch(tf.constant(now, tf.int32), *tensors).numpy().tolist())
    mae, val_mae = (list(one) for one in zip(*errors, strict=True))
    predicted = model(tensors[2], training=False).numpy()[:, 0].tolist()
    seconds = time.perf_counter() - began
    return {"mae": mae, "val_mae": val_mae, "predicted": predicted, "seconds": seconds}


_traced_networks: OrderedDict[str, tuple[Any, Any, list[np.ndarray], Callable]] = OrderedDict()
_MOST_TRACED = 12


def _traced(fresh: Any, optimizer: Any, n: int, batch_size: int) -> tuple:
    """A network like `fresh`, its optimizer, the optimizer's first state, and one epoch of both."""
    import keras

    optimizer = unused_optimizer(optimizer)

    def traced() -> tuple:
        model = keras.models.clone_model(fresh)
        optimizer.build(model.trainable_variables)
        start = [variable.numpy() for variable in optimizer.variables]
        return model, optimizer, start, _epoch(model, optimizer, n, batch_size)

    key = fingerprint(fresh, optimizer, n, batch_size)
    return recent(_traced_networks, key, traced, _MOST_TRACED)


def _epoch(model: Any, optimizer: Any, n: int, batch_size: int) -> Callable:
    """One pass over `n` rows in a given order, as one call into TensorFlow -> both errors."""
    import tensorflow as tf

    variables, full = model.trainable_variables, n - n % batch_size

    def step(x: Any, y: Any) -> None:
        with tf.GradientTape() as tape:
            loss = tf.reduce_mean(tf.square(model(x, training=True)[:, 0] - y))
        optimizer.apply(tape.gradient(loss, variables), variables)

    def error(x: Any, y: Any) -> Any:
        return tf.reduce_mean(tf.abs(model(x, training=False)[:, 0] - y))

    @tf.function
    def epoch(order: Any, x: Any, y: Any, val_x: Any, val_y: Any) -> Any:
        x, y = tf.gather(x, order), tf.gather(y, order)
        for begin in tf.range(0, full, batch_size):
            step(x[begin : begin + batch_size], y[begin : begin + batch_size])
        if full < n:
            step(x[full:], y[full:])
        return tf.stack([error(x, y), error(val_x, val_y)])

    return epoch
