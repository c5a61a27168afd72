"""The synthetic digits, clothes and shapes: what they show is what their labels say."""

import numpy as np
import pytest
from scipy import ndimage

from course_utils import datasets
from course_utils.synthetic import GENERATED, STAND_INS, clothes, shapes

# MNIST's own 60,000 training labels, counted.
MNIST_COUNTS = (5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949)

# --- MNIST ---------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def digits():
    """As many digits as MNIST has."""
    return STAND_INS["mnist"](60_000, 10_000, 0)


def test_white_ink_on_black_within_the_image(digits):
    images = digits["x_train"]
    assert (images.max((1, 2)) >= 200).all(), "a digit without a clear stroke"
    assert ((images == 0).mean((1, 2)) > 0.4).all(), "an image that is mostly ink"
    assert not images[:, [0, -1]].any() and not images[:, :, [0, -1]].any(), "ink at the edge"
    assert 0.11 < images.mean() / 255 < 0.15  # MNIST: 0.131
    assert 0.08 < ((images > 0) & (images < 255)).mean() < 0.25  # grey edges; MNIST: 0.18
    rows, columns = images.any(2), images.any(1)
    height = 28 - rows.argmax(1) - rows[:, ::-1].argmax(1)
    width = 28 - columns.argmax(1) - columns[:, ::-1].argmax(1)
    longer = np.maximum(height, width)
    assert longer.min() >= 17 and longer.max() <= 22  # about MNIST's box of 20
    assert len({image.tobytes() for part in ("x_train", "x_test") for image in digits[part]}) == (
        70_000
    )


def test_digits_are_about_as_frequent_as_in_mnist(digits):
    for name, total in (("y_train", 60_000), ("y_test", 10_000)):
        counts = np.bincount(digits[name], minlength=10)
        expected = np.array(MNIST_COUNTS) / 60_000 * total
        assert (abs(counts - expected) < 4 * np.sqrt(expected) + 0.01 * expected).all()
        assert counts.argmax() == 1 and counts.argmin() == 5


def test_a_classifier_of_another_seed_knows_the_labels():
    from sklearn.svm import SVC

    known, new = STAND_INS["mnist"](4_000, 1, 1), STAND_INS["mnist"](2_000, 1, 2)
    classifier = SVC(C=10).fit(known["x_train"].reshape(-1, 784) / 255, known["y_train"])
    predicted = classifier.predict(new["x_train"].reshape(-1, 784) / 255)
    right = [(predicted == digit)[new["y_train"] == digit].mean() for digit in range(10)]
    assert min(right) > 0.85, dict(enumerate(right))


def _trained(layers: list, x, y, epochs: int, batch: int = 128):
    import keras

    keras.utils.set_random_seed(0)
    network = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    network.compile("adam", "sparse_categorical_crossentropy", metrics=["accuracy"])
    network.fit(x[..., None] / np.float32(255), y, batch_size=batch, epochs=epochs, verbose=0)
    return network


def _accuracy(network, x, y) -> float:
    return network.evaluate(x[..., None] / np.float32(255), y, batch_size=1000, verbose=0)[1]


def test_digits_are_too_hard_for_a_linear_model(digits):
    from keras import layers

    linear = [layers.Flatten(), layers.Dense(10, activation="softmax")]
    softmax = _trained(linear, digits["x_train"], digits["y_train"], epochs=6, batch=512)
    assert 0.88 < _accuracy(softmax, digits["x_test"], digits["y_test"]) < 0.93


@pytest.mark.real_data
def test_a_network_trained_on_synthetic_digits_classifies_real_ones(real_data, digits):
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
    network = _trained(lenet, digits["x_train"][:8_000], digits["y_train"][:8_000], epochs=2)
    with np.load(real_data / "mnist.npz") as real:
        assert _accuracy(network, real["x_test"], real["y_test"]) > 0.6


# --- clothes -------------------------------------------------------------------------------------

ARTICLES = datasets.CARDS["fashion_mnist"].class_names
T_SHIRT, TROUSER, PULLOVER, DRESS, COAT, SANDAL, SHIRT, SNEAKER, BAG, BOOT = range(10)
ALIKE = (T_SHIRT, PULLOVER, COAT, SHIRT)


