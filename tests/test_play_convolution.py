"""The figure of a sliding filter: its arithmetic against SciPy and Keras, its page, its faults."""

import html
import re
from itertools import product

import keras
import numpy as np
import pytest
from figure_tools import overlapping
from hypothesis import given, settings
from hypothesis import strategies as st
from play_tools import data_of, javascript
from scipy.signal import convolve2d, correlate2d

from course_utils import datasets, play
from course_utils.play.convolution import PRESETS

SCRIPTS = ("network", "filtering")
CHOICES = {"padding": ["valid", "same"], "stride": [1, 2, 3], "dilation": [1, 2], "k": [2, 3, 4, 5]}
CASES = [dict(zip(CHOICES, values, strict=True)) for values in product(*CHOICES.values())]
_SIZE = r"⌊\((\d+) \+ (\d+) \+ (\d+) − (\d+) · \((\d+) − 1\) − 1\) / (\d+)⌋ \+ 1 = (\d+)"
FORMULA = re.compile(_SIZE)
WEIGHTS = [-2, -1, -0.5, 0, 1 / 9, 1, 2.5]


def by_chance(rng, case):
    """That case with a filter, a bias and what comes behind, all by chance."""
    k, relu = case["k"], bool(rng.integers(2))
    pooling = str(rng.choice(["", "maximum", "average"]))
    numbers = {"filter": rng.choice(WEIGHTS, (k, k)).tolist(), "bias": float(rng.choice(WEIGHTS))}
    return case | numbers | {"relu": relu, "pooling": pooling}


def played(image, cases):
    """Of each case: the sums, the map, the pooled map, the sizes, the products of every window."""
    expression = """cases.map(s => {
        const {sums, map, pooled} = filtered(image, s), k = s.filter.length, windows = [];
        for (let y = 0; y < map.h; y++) for (let x = 0; x < map.w; x++) {
            windows.push(products(image, s, y, x).map(t => [t.y, t.x, t.inside, t.product]));
        }
        const flat = v => v && {h: v.h, w: v.w, data: Array.from(v.data)};
        const sizes = [along(image.h, k, s), along(image.w, k, s)].map(a => Object.values(a));
        const told = [formula(image.h, k, s), formula(image.w, k, s)];
        return {sums: flat(sums), map: flat(map), pooled: flat(pooled), sizes, told, windows};
    })"""
    (h, w), data = image.shape, image.ravel().tolist()
    image = {"h": h, "w": w, "c": 1, "data": data}
    return javascript(f"({expression})", *SCRIPTS, cases=cases, image=image)


def array(v):
    return np.reshape(v["data"], (v["h"], v["w"]))


def by_scipy(image, case, sizes):
    """All windows of the padded image at stride 1, and of these every stride-th."""
    kernel = np.zeros((case["dilation"] * (case["k"] - 1) + 1,) * 2)
    kernel[:: case["dilation"], :: case["dilation"]] = case["filter"]
    every = correlate2d(np.pad(image, [pair[1:] for pair in sizes]), kernel, "valid")
    return every[:: case["stride"], :: case["stride"]] + case["bias"]


def by_keras(image, case):
    """The sums, and what pooling makes of the map; no pooled map where it would be empty."""
    kernel = np.array(case["filter"], "float32")[..., None, None]
    ops, x = keras.ops, image.astype("float32")[None, ..., None]
    options = {"padding": case["padding"], "dilation_rate": case["dilation"]}
    sums = ops.conv(x, kernel, strides=case["stride"], **options) + case["bias"]
    values = ops.relu(sums) if case["relu"] else sums
    pool = ops.max_pool if case["pooling"] == "maximum" else ops.average_pool
    pooled = pool(values, 2, 2, "valid") if case["pooling"] and min(sums.shape[1:3]) > 1 else None
    return [v if v is None else np.asarray(v)[0, ..., 0] for v in (sums, values, pooled)]


