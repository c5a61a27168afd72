"""Every synthetic set: its form, its variety, its streams, what is refused."""

import os
import subprocess
import sys
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from course_utils import datasets
from course_utils.datasets.registry import GENERATED as CARDS
from course_utils.synthetic import GENERATED, STAND_INS, base, pets, shapes

ALL = STAND_INS | GENERATED


class Form(NamedTuple):
    shape: tuple  # of a sample
    classes: int  # 0 for a regression
    chunk: int
    dtype: type = np.uint8
    y_dtype: type = np.uint8
    more: dict = {}  # noqa: RUF012  other columns: shape of a row and dtype


HOUSING = ("boston_housing", "california_housing")
_SHAPES = {"centre": ((2,), np.int16), "span": ((), np.float32)}
_ANIMALS = {"scene": ((), np.uint8), "box": ((4,), np.uint8)}
FORMS = {
    "mnist": Form((28, 28), 10, 1024),
    "fashion_mnist": Form((28, 28), 10, 1000),
    "cifar10": Form((32, 32, 3), 10, 500),
    "boston_housing": Form((13,), 0, 1024, np.float64, np.float64),
    "california_housing": Form((8,), 0, 1024, np.float32, np.float32),
    "colours": Form((28, 28, 3), 6, 50, more=_SHAPES),
    "shapes": Form((28, 28), 5, 50, more=_SHAPES),
    "colours_shapes": Form((28, 28, 3), 9, 50, more=_SHAPES),
    "animals": Form((32, 32, 3), 4, 400, more=_ANIMALS),
    "pets": Form((32, 32, 3), 2, 400, more=_ANIMALS),
}
each_set = pytest.mark.parametrize("name", FORMS)


@cache
def made(name: str) -> dict:
    """A little more than two chunks for training, one and a little for testing."""
    chunk = FORMS[name].chunk
    return ALL[name](chunk + 9, chunk + 1, 0)


@cache
def other(name: str) -> dict:
    """A few of another seed."""
    return ALL[name](20, 1, 1)


def test_no_set_is_forgotten():
    assert ALL.keys() - FORMS.keys() == {"imdb", "reuters", "cats_vs_dogs"}  # tested elsewhere


@each_set
def test_form(name):
    form, data = FORMS[name], made(name)
    columns = {"x": (form.shape, form.dtype), "y": ((), form.y_dtype)} | form.more
    expected = {
        f"{key}_{part}": ((rows, *shape), dtype)
        for part, rows in (("train", form.chunk + 9), ("test", form.chunk + 1))
        for key, (shape, dtype) in columns.items()
    }
    arrays = {key: value for key, value in data.items() if key != "scenes"}
    assert {key: (a.shape, a.dtype.type) for key, a in arrays.items()} == expected
    if form.classes:
        assert set(data["y_train"]) == set(range(form.classes))


@pytest.mark.parametrize("name", ["mnist", "boston_housing", "shapes"])
def test_no_samples_have_the_same_form(name):
    empty = ALL[name](0, 0, 0)
    some = ALL[name](1, 1, 0)
    assert {k: (len(a), a.shape[1:], a.dtype) for k, a in empty.items()} == {
        k: (0, a.shape[1:], a.dtype) for k, a in some.items()
    }


@each_set
def test_the_same_seed_gives_the_same_and_a_longer_set_begins_with_the_shorter(name):
    long = made(name)
    short = ALL[name](np.int64(3), np.uint8(7), np.int32(0))
    for key, column in short.items():
        assert np.array_equal(column, long[key][: len(column)]), key
    assert not np.array_equal(other(name)["x_train"][:3], short["x_train"]), "the seed is ignored"
    assert not np.array_equal(short["x_train"][:3], short["x_test"][:3])


@each_set
def test_no_two_alike(name):
    data = made(name)
    rows = [row.tobytes() for part in base.PARTS for row in data[f"x_{part}"]]
    assert len(set(rows)) == len(rows) == 2 * FORMS[name].chunk + 10
    others = {row.tobytes() for row in other(name)["x_train"]}
    assert len(others) == 20 and not others & set(rows), "another seed made the same sample"