@pytest.fixture(scope="module")
def clothing():
    return STAND_INS["fashion_mnist"](4_000, 2_000, 0)


@pytest.fixture(scope="module")
def ink(clothing):
    """Where the training images (4000, 28, 28) show something."""
    return clothing["x_train"] > 20


@pytest.fixture(scope="module")
def predicted(clothing):
    """The classes of the test images, as predicted by a linear model."""
    from sklearn.linear_model import LogisticRegression

    classifier = LogisticRegression(C=0.02, max_iter=100, tol=0.01)
    classifier.fit(clothing["x_train"].reshape(-1, 784) / 255, clothing["y_train"])
    return classifier.predict(clothing["x_test"].reshape(-1, 784) / 255)


def test_bright_articles_on_a_black_background(clothing, ink):
    images = clothing["x_train"]
    assert (ink.mean((1, 2)) > 0.04).all() and (ink.mean((1, 2)) < 0.9).all()
    assert 0.15 < images.mean() / 255 < 0.3  # Fashion-MNIST: 0.29
    assert 0.45 < (images == 0).mean() < 0.65  # Fashion-MNIST: 0.50
    assert 0.4 < images[ink].mean() / 255 < 0.65  # Fashion-MNIST: 0.60
    upright = np.isin(clothing["y_train"], (*ALIKE, DRESS, TROUSER))
    shoes = np.isin(clothing["y_train"], (SANDAL, SNEAKER, BOOT))
    assert ink[upright].any(2).sum(1).mean() > 24, "does not fill the height"
    assert ink[shoes].any(1).sum(1).mean() > 24, "does not fill the width"


