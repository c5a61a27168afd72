"""The checkers of chapter 04: not attempted, right, wrong, and each misconception by its name."""

import numpy as np
import pytest
from checker_tools import said

from course_utils import by_hand
from course_utils.exercises import chapter04


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((3, 3, 32), "right"),
        ([3, 3, 32], "right"),
        ((5, 5, 32), "was the dilation forgotten?"),
        ((10, 10, 32), "was the stride forgotten?"),
        ((2, 2, 32), "off by one"),
        ((4, 4, 32), "that is with padding"),
        ((8, 8, 32), "that is with padding"),
        ((32, 3, 3), "channels last"),
        ((3, 3, 16), "the last layer has 32 filters"),
        ((3, 3, 512), "reads all 16 channels"),
        ((3, 3), "the channels are missing"),
        ((None, 3, 3, 32), "but for the batch axis"),
        ((7, 7, 7), "(7, 7, 7) is not the shape"),
        (3, "a tuple is asked for, this is 3"),
    ],
)
def test_exercise_1_shape(answer, message, capsys):
    assert message in said(chapter04.check_1, answer, capsys)


def test_exercise_1_and_2_are_what_keras_makes(capsys):
    import keras
    from keras import layers

    model = keras.Sequential(
        [
            keras.Input((32, 32, 3)),
            layers.Conv2D(16, 5, strides=2),
            layers.MaxPooling2D(2),
            layers.Conv2D(32, 3, dilation_rate=2),
        ]
    )
    assert said(chapter04.check_1, model.output_shape[1:], capsys) == "right"
    assert said(chapter04.check_2, model.count_params(), capsys) == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (5856, "right"),
        (5808, "every filter has a bias too"),
        (736, "reads all channels below it"),
        (1536, "the second convolution reads 16 channels"),
        (2112, "not the 3 of the image"),
        (14048, "dilation spreads the nine weights out"),
        (1216, "the first convolution alone"),
        (4640, "the second convolution alone"),
        (5810, "a bias of its own"),
        (7, "7 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_2_parameters(answer, message, capsys):
    assert message in said(chapter04.check_2, answer, capsys)


UPPER = np.array([[-1, -1, -1], [0, 0, 0], [1, 1, 1]])


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (UPPER, "right"),
        ((0.1 * UPPER).tolist(), "right"),
        ([[-1, -2, -1], [0, 0, 0], [1, 2, 1]], "right"),
        ([[-1, -1, -1], [-1, -1, -1], [2, 2, 2]], "right"),
        (UPPER[::-1], "flipped: this one answers to the lower edge"),
        (UPPER.T, "this looks across, not up and down"),
        (np.eye(3), "to solid ink it answers 3"),
        (np.zeros((3, 3)), "answers to nothing"),
        ([[-1, -1, -1], [2, 2, 2], [-1, -1, -1]], "with ink in the lowest rows only it answers -3"),
        (UPPER[:2], "the shape is (2, 3)"),
        ("up", "an array of numbers is asked for"),
    ],
)
def test_exercise_3_upper_edges(answer, message, capsys):
    out = said(chapter04.check_3, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def channels_pooled(images, size, stride):
    return np.moveaxis(by_hand.max_pool(np.moveaxis(images, 1, 3), size, stride), 3, 1)


def largest_of_all(images, size, stride):
    pooled = by_hand.max_pool(images, size, stride)
    return np.broadcast_to(pooled.max(axis=3, keepdims=True), pooled.shape)


def dropped_nothing(images, size, stride):
    padding = ((0, 0), (0, 1), (0, 1), (0, 0))
    return by_hand.max_pool(np.pad(images, padding, constant_values=-np.inf), size, stride)


def sums(images, size, stride):
    return by_hand.average_pool(images, size, stride) * size**2


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (by_hand.max_pool, "right"),
        (by_hand.average_pool, "that is the mean of each window"),
        (sums, "that is the sum of each window"),
        (lambda a, k, s: -by_hand.max_pool(-a, k, s), "the smallest value"),
        (lambda a, k, s: by_hand.max_pool(a, k, 1), "was the stride forgotten?"),
        (lambda a, k, s: by_hand.max_pool(a, k), "by its own size, not by the stride"),
        (dropped_nothing, "dropped, not padded"),
        (lambda a, k, s: np.maximum(by_hand.max_pool(a, k, s), 0), "does not start at 0"),
        (largest_of_all, "each channel has a maximum of its own"),
        (channels_pooled, "this pools the wrong axes"),
        (lambda a, k, s: by_hand.max_pool(a, k, s) + 1, "values differ"),
        (lambda a, k, s: a, "the shape is (2, 4, 6, 3)"),
        (lambda a, k, s: "pool", "an array of numbers is asked for"),
    ],
)
def test_exercise_4_max_pool(answer, message, capsys):
    out = said(chapter04.check_4, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def layer(change=lambda k, b: (k, b), after=lambda x: x, stride=None, more=0, channels=True):
    """A convolution layer, with a mistake built in."""

    def answer(images, kernels, bias, s, p):
        if not channels:
            images, kernels = images[..., :1], kernels[:, :, :1]
        kernels, bias = change(kernels, bias)
        p = 0 if more is None else p + more
        around = ((0, 0), (max(p, 0),) * 2, (max(p, 0),) * 2, (0, 0))
        padded = np.pad(images, around)
        padded = padded[:, -p : p or None, -p : p or None] if p < 0 else padded
        return after(by_hand.convolve_loops(padded, kernels, bias, stride or s))

    return answer


def in_place(images, kernels, bias, stride, padding):
    output = layer()(images, kernels, bias, stride, padding)
    images *= 2
    return output


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (layer(), "right"),
        (layer(lambda k, b: (k[::-1, ::-1], b)), "the kernel is flipped"),
        (layer(lambda k, b: (k, None)), "the bias is missing"),
        (layer(lambda k, b: (k, -b)), "the bias is subtracted"),
        (layer(after=lambda x: np.maximum(x, 0)), "that is with a relu"),
        (layer(channels=False), "the channels are not added up"),
        (layer(lambda k, b: (np.swapaxes(k, 0, 1), b)), "the kernel is transposed"),
        (layer(lambda k, b: (k / k[..., 0].size, b)), "a sum is asked for, not a mean"),
        (layer(after=lambda x: np.moveaxis(x, 3, 1)), "channels first"),
        (layer(after=lambda x: x[:, :-1, :-1]), "off by one: the last place"),
        (layer(stride=1), "was the stride forgotten?"),
        (layer(more=None), "the padding is forgotten"),
        (layer(more=1), "the padding is off by one: 1 rings, not 0"),
        (in_place, "work on a copy"),
        (layer(after=lambda x: x + 1), "values differ"),
        (layer(after=lambda x: x[0]), "the shape is (3, 3, 1)"),
    ],
)
def test_exercise_5_convolution_layer(answer, message, capsys):
    out = said(chapter04.check_5, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda d, k: np.kron(d, np.ones((k, k))) / k**2, "right"),
        (lambda d, k: np.kron(d, np.ones((k, k))), "divide by the number of pixels"),
        (lambda d, k: np.kron(d, np.ones((k, k))) / k, "a window has 4 pixels, not 2"),
        (lambda d, k: np.kron(d, np.eye(1, k * k).reshape(k, k)), "that is the maximum's way"),
        (lambda d, k: np.tile(d, (k, k)) / k**2, "tiled, not spread"),
        (lambda d, k: d, "the shape is (2, 3), it should be (4, 6)"),
    ],
)
def test_exercise_6_average_pool_backward(answer, message, capsys):
    out = said(chapter04.check_6, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n, k: -(-(n - 1) // (k - 1)), "right"),
        (lambda n, k: -(-n // k), "the windows overlap"),
        (lambda n, k: -(-n // (k - 1)), "pixels − 1 are to be added"),
        (lambda n, k: (n - 1) // (k - 1), "round up"),
        (lambda n, k: -(-(n - 1) // (k - 1)) - 1, "one too few"),
        (lambda n, k: 99, "99 is not the number"),
        (lambda n, k: (n - 1) / (k - 1), "a whole number is asked for"),
    ],
)
def test_exercise_7_layers_needed(answer, message, capsys):
    out = said(chapter04.check_7, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def test_exercise_7_agrees_with_the_receptive_field():
    for pixels in range(2, 40):
        needed = -(-(pixels - 1) // 2)
        assert by_hand.receptive_field([(3, 1)] * needed) >= pixels
        assert by_hand.receptive_field([(3, 1)] * (needed - 1)) < pixels
