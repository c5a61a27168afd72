"""Convolution and pooling by hand against SciPy, Keras, TensorFlow and finite differences."""

from typing import NamedTuple

import numpy as np
import pytest
from by_hand_tools import ROUNDING, by_framework, close, differences, pair, taped
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from course_utils import by_hand

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
    rounding = ROUNDING[layer.images.dtype.name]
    found, expected = by_hand.convolve(*layer), by_hand.convolve_loops(*layer)
    assert found.dtype == expected.dtype == layer.images.dtype
    close(found, expected, by_hand.convolve(*absolute(layer)), rounding)
    d_output = layer.d_output()
    arrays = (*layer[:2], d_output)
    fast = by_hand.convolve_backward(*arrays, *layer.settings)
    slow = by_hand.convolve_backward_loops(*arrays, *layer.settings)
    terms = by_hand.convolve_backward(*map(abs, arrays), *layer.settings)
    for one, other, total in zip(fast, slow, terms, strict=True):
        assert one.dtype == other.dtype == layer.images.dtype
        close(one, other, total, rounding)


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


class Pooling(NamedTuple):
    images: np.ndarray
    window: int | tuple
    stride: int | tuple | None

    def d_output(self):
        rng = np.random.default_rng(self.images.size)
        shape = by_hand.max_pool(*self).shape
        return rng.uniform(-1, 1, shape).astype(self.images.dtype)


@st.composite
def poolings(draw, dtype=FLOATS, sides=9, ties=None):
    """Images of few whole numbers (windows with ties), or of numbers no two alike."""
    rng = np.random.default_rng(draw(SEEDS))
    window, stride = draw(BOTH), draw(st.one_of(st.none(), BOTH))
    shape = (draw(SMALL), *(draw(st.integers(k, sides)) for k in pair(window)), draw(SMALL))
    kind = draw(dtype)
    if draw(st.booleans()) if ties is None else ties:
        return Pooling(rng.integers(-2, 2, shape).astype(kind), window, stride)
    distinct = rng.permutation(np.prod(shape)).reshape(shape) / 8 - 9
    return Pooling(distinct.astype(kind), window, stride)


NAMES = ("max_pool", "average_pool")


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(layer=poolings())
def test_pooling_equals_keras(name, layer):
    import keras

    found = getattr(by_hand, name)(*layer)
    assert found.dtype == layer.images.dtype
    keras_pool = getattr(keras.ops, name)
    expected = keras_pool(layer.images, layer.window, layer.stride, "valid").numpy()
    terms = keras_pool(abs(layer.images), layer.window, layer.stride, "valid").numpy()
    close(found, expected, terms, 0 if name == "max_pool" else ROUNDING[found.dtype.name])


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(layer=poolings(sides=6))
def test_pooling_by_loops_and_at_once_are_the_same(name, layer):
    rounding = ROUNDING[layer.images.dtype.name]
    found = getattr(by_hand, name)(*layer)
    expected = getattr(by_hand, f"{name}_loops")(*layer)
    assert found.dtype == expected.dtype == layer.images.dtype
    close(found, expected, getattr(by_hand, name)(abs(layer.images), *layer[1:]), rounding)
    fast = getattr(by_hand, f"{name}_backward")
    slow = getattr(by_hand, f"{name}_backward_loops")
    d_output = layer.d_output()
    found, expected = (f(layer.images, d_output, *layer[1:]) for f in (fast, slow))
    assert found.dtype == expected.dtype == layer.images.dtype
    close(found, expected, fast(layer.images, abs(d_output), *layer[1:]), rounding)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, deadline=None)
@given(layer=poolings(dtype=st.just("float64")))
def test_gradients_of_pooling_equal_tensorflows(name, layer):
    import keras

    def pooled(images):
        return getattr(keras.ops, name)(images, layer.window, layer.stride, "valid")

    d_output = layer.d_output()
    found = getattr(by_hand, f"{name}_backward")(layer.images, d_output, *layer[1:])
    (expected,) = taped(pooled, layer.images, d_output)
    (terms,) = taped(pooled, layer.images, abs(d_output))
    close(found, expected, terms, 1e-12)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=20, deadline=None)
@given(layer=poolings(dtype=st.just("float64"), sides=5, ties=False))
def test_gradients_of_pooling_equal_finite_differences(name, layer):
    d_output = layer.d_output()
    found = getattr(by_hand, f"{name}_backward")(layer.images, d_output, *layer[1:])
    expected = differences(
        lambda images: getattr(by_hand, name)(images, *layer[1:]), layer.images, d_output
    )
    np.testing.assert_allclose(found, expected, rtol=0, atol=1e-9)


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
    view = by_hand.windows(images, size, layer.stride, layer.dilation)
    assert not view.flags.writeable and np.shares_memory(view, images)
    for n, i, j, u, v, c in np.ndindex(view.shape):
        assert view[n, i, j, u, v, c] == images[n, i * sh + u * dh, j * sw + v * dw, c]
    values = np.random.default_rng(view.size).uniform(-1, 1, view.shape)
    back = by_hand.add_windows(values, images.shape, layer.stride, layer.dilation)
    np.testing.assert_allclose((view * values).sum(), (images * back).sum(), atol=1e-9)


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
