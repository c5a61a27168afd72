"""A long training on photographs, versions made on the fly, needs no more memory as it goes on."""

import json
import subprocess
import sys

import pytest

PROGRAM = """
import json, resource
import numpy as np
from course_utils import course, training
course.start("04", "quick")
import keras, tensorflow as tf
from keras import layers

def network():
    return keras.Sequential([
        keras.Input((32, 32, 3)), layers.Rescaling(1 / 255),
        layers.Conv2D(16, 3, strides=2, activation="relu"), layers.Flatten(),
        layers.Dense(10, activation="softmax")])

def louder(images, two):
    return tf.cast(images, "float32") * tf.random.stateless_uniform((1,), two)

class Peak(keras.callbacks.Callback):
    def on_epoch_end(self, epoch, logs=None):
        peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)

peaks, fit = [], keras.Model.fit
keras.Model.fit = lambda self, *a, **k: fit(self, *a, **{**k, "callbacks": [Peak()]})
rng = np.random.default_rng(0)
x = rng.integers(0, 256, (50_000, 32, 32, 3), dtype=np.uint8)
y = rng.integers(0, 10, 50_000).astype("int32")
few = x[:1000], y[:1000]
training.measure(network, (x, y), few, epochs=8, validation=few, augment=louder)
print(json.dumps(peaks))
"""


@pytest.mark.slow
def test_memory_stays_flat_over_epochs(tmp_path):
    pytest.importorskip("resource", reason="Windows keeps no record of the peak")
    path = tmp_path / "program.py"
    path.write_text(PROGRAM, encoding="utf-8")
    run = subprocess.run(
        [sys.executable, path], capture_output=True, text=True, check=True, timeout=300
    )
    peaks = json.loads(run.stdout.splitlines()[-1])  # MiB, after each epoch
    assert len(peaks) == 8
    assert peaks[-1] < peaks[1] * 1.03, peaks
    assert peaks[-1] < 4096, peaks
