"""The synthetic stand-in for Fashion-MNIST: its form, its variety, its labels, how hard it is."""

import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils import datasets
from course_utils.synthetic import STAND_INS, clothes

draw = STAND_INS["fashion_mnist"]
NAMES = datasets.CARDS["fashion_mnist"].class_names
T_SHIRT, TROUSER, PULLOVER, DRESS, COAT, SANDAL, SHIRT, SNEAKER, BAG, BOOT = range(10)
ALIKE = (T_SHIRT, PULLOVER, COAT, SHIRT)


@pytest.fixture(scope="module")
def some():
    return draw(4_000, 2_000, 0)


@pytest.fixture(scope="module")
def ink(some):
    """Where the training images (4000, 28, 28) show something."""
    return some["x_train"] > 20


@pytest.fixture(scope="module")
def read(some):
    """What a linear model that learned from the training images calls the test images."""
    from sklearn.linear_model import LogisticRegression

    reader = LogisticRegression(C=0.02, max_iter=100, tol=0.01)
    reader.fit(some["x_train"].reshape(-1, 784) / 255, some["y_train"])
    return reader.predict(some["x_test"].reshape(-1, 784) / 255)


def test_form_is_that_of_fashion_mnist(some):
    assert {name: (a.shape, a.dtype) for name, a in some.items()} == {
        "x_train": ((4_000, 28, 28), np.uint8),
        "y_train": ((4_000,), np.uint8),
        "x_test": ((2_000, 28, 28), np.uint8),
        "y_test": ((2_000,), np.uint8),
    }
    empty = draw(0, 0, 0)
    assert empty["x_train"].shape == (0, 28, 28) and empty["y_test"].shape == (0,)


def test_load(capsys, some):
    data = datasets.load("fashion_mnist", source="synthetic", train=3, test=2)
    assert data.source == data.origin == "synthetic" and data.class_names == NAMES
    assert np.array_equal(data.x_train, some["x_train"][:3])
    assert np.array_equal(data.y_test, some["y_test"][:2])
    assert capsys.readouterr().out.startswith("Fashion-MNIST: synthetic, 3 + 2 images, ")


