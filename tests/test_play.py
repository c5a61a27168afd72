"""Playable figures: how a drawing is made ready, what a page and its static twin hold, faults."""

import html
import json
import re

import keras
import notebook_tools as tools
import numpy as np
import pytest
from figure_tools import overlapping
from keras import layers
from play_tools import data_of, javascript, volumes
from scipy.interpolate import RegularGridInterpolator
from scipy.ndimage import center_of_mass, shift
from test_play_network import chain, given_weights

from course_utils import datasets, play
from course_utils.play.page import packed

DIGITS, SHAPE = "0123456789", (28, 28, 1)


@pytest.fixture(scope="module")
def mnist():
    return datasets.load("mnist", "synthetic", train=1, test=120)


def made(*stack, shape=SHAPE, classes=10):
    """A network with weights by chance that ends in probabilities."""
    ends = [layers.Flatten(), layers.Dense(classes, "softmax")]
    net = keras.Sequential([keras.Input(shape), *stack, *ends])
    given_weights(net)
    return net


# --- a drawing made ready ---------------------------------------------------------------------


def drawn(strokes):
    """The ink of strokes, and what asDrawn and asMnist make of it."""
    expression = """strokes.map(points => {
        const ink = new Float32Array(SIZE * SIZE);
        for (let i = 0; i + 1 < points.length; i++) stroke(ink, ...points[i], ...points[i + 1]);
        return [ink, asDrawn(ink), asMnist(ink)].map(a => Array.from(a));
    })"""
    results = javascript(expression, "digits", strokes=strokes)
    sides = (224, 28, 28)
    return [[np.reshape(a, (n, n)) for a, n in zip(one, sides, strict=True)] for one in results]


def means(ink, rows, columns):
    """The mean of the ink between neighbors of `rows` and of `columns`, nothing outside."""
    total = np.pad(ink.cumsum(0).cumsum(1), ((1, 0), (1, 0)))
    edges = np.meshgrid(rows.clip(0, 224), columns.clip(0, 224), indexing="ij")
    below = RegularGridInterpolator((np.arange(225.0),) * 2, total)(tuple(edges))
    return np.diff(np.diff(below, axis=0), axis=1) / (np.diff(rows)[0] * np.diff(columns)[0])


def as_mnist(ink):
    """MNIST's own way: 20 pixels for the longer side, the center of mass in the middle of 28."""
    corner, end = (f(np.nonzero(ink >= 0.05), axis=1) for f in (np.min, np.max))
    sides = end + 1 - corner
    scale = 20 / sides.max()
    edges = [
        corner[i] + (np.arange(29) - np.floor((28 - sides[i] * scale) / 2)) / scale for i in (0, 1)
    ]
    image = means(ink, *edges)
    moves = [np.floor(14 - center + 0.5) for center in center_of_mass(image)]
    return shift(image, moves, order=0)


def test_a_drawing_is_centered_and_scaled_as_in_mnist():
    rng = np.random.default_rng(0)
    strokes = [rng.uniform(20, 204, (rng.integers(2, 6), 2)).tolist() for _ in range(12)]
    strokes += [[[60, 40], [150, 40], [90, 180]], [[30, 30], [30, 31]], [[5, 5], [219, 215]]]
    for ink, as_it_is, image in drawn(strokes):
        assert np.allclose(image, as_mnist(ink), atol=1e-4)
        assert np.allclose(as_it_is, ink.reshape(28, 8, 28, 8).mean((1, 3)), atol=1e-5)
        assert all(13.49 < center < 14.51 for center in center_of_mass(image))
        if np.abs(np.array(center_of_mass(image)) - 14).max() < 0.1:
            assert 19 <= np.ptp(np.nonzero(image > 0.2), axis=1).max() + 1 <= 21


def test_strokes_have_round_ends_and_a_width():
    ((ink, *_),) = drawn([[[100, 112], [124, 112]]])
    rows, columns = np.nonzero(ink > 0.5)
    assert (np.ptp(rows), np.ptp(columns)) == (17, 41)  # 2 × 224 / 24, and 24 pixels more
    assert ink.max() == 1 and ink[112, 112] == 1 and ink[104, 92] == 0


def test_nothing_drawn_is_an_empty_image_and_ink_moves():
    expression = """[
        asMnist(new Float32Array(SIZE * SIZE)).reduce((a, b) => a + b),
        Array.from(asDrawn(shifted(enlarged(digit), 8, -16))),
    ]"""
    digit = np.zeros((28, 28))
    digit[2:6, 20:] = np.arange(32).reshape(4, 8) / 32
    empty, moved = javascript(expression, "digits", digit=digit.ravel().tolist())
    assert empty == 0
    expected = np.zeros((28, 28))
    expected[0:4, 21:] = digit[2:6, 20:27]
    assert np.allclose(np.reshape(moved, (28, 28)), expected, atol=1e-6)


