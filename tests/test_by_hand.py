"""Convolution and pooling by hand against SciPy, Keras, TensorFlow and finite differences."""

from typing import NamedTuple

import numpy as np
import pytest
from by_hand_tools import ROUNDING, by_framework, close, differences, pair, taped
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_utils import by_hand
from course_utils.by_hand.windows import add_windows, lay_out, windows

SEEDS = st.integers(0, 2**32 - 1)
SMALL = st.integers(1, 3)
BOTH = st.one_of(SMALL, st.tuples(SMALL, SMALL))
FLOATS = st.sampled_from(sorted(ROUNDING))


class Convolution(NamedTuple):
    """Arrays and settings of one layer."""

    images: np.ndarray
    kernels: np.ndarray
    bias: np.ndarray
    stride: int | tuple
    dilation: int | tuple
    padding: str | int

    @property
    def settings(self):
        return self[3:]

    def d_output(self):
        rng = np.random.default_rng(self.images.size)
        shape = by_hand.convolve(*self).shape
        return rng.uniform(-1, 1, shape).astype(self.images.dtype)


@st.composite
def convolutions(draw, dtype=FLOATS, sides=9, channels=3, paddings=("valid", "same", 0, 1, 2, 5)):
    rng = np.random.default_rng(draw(SEEDS))
    stride, dilation, padding = draw(BOTH), draw(BOTH), draw(st.sampled_from(paddings))
    window = draw(st.tuples(st.integers(1, 4), SMALL))
    reach = [d * (k - 1) + 1 for d, k in zip(pair(dilation), window, strict=True)]
    zeros = padding if isinstance(padding, int) else 0
    least = [1 if padding == "same" else max(1, r - 2 * zeros) for r in reach]
    h, w = (draw(st.integers(size, max(size, sides))) for size in least)
    n, c_in, c_out = draw(SMALL), draw(st.sampled_from((1, 2, channels))), draw(SMALL)
    shapes = (n, h, w, c_in), (*window, c_in, c_out), (c_out,)
    kind = draw(dtype)
    arrays = (rng.uniform(-2, 2, shape).astype(kind) for shape in shapes)
    return Convolution(*arrays, stride, dilation, padding)


def absolute(layer):
    return layer._replace(
        images=abs(layer.images), kernels=abs(layer.kernels), bias=abs(layer.bias)
    )


def by_scipy(layer):
    """`scipy.signal.correlate` on padded images, kernels spread with zeros, strides by slicing."""
    from scipy.signal import correlate

    images, kernels = layer.images.astype(float), layer.kernels.astype(float)
    (dh, dw), (sh, sw), p = pair(layer.dilation), pair(layer.stride), layer.padding
    kh, kw, c_in, c_out = kernels.shape
    spread = np.zeros((dh * (kh - 1) + 1, dw * (kw - 1) + 1, c_in, c_out))
    spread[::dh, ::dw] = kernels
    p = 0 if p == "valid" else p
    padded = np.pad(images, ((0, 0), (p, p), (p, p), (0, 0)))
    answers = [
        [correlate(image, spread[..., f], "valid", "direct")[::sh, ::sw, 0] for f in range(c_out)]
        for image in padded
    ]
    return np.moveaxis(np.array(answers), 1, -1) + layer.bias


@settings(max_examples=120, deadline=None)
@given(convolutions(paddings=("valid", 0, 1, 2, 5)))
def test_convolve_equals_scipy(layer):
    found = by_hand.convolve(*layer)
    assert found.dtype == layer.images.dtype
    terms = by_scipy(absolute(layer))
    close(found, by_scipy(layer), terms, ROUNDING[found.dtype.name])


@settings(max_examples=120, deadline=None)
@given(convolutions(dtype=st.just("float32"), channels=9))
def test_convolve_equals_the_framework(layer):
    expected = by_framework(*layer[:2], *layer.settings).numpy() + layer.bias
    terms = by_framework(abs(layer.images), abs(layer.kernels), *layer.settings).numpy()
    close(by_hand.convolve(*layer), expected, terms + abs(layer.bias), 1e-5)


