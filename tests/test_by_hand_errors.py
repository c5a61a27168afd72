"""Errors of the arithmetic by hand: each names the shapes or the number in full."""

import re

import numpy as np
import pytest

from course_utils import by_hand

IMAGES, KERNELS = np.ones((1, 6, 6, 3)), np.ones((3, 3, 3, 8))


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
        "bias (7,) is not (8,): one a filter of kernels (3, 3, 3, 8)",
    ),
    (
        (IMAGES, KERNELS, shaped(8, 1)),
        "bias (8, 1) is not (8,): one a filter of kernels (3, 3, 3, 8)",
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
def test_fault_convolve(convolve, arguments, message, fault):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as error:
        convolve(*arguments)
    fault("arithmetic", f"convolve: {message.split(':')[0].split(' expect')[0]}", str(error.value))


@pytest.mark.parametrize("shape", [(1, 6, 6, 8), (1, 4, 4, 3), (4, 4, 8), (2, 4, 4, 8)])
def test_fault_convolve_backward(shape, fault):
    message = (
        f"d_output {shape} is not (1, 4, 4, 8), "
        "the output of images (1, 6, 6, 3) and kernels (3, 3, 3, 8)"
    )
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as error:
        by_hand.convolve_backward(IMAGES, KERNELS, shaped(*shape))
    fault("arithmetic", f"convolve_backward with d_output {shape}", str(error.value))


OTHERS = [
    (
        by_hand.max_pool,
        (shaped(6, 6, 3), 2),
        "images (6, 6, 3) are not (n, height, width, channels)",
    ),
    (
        by_hand.average_pool,
        (IMAGES, (2, 7)),
        "images (1, 6, 6, 3) with padding 'valid' have (6, 6) pixels, fewer than the (2, 7) under "
        "window (2, 7) with dilation (1, 1)",
    ),
    (by_hand.max_pool, (IMAGES, 0), "window is 0: a whole number of at least 1 is asked for"),
    (
        by_hand.average_pool,
        (IMAGES, 2, 0),
        "stride is 0: a whole number of at least 1 is asked for",
    ),
]


@pytest.mark.parametrize(("function", "arguments", "message"), OTHERS)
def test_fault_pooling(function, arguments, message, fault):
    with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as error:
        function(*arguments)
    fault("arithmetic", f"{function.__name__}: {message.split(':')[0]}", str(error.value))
