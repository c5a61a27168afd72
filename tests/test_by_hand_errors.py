"""Errors of the arithmetic by hand: each names the shapes or the number in full."""

import re

import numpy as np
import pytest

from course_utils import by_hand

IMAGES, KERNELS = np.ones((1, 6, 6, 3)), np.ones((3, 3, 3, 8))
LABELS = np.array([0, 4])


def shaped(*shape):
    return np.ones(shape)


CONVOLUTIONS = [
    (
        (IMAGES, shaped(3, 3, 1, 8)),
        "images (1, 6, 6, 3) have 3 channels, kernels (3, 3, 1, 8) expect 1",
    ),
    ((shaped(6, 6, 3), KERNELS), "images (6, 6, 3) are not (n, height, width, channels)"),
    ((shaped(1, 0, 6, 3), KERNELS), "images (1, 0, 6, 3) are not (n, height, width, channels)"),
    ((IMAGES, shaped(3, 3)), "kernels (3, 3) are not (height, width, c_in, c_out)"),
    ((IMAGES, shaped(3, 0, 3, 8)), "kernels (3, 0, 3, 8) are not (height, width, c_in, c_out)"),
    (
        (IMAGES, shaped(7, 3, 3, 8)),
        "images (1, 6, 6, 3) with padding 'valid' have (6, 6) pixels, fewer than the (7, 3) under "
        "kernels (7, 3, 3, 8) with dilation (1, 1)",
    ),
    (
        (IMAGES, KERNELS, None, 1, (2, 4), 1),
        "images (1, 6, 6, 3) with padding 1 have (8, 8) pixels, fewer than the (5, 9) under "
        "kernels (3, 3, 3, 8) with dilation (2, 4)",
    ),
    (
        (IMAGES, KERNELS, shaped(7)),
        "bias (7,) is not (8,): one for each filter of kernels (3, 3, 3, 8)",
    ),
    (
        (IMAGES, KERNELS, shaped(8, 1)),
        "bias (8, 1) is not (8,): one for each filter of kernels (3, 3, 3, 8)",
    ),
    ((IMAGES, KERNELS, None, 0), "stride is 0: a whole number of at least 1 is asked for"),
    ((IMAGES, KERNELS, None, (1, -1)), "stride is -1: a whole number of at least 1 is asked for"),
    ((IMAGES, KERNELS, None, 1.5), "stride is 1.5: a whole number of at least 1 is asked for"),
    (
        (IMAGES, KERNELS, None, (1, 1, 1)),
        "stride is (1, 1, 1): a number or a pair of numbers is asked for",
    ),
    ((IMAGES, KERNELS, None, 1, 0), "dilation is 0: a whole number of at least 1 is asked for"),
    (
        (IMAGES, KERNELS, None, 1, 1, -1),
        "padding is -1: a whole number of at least 0 is asked for",
    ),
    (
        (IMAGES, KERNELS, None, 1, 1, "full"),
        'padding is \'full\': "valid", "same" or a number is asked for',
    ),
    (
        (IMAGES, np.full((3, 3, 3, 8), "a")),
        "kernels (3, 3, 3, 8) have dtype <U1, not real numbers",
    ),
    ((IMAGES * 1j, KERNELS), "images (1, 6, 6, 3) have dtype complex128, not real numbers"),
]


