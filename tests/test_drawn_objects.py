"""The synthetic stand-in for CIFAR-10: its form, its variety, its labels, how hard it is."""

import hashlib
import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils import datasets
from course_utils.synthetic import STAND_INS, objects
from course_utils.synthetic.photographs import Pose

draw = STAND_INS["cifar10"]
NAMES = datasets.CARDS["cifar10"].class_names


@pytest.fixture(scope="module")
def some():
    return draw(2_000, 1_000, 0)


@pytest.fixture(scope="module")
def other():
    """As many to learn from, of another seed."""
    return draw(2_000, 0, 1)


def outlines(images: np.ndarray) -> np.ndarray:
    """How strong edges of each direction are in each eighth of a picture: (n, 8, 8, 8)."""
    grey = images.astype(np.float32).mean(-1) / 255
    down, across = np.gradient(grey, axis=(1, 2))
    direction = np.floor((np.arctan2(down, across) / np.pi + 1) * 3.999).astype(int)
    strength = np.hypot(down, across)[..., None] * (direction[..., None] == np.arange(8))
    cells = strength.reshape(-1, 8, 4, 8, 4, 8).sum((2, 4))
    return np.sqrt(cells / (cells.sum((1, 2, 3), keepdims=True) + 1e-6))


def test_form_is_that_of_cifar(some):
    assert {name: (a.shape, a.dtype) for name, a in some.items()} == {
        "x_train": ((2_000, 32, 32, 3), np.uint8),
        "y_train": ((2_000,), np.uint8),
        "x_test": ((1_000, 32, 32, 3), np.uint8),
        "y_test": ((1_000,), np.uint8),
    }
    empty = draw(0, 0, 0)
    assert empty["x_train"].shape == (0, 32, 32, 3) and empty["y_test"].shape == (0,)


def test_load(capsys, some):
    data = datasets.load("cifar10", source="synthetic", train=3, test=2)
    assert data.source == data.origin == "synthetic" and data.class_names == NAMES
    assert data.x_train.shape == (3, 32, 32, 3) and data.y_test.shape == (2,)
    assert np.array_equal(data.x_test, some["x_test"][:2])
    assert capsys.readouterr().out.startswith("CIFAR-10: synthetic, 3 + 2 images, ")


def test_classes_are_balanced_and_mixed(some):
    for name in ("y_train", "y_test"):
        for begin in range(0, len(some[name]), 500):  # so 50,000 have 5,000 of each, as CIFAR-10
            labels = some[name][begin : begin + 500]
            assert (np.bincount(labels, minlength=10) == 50).all()
            assert len(set(labels[:60])) == 10 and (np.diff(labels.astype(int)) < 0).sum() > 150
    assert not np.array_equal(some["y_train"][:500], some["y_train"][500:1000])
    assert not np.array_equal(some["y_train"][:500], some["y_test"][:500])


def test_photographs_by_their_numbers(some):
    images = some["x_train"] / 255
    assert (abs(images.mean((0, 1, 2)) - 0.5) < 0.06).all()  # CIFAR-10: 0.49, 0.48, 0.45
    assert (abs(images.std((0, 1, 2)) - 0.23) < 0.04).all()  # CIFAR-10: 0.25, 0.24, 0.26
    assert np.quantile(images.std((1, 2)).mean(1), 0.001) > 0.02, "an empty picture"
    assert 0.02 < (np.ptp(images, axis=-1).max((1, 2)) < 0.2).mean() < 0.15, "the grey ones"
    colours = images.mean((1, 2))
    assert (np.quantile(colours, 0.95, 0) - np.quantile(colours, 0.05, 0) > 0.35).all()


def test_no_two_alike(some, other):
    images = [i.tobytes() for x in (some["x_train"], some["x_test"], other["x_train"]) for i in x]
    assert len(set(images)) == 5_000


def test_same_seed_same_pictures_and_longer_begins_with_shorter(some):
    again = draw(499, 501, 0)
    for part, count in (("train", 499), ("test", 501)):
        assert np.array_equal(again[f"x_{part}"], some[f"x_{part}"][:count])
        assert np.array_equal(again[f"y_{part}"], some[f"y_{part}"][:count])


def test_same_bytes_without_vector_units(some):
    code = """
import hashlib, sys
from course_utils.synthetic import STAND_INS
assert "scipy" not in sys.modules
d = STAND_INS["cifar10"](2000, 0, 0)
print(hashlib.sha256(d["x_train"].tobytes() + d["y_train"].tobytes()).hexdigest())
"""
    plain = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_CORETYPE": "Nehalem"}
    child = subprocess.run(
        [sys.executable, "-c", code], env=os.environ | plain, capture_output=True, text=True
    )
    assert child.returncode == 0, child.stderr
    here = some["x_train"].tobytes() + some["y_train"].tobytes()
    assert child.stdout.strip() == hashlib.sha256(here).hexdigest()


