"""Set up a chapter's run, and train a network from several seeds.

What is taught stays in the notebook, in plain Keras. Here is what would distract there: the budget
of a run, quiet logs, the precision, a progress display, and repeating a training over seeds.
"""

import logging
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import precision, record, results, settings
from course_utils.progress import in_browser, progress

if TYPE_CHECKING:
    import keras

Samples = tuple[np.ndarray, np.ndarray]


def setup(
    profile: str | None = None,
    *,
    seed: int | None = None,
    dtype: str | None = None,
    own: dict[str, Any] | None = None,
    **budgets: tuple[Any, Any, Any, Any],
) -> SimpleNamespace:
    """Prepare the kernel and resolve the budget of this run.

    Each further keyword is one budget: `name=(yours, quick, lesson, full)`, where `yours` is the
    reader's own value and None means *as the profile says*. The profile is the argument, else
    `COURSE_PROFILE`, else `lesson`; `dtype` ("float32" or "bfloat16") overrules the precision that
    `precision.choose` would take. `own`: the reader's other choices by name (a network, a file),
    None where there is none; with one, as with a budget of the reader's, a claim that fails does
    not stop the run. Prints what was chosen and the budget as a small table.
    Returns a namespace with `profile`, `seed`, `dtype` and one attribute for each budget.
    Raises ValueError for an unknown profile, a seed or a budget that cannot be.
    """
    profile = settings.choice(profile, "COURSE_PROFILE", settings.PROFILES, "lesson")
    seed = int(os.environ.get("COURSE_SEED", "0")) if seed is None else seed
    _whole("seed", seed, least=0)
    column = 1 + settings.PROFILES.index(profile)
    chosen = {name: v[column] if v[0] is None else v[0] for name, v in budgets.items()}
    for name, value in chosen.items():
        for one in value if isinstance(value, list | tuple) else [value]:
            _whole(name, one, least=1)
    changed = [n for n, v in budgets.items() if v[0] not in (None, v[column])]
    changed += [n for n, v in (own or {}).items() if v is not None]
    settings.note_run(profile, changed)

    keras = _import_keras()
    dtype, why = precision.choose(dtype)
    keras.config.set_dtype_policy("float32" if dtype == "float32" else "mixed_bfloat16")
    keras.utils.set_random_seed(seed)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
    import tensorflow as tf

    # In `quick`, to improve a graph takes longer than its few steps gain.
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": profile == "quick"})
    if settings.flag("COURSE_STRICT"):
        _warnings_are_errors()
    from course_utils import plots

    plots.use_style()
    record.note("setup", profile=profile, seed=seed, precision=dtype, **chosen)
    print(f"Profile {profile}, seed {seed}, {why}.")
    print(_budget_table(budgets, chosen))
    return SimpleNamespace(profile=profile, seed=seed, dtype=dtype, **chosen)


def _whole(name: str, value: Any, least: int) -> None:
    if isinstance(value, bool) or not isinstance(value, int | np.integer) or value < least:
        raise ValueError(f"{name} must be a whole number of at least {least}, not {value!r}")


def _budget_table(budgets: dict[str, tuple], chosen: dict[str, Any]) -> str:
    def show(value: Any) -> str:
        values = value if isinstance(value, list | tuple) else [value]
        return " ".join(f"{v:,}" for v in values)

    rows = [["budget", "this run", *settings.PROFILES]]
    rows += [[n, show(chosen[n]), *map(show, v[1:])] for n, v in budgets.items()]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    lines = ("  ".join(cell.ljust(w) for cell, w in zip(r, widths, strict=True)) for r in rows)
    return "\n".join(line.rstrip() for line in lines)


def _import_keras() -> Any:
    """Keras, imported without TensorFlow's start-up lines (kept where the import fails)."""
    import sys
    import tempfile

    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
    with tempfile.TemporaryFile() as aside:
        sys.stderr.flush()
        stderr = os.dup(2)
        os.dup2(aside.fileno(), 2)
        failed = True
        try:
            import keras

            failed = False
        finally:
            os.dup2(stderr, 2)
            os.close(stderr)
            if failed:
                aside.seek(0)
                print(aside.read().decode(errors="replace"), file=sys.stderr)
    return keras


def _warnings_are_errors() -> None:
    import warnings

    warnings.simplefilter("error")
    # Not the course's to mend: sockets that ipykernel leaves to the garbage collector, and what
    # it says while the kernel shuts down.
    warnings.filterwarnings("ignore", category=ResourceWarning)
    warnings.filterwarnings("ignore", "For consistency across", PendingDeprecationWarning)
    # Keras's own, from the callback that lowers the rate.
    warnings.filterwarnings("ignore", "__array__ implementation doesn't", DeprecationWarning)


