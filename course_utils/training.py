"""Set up a chapter's run, and train a network from several seeds.

What is taught stays in the notebook, in plain Keras. Here is what would distract there: the budget
of a run, quiet logs, the precision, a progress display, and repeating a training over seeds.
"""

import logging
import math
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import precision, record, results, settings

if TYPE_CHECKING:
    import keras

Samples = tuple[np.ndarray, np.ndarray]


def setup(
    profile: str | None = None,
    *,
    seed: int | None = None,
    dtype: str | None = None,
    **budgets: tuple[Any, Any, Any, Any],
) -> SimpleNamespace:
    """Prepare the kernel and resolve the budget of this run.

    Each further keyword is one budget: `name=(yours, quick, lesson, full)`, where `yours` is the
    reader's own value and None means *as the profile says*. The profile is the argument, else
    `COURSE_PROFILE`, else `lesson`; `dtype` ("float32" or "bfloat16") overrules the precision that
    `precision.choose` would take. Prints what was chosen and the budget as a small table.
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
    settings.note_changed([n for n, v in budgets.items() if v[0] not in (None, v[column])])

    keras = _import_keras()
    dtype, why = precision.choose(dtype)
    keras.config.set_dtype_policy("float32" if dtype == "float32" else "mixed_bfloat16")
    keras.utils.set_random_seed(seed)
    logging.getLogger("tensorflow").setLevel(logging.ERROR)
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
    # ipykernel and zmq leave sockets to the garbage collector; not this course's to mend.
    warnings.filterwarnings("ignore", category=ResourceWarning)


def in_browser() -> bool:
    """Whether somebody watches this kernel (JupyterLab, VS Code, Colab) and not a headless run."""
    watchers = ("JPY_SESSION_NAME", "VSCODE_PID", "COLAB_RELEASE_TAG")
    return any(name in os.environ for name in watchers) and not settings.flag("COURSE_HEADLESS")


def progress(label: str = "") -> "keras.callbacks.Callback":
    """Callback for `fit(..., verbose=0)`: a bar in the browser, at most a line an epoch headless.

    Stopping the kernel (■ in JupyterLab, Ctrl-C) ends the training after the step in hand: `fit`
    returns as usual and the network keeps the weights that it has; a second stop interrupts at
    once. The callback's `interrupted` says whether that happened.
    """
    import signal
    import threading

    import keras

    class Progress(keras.callbacks.Callback):
        interrupted = False

        def on_train_begin(self, logs: dict | None = None) -> None:
            self.epochs, self.bar = self.params["epochs"], None
            self.in_main = threading.current_thread() is threading.main_thread()
            if self.in_main:
                self.before = signal.signal(signal.SIGINT, self.stop)
            if in_browser():
                from tqdm.notebook import tqdm

                self.bar = tqdm(total=self.epochs, desc=label or "epochs", unit="epoch")

        def stop(self, *_: Any) -> None:
            signal.signal(signal.SIGINT, self.before)
            self.interrupted = self.model.stop_training = True

        def on_epoch_end(self, epoch: int, logs: dict | None = None) -> None:
            values = "  ".join(f"{k} {v:.4f}" for k, v in (logs or {}).items())
            if self.bar is not None:
                self.bar.set_postfix_str(values)
                self.bar.update()
            else:
                print(f"{label} epoch {epoch + 1}/{self.epochs}  {values}".strip())
            self.done = epoch + 1

        def on_train_end(self, logs: dict | None = None) -> None:
            if self.in_main:
                signal.signal(signal.SIGINT, self.before)
            if self.bar is not None:
                self.bar.close()
            if self.interrupted:
                print(
                    f"Stopped in epoch {self.done} of {self.epochs}: the weights so far are kept."
                )

    return Progress()


@dataclass
class Runs:
    """One network trained from several seeds.

    `accuracy` (n_seeds,): share of the test samples named rightly; `histories`: Keras's history of
    each seed; `seconds`: training time of each; `parameters`: of the network; `model`: the network
    as trained from the first seed.
    """

    accuracy: np.ndarray
    histories: list[dict[str, list[float]]]
    seconds: list[float]
    seeds: list[int]
    epochs: int | None
    parameters: int
    model: Any = field(repr=False)

    @property
    def mean(self) -> float:
        """Mean test accuracy over the seeds."""
        return float(np.mean(self.accuracy))


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
    loss: str = "sparse_categorical_crossentropy",
    keep: bool = False,
    label: str = "",
) -> Runs:
    """Train `build()` from each seed and measure it once on `test`.

    `train`, `validation`, `test`: (inputs, integer labels). `optimizer`: a name or an unused
    optimiser. The network is built and traced once; every seed gets fresh weights and a fresh
    optimiser. The budget is a number of `epochs`, or of `updates` with full batches drawn from an
    endless shuffled stream. `keep=True` stores each seed's result under `build/kept/` as soon as
    it is there, keyed by network, data, budget, precision and versions, so that an interrupted
    run continues.
    """
    import keras

    def fresh(seed: int) -> "keras.Model":
        keras.utils.set_random_seed(seed)
        return build()

    model = fresh(seeds[0])
    if (epochs is None) == (updates is None):
        raise ValueError("give either epochs or updates")
    steps = updates or math.ceil(len(train[0]) / batch_size)
    fit = {"epochs": 1, "steps_per_epoch": updates} if updates else {"epochs": epochs}
    model.compile(
        optimizer=keras.optimizers.get(optimizer),
        loss=loss,
        metrics=["accuracy"],
        steps_per_execution=min(steps, 8),
    )
    model.optimizer.build(model.trainable_variables)
    start = [np.array(v) for v in model.optimizer.variables]
    store = results.Store(model, (train, validation, test), fit, batch_size, loss) if keep else None
    runs = Runs(np.zeros(len(seeds)), [], [], list(seeds), epochs, model.count_params(), model)
    first: list[np.ndarray] = []
    for i, seed in enumerate(seeds):
        kept = store.find(seed) if store else None
        if kept is None:
            _copy(fresh(seed).variables, model.variables)
            _copy(start, model.optimizer.variables)
            kept = _one(model, train, validation, test, fit, batch_size, seed, f"{label} {seed}")
            if store:
                store.put(seed, kept, model.get_weights() if i == 0 else None)
        elif i == 0:
            model.set_weights(store.weights(seed))
        if i == 0:
            first = model.get_weights()
        runs.accuracy[i] = kept["accuracy"]
        runs.histories.append(kept["history"])
        runs.seconds.append(kept["seconds"])
    model.set_weights(first)
    return runs


def _copy(values: Sequence[Any], variables: Sequence[Any]) -> None:
    for value, variable in zip(values, variables, strict=True):
        variable.assign(value)


def _one(
    model: Any,
    train: Samples,
    validation: Samples | None,
    test: Samples,
    fit: dict[str, Any],
    batch_size: int,
    seed: int,
    label: str,
) -> dict[str, Any]:
    import tensorflow as tf

    rows = tf.data.Dataset.from_tensor_slices(train).shuffle(len(train[0]), seed=seed)
    if "steps_per_epoch" in fit:
        rows = rows.repeat()
    checked = tf.data.Dataset.from_tensor_slices(validation).batch(1000) if validation else None
    watch = [progress(label.strip())] if in_browser() else []
    began = time.perf_counter()
    history = model.fit(
        rows.batch(batch_size).prefetch(4),
        validation_data=checked,
        shuffle=False,  # the stream is shuffled already
        callbacks=watch,
        verbose=0,
        **fit,
    ).history
    seconds = time.perf_counter() - began
    if watch and watch[0].interrupted:
        raise KeyboardInterrupt("stopped while measuring: this network's figures are not used")
    return {"accuracy": accuracy(model, *test), "history": history, "seconds": seconds}


def accuracy(model: "keras.Model", x: np.ndarray, y: np.ndarray) -> float:
    """Share of the samples `x` (n, …) whose most probable class is `y` (n,)."""
    return float(np.mean(predict(model, x) == y))


def predict(model: "keras.Model", x: np.ndarray) -> np.ndarray:
    """Most probable class (n,) of the samples `x` (n, …); of one unit, whether it is > 0.5."""
    import keras

    parts = [model(x[i : i + 1000], training=False) for i in range(0, len(x), 1000)]
    p = np.concatenate([keras.ops.convert_to_numpy(part) for part in parts])
    return (p[:, 0] > 0.5).astype(int) if p.shape[1] == 1 else p.argmax(axis=1)