@pytest.mark.parametrize(
    ("counts", "name"), [((-1, 5, 0), "train"), ((5, -3, 0), "test"), ((5, 5, -1), "seed")]
)
def test_negative_counts_are_refused(counts, name):
    with pytest.raises(ValueError, match=rf"^{name} is -\d: it must be 0 or more\.$"):
        draw(*counts)


def test_poses_belong_to_their_class():
    assert (*objects.CLASSES,) == NAMES
    families = {"bird": {"bird", "flying"}, "frog": {"frog", "frog_face", "frog_above"}}
    for name, (_, poses) in objects.CLASSES.items():
        for pose in poses:
            function = getattr(pose.draw, "func", pose.draw)
            named = getattr(pose.draw, "keywords", {}).get("name")
            assert named == name or function.__name__ in families.get(name, {name})


@pytest.mark.parametrize("label", [0, 9])
def test_labels_say_what_is_drawn(monkeypatch, some, label):
    """With one class drawn as a red square, the pictures with that label show one; no others do."""

    def square(figure):
        red = np.array([[1.0, 0.02, 0.02]])
        figure.polygon(red, [(-1, -1), (-1, 1), (1, 1), (1, -1)])

    def redness(images):
        middle = images[:, 14:18, 14:18].astype(float).mean((1, 2))
        return middle[:, 0] / (middle.sum(1) + 1)

    scenes, _ = objects.CLASSES[NAMES[label]]
    monkeypatch.setitem(objects.CLASSES, NAMES[label], (scenes, [Pose(1, 0.0, square)]))
    shown, labels = draw(500, 0, 0)["x_train"], some["y_train"][:500]
    red = redness(shown) > 0.6
    assert red[labels == label].mean() > 0.75  # some are grey, some hidden
    assert red[labels != label].mean() < 0.1


def test_mean_colour_gives_little_away(some, other):
    from sklearn.ensemble import RandomForestClassifier

    forest = RandomForestClassifier(100, min_samples_leaf=8, random_state=0)
    forest.fit(other["x_train"].mean((1, 2)), other["y_train"])
    score = forest.score(some["x_train"].mean((1, 2)), some["y_train"])
    assert 0.12 < score < 0.21  # the backdrops are tied to the classes, but loosely


def test_too_hard_for_a_linear_model_on_pixels_but_outlines_tell(some, other):
    from sklearn.decomposition import PCA
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.pipeline import make_pipeline

    def right(features):
        reader = make_pipeline(PCA(100, random_state=0), LinearDiscriminantAnalysis())
        reader.fit(features(other["x_train"]).reshape(2_000, -1), other["y_train"])
        read = reader.predict(features(some["x_train"]).reshape(2_000, -1))
        return [(read == k)[some["y_train"] == k].mean() for k in range(10)]

    pixels = np.mean(right(lambda images: images / np.float32(255)))
    shapes = right(outlines)
    assert 0.18 < pixels < 0.33, pixels
    assert np.mean(shapes) > pixels + 0.1 and min(shapes) > 0.2, shapes


def test_mirrored_pictures_look_alike(some):
    """Left and right are drawn equally often, so that mirroring is a fair augmentation."""
    images = np.concatenate([some["x_train"], some["x_test"]])
    labels = np.concatenate([some["y_train"], some["y_test"]])
    for label, name in enumerate(NAMES):
        seen = images[labels == label]
        change = outlines(seen) - outlines(seen[:, :, ::-1])
        score = change.mean(0) / (change.std(0) / np.sqrt(len(change)) + 1e-6)
        assert abs(score).max() < 5.5, name


@pytest.mark.slow
def test_convolution_beats_dense_layers(some):
    import keras
    from keras import layers

    keras.utils.set_random_seed(0)
    known = draw(4_000, 0, 2)
    dense = [layers.Flatten(), layers.Dense(256, activation="relu")]
    convolution = [
        layers.Conv2D(32, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Conv2D(64, 3, padding="same", activation="relu"),
        layers.MaxPooling2D(),
        layers.Flatten(),
        layers.Dense(128, activation="relu"),
    ]
    scores = []
    for body in (dense, convolution):
        network = keras.Sequential(
            [keras.Input((32, 32, 3)), *body, layers.Dropout(0.4), layers.Dense(10, "softmax")]
        )
        network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
        network.fit(known["x_train"] / np.float32(255), known["y_train"], 64, 10, verbose=0)
        scores.append(network.evaluate(some["x_test"] / np.float32(255), some["y_test"],
                                       verbose=0)[1])  # fmt: skip
    assert scores[1] > scores[0] + 0.08, scores