@dataclass
class Runs:
    """One network trained from several seeds.

    `accuracy` (n_seeds,): share of the test samples named rightly; `histories`: Keras's history of
    each seed; `seconds`: training time of each; `also`: what `measure(also=…)` returned for each;
    `parameters`: of the network; `weights`: of the network trained from the first seed.
    """

    accuracy: np.ndarray
    histories: list[dict[str, list[float]]]
    seconds: list[float]
    also: list[Any]
    seeds: list[int]
    epochs: int | None
    updates: int | None
    parameters: int
    build: Callable[[], "keras.Model"] = field(repr=False)
    weights: list[np.ndarray] = field(default_factory=list, repr=False)

    @property
    def values(self) -> np.ndarray:
        """What `results.publish` reports: the accuracy of each seed."""
        return self.accuracy

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


def measure(
    build: Callable[[], "keras.Model"],
    train: Samples,
    test: Samples,
    *,
    epochs: int | None = None,
    updates: int | None = None,
    batch_size: int = 128,
    optimizer: Any = "adam",
    seeds: Sequence[int] = (0,),
    validation: Samples | None = None,
    loss: Any = "sparse_categorical_crossentropy",
    augment: Callable[[Any, Any], Any] | None = None,
    also: Callable[["keras.Model"], Any] | None = None,
    about: Sequence[np.ndarray] = (),
    label: str = "",
) -> Runs:
    """Train `build()` from each seed and measure it once on `test`.

    `train`, `validation`, `test`: (inputs, integer labels). `optimizer`: a name or an optimiser.
    The budget is a number of `epochs`, or of `updates` with full batches drawn from an endless
    shuffled stream. `loss`: a name, or a function of (labels, outputs). `augment`: called on every
    batch of the training stream with two whole numbers, drawn from the seed anew for each batch;
    it returns the images changed by chance. `also`: a further measurement of the trained network,
    of plain numbers. Functions are known by their source (if partial, by their arguments too).
    `about`: arrays that `build` puts into the network, such as the weights of a frozen part.
    The network is traced once; every seed gets fresh weights and a fresh optimiser. Each seed's
    result is kept as soon as it is there (in the `full` profile under `build/kept/`, so that an
    interrupted run continues), keyed by network, data, budget, precision and versions.
    Raises ValueError without a budget or with two.
    """
    if (epochs is None) == (updates is None):
        raise ValueError("give either epochs or updates")
    for name, value in (("epochs", epochs), ("updates", updates), ("batch_size", batch_size)):
        if value is not None:
            _whole(name, value, least=1)
    key, model, start = _compiled(build, optimizer, loss, train)
    runs = Runs(
        *(np.zeros(len(seeds)), [], [], [], list(seeds), epochs, updates),
        parameters=model.count_params(),
        build=build,
    )
    data = [array for part in (train, validation, test) if part for array in part] + [*about]
    budget = [epochs, updates, batch_size, *(["augmented", augment] if augment else [])]
    store = results.Store(key, data, budget, also)
    for i, seed in enumerate(seeds):
        kept = store.find(seed, weights=i == 0)
        if kept is None:
            _fresh(build, model, start, seed)
            began = time.perf_counter()
            batches = stream(train, batch_size, seed, updates=updates, augment=augment)
            history = _fit(model, batches, validation, epochs or 1, f"{label} · {seed}")
            seconds = time.perf_counter() - began
            kept = {"accuracy": accuracy(model, *test), "history": history, "seconds": seconds}
            kept["also"] = also(model) if also else None
            store.put(seed, kept, model.get_weights() if i == 0 else None)
            runs.weights = runs.weights or model.get_weights()
        elif i == 0:
            runs.weights = store.weights(seed)
        runs.accuracy[i] = kept["accuracy"]
        runs.histories.append(kept["history"])
        runs.seconds.append(kept["seconds"])
        runs.also.append(kept["also"])
    return runs


_traced: dict[str, tuple[Any, list[np.ndarray]]] = {}


_STEPS = 8  # of gradient descent in one call into TensorFlow; an epoch may have fewer