@pytest.mark.real_data
def test_real_digits_stay_as_they_are(real_data):
    """MNIST's digits are made of what the page makes of a drawing, so it leaves them alone."""
    digits = datasets.load("mnist", "real", train=1, test=300).x_test
    expression = "digits.map(digit => Array.from(asMnist(enlarged(digit))))"
    found = javascript(expression, "digits", digits=(digits / 255).reshape(300, -1).tolist())
    away = np.abs(np.reshape(found, digits.shape) - digits / 255)
    assert np.median(away.max((1, 2))) < 1e-6 and away.mean() < 0.02


# --- pages ------------------------------------------------------------------------------------


def test_bytes_come_through():
    for data in (b"", b"x", bytes(range(256)) * 5, np.random.default_rng(0).bytes(10_001)):
        there = javascript("Array.from(await unpacked(p))", "bytes", p=packed(data))
        assert bytes(there) == data
    text = packed(np.random.default_rng(1).bytes(9_999))["text"]
    assert html.escape(text) == text and json.dumps(text) == f'"{text}"', "no character costs more"


def forms():
    stack = [layers.Conv2D(3, 5), layers.BatchNormalization(), layers.ReLU(), layers.MaxPooling2D()]
    return {
        "28 × 28 × 1": made(layers.Conv2D(3, 5, activation="relu")),
        "32 × 32, digit in the middle": made(*stack, shape=(32, 32, 1)),
        "28 × 28": made(layers.Reshape((28, 28, 1)), layers.Conv2D(2, 3), shape=(28, 28)),
        "32 × 32 without channels": made(layers.Dense(3, "tanh"), shape=(32, 32)),
        "784": made(layers.Dense(5, "relu"), shape=(784,)),
        "two classes": made(layers.Conv2D(2, 9), classes=2),
    }  # fmt: skip


@pytest.mark.parametrize(("form", "maps", "first"), [
    ("28 × 28 × 1", 3, "convolution"),
    ("32 × 32, digit in the middle", 3, "activation"),
    ("28 × 28", 2, "convolution"),
    ("32 × 32 without channels", 0, None),
    ("784", 0, None),
    ("two classes", 2, "convolution"),
])  # fmt: skip
def test_a_page_classifies_as_keras_does(mnist, form, maps, first):
    net, labels = forms()[form], mnist.y_test % 2 if form == "two classes" else mnist.y_test
    names = ["even", "odd"] if form == "two classes" else None
    figure = play.draw_digit(net, mnist.x_test, labels, scale=1 / 510, class_names=names)
    data = data_of(figure.page)
    assert data["names"] == (names or list(DIGITS)) and data["labels"] == labels[:100].tolist()
    at = data["first"]
    kind = None if at is None else data["layers"][at]["kind"]
    assert (data["maps"], kind) == (maps, first)
    digits = mnist.x_test[:3, ..., None] / 255
    found = volumes(data["layers"], data["weights"], digits * data["scale"])
    border = (net.input_shape[1] - 28) // 2 if len(net.input_shape) > 2 else 0
    x = np.pad(mnist.x_test[:3] / np.float32(510), ((0, 0), (border,) * 2, (border,) * 2))
    expected = np.asarray(net(x.reshape(3, *net.input_shape[1:])))
    assert np.abs([v[-1] for v in found] - expected).max() < 1e-3
    best = data["names"][int(expected[0].argmax())]
    assert f"the predicted class {best} with probability" in figure.figure.alt


def test_digits_are_taken_as_bytes_or_shares_with_channels(mnist):
    net = made()
    shares = mnist.x_test[..., None].astype("float32") / 255
    documents = [play.draw_digit(net, x, mnist.y_test).page for x in (mnist.x_test, shares)]
    assert documents[0] == documents[1]
    raw = javascript("Array.from(await unpacked(d))", "bytes", d=data_of(documents[0])["digits"])
    assert np.array_equal(np.reshape(raw, (100, 28, 28)), mnist.x_test[:100])


def test_confusion_matrix_shows_the_most_confident_errors_first():
    rng = np.random.default_rng(0)
    y, p = rng.integers(0, 3, 200), rng.dirichlet([1, 1, 1], 200)
    images = np.arange(200, dtype=np.uint8)[:, None, None] * np.ones((1, 5, 4), np.uint8)
    data = data_of(play.confusion_matrix(images, y, p, ["cat", "dog", "cow"]).page)
    predicted = p.argmax(1)
    for row, column in np.ndindex(3, 3):
        inside = np.flatnonzero((y == row) & (predicted == column))
        assert data["counts"][row][column] == len(inside)
        shown = [one for one in data["images"] if one[:2] == [row, column]]
        order = inside[np.argsort(p[inside, column] * (1 if row == column else -1))]
        assert [one[2] for one in shown] == order[:8].tolist()
        for _, _, i, probability, other, second in shown:
            assert (probability, second) == (round(p[i, column], 4), round(p[i, other], 4))
            assert other == (row if row != column else np.argsort(p[i])[-2])
    assert (data["height"], data["width"], data["gray"]) == (5, 4, True)


