"""Training in bfloat16: a small network through `training.measure`, as `course.start` asks for it.

On any processor: without instructions for it TensorFlow computes the same numbers, only slowly.
"""

import keras
import numpy as np
import pytest
from keras import layers

from course_utils import training
from course_utils.cache.store import Store

POLICIES = {"float32": "float32", "bfloat16": "mixed_bfloat16"}


def samples():
    """Bright or dark halves of small images: easy, and not by one pixel."""
    rng = np.random.default_rng(0)
    y = np.arange(96, dtype="int32") % 2
    x = rng.normal(size=(96, 8, 8, 1))
    x[:, :, :4] += np.where(y == 1, 0.7, -0.7)[:, np.newaxis, np.newaxis, np.newaxis]
    return x.astype("float32"), y


def network():
    return keras.Sequential(
        [
            keras.Input((8, 8, 1)),
            layers.Conv2D(4, 3, activation="relu"),
            layers.BatchNormalization(),
            layers.GlobalAveragePooling2D(),
            layers.Flatten(),
            layers.Dense(2, activation="softmax", dtype="float32"),
        ]
    )


@pytest.fixture
def policy():
    before = keras.config.dtype_policy()
    yield lambda dtype: keras.config.set_dtype_policy(POLICIES[dtype])
    keras.config.set_dtype_policy(before)


def trained(monkeypatch):
    """The run, and the key under which it is kept; nothing was known before."""
    kept = {}
    monkeypatch.setattr(Store, "_memory", kept)
    monkeypatch.setattr(training, "_traced", type(training._traced)())
    run = training.measure(network, samples(), samples(), epochs=12, batch_size=8,
                           optimizer=keras.optimizers.Adam(0.02), validation=samples())  # fmt: skip
    (key,) = kept
    return run, key


def test_it_trains_and_its_results_are_its_own(policy, monkeypatch):
    policy("bfloat16")
    run, key = trained(monkeypatch)
    again, same_key = trained(monkeypatch)
    policy("float32")
    plain, plain_key = trained(monkeypatch)

    (history,) = run.histories
    assert np.isfinite([*history["loss"], *history["val_loss"]]).all()
    assert history["loss"][-1] < 0.8 * history["loss"][0]
    assert run.mean > 0.8 and plain.mean > 0.8

    assert same_key == key != plain_key  # never another precision's figures
    assert again.histories == run.histories != plain.histories
    for weight, other in zip(again.weights, run.weights, strict=True):
        np.testing.assert_array_equal(weight, other)


def test_weights_and_outputs_stay_float32_and_layers_compute_in_bfloat16(policy, monkeypatch):
    policy("bfloat16")
    model = trained(monkeypatch)[0].model
    convolution = model.layers[0]
    assert convolution.compute_dtype == "bfloat16"
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model(samples()[0][:4]).dtype == "float32"
    assert convolution(samples()[0][:4]).dtype == "bfloat16"
    assert np.isfinite(model.get_weights()[0]).all() and np.any(model.get_weights()[1] != 0)