@pytest.mark.parametrize("convolve", [by_hand.convolve, by_hand.convolve_loops])
@pytest.mark.parametrize(("arguments", "message"), CONVOLUTIONS)
def test_convolve(convolve, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        convolve(*arguments)


@pytest.mark.parametrize("backward", [by_hand.convolve_backward, by_hand.convolve_backward_loops])
@pytest.mark.parametrize("shape", [(1, 6, 6, 8), (1, 4, 4, 3), (4, 4, 8), (2, 4, 4, 8)])
def test_convolve_backward(backward, shape):
    message = (
        f"d_output {shape} is not (1, 4, 4, 8), "
        "the output of images (1, 6, 6, 3) and kernels (3, 3, 3, 8)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        backward(IMAGES, KERNELS, shaped(*shape))


POOLINGS = [
    ((shaped(6, 6, 3), 2), "images (6, 6, 3) are not (n, height, width, channels)"),
    (
        (IMAGES, (2, 7)),
        "images (1, 6, 6, 3) with padding 'valid' have (6, 6) pixels, fewer than the (2, 7) under "
        "window (2, 7) with dilation (1, 1)",
    ),
    ((IMAGES, 0), "window is 0: a whole number of at least 1 is asked for"),
    ((IMAGES, 2, 0), "stride is 0: a whole number of at least 1 is asked for"),
]
POOLS = [
    getattr(by_hand, f"{kind}_pool{form}") for kind in ("max", "average") for form in ("", "_loops")
]
POOLS_BACKWARD = [
    getattr(by_hand, f"{kind}_pool_backward{form}")
    for kind in ("max", "average")
    for form in ("", "_loops")
]


@pytest.mark.parametrize("pool", POOLS)
@pytest.mark.parametrize(("arguments", "message"), POOLINGS)
def test_pooling(pool, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        pool(*arguments)


@pytest.mark.parametrize("backward", POOLS_BACKWARD)
def test_pooling_backward(backward):
    message = (
        "d_output (1, 6, 6, 3) is not (1, 2, 3, 3), "
        "the output of images (1, 6, 6, 3) and window (3, 2) with stride (3, 2)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        backward(IMAGES, IMAGES, (3, 2))


OTHERS = [
    (
        by_hand.dense,
        (shaped(2, 5), shaped(4, 3)),
        "x (2, 5) has 5 features, weights (4, 3) expect 4",
    ),
    (
        by_hand.dense,
        (shaped(4), shaped(4, 3)),
        "x (4,) and weights (4, 3) are not (…, d_in), (d_in, d_out)",
    ),
    (
        by_hand.dense,
        (shaped(2, 4), shaped(4, 3), shaped(4)),
        "bias (4,) is not (3,): one for each column of weights (4, 3)",
    ),
    (
        by_hand.dense_backward,
        (shaped(2, 4), shaped(4, 3), shaped(2, 4)),
        "d_output (2, 4) is not of the shape of the output, (2, 3)",
    ),
    (
        by_hand.relu_backward,
        (shaped(2, 4), shaped(4)),
        "d_output (4,) is not of the shape of x, (2, 4)",
    ),
    (
        by_hand.softmax_backward,
        (shaped(2, 4), shaped(1, 4)),
        "d_output (1, 4) is not of the shape of logits, (2, 4)",
    ),
    (
        by_hand.add_windows,
        (shaped(1, 5, 5, 2, 2, 1), (1, 5, 5, 1)),
        "windows (1, 5, 5, 2, 2, 1): images (1, 5, 5, 1) have windows (1, 4, 4, 2, 2, 1)",
    ),
    (
        by_hand.add_windows,
        (shaped(1, 4, 4, 1), (1, 5, 5, 1)),
        "windows (1, 4, 4, 1) do not have 6 axes",
    ),
    (by_hand.windows, (IMAGES, 0), "size is 0: a whole number of at least 1 is asked for"),
    (
        by_hand.output_size,
        (5, 7),
        "a window of 7 with dilation 1 covers 7 pixels, 5 with padding 0 on each side are 5",
    ),
    (by_hand.output_size, (0, 1), "n is 0: a whole number of at least 1 is asked for"),
    (
        by_hand.receptive_field,
        ([(3, 1), (3,)],),
        "layer (3,) is not (kernel, stride) or with a dilation",
    ),
    (
        by_hand.receptive_field,
        ([(3, 0)],),
        "stride is 0: a whole number of at least 1 is asked for",
    ),
]


@pytest.mark.parametrize(("function", "arguments", "message"), OTHERS)
def test_others(function, arguments, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$"):
        function(*arguments)


LABELLED = [
    ((2, 4), LABELS, "labels (2,) hold 4, NAME (2, 4) are for 0 to 3"),
    ((2, 4), -LABELS, "labels (2,) hold -4, NAME (2, 4) are for 0 to 3"),
    ((3, 5), LABELS, "NAME (3, 5) and labels (2,) are not (n, classes), (n,)"),
    ((2, 5), LABELS[:, None], "NAME (2, 5) and labels (2, 1) are not (n, classes), (n,)"),
    ((0, 5), LABELS[:0], "NAME (0, 5) and labels (0,) are not (n, classes), (n,)"),
    ((2, 5), LABELS / 1, "labels (2,) have dtype float64, integers are asked for"),
]


@pytest.mark.parametrize(
    ("function", "name"),
    [
        (by_hand.cross_entropy, "probabilities"),
        (by_hand.cross_entropy_backward, "probabilities"),
        (by_hand.softmax_cross_entropy, "logits"),
        (by_hand.softmax_cross_entropy_backward, "logits"),
    ],
)
@pytest.mark.parametrize(("shape", "labels", "message"), LABELLED)
def test_labels(function, name, shape, labels, message):
    with pytest.raises(ValueError, match=f"^{re.escape(message.replace('NAME', name))}$"):
        function(shaped(*shape), labels)