@pytest.mark.parametrize("name", sorted(FORMS.keys() - {"mnist", *HOUSING}))
def test_classes_are_equally_frequent_and_mixed(name):
    form, data = FORMS[name], made(name)
    labels = data["y_train"][: form.chunk]
    counts = np.bincount(labels, minlength=form.classes)
    assert np.ptp(counts) <= (form.chunk % form.classes > 0), counts
    runs = (np.diff(labels.astype(int)) != 0).mean()
    assert runs > 0.9 * (1 - 1 / form.classes) - 0.1, "not mixed"
    assert not np.array_equal(labels[:20], data["y_test"][:20])


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize(
    ("counts", "what"), [((-1, 5, 0), "train"), ((5, -3, 0), "test"), ((5, 5, -1), "seed")]
)
def test_fault_negative_counts(name, counts, what, fault):
    with pytest.raises(ValueError, match=rf"^{what} is -\d: it must be 0 or more\.$") as refused:
        ALL[name](*counts)
    fault("synthetic data", f"{what} below 0", str(refused.value))


def test_fault_a_count_that_is_no_whole_number(fault):
    with pytest.raises(TypeError, match=r"^train is 2\.5: .* whole number\.$") as refused:
        ALL["mnist"](2.5, 1, 0)
    fault("synthetic data", "2.5 training samples", str(refused.value))


BYTES = """
import hashlib
from course_utils.synthetic import GENERATED, STAND_INS
for name, counts in (("mnist", 1100), ("fashion_mnist", 40), ("cifar10", 500), ("pets", 40),
                     ("imdb", 1500), ("reuters", 1500), ("shapes", 90), ("colours", 90)):
    data = (STAND_INS | GENERATED)[name](counts, 20, 2**70)
    arrays = [getattr(data[key], "tokens", data[key]) for key in ("x_train", "x_test", "y_train")]
    print(name, hashlib.sha256(b"".join(a.tobytes() for a in arrays)).hexdigest())
"""
LIGHT = """
import sys, course_utils.synthetic
assert "scipy" not in sys.modules and "PIL" not in sys.modules
"""


def test_same_bytes_without_vector_units(capsys):
    plain = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_CORETYPE": "Nehalem"}
    child = subprocess.run(
        [sys.executable, "-c", LIGHT + BYTES],
        env=os.environ | plain,
        capture_output=True,
        text=True,
    )
    assert child.returncode == 0, child.stderr
    exec(BYTES, {})
    here = capsys.readouterr().out
    assert here.count("\n") == 8 and here == child.stdout


@pytest.mark.parametrize(
    ("name", "title"), [("fashion_mnist", "Fashion-MNIST"), ("cifar10", "CIFAR-10")]
)
def test_load(capsys, name, title):
    data = datasets.load(name, source="synthetic", train=3, test=2)
    assert data.source == data.origin == "synthetic"
    assert data.class_names == datasets.CARDS[name].class_names
    assert np.array_equal(data.x_train, made(name)["x_train"][:3])
    assert np.array_equal(data.y_test, made(name)["y_test"][:2])
    assert capsys.readouterr().out.startswith(f"{title}: synthetic, 3 + 2 images, ")


def test_loading_needs_no_network_and_says_generated(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_SOURCE", "real")
    data = datasets.load("shapes", train=30, test=10)
    assert (data.source, data.origin, len(data.x_train)) == ("generated", "generated", 30)
    assert capsys.readouterr().out == "Five shapes: generated, 30 + 10 images, made on the spot.\n"
    assert datasets.CARDS.keys().isdisjoint(GENERATED)
    fetched = datasets.fetch("colours")
    assert fetched.ok and "nothing to fetch" in fetched.message


def test_fault_more_generated_samples_than_there_are(fault):
    with pytest.raises(datasets.BadRequest, match="1 to 1,000 test images") as refused:
        datasets.load("shapes", test=1_001)
    fault("synthetic data", "1,001 test images of a generated set", str(refused.value))


def test_class_names_of_the_cards_are_those_of_the_sets():
    wanted = {"colours": shapes.COLOURS, "shapes": shapes.SHAPES, "colours_shapes": shapes.PAIRS}
    wanted |= {name: names for name, (names, _) in pets.SETS.items()}
    assert {name: card.class_names for name, card in CARDS.items()} == wanted
    assert CARDS.keys() == GENERATED.keys()