def _shares(values: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Means (10,) of the values of each class."""
    return np.array([values[labels == label].mean() for label in range(10)])


def test_trousers_have_a_gap_between_the_legs(clothing, ink):
    row = ink[:, 20]
    first, last = row.argmax(1), 27 - row[:, ::-1].argmax(1)
    gap = _shares(row.sum(1) < last - first + 1, clothing["y_train"])
    assert gap[TROUSER] > 0.85 and max(gap[[T_SHIRT, DRESS, BAG]]) < 0.15, gap


def test_bags_have_a_handle_and_sandals_are_open(clothing, ink):
    holes = np.array([(ndimage.binary_fill_holes(image) & ~image)[:20].sum() for image in ink])
    holed = _shares(holes >= 4, clothing["y_train"])
    assert 0.8 < holed[BAG] < 0.97, "most have a handle, not all"
    assert holed[SANDAL] > 0.7 and max(holed[[*ALIKE, SNEAKER, BOOT]]) < 0.35, holed


def test_long_sleeves_hang_beside_the_body(clothing, ink):
    wide = _shares(ink[:, 16:22].sum(2).mean(1), clothing["y_train"])
    assert min(wide[[PULLOVER, COAT]]) > wide[SHIRT] > wide[T_SHIRT] + 1.5, wide
    assert wide[T_SHIRT] > wide[DRESS] + 1.5 > wide[TROUSER] + 1.5, wide
    upper = ink[:, 6:9].sum(2).mean(1)  # where short sleeves are
    assert _shares(upper, clothing["y_train"])[T_SHIRT] > wide[T_SHIRT] + 1.5


def test_coats_and_shirts_close_in_front(clothing):
    front = clothing["x_train"][:, 14:22].astype(float)
    middle = abs(front[:, :, 12:16].min(2) - np.median(front[:, :, 9:19], 2)).mean(1)
    line = _shares(middle, clothing["y_train"])
    assert min(line[[COAT, SHIRT]]) > 2 * max(line[[T_SHIRT, PULLOVER]]), line
    faint = (middle < 20)[np.isin(clothing["y_train"], (COAT, SHIRT))].mean()
    assert 0.05 < faint < 0.4, "on some nothing is to be seen of it"


def test_boots_rise_above_sneakers(clothing, ink):
    high = ink.any(2).sum(1)
    mean = _shares(high, clothing["y_train"])
    assert mean[BOOT] > mean[SNEAKER] + 5, mean
    overlap = (high[clothing["y_train"] == SNEAKER] > 14).mean()
    assert 0.01 < overlap < 0.2, "some sneakers are high, few"


def test_every_class_but_the_four_is_told_apart(clothing, predicted):
    right = _shares(predicted == clothing["y_test"], clothing["y_test"])
    others = [label for label in range(10) if label not in ALIKE]
    assert min(right[others]) > 0.75, dict(zip(ARTICLES, right, strict=True))
    assert right[list(ALIKE)].mean() < right[others].mean() - 0.2


def test_too_hard_for_a_linear_model_mostly_because_of_the_four(clothing, predicted):
    true = clothing["y_test"]
    wrong = predicted != true
    assert 0.7 < 1 - wrong.mean() < 0.83
    within = (np.isin(predicted, ALIKE) & np.isin(true, ALIKE))[wrong].mean()
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


# --- shapes --------------------------------------------------------------------------------------


def clean(images):
    """Which pixels belong to the shape (n, 28, 28): brighter than halfway to the shape."""
    brightest = images.reshape(*images.shape[:3], -1).max(axis=3).astype(float)
    low, high = np.quantile(brightest, [0.1, 0.995], axis=(1, 2))
    return brightest > (0.5 * (low + high) + 8)[:, np.newaxis, np.newaxis]


def test_a_color_is_the_hue_that_its_label_says():
    drawn = GENERATED["colours"](1, 300, 0)
    large = drawn["span_test"] > 7  # the noise on fewer pixels can pass for a hue
    assert large.sum() > 200
    for image, label in zip(drawn["x_test"][large] / 255.0, drawn["y_test"][large], strict=True):
        chroma = image.max(axis=2) - image.min(axis=2)
        red, green, blue = image[chroma >= np.quantile(chroma, 0.985)].mean(axis=0)
        angle = np.degrees(np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue))
        away = (angle - 60 * int(label) + 180) % 360 - 180
        assert abs(away) < 36, shapes.COLOURS[label]


def test_a_shape_fills_its_box_as_its_label_says():
    drawn = GENERATED["shapes"](1, 400, 0)
    share = {label: [] for label in range(5)}
    for image, label in zip(clean(drawn["x_test"]), drawn["y_test"], strict=True):
        parts, _ = ndimage.label(image, structure=np.ones((3, 3)))
        largest = np.bincount(parts.ravel())[1:].argmax() + 1
        rows, columns = np.nonzero(parts == largest)
        box = (np.ptp(rows) + 1) * (np.ptp(columns) + 1)
        share[label].append((len(rows) / box, np.mean(rows) - (rows.min() + rows.max()) / 2))
    filled = [np.median([s for s, _ in share[label]]) for label in range(5)]
    line, triangle, diamond, rectangle, circle = filled
    assert line < 0.45 and 0.4 < triangle < 0.62 and 0.4 < diamond < 0.66
    assert rectangle > circle > max(triangle, diamond) and 0.7 < circle < 0.86
    low = [np.mean([below > 0 for _, below in share[label]]) for label in (1, 2)]
    assert low[0] > 0.95 and low[1] < 0.8  # a triangle stands on its base


def test_centers_and_spans_are_those_of_the_shape():
    drawn = GENERATED["shapes"](1, 200, 1)
    for image, centre, span, label in zip(
        clean(drawn["x_test"]), drawn["centre_test"], drawn["span_test"], drawn["y_test"],
        strict=True,
    ):  # fmt: skip
        if label and span > 8:
            rows, columns = np.nonzero(ndimage.binary_opening(image))
            middle = (rows.min() + rows.max()) / 2, (columns.min() + columns.max()) / 2
            assert np.abs(np.subtract(middle, centre)).max() < 4
            assert abs(np.sqrt(image.sum()) - span) < 3
    spans = drawn["span_test"][drawn["y_test"] > 0]
    assert spans.min() < 7 and spans.max() > 19


def test_nothing_is_cut_off_by_the_edge():
    image = clean(GENERATED["shapes"](1, 300, 2)["x_test"])
    edge = np.concatenate([image[:, 0], image[:, -1], image[:, :, 0], image[:, :, -1]], axis=1)
    assert edge.mean() < 0.06
