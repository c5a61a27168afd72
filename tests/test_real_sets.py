"""The real sets where they are: sizes, classes, places, and the time that MNIST takes."""

import time

import numpy as np
import pytest
from makers import one_line

from course_utils import datasets
from course_utils.datasets import registry

ROWS = {
    "mnist": (60_000, 10_000),
    "fashion_mnist": (60_000, 10_000),
    "cifar10": (50_000, 10_000),
    "boston_housing": (404, 102),
    "california_housing": (16_346, 4_087),
    "imdb": (24_996, 24_996),
    "reuters": (6_883, 1_721),
    "cats_vs_dogs": (2_000, 1_000),
}


@pytest.mark.real_data
@pytest.mark.parametrize("name", ROWS)
def test_real_sets(real_data, capsys, name):
    data = datasets.load(name, "real")
    line = one_line(capsys.readouterr(), real_data)
    assert f"real, {ROWS[name][0]:,} + {ROWS[name][1]:,}" in line and "class folder" in line
    assert (len(data.x_train), len(data.x_test)) == ROWS[name]
    assert (len(data.y_train), len(data.y_test)) == ROWS[name]
    if data.class_names:
        counts = np.bincount(data.y_train, minlength=len(data.class_names))
        assert len(counts) == len(data.class_names) and counts.min() > 0
    if data.card.kind == "images":
        assert data.x_train.shape[1:] == data.card.shape and 20 < data.x_train.mean() < 140
    if data.card.feature_names:
        assert tuple(data.extras["feature_names"]) == data.card.feature_names
    if data.card.kind == "text":
        assert data.extras["words"][data.x_train[0][0]] == "<start>"
    part = datasets.load(name, "real", train=40, test=20)
    assert all(np.array_equal(part.x_train[i], data.x_train[i]) for i in range(40))
    np.testing.assert_array_equal(part.y_test, data.y_test[:20])


@pytest.mark.real_data
def test_real_photos_are_where_they_are_said_to_be(real_data):
    from PIL import Image

    data = datasets.load("cats_vs_dogs", "real", train=10, test=4)
    assert data.y_train.tolist() == [0, 1] * 5 and len(data.extras["y_validation"]) == 1_000
    for name, label in zip(data.x_train, data.y_train, strict=True):
        assert ("cats", "dogs")[label] in name
        with Image.open(data.extras["folder"] / name) as image:
            assert min(image.size) > 50


@pytest.mark.real_data
@pytest.mark.benchmark
def test_loading_mnist_against_keras(real_data, server, tmp_path, monkeypatch, capsys):
    """Ratio of times, both from a cache, both with a checksum; printed, not asserted."""
    import importlib

    data = (real_data / "mnist.npz").read_bytes()
    server.publish(monkeypatch, "mnist", {"mnist.npz": data})
    for folder in (tmp_path / "cache", tmp_path / "keras" / "datasets"):
        folder.mkdir(parents=True)
        (folder / "mnist.npz").write_bytes(data)
    keras_mnist = importlib.import_module("keras.src.datasets.mnist")
    checksum = registry.CARDS["mnist"].files[0].checksum.partition(":")[2]
    get_file = keras_mnist.get_file
    home = str(tmp_path / "keras")

    def same_file(**options):
        return get_file(**options | {"file_hash": checksum, "cache_dir": home})

    monkeypatch.setattr(keras_mnist, "get_file", same_file)
    monkeypatch.delenv("COURSE_DATA_DIR")
    ratios, few = [], []
    for _ in range(7):
        times = []
        for action in (
            keras_mnist.load_data,
            lambda: datasets.load("mnist", "real"),
            lambda: datasets.load("mnist", "real", train=300, test=300),
        ):
            start = time.perf_counter()
            action()
            times.append(time.perf_counter() - start)
        ratios.append(times[1] / times[0])
        few.append(times[2] / times[0])
    assert not server.gets
    with capsys.disabled():
        print(f"\nMNIST from the cache, ours/Keras's: {np.median(ratios):.2f}; 300 rows "
              f"{np.median(few):.2f}")  # fmt: skip