def test_classes_are_equally_frequent_and_mixed(some):
    for name in ("y_train", "y_test"):
        labels = some[name]
        assert (np.bincount(labels, minlength=10) == len(labels) // 10).all()
        assert (np.bincount(labels[:300], minlength=10) > 10).all(), "not mixed"
    assert not np.array_equal(some["y_train"][:1_000], some["y_train"][1_000:2_000])


def test_bright_articles_on_a_black_ground(some, ink):
    images = some["x_train"]
    assert (ink.mean((1, 2)) > 0.04).all() and (ink.mean((1, 2)) < 0.9).all()
    assert 0.15 < images.mean() / 255 < 0.3  # Fashion-MNIST: 0.29
    assert 0.45 < (images == 0).mean() < 0.65  # Fashion-MNIST: 0.50
    assert 0.4 < images[ink].mean() / 255 < 0.65  # Fashion-MNIST: 0.60
    upright = np.isin(some["y_train"], (*ALIKE, DRESS, TROUSER))
    shoes = np.isin(some["y_train"], (SANDAL, SNEAKER, BOOT))
    assert ink[upright].any(2).sum(1).mean() > 24, "does not fill the height"
    assert ink[shoes].any(1).sum(1).mean() > 24, "does not fill the width"


def test_no_two_alike(some):
    images = [image.tobytes() for name in ("x_train", "x_test") for image in some[name]]
    assert len(set(images)) == 6_000
    other = {image.tobytes() for image in draw(1_000, 0, 1)["x_train"]}
    assert not other & set(images), "another seed drew the same article"


def test_same_seed_same_articles_and_longer_begins_with_shorter(some):
    for train, test in ((1, 3), (999, 1_001), (2_001, 0)):
        again = draw(train, test, 0)
        for part, count in (("train", train), ("test", test)):
            assert np.array_equal(again[f"x_{part}"], some[f"x_{part}"][:count])
            assert np.array_equal(again[f"y_{part}"], some[f"y_{part}"][:count])
    numpy_counts = draw(np.int64(5), np.uint8(5), np.int32(0))
    assert np.array_equal(numpy_counts["x_train"], some["x_train"][:5])


def test_same_pictures_without_vector_units():
    code = """
import hashlib, sys
from course_utils.synthetic import STAND_INS
assert "scipy" not in sys.modules
from course_utils.synthetic import clothes
import numpy as np
digest = hashlib.sha256()
for make, cloth in clothes.MAKERS:
    sheet = clothes._Sheet(np.random.default_rng(2**70), 40, cloth)
    make(sheet)
    digest.update(sheet.grey.tobytes() + sheet.finish().tobytes())
print(digest.hexdigest())
"""
    plain = {"NPY_DISABLE_CPU_FEATURES": "X86_V3 X86_V4", "OPENBLAS_CORETYPE": "Nehalem"}
    children = [
        subprocess.run(
            [sys.executable, "-c", code], env=os.environ | more, capture_output=True, text=True
        )
        for more in (plain, {})
    ]
    assert [child.returncode for child in children] == [0, 0], children[0].stderr
    assert children[0].stdout == children[1].stdout
    assert draw(1, 0, 2**70)["x_train"].any(), "a seed may be large"


def _shares(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Means (10,) of the values of each class."""
    return np.array([values[labels == label].mean() for label in range(10)])


def test_trousers_have_a_gap_between_the_legs(some, ink):
    row = ink[:, 20]
    first, last = row.argmax(1), 27 - row[:, ::-1].argmax(1)
    gap = _shares(row.sum(1) < last - first + 1, some["y_train"])
    assert gap[TROUSER] > 0.85 and max(gap[[T_SHIRT, DRESS, BAG]]) < 0.15, gap


def test_bags_have_a_handle_and_sandals_are_open(some, ink):
    from scipy.ndimage import binary_fill_holes

    holes = np.array([(binary_fill_holes(image) & ~image)[:20].sum() for image in ink])
    holed = _shares(holes >= 4, some["y_train"])
    assert 0.8 < holed[BAG] < 0.97, "most have a handle, not all"
    assert holed[SANDAL] > 0.7 and max(holed[[*ALIKE, SNEAKER, BOOT]]) < 0.35, holed


def test_long_sleeves_hang_beside_the_body(some, ink):
    wide = _shares(ink[:, 16:22].sum(2).mean(1), some["y_train"])
    assert min(wide[[PULLOVER, COAT]]) > wide[SHIRT] > wide[T_SHIRT] + 1.5, wide
    assert wide[T_SHIRT] > wide[DRESS] + 1.5 > wide[TROUSER] + 1.5, wide
    upper = ink[:, 6:9].sum(2).mean(1)  # where short sleeves are
    assert _shares(upper, some["y_train"])[T_SHIRT] > wide[T_SHIRT] + 1.5


def test_coats_and_shirts_close_in_front(some):
    front = some["x_train"][:, 14:22].astype(float)
    middle = abs(front[:, :, 12:16].min(2) - np.median(front[:, :, 9:19], 2)).mean(1)
    line = _shares(middle, some["y_train"])
    assert min(line[[COAT, SHIRT]]) > 2 * max(line[[T_SHIRT, PULLOVER]]), line
    faint = (middle < 20)[np.isin(some["y_train"], (COAT, SHIRT))].mean()
    assert 0.05 < faint < 0.4, "on some nothing is to be seen of it"


def test_boots_rise_above_sneakers(some, ink):
    high = ink.any(2).sum(1)
    mean = _shares(high, some["y_train"])
    assert mean[BOOT] > mean[SNEAKER] + 5, mean
    overlap = (high[some["y_train"] == SNEAKER] > 14).mean()
    assert 0.01 < overlap < 0.2, "some sneakers are high, few"


def test_every_class_but_the_four_is_told_apart(some, read):
    right = _shares(read == some["y_test"], some["y_test"])
    others = [label for label in range(10) if label not in ALIKE]
    assert min(right[others]) > 0.75, dict(zip(NAMES, right, strict=True))
    assert right[list(ALIKE)].mean() < right[others].mean() - 0.2


def test_too_hard_for_a_linear_model_mostly_because_of_the_four(some, read):
    true = some["y_test"]
    wrong = read != true
    assert 0.7 < 1 - wrong.mean() < 0.83
    within = (np.isin(read, ALIKE) & np.isin(true, ALIKE))[wrong].mean()
    assert 0.5 < within < 0.9  # a softmax layer on 5,000 of Fashion-MNIST: 0.62
    assert np.array_equal(np.bincount(true[wrong], minlength=10).argmax(), SHIRT)


def test_outlines_cover_their_area():
    rng = np.random.default_rng(0)
    turn = (np.arange(7) + 0.9 * rng.random((50, 7))) / 7 * 2 * np.pi
    points = 14 + np.stack([np.cos(turn), np.sin(turn)], -1) * (4 + 9 * rng.random((50, 7, 1)))
    x, y = points[..., 0], points[..., 1]
    area = (x * np.roll(y, -1, 1) - y * np.roll(x, -1, 1)).sum(1) / 2
    for outlines in (points, points[:, ::-1]):
        covered = clothes._cover(outlines)
        assert covered.shape == (50, 28, 28) and covered.min() >= 0 and covered.max() <= 1
        assert np.allclose(covered.sum((1, 2)), area, atol=1)
    square = np.array([[(2.25, 3), (6, 3), (6, 5.5), (2.25, 5.5)]])
    expected = np.zeros((28, 28))
    expected[3:6, 2:6] = np.outer([1, 1, 0.5], [0.75, 1, 1, 1])
    assert np.allclose(clothes._cover(square)[0], expected)
    beyond = np.array([[(-5, -5), (40, -5), (40, 40), (-5, 40)]])
    assert (clothes._cover(beyond) == 1).all()


@pytest.mark.parametrize(
    ("counts", "name"), [((-1, 5, 0), "train"), ((5, -3, 0), "test"), ((5, 5, -1), "seed")]
)
def test_negative_counts_are_refused(counts, name):
    with pytest.raises(ValueError, match=rf"^{name} is -\d: it must be 0 or more\.$"):
        draw(*counts)
