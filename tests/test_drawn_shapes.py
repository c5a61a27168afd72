"""The course's own shapes: what is drawn is what the label says."""

import numpy as np
import pytest
from scipy import ndimage

from course_utils import datasets
from course_utils.synthetic import GENERATED, shapes

SETS = {"colours": (6, (28, 28, 3)), "shapes": (5, (28, 28)), "colours_shapes": (9, (28, 28, 3))}
each_set = pytest.mark.parametrize("name", SETS)


@each_set
def test_shapes_types_and_equally_many_of_each_class(name):
    classes, shape = SETS[name]
    drawn = GENERATED[name](450, 90, 0)
    assert drawn["x_train"].shape == (450, *shape) and drawn["x_test"].shape == (90, *shape)
    assert drawn["x_train"].dtype == drawn["y_train"].dtype == np.uint8
    assert set(np.bincount(drawn["y_train"], minlength=classes)) == {450 // classes}
    assert len({image.tobytes() for image in drawn["x_train"]}) == 450


@each_set
def test_the_same_seed_gives_the_same_and_a_shorter_draw_is_its_beginning(name):
    long, short, other = (GENERATED[name](n, 10, seed) for n, seed in ((130, 3), (70, 3), (70, 4)))
    for key in ("x_train", "y_train", "centre_train", "span_train"):
        assert np.array_equal(long[key][:70], short[key])
    assert np.array_equal(long["x_test"], short["x_test"])
    assert not np.array_equal(other["x_train"], short["x_train"])
    assert not np.array_equal(short["x_train"][:10], short["x_test"])


def clean(images):
    """Which pixels belong to the shape (n, 28, 28): above the middle between ground and shape."""
    brightest = images.reshape(*images.shape[:3], -1).max(axis=3).astype(float)
    low, high = np.quantile(brightest, [0.1, 0.995], axis=(1, 2))
    return brightest > (0.5 * (low + high) + 8)[:, np.newaxis, np.newaxis]


def test_a_colour_is_the_hue_that_its_label_says():
    drawn = GENERATED["colours"](0, 300, 0)
    large = drawn["span_test"] > 7  # the noise on fewer pixels can pass for a hue
    assert large.sum() > 200
    for image, label in zip(drawn["x_test"][large] / 255.0, drawn["y_test"][large], strict=True):
        chroma = image.max(axis=2) - image.min(axis=2)
        red, green, blue = image[chroma >= np.quantile(chroma, 0.985)].mean(axis=0)
        angle = np.degrees(np.arctan2(np.sqrt(3) * (green - blue), 2 * red - green - blue))
        away = (angle - 60 * int(label) + 180) % 360 - 180
        assert abs(away) < 36, shapes.COLOURS[label]


def test_a_shape_fills_its_box_as_its_label_says():
    drawn = GENERATED["shapes"](0, 400, 0)
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


def test_centres_and_spans_are_those_of_the_shape():
    drawn = GENERATED["shapes"](0, 200, 1)
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
    image = clean(GENERATED["shapes"](0, 300, 2)["x_test"])
    edge = np.concatenate([image[:, 0], image[:, -1], image[:, :, 0], image[:, :, -1]], axis=1)
    assert edge.mean() < 0.06


def test_loading_needs_no_network_and_says_generated(capsys, monkeypatch):
    monkeypatch.setenv("COURSE_SOURCE", "real")
    data = datasets.load("shapes", train=30, test=10)
    assert (data.source, data.origin, len(data.x_train)) == ("generated", "generated", 30)
    assert capsys.readouterr().out == "Five shapes: generated, 30 + 10 images, made on the spot.\n"
    assert data.class_names == shapes.SHAPES
    assert datasets.CARDS.keys().isdisjoint(GENERATED)
    fetched = datasets.fetch("colours")
    assert fetched.ok and "nothing to fetch" in fetched.message
    with pytest.raises(datasets.BadRequest, match="1 to 1,000 test images"):
        datasets.load("shapes", test=1_001)


def test_class_names_of_the_cards_are_the_generators():
    from course_utils.datasets.registry import GENERATED as CARDS

    wanted = {"colours": shapes.COLOURS, "shapes": shapes.SHAPES, "colours_shapes": shapes.PAIRS}
    assert {name: CARDS[name].class_names for name in wanted} == wanted
    assert CARDS.keys() == GENERATED.keys()
