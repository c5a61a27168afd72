"""Ratios of times, each in one run and as a median of five; printed, never asserted.

The thing to beat is the documented default use of the library, written out here.
"""

import json
import statistics
import subprocess
import sys
import time

import numpy as np
import pytest

pytestmark = pytest.mark.benchmark
TIMES = 5


def report(capsys, what, ratios):
    with capsys.disabled():
        low, high = min(ratios), max(ratios)
        print(f"\n{what}: {statistics.median(ratios):.2f} ({low:.2f} to {high:.2f})")
    assert len(ratios) >= TIMES and np.isfinite(ratios).all() and min(ratios) > 0


def seconds(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def child(code, **environment):
    """Run `code` in a fresh process; returns what it prints last, as JSON."""
    import os

    run = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(run.stdout.splitlines()[-1])


LENET = """
SHAPE = (28, 28, 1)
def network():
    return keras.Sequential([
        keras.Input(SHAPE),
        layers.Conv2D(20, 5, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(50, 5, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(500, activation="relu"),
        layers.Dense(10, activation="softmax", dtype="float32")])
"""

FOUR_CONVOLUTIONS = """
SHAPE = (32, 32, 3)
def network():
    return keras.Sequential([
        keras.Input(SHAPE),
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.Conv2D(32, 3, padding="same", activation="relu"), layers.MaxPooling2D(2),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.Conv2D(64, 3, activation="relu"), layers.MaxPooling2D(2),
        layers.Flatten(), layers.Dense(512, activation="relu"),
        layers.Dense(10, activation="softmax", dtype="float32")])
"""

STEPS = f"""
import json, time
import numpy as np
from course_utils import course, training
from course_utils.cache import Store
chosen = course.start("06", "lesson").dtype
import keras
from keras import layers
NETWORK
rng = np.random.default_rng(0)
x, y = rng.random((2560, *SHAPE), "float32"), rng.integers(0, 10, 2560).astype("int32")
keras.config.set_dtype_policy("float32")
plain = network()
plain.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
keras.config.set_dtype_policy("mixed_bfloat16" if chosen == "bfloat16" else "float32")

def by_keras():
    began = time.perf_counter()
    plain.fit(x, y, batch_size=128, epochs=1, verbose=0)
    return time.perf_counter() - began

def by_course():
    Store._memory.clear()  # else the same experiment is not trained again
    return training.measure(network, (x, y), (x[:10], y[:10]), epochs=1).seconds[0]

by_keras(), by_course()
print(json.dumps([chosen, [by_keras() / by_course() for _ in range({TIMES})]]))
"""


@pytest.mark.parametrize("limit", ["", "AVX512_CORE"])
@pytest.mark.parametrize("name", ["LENET", "FOUR_CONVOLUTIONS"])
def test_training_against_plain_fit(name, limit, capsys):
    """float32 `fit` on arrays / `training.measure`, with and without bfloat16 arithmetic."""
    limits = {"ONEDNN_MAX_CPU_ISA": limit} if limit else {}
    chosen, ratios = child(STEPS.replace("NETWORK", globals()[name]), **limits)
    report(capsys, f"{name}, plain fit / measure in {chosen}, limit {limit or 'none'}", ratios)


def test_loading_mnist_against_keras(real_data, tmp_path, monkeypatch, capsys):
    """What `keras.datasets.mnist.load_data` does with its cached file / `datasets.load`.

    Keras hashes the file first (and the one at hand is not Keras's): left out, in its favour.
    """
    import shutil

    from course_utils import config, datasets

    for folder in (config.cache_folder(), tmp_path / "keras" / "datasets"):
        folder.mkdir(parents=True, exist_ok=True)
        shutil.copy(real_data / "mnist.npz", folder / "mnist.npz")
    monkeypatch.delenv("COURSE_DATA_DIR")

    def by_keras():
        with np.load(tmp_path / "keras" / "datasets" / "mnist.npz") as file:
            return [file[name] for name in file.files]

    ratios = [
        seconds(by_keras) / seconds(lambda: datasets.load("mnist", source="real"))
        for _ in range(TIMES)
    ]
    report(capsys, "loading MNIST, Keras / course", ratios)


def test_importing_the_course_against_keras(capsys):
    """`import keras` / `import course_utils` and its light modules, each in a fresh process."""
    timed = "import json, time; t = time.perf_counter(); {}; print(json.dumps({}))"
    clock = "time.perf_counter() - t"
    modules = "datasets, exercises, plots, results, runner, synthetic, training"
    ratios = [
        child(timed.format("import keras", clock))
        / child(timed.format(f"from course_utils import {modules}", clock))
        for _ in range(TIMES)
    ]
    report(capsys, "import, Keras / course", ratios)