@settings(max_examples=80, deadline=None)
@given(convolutions(sides=6, channels=8))
def test_convolve_as_loops_and_as_a_product_are_the_same(layer):
    found, expected = by_hand.convolve(*layer), by_hand.convolve_loops(*layer)
    assert found.dtype == expected.dtype == layer.images.dtype
    close(found, expected, by_hand.convolve(*absolute(layer)), ROUNDING[found.dtype.name])
    without = layer._replace(bias=None)
    terms = by_hand.convolve(*absolute(layer))
    for convolve in (by_hand.convolve, by_hand.convolve_loops):
        close(convolve(*without) + layer.bias, found, terms, ROUNDING[found.dtype.name])


@settings(max_examples=80, deadline=None)
@given(convolutions(dtype=st.just("float64"), channels=8))
def test_gradients_of_convolve_equal_tensorflows(layer):
    # In float64 TensorFlow has no gradient of a stride together with a dilation.
    assume(max(pair(layer.stride)) == 1 or max(pair(layer.dilation)) == 1)
    d_output = layer.d_output()
    arrays = (layer.images, layer.kernels, layer.bias, d_output)

    def convolution(images, kernels, bias):
        return by_framework(images, kernels, *layer.settings) + bias

    found = by_hand.convolve_backward(*layer[:2], d_output, *layer.settings)
    terms = taped(convolution, *map(abs, arrays))
    for gradient, expected, total in zip(found, taped(convolution, *arrays), terms, strict=True):
        close(gradient, expected, total, 1e-12)


@settings(max_examples=40, deadline=None)
@given(convolutions(dtype=st.just("float64"), sides=5, channels=2))
def test_gradients_of_convolve_equal_finite_differences(layer):
    d_output = layer.d_output()
    found = by_hand.convolve_backward(*layer[:2], d_output, *layer.settings)
    for name, gradient in zip(("images", "kernels", "bias"), found, strict=True):

        def moved(array, name=name):
            return by_hand.convolve(*layer._replace(**{name: array}))

        expected = differences(moved, getattr(layer, name), d_output)
        np.testing.assert_allclose(gradient, expected, rtol=0, atol=1e-8)


HALF = st.sampled_from(("float16", "float32", "float64"))


@st.composite
def poolings(draw, dtype=HALF, sides=9):
    """Images of eighths, which every dtype holds, a window and a stride."""
    rng = np.random.default_rng(draw(SEEDS))
    window, stride = draw(BOTH), draw(st.one_of(st.none(), BOTH))
    shape = (draw(SMALL), *(draw(st.integers(k, sides)) for k in pair(window)), draw(SMALL))
    return (rng.integers(-72, 72, shape) / 8).astype(draw(dtype)), window, stride


@pytest.mark.parametrize("name", ["max_pool", "average_pool"])
@settings(max_examples=80, deadline=None)
@given(layer=poolings())
def test_pooling_equals_keras(name, layer):
    """The sums of float16 too: Keras is asked in float32, and its answer rounded once."""
    import keras

    images, window, stride = layer
    wide = images.astype(np.result_type(images, np.float32))
    found = getattr(by_hand, name)(*layer)
    assert found.dtype == images.dtype
    expected = getattr(keras.ops, name)(wide, window, stride, "valid").numpy()
    terms = getattr(keras.ops, name)(abs(wide), window, stride, "valid").numpy()
    rounding = 5e-4 if images.dtype == np.float16 else ROUNDING[images.dtype.name]
    close(found, expected, terms, 0 if name == "max_pool" else rounding)


def test_pooling_leaves_its_images_alone():
    images = np.arange(4.0).reshape(1, 2, 2, 1)
    for pool in (by_hand.max_pool, by_hand.average_pool):
        output = pool(images, 1)
        output += 1
        assert images.ravel().tolist() == [0, 1, 2, 3]


@settings(max_examples=40, deadline=None)
@given(convolutions(dtype=st.just("float64"), paddings=("valid",)))
def test_adding_windows_is_the_transpose_of_cutting_them(layer):
    """⟨windows(x), y⟩ = ⟨x, add_windows(y)⟩, and each window is what the indices say."""
    images, size = layer.images, layer.kernels.shape[:2]
    (sh, sw), (dh, dw) = pair(layer.stride), pair(layer.dilation)
    layout = lay_out(images.shape, size, layer.stride, layer.dilation)
    view = windows(images, layout)
    assert not view.flags.writeable and np.shares_memory(view, images)
    for n, i, j, u, v, c in np.ndindex(view.shape):
        assert view[n, i, j, u, v, c] == images[n, i * sh + u * dh, j * sw + v * dw, c]
    values = np.random.default_rng(view.size).uniform(-1, 1, view.shape)
    back = add_windows(values, images.shape, layout)
    np.testing.assert_allclose((view * values).sum(), (images * back).sum(), atol=1e-9)


