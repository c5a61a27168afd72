"""The synthetic stand-in for MNIST: its form, its variety, its labels, how hard it is."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils.synthetic import STAND_INS

draw = STAND_INS["mnist"]
# MNIST's own 60,000 training labels, counted.
MNIST_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)


@pytest.fixture(scope="module")
def whole():
    """As many digits as MNIST has."""
    return draw(60_000, 10_000, 0)


def test_form_is_that_of_mnist(whole):
    assert {name: (a.shape, a.dtype) for name, a in whole.items()} == {
        "x_train": ((60_000, 28, 28), np.uint8),
        "y_train": ((60_000,), np.uint8),
        "x_test": ((10_000, 28, 28), np.uint8),
        "y_test": ((10_000,), np.uint8),
    }
    empty = draw(0, 0, 0)
    assert empty["x_train"].shape == (0, 28, 28) and empty["y_test"].shape == (0,)


def test_white_ink_on_black_within_the_picture(whole):
    images = whole["x_train"]
    assert (images.max((1, 2)) >= 200).all(), "a digit without a clear stroke"
    assert ((images == 0).mean((1, 2)) > 0.4).all(), "a picture that is mostly ink"
    assert not images[:, [0, -1]].any() and not images[:, :, [0, -1]].any(), "ink at the edge"
    assert 0.11 < images.mean() / 255 < 0.15  # MNIST: 0.131
    assert 0.08 < ((images > 0) & (images < 255)).mean() < 0.25  # grey edges; MNIST: 0.18
    rows, columns = images.any(2), images.any(1)
    height = 28 - rows.argmax(1) - rows[:, ::-1].argmax(1)
    width = 28 - columns.argmax(1) - columns[:, ::-1].argmax(1)
    longer = np.maximum(height, width)
    assert longer.min() >= 17 and longer.max() <= 22  # about MNIST's box of 20


def test_classes_are_about_as_frequent_as_in_mnist(whole):
    for name, total in (("y_train", 60_000), ("y_test", 10_000)):
        counts = np.bincount(whole[name], minlength=10)
        expected = np.array(MNIST_COUNTS) / 60_000 * total
        assert (abs(counts - expected) < 4 * np.sqrt(expected) + 0.01 * expected).all()
        assert counts.argmax() == 1 and counts.argmin() == 5


def test_no_two_alike(whole):
    images = [image.tobytes() for name in ("x_train", "x_test") for image in whole[name]]
    assert len(set(images)) == 70_000
    other = {image.tobytes() for image in draw(2_000, 0, 1)["x_train"]}
    assert not other & set(images), "another seed drew the same digit"


def test_same_seed_same_digits_and_longer_begins_with_shorter(whole):
    for train, test in ((1, 3), (1_023, 1_025), (2_500, 0)):
        again = draw(train, test, 0)
        for part, count in (("train", train), ("test", test)):
            assert np.array_equal(again[f"x_{part}"], whole[f"x_{part}"][:count])
            assert np.array_equal(again[f"y_{part}"], whole[f"y_{part}"][:count])
    numpy_counts = draw(np.int64(5), np.uint8(5), np.int32(0))
    assert np.array_equal(numpy_counts["x_train"], whole["x_train"][:5])


def test_same_bytes_without_vector_units():
    code = """
import hashlib, sys
from course_utils.synthetic import STAND_INS
assert "scipy" not in sys.modules
d = STAND_INS["mnist"](2000, 50, 2**70)
print(hashlib.sha256(b"".join(a.tobytes() for a in d.values())).hexdigest())
"""
    plain = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_CORETYPE": "Nehalem"}
    child = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | plain, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    here = b"".join(a.tobytes() for a in draw(2000, 50, 2**70).values())
    assert child.stdout.strip() == hashlib.sha256(here).hexdigest()


def test_another_seed_reads_the_labels():
    from sklearn.svm import SVC

    known, new = draw(4_000, 0, 1), draw(2_000, 0, 2)
    reader = SVC(C=10).fit(known["x_train"].reshape(-1, 784) / 255, known["y_train"])
    read = reader.predict(new["x_train"].reshape(-1, 784) / 255)
    right = [(read == digit)[new["y_train"] == digit].mean() for digit in range(10)]
    assert min(right) > 0.85, dict(enumerate(right))


@pytest.mark.parametrize(
    ("counts", "name"), [((-1, 5, 0), "train"), ((5, -3, 0), "test"), ((5, 5, -1), "seed")]
)
def test_negative_counts_are_refused(counts, name):
    with pytest.raises(ValueError, match=rf"^{name} is -\d: it must be 0 or more\.$"):
        draw(*counts)


def _trained(layers: list, x, y, epochs: int, batch: int = 128):
    import keras

    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(x[..., None] / np.float32(255), y, batch_size=batch, epochs=epochs, verbose=0)
    return network


def _accuracy(network, x, y) -> float:
    return network.evaluate(x[..., None] / np.float32(255), y, batch_size=1000, verbose=0)[1]


def test_too_hard_for_a_linear_model(whole):
    from keras import layers

    linear = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    softmax = _trained(linear, whole["x_train"], whole["y_train"], epochs=6, batch=512)
    assert 0.88 < _accuracy(softmax, whole["x_test"], whole["y_test"]) < 0.93


@pytest.mark.real_data
def test_drawn_digits_teach_to_read_real_ones(real_data, whole):
    from keras import layers

    lenet = [
        layers.Conv2D(20, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(50, 5, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(500, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
    network = _trained(lenet, whole["x_train"][:8_000], whole["y_train"][:8_000], epochs=2)
    with np.load(real_data / "mnist.npz") as real:
        assert _accuracy(network, real["x_test"], real["y_test"]) > 0.6