@settings(max_examples=8, deadline=None)
@given(h=st.integers(9, 16), w=st.integers(9, 16), seed=st.integers(0, 10**6))
def test_maps_are_those_of_scipy_and_keras(h, w, seed):
    rng = np.random.default_rng(seed)
    image = np.round(rng.uniform(0, 1, (h, w)), 2) * (rng.random((h, w)) < 0.7)
    cases = [by_chance(rng, case) for case in CASES]
    for case, found in zip(cases, played(image, cases), strict=True):
        assert np.allclose(array(found["sums"]), by_scipy(image, case, found["sizes"]), atol=1e-5)
        if case["stride"] > 1 and case["dilation"] > 1:
            continue  # refused by Keras
        sums, values, pooled = by_keras(image, case)
        assert np.allclose(array(found["sums"]), sums, atol=1e-5)
        assert np.allclose(array(found["map"]), values, atol=1e-5)
        if pooled is not None:
            assert np.allclose(array(found["pooled"]), pooled, atol=1e-5)
        elif case["pooling"]:
            assert found["pooled"]["data"] == []


def test_the_products_of_every_window_add_up_and_the_formula_tells_the_size():
    rng = np.random.default_rng(0)
    image = np.round(rng.uniform(0, 1, (9, 12)), 2)
    cases = [by_chance(rng, case) for case in CASES]
    for case, found in zip(cases, played(image, cases), strict=True):
        windows = np.array([[t[3] for t in window] for window in found["windows"]])
        assert np.allclose(windows.sum(axis=1) + case["bias"], found["sums"]["data"], atol=1e-5)
        for window in found["windows"]:
            at, weights = np.array([t[:2] for t in window]), np.ravel(case["filter"])
            inside = ((at >= 0) & (at < image.shape)).all(axis=1)
            assert [t[2] for t in window] == inside.tolist()
            pixels = np.where(inside, image[tuple(np.where(inside[:, None], at, 0).T)], 0)
            assert np.allclose([t[3] for t in window], pixels * weights)
            assert (np.ptp(at, axis=0) == case["dilation"] * (case["k"] - 1)).all()
        for text, (count, before, after) in zip(found["told"], found["sizes"], strict=True):
            n, p, q, d, k, s, told = map(int, FORMULA.fullmatch(text).groups())
            assert (p, q, told) == (before, after, count)
            assert {"dilation": d, "k": k, "stride": s}.items() <= case.items()
            assert (n + p + q - d * (k - 1) - 1) // s + 1 == told
        if case["padding"] == "same":
            assert [one[0] for one in found["sizes"]] == [-(-n // case["stride"]) for n in (9, 12)]
        else:
            assert all(pair[1:] == [0, 0] for pair in found["sizes"])


@settings(max_examples=10, deadline=None)
@given(k=st.integers(2, 5), seed=st.integers(0, 10**6))
def test_rotated_by_180_degrees_it_is_a_convolution(k, seed):
    rng = np.random.default_rng(seed)
    case = by_chance(rng, {"padding": "valid", "stride": 1, "dilation": 1, "k": k})
    image = np.round(rng.uniform(0, 1, (10, 11)), 2)
    turned = javascript("rotated(f)", *SCRIPTS, f=case["filter"])
    (found,) = played(image, [case | {"filter": turned}])
    expected = convolve2d(image, case["filter"], "valid") + case["bias"]
    assert np.allclose(array(found["sums"]), expected, atol=1e-5)


def test_keras_refuses_stride_and_dilation_together():
    """The page says so, and computes what the formula says."""
    with pytest.raises(ValueError, match="not supported in conjunction with `dilation"):
        keras.layers.Conv2D(1, 3, strides=2, dilation_rate=2)


NUMBERS = {
    "0.5": 0.5, "−2": -2, "-2": -2, "1/9": 1 / 9, " 3 ": 3, "−1/4": -0.25, ".5": 0.5, "1,5": 1.5,
    "": None, "-": None, "a": None, "1/": None, "1/0": None, "1e9": None, "1/2/3": None,
    "101": None, "1 2": None,
}  # fmt: skip


def test_cells_take_numbers_and_fractions():
    found = javascript("texts.map(numberIn)", *SCRIPTS, texts=[*NUMBERS])
    for text, value in zip(NUMBERS, found, strict=True):
        assert value == (NUMBERS[text] if NUMBERS[text] is None else pytest.approx(NUMBERS[text]))
    shown = javascript("[0, -0, 0.53 * 2, -1 / 9, 1e-9, 40].map(v => short(v))", *SCRIPTS)
    assert shown == ["0", "0", "1.06", "−0.1111", "0", "40"]


# --- the page ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def mnist():
    return datasets.load("mnist", "synthetic", train=1, test=120)


def test_the_page_holds_hundredths_and_presets(mnist):
    figure = play.convolution(mnist.x_test, mnist.y_test)
    data = data_of(figure.page)
    raw = javascript("Array.from(await unpacked(d))", "bytes", d=data["images"])
    pixels = np.reshape(raw, (100, 28, 28))
    assert np.array_equal(pixels, np.round(mnist.x_test[:100] / 2.55))
    assert (data["count"], data["height"], data["width"]) == (100, 28, 28)
    assert data["names"] == [f"no. {i}: {label}" for i, label in enumerate(mnist.y_test[:100])]
    assert [name for name, _ in data["presets"]] == [*PRESETS] and data["first"] in PRESETS
    for _, rows in data["presets"]:
        values = np.array(javascript("rows.map(r => r.map(numberIn))", *SCRIPTS, rows=rows))
        assert values.shape == (3, 3) and round(values.sum(), 9) in (0, 1)


def test_shares_and_channels_are_taken_as_bytes_are(mnist):
    images = mnist.x_test[:5]
    pages = [play.convolution(x).page for x in (images, images / 255, images[..., None])]
    assert len(set(pages)) == 1 and data_of(pages[0])["names"][2] == "no. 2"
    wide = data_of(play.convolution(np.eye(9, 64)[None], ["a line"]).page)
    assert (wide["height"], wide["width"], wide["names"]) == (9, 64, ["no. 0: a line"])


def test_the_page_needs_nothing_from_outside_and_has_a_static_twin(mnist, tmp_path):
    noise = np.random.default_rng(0).integers(0, 256, (100, 32, 32), np.uint8)
    for images in (mnist.x_test, noise):
        figure = play.convolution(images)
        assert not re.search(
            r"https?:(?!//www.w3.org/2000/svg)|<link|@import|\bfetch\(", figure.page
        )
        assert len(figure.page.encode()) < 200_000
    figure = play.convolution(mnist.x_test, mnist.y_test)
    data, metadata = figure._repr_mimebundle_()
    assert data["text/plain"] == "Playable figure: A filter slides over an image"
    assert metadata["course"] == "playable" and overlapping(figure.figure) == []
    alt, image = metadata["image/png"]["alt"], np.round(mnist.x_test[0] / 2.55) / 100
    vertical = correlate2d(image, [[-1, 2, -1]] * 3, "valid").max()
    assert alt.endswith(f"nine products that add up to {vertical:.2f}.")
    assert html.escape(alt) in data["text/html"]


IMAGES = np.zeros((3, 28, 28), np.uint8)
FAULTS = {
    "images in color": lambda: play.convolution(np.zeros((3, 28, 28, 3))),
    "one image alone": lambda: play.convolution(IMAGES[0]),
    "images of 8 × 8": lambda: play.convolution(IMAGES[:, :8, :8]),
    "images of 100 × 100": lambda: play.convolution(np.zeros((2, 100, 100))),
    "no images": lambda: play.convolution(IMAGES[:0]),
    "standardized images": lambda: play.convolution(IMAGES - 0.5),
    "two labels for three images": lambda: play.convolution(IMAGES, [1, 2]),
    "too many large images": lambda: play.convolution(
        np.random.default_rng(0).integers(0, 256, (100, 64, 64), np.uint8)
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_a_sliding_filter(case, fault):
    with pytest.raises(ValueError) as error:
        FAULTS[case]()
    sentence = str(error.value)
    assert re.search(r"asked for|give |need |no images", sentence)
    fault("playable figures", case, sentence)