def test_many_color_images_are_thinned_until_they_fit():
    rng = np.random.default_rng(0)
    images = rng.integers(0, 256, (2000, 20, 20, 3), np.uint8)
    y, p = rng.integers(0, 10, 2000), rng.dirichlet(np.ones(10), 2000)
    figure = play.confusion_matrix(images, y, p, DIGITS)
    data = data_of(figure.page)
    assert 100_000 < len(figure.page.encode()) <= 200_000 and not data["gray"]
    shown = np.zeros((10, 10), int)
    for row, column, *_ in data["images"]:
        shown[row, column] += 1
    assert 1 <= shown.max() < 8 and (shown == np.minimum(data["counts"], shown.max())).all()


def test_a_page_needs_nothing_from_outside(mnist, tmp_path):
    for figure in both(mnist):
        assert not re.search(r"https?:|<link|@import|\b(import|fetch)\(", figure.page)
        assert len(figure.page.encode()) < 200_000
        figure.save(tmp_path / "new" / "page.html")
        assert (tmp_path / "new" / "page.html").read_bytes() == figure.page.encode()
        assert [*(tmp_path / "new").iterdir()] == [tmp_path / "new" / "page.html"]


def both(mnist):
    net = made(layers.Conv2D(3, 5, activation="relu"))
    p = np.asarray(net(mnist.x_test[..., None] / 255))
    yield play.draw_digit(net, mnist.x_test, mnist.y_test)
    yield play.confusion_matrix(mnist.x_test, mnist.y_test, p, DIGITS)


def test_jupyter_gets_a_frame_and_a_static_twin(mnist):
    for figure in both(mnist):
        data, metadata = figure._repr_mimebundle_()
        assert sorted(data) == ["image/png", "text/html", "text/plain"]
        assert data["text/plain"] == repr(figure) == f"Playable figure: {figure.title}"
        assert metadata["course"] == "playable"
        alt = metadata["image/png"]["alt"]
        assert len(alt) > 60
        frame = re.fullmatch(
            r'<iframe title="(.*?)" srcdoc="(.*?)" .*></iframe>', data["text/html"], re.DOTALL
        )
        assert [html.unescape(part) for part in frame.groups()] == [alt, figure.page]
        assert overlapping(figure.figure) == []


# --- stored notebooks -------------------------------------------------------------------------


def playable(output):
    return output.get("metadata", {}).get("course") == "playable"


def test_no_stored_notebook_holds_a_page():
    for path in tools.NOTEBOOKS:
        for cell in tools.code(tools.read(path)):
            for output in filter(playable, cell.outputs):
                assert sorted(output.data) == ["image/png", "text/plain"], (path.name, cell.id)


# --- faults -----------------------------------------------------------------------------------

BLANK, LABELS = np.zeros((3, 28, 28), np.uint8), np.array([0, 1, 2])


def draws(build=made, images=BLANK, labels=LABELS, **options):
    return lambda: play.draw_digit(build(), images, labels, **options)


def confuses(images=BLANK, y=LABELS, p=None, names="abc"):
    return lambda: play.confusion_matrix(images, y, np.eye(3) if p is None else p, names)


NOISE = np.random.default_rng(0).integers(0, 256, (9, 200, 200, 3), np.uint8)
FAULTS = {
    "too large a network": draws(lambda: made(layers.Conv2D(20, 5))),
    "logits": draws(lambda: chain(layers.Flatten(), layers.Dense(10), shape=SHAPE)),
    "probabilities at every pixel": draws(lambda: chain(layers.ReLU(), shape=SHAPE)),
    "an input of 14 × 14": draws(lambda: made(shape=(14, 14, 1))),
    "an input of 29 × 29": draws(lambda: made(shape=(29, 29, 1))),
    "an input in color": draws(lambda: made(shape=(28, 28, 3))),
    "digits of 14 × 14": draws(images=BLANK[:, ::2, ::2]),
    "no digits": draws(images=BLANK[:0], labels=LABELS[:0]),
    "fewer labels than digits": draws(labels=LABELS[:2]),
    "a label without a name": draws(labels=LABELS + 8),
    "three names for ten classes": draws(class_names="abc"),
    "standardized digits": draws(images=np.random.default_rng(0).normal(size=(3, 28, 28))),
    "integers as pixels": draws(images=BLANK.astype(int)),
    "one label for three images": confuses(y=LABELS[:1]),
    "probabilities of other classes": confuses(names="abcd"),
    "images as rows": confuses(images=BLANK.reshape(3, -1)),
    "images of many megabytes": confuses(NOISE, np.repeat(LABELS, 3), np.tile(np.eye(3), (3, 1))),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_a_playable_figure(case, fault):
    with pytest.raises(ValueError) as error:
        FAULTS[case]()
    sentence = str(error.value)
    assert re.search(r"asked for|give |take |put a |fit together|need |no test digits", sentence)
    fault("playable figures", case, sentence)