def _compiled(
    build: Callable, optimizer: Any, loss: Any, train: Samples
) -> tuple[str, Any, list[np.ndarray]]:
    """The definition's text, its network compiled, and its optimiser's first state."""
    import keras

    model = build()
    optimizer = keras.optimizers.get(optimizer)
    settings_of = {k: v for k, v in optimizer.get_config().items() if k != "name"}
    optimizer = type(optimizer).from_config(settings_of)
    named = loss if isinstance(loss, str) else results.source(loss)
    key = results.definition(model, [type(optimizer).__name__, settings_of, named, _STEPS])
    if key not in _traced:
        model.compile(
            optimizer=optimizer, loss=loss, metrics=["accuracy"], steps_per_execution=_STEPS
        )
        optimizer.build(model.trainable_variables)
        x, y = (array[:1] for array in train)
        # Variables that are made while the step is traced have it traced twice: the metrics' too.
        model.compute_metrics(x, y, model(x, training=False))
        model.reset_metrics()
        _traced[key] = model, [v.numpy() for v in optimizer.variables]
    return key, *_traced[key]


def _fresh(build: Callable, model: Any, start: list[np.ndarray], seed: int) -> None:
    """Give `model` the weights that `build()` draws from `seed`, and its optimiser its start."""
    import keras

    keras.utils.set_random_seed(seed)
    pairs = zip(build().variables, model.variables, strict=True)
    for value, variable in [*pairs, *zip(start, model.optimizer.variables, strict=True)]:
        variable.assign(value)
    keras.utils.set_random_seed(seed)


def stream(
    data: tuple[np.ndarray, Any],
    batch_size: int,
    seed: int | None = None,
    *,
    updates: int | None = None,
    augment: Callable[[Any, Any], Any] | None = None,
) -> Any:
    """Batches of `data` for Keras's `fit` (with `shuffle=False`) and `evaluate`.

    `data`: (inputs, labels), the labels an array or a dictionary of arrays. With a `seed` shuffled
    anew each epoch, without one in order. With `updates`, that many full batches of an endless
    shuffle are one epoch. `augment` as in `measure`. A `tf.data.Dataset` that does not tune itself:
    the tuning thread sleeps for twice as long each time, and the end of an epoch waits for it to
    wake (measured with TensorFlow 2.21: an epoch of 2.6 s takes 5.1 s). `fit` on arrays waits so.
    Raises ValueError for `augment` or `updates` without a seed.
    """
    import tensorflow as tf

    if seed is None and (updates or augment):
        raise ValueError("batches that are drawn or changed by chance need a seed")
    rows = tf.data.Dataset.from_tensor_slices(data)
    if seed is not None:
        rows = rows.shuffle(len(data[0]), seed=seed)
    batches = rows.repeat().batch(batch_size).take(updates) if updates else rows.batch(batch_size)
    if augment:
        draws = tf.data.Dataset.random(seed=seed, rerandomize_each_iteration=True).batch(2)
        pairs = tf.data.Dataset.zip(batches, draws)
        batches = pairs.map(lambda xy, two: (augment(xy[0], two), xy[1]))
    options = tf.data.Options()
    options.autotune.enabled = False
    return batches.prefetch(4).with_options(options)


def _fit(
    model: Any, batches: Any, validation: Samples | None, epochs: int, label: str
) -> dict[str, list[float]]:
    checked = validation and stream(validation, _at_once(validation[0]))
    watch = [progress(label)] if in_browser() else []
    history = model.fit(
        batches,
        epochs=epochs,
        validation_data=checked,
        callbacks=watch,
        shuffle=False,  # the stream is shuffled already
        verbose=0,
    ).history
    if watch and watch[0].interrupted:
        raise KeyboardInterrupt("stopped while measuring: this network's figures are not used")
    return history


def accuracy(model: "keras.Model", x: np.ndarray, y: np.ndarray) -> float:
    """Share of the samples `x` (n, …) whose most probable class is `y` (n,)."""
    return float(np.mean(predict(model, x) == y))


def predict(model: "keras.Model", x: np.ndarray) -> np.ndarray:
    """Most probable class (n,) of the samples `x` (n, …); of one unit, whether it is > 0.5."""
    import keras

    n = _at_once(x)
    parts = [model(x[i : i + n], training=False) for i in range(0, len(x), n)]
    p = np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])
    return (p[:, 0] > 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)


def _at_once(x: np.ndarray) -> int:
    """How many samples are asked at a time: 1,000, of large pictures so few that memory lasts."""
    pixels = int(np.prod(x.shape[1:3])) if x.ndim == 4 else 1
    return min(1_000, max(20, 1_000 * 32**2 // pixels))