# Narrow numbers: what float16 and bytes cannot hold on the way is added up in wider ones


@settings(max_examples=40, deadline=None)
@given(convolutions(dtype=st.just("float16"), paddings=("valid", 0, 1, 2)))
def test_float16_is_added_up_in_float32(layer):
    """Against SciPy in float64, as near as one rounding to float16 allows; gradients likewise."""
    terms, half = by_scipy(absolute(layer)), 5e-4
    for convolve in (by_hand.convolve, by_hand.convolve_loops):
        found = convolve(*layer)
        assert found.dtype == np.float16
        close(found.astype(float), by_scipy(layer), terms, half)
    d_output = layer.d_output()
    narrow = by_hand.convolve_backward(*layer[:2], d_output, *layer.settings)
    arrays = [array.astype(float) for array in (*layer[:2], d_output)]
    wide = by_hand.convolve_backward(*arrays, *layer.settings)
    for found, expected in zip(narrow, wide, strict=True):
        assert found.dtype == np.float16
        np.testing.assert_allclose(found.astype(float), expected, rtol=1e-3, atol=2e-3)


NARROW = {
    "the mean of 64 × 64 float16 tenths": (
        lambda: by_hand.average_pool(np.full((1, 64, 64, 1), 0.1, np.float16), 64),
        np.float16(0.1),
    ),
    "the mean of 64 × 64 float16 values of 20,000": (
        lambda: by_hand.average_pool(np.full((1, 64, 64, 1), 20_000, np.float16), 64),
        20_000,
    ),
    "the gradient of a bias from 10,000 float16 ones": (
        lambda: by_hand.convolve_backward(
            np.zeros((1, 100, 100, 1), np.float16), np.zeros((1, 1, 1, 1), np.float16),
            np.ones((1, 100, 100, 1), np.float16),
        )[2],
        10_000,
    ),
    "the gradient of pixels from bytes, sixteen windows of 100": (
        lambda: by_hand.convolve_backward(
            np.zeros((1, 7, 7, 1), np.uint8), np.ones((4, 4, 1, 1), np.uint8),
            np.full((1, 4, 4, 1), 100, np.uint8),
        )[0][0, 3, 3],
        1_600,
    ),
    "a convolution of bytes": (
        lambda: by_hand.convolve(np.full((1, 2, 2, 1), 255, np.uint8), np.ones((2, 2, 1, 1))),
        1_020,
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", NARROW)
def test_fault_narrow_numbers_are_added_up_in_wider_ones(case, fault):
    compute, expected = NARROW[case]
    found = np.ravel(compute())
    assert found.tolist() == [expected]
    fault("arithmetic", case, f"computed right: {found[0]:g}")


def test_the_four_by_four_example():
    """1 … 16 with [[1, 2], [3, 4]]."""
    images = np.arange(1, 17).reshape(1, 4, 4, 1)
    kernels = np.array([[1, 2], [3, 4]]).reshape(2, 2, 1, 1)
    expected = [[44, 54, 64], [84, 94, 104], [124, 134, 144]]
    for convolve in (by_hand.convolve, by_hand.convolve_loops):
        output = convolve(images, kernels)
        assert output.dtype == np.float64
        assert output[0, ..., 0].tolist() == expected


MIXED = [
    ("uint8", "int64", "float64"),
    ("uint8", "float32", "float32"),
    ("float32", "float64", "float64"),
    ("bool", "bool", "float64"),
]


@pytest.mark.parametrize(("images", "kernels", "result"), MIXED)
def test_the_result_has_the_dtype_of_the_floating_inputs(images, kernels, result):
    images, kernels = np.ones((1, 4, 4, 2), images), np.ones((2, 2, 2, 3), kernels)
    output = by_hand.convolve(images, kernels)
    assert output.dtype == by_hand.convolve_loops(images, kernels).dtype == result
    assert (output == 8).all()
    for gradient in by_hand.convolve_backward(images, kernels, np.ones(output.shape, bool)):
        assert gradient.dtype == result
