"""Checkers of the exercises of chapter 04."""

from typing import Any

import numpy as np

from course_utils import by_hand
from course_utils.exercises.framework import (
    Wrong,
    call,
    compare,
    judge,
    number,
    real_numbers,
    shape,
)


def check_1(answer: Any) -> None:
    """Shape after 16 of 5×5 stride 2, a 2×2 pool, 32 of 3×3 dilation 2, on (32, 32, 3)."""
    known = {
        (5, 5, 32): "was the dilation forgotten? With dilation 2 a 3×3 filter spans 5 pixels",
        (10, 10, 32): "was the stride forgotten? 28 places become 14",
        (10, 10, 16): "was the stride forgotten? 28 places become 14",
        (2, 2, 32): "off by one: ⌊(32 − 5) / 2⌋ is the last place, and there is a first one, too",
        (4, 4, 32): "that is with padding; without it 32 pixels have 14 places at stride 2",
        (8, 8, 32): "that is with padding; without it every layer gets smaller",
        (32, 3, 3): "the values are right; Keras puts the channels last",
        (3, 3, 16): "the last layer has 32 filters, and each makes a channel",
        (3, 3, 512): "a filter reads all 16 channels and makes one: 32 filters, 32 channels",
        (3, 3): "the channels are missing: the output has an axis for the 32 filters",
        (None, 3, 3, 32): "right but for the batch axis, which is not asked for",
    }
    judge(answer, lambda value: shape(value, (3, 3, 32), known))


def check_2(answer: Any) -> None:
    """Parameters of the two convolutions of exercise 1: a whole number."""
    first, second = 16 * (25 * 3 + 1), 32 * (9 * 16 + 1)
    known = {
        16 * 75 + 32 * 144: "the weights are right; every filter has a bias too",
        16 * 26 + 32 * 10: "a filter reads all channels below it: 5·5·3 weights, then 3·3·16",
        16 * 76 + 32 * 10: "the second convolution reads 16 channels: 3·3·16 weights a filter",
        16 * 76 + 32 * (9 * 3 + 1): "the second convolution reads the 16 channels of the first, "
        "not the 3 of the image",
        16 * 76 + 32 * (25 * 16 + 1): "dilation spreads the nine weights out, it adds none",
        first: "that is the first convolution alone",
        second: "that is the second convolution alone",
        16 * 75 + 1 + 32 * 144 + 1: "every filter has a bias of its own",
    }
    judge(answer, lambda value: number(value, first + second, known))


def check_3(answer: Any) -> None:
    """A 3×3 filter for upper edges: sum 0, positive where paper lies above ink."""

    def examine(value: Any) -> None:
        kernel = real_numbers(value)
        if kernel.shape != (3, 3):
            raise Wrong(f"the shape is {kernel.shape}, it should be (3, 3)")
        if not kernel.any():
            raise Wrong("a filter of zeros answers to nothing")
        if abs(kernel.sum()) > 1e-6:
            raise Wrong(f"to solid ink it answers {kernel.sum():g}: let the weights add up to 0")
        across = kernel.sum(0)
        upper = _at(kernel, [0, 1, 1]), _at(kernel, [0, 0, 1])
        lower = _at(kernel, [1, 1, 0]), _at(kernel, [1, 0, 0])
        if max(upper) < 0 < min(lower):
            raise Wrong("flipped: this one answers to the lower edge; ink counts below, not above")
        if not any(upper) and across.any():
            raise Wrong("this looks across, not up and down: row 0 of the array is the upper one")
        if min(upper) <= 0:
            raise Wrong(f"with ink in the lowest rows only it answers {min(upper):g}")
        if max(lower) >= 0:
            raise Wrong(f"with ink above and paper below it answers {max(lower):g}, not negative")

    judge(answer, examine)


def _at(kernel: np.ndarray, rows: list[int]) -> float:
    """The answer to a window whose rows are ink (1) or paper (0), rounded to be safe at 0."""
    return round(float(np.sum(kernel * np.array(rows)[:, np.newaxis])), 6)


def check_4(answer: Any) -> None:
    """`answer(images, size, stride)`: the max pool of images (n, h, w, c)."""

    def examine(max_pool: Any) -> None:
        rng = np.random.default_rng(4)
        for shape_, size, stride in (
            ((2, 4, 6, 3), 2, 2),
            ((1, 7, 5, 2), 2, 2),
            ((2, 7, 7, 1), 3, 2),
        ):
            images = rng.normal(size=shape_).astype("float32") - 3
            padded = np.pad(images, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=-np.inf)
            each = by_hand.max_pool(images, size, 1)
            known = {
                "that is the mean of each window, its largest value is asked for": (
                    by_hand.average_pool(images, size, stride)
                ),
                "that is the sum of each window, its largest value is asked for": (
                    by_hand.average_pool(images, size, stride) * size**2
                ),
                "that is the smallest value of each window": -by_hand.max_pool(
                    -images, size, stride
                ),
                "the largest over all channels: each channel has a maximum of its own": np.repeat(
                    by_hand.max_pool(images, size, stride).max(3, keepdims=True), shape_[3], 3
                ),
                "was the stride forgotten? The window moved by 1": each,
                "the window moved by its own size, not by the stride": by_hand.max_pool(
                    images, size, size
                ),
                "what is left over at the end is dropped, not padded": by_hand.max_pool(
                    padded, size, stride
                ),
                "negative values count as well: the maximum does not start at 0": np.maximum(
                    by_hand.max_pool(images, size, stride), 0
                ),
                "images are (n, h, w, c), the channel last: this pools the wrong axes": (
                    _channels_first(by_hand.max_pool, images, size, stride)
                ),
            }
            case = f"for images {shape_}, size {size}, stride {stride}"
            value = call(max_pool, images.copy(), size, stride)
            compare(case, value, by_hand.max_pool(images, size, stride), known)

    judge(answer, examine)


def _channels_first(pool: Any, images: np.ndarray, size: int, stride: int) -> np.ndarray:
    """What comes out when the last two axes are taken for height and width."""
    if min(images.shape[2:]) < size:
        return np.zeros(0)
    return np.moveaxis(pool(np.moveaxis(images, 1, 3), size, stride), 3, 1)


def check_5(answer: Any) -> None:
    """`answer(images, kernels, bias, stride, padding)`: a whole convolution layer."""

    def examine(layer: Any) -> None:
        rng = np.random.default_rng(5)
        cases = (
            ((1, 5, 5, 1), (3, 3, 1, 1), 1, 0),
            ((2, 6, 7, 3), (3, 2, 3, 4), 1, 0),
            ((2, 7, 7, 2), (3, 3, 2, 2), 2, 0),
            ((2, 5, 6, 2), (3, 3, 2, 2), 1, 1),
            ((1, 8, 7, 3), (3, 3, 3, 2), 2, 2),
        )
        for shape_, kernel_shape, stride, padding in cases:
            images = rng.normal(size=shape_).astype("float32")
            kernels = rng.normal(size=kernel_shape).astype("float32")
            bias = rng.normal(size=kernel_shape[3]).astype("float32") + 2
            case = (
                f"for images {shape_}, kernels {kernel_shape}, stride {stride}, padding {padding}"
            )
            given = images.copy(), kernels.copy(), bias.copy()
            value = call(layer, *given, stride, padding)
            if not all(map(np.array_equal, given, (images, kernels, bias))):
                raise Wrong("the arrays that were passed in are changed: work on a copy")
            right = by_hand.convolve(images, kernels, bias, stride, padding=padding)
            compare(case, value, right, _slips(images, kernels, bias, stride, padding))

    judge(answer, examine)


def _slips(
    images: np.ndarray, kernels: np.ndarray, bias: np.ndarray, stride: int, padding: int
) -> dict[str, np.ndarray]:
    """What the usual misconceptions about a convolution layer compute."""

    def layer(k: np.ndarray, b: np.ndarray | None = bias, s: int = stride, p: int = padding) -> Any:
        fits = all(n + 2 * p >= m for n, m in zip(images.shape[1:3], k.shape[:2], strict=True))
        return by_hand.convolve(images, k, b, s, padding=p) if fits and p >= 0 else np.zeros(0)

    right = layer(kernels)
    slips = {
        "the kernel is flipped: frameworks slide it as it stands": layer(kernels[::-1, ::-1]),
        "the bias is missing": layer(kernels, None),
        "the bias is subtracted": layer(kernels, -bias),
        "that is with a relu: none is asked for": np.maximum(right, 0),
        "the channels are not added up: a filter sums over height, width and channels": layer(
            kernels * (np.arange(kernels.shape[2]) == 0)[:, np.newaxis]
        ),
        "the kernel is transposed: rows come first": layer(np.swapaxes(kernels, 0, 1)),
        "channels first: Keras puts the channels last": np.moveaxis(right, 3, 1),
        "every window is divided by its size: a sum is asked for, not a mean": (
            layer(kernels / kernels[..., 0].size)
        ),
    }
    slips["the kernel is not moved by the stride: was the stride forgotten?"] = layer(kernels, s=1)
    slips["the padding is forgotten"] = layer(kernels, p=0)
    for off in (-1, 1):
        slips[f"the padding is off by one: {padding + off} rings, not {padding}"] = layer(
            kernels, p=padding + off
        )
    if right.shape[1] > 1 and right.shape[2] > 1:
        slips["off by one: the last place along each axis is missing"] = right[:, :-1, :-1]
    return {
        message: wrong
        for message, wrong in slips.items()
        if wrong.shape != right.shape or not np.allclose(wrong, right)
    }


def check_6(answer: Any) -> None:
    """`answer(d_output, size)`: gradient of an image under mean pooling."""

    def examine(backward: Any) -> None:
        for shape_, size in (((2, 3), 2), ((1, 2), 3)):
            d_output = np.arange(1.0, 1 + shape_[0] * shape_[1]).reshape(shape_)
            ones = np.ones((size, size))
            corner = np.zeros((size, size))
            corner[0, 0] = 1
            known = {
                "each pixel gets a share: divide by the number of pixels in a window": np.kron(
                    d_output, ones
                ),
                f"a window has {size**2} pixels, not {size}": np.kron(d_output, ones) / size,
                "only one pixel gets the gradient: that is the maximum's way, a mean shares": (
                    np.kron(d_output, corner)
                ),
                "the patches are tiled, not spread: neighbours share a window": np.tile(
                    d_output, (size, size)
                )
                / size**2,
            }
            value = call(backward, d_output.copy(), size)
            right = np.kron(d_output, ones) / size**2
            compare(f"for d_output {shape_}, size {size}", value, right, known)

    judge(answer, examine)


def check_7(answer: Any) -> None:
    """`answer(pixels, kernel)`: convolutions until one number sees `pixels` pixels."""

    def examine(layers_needed: Any) -> None:
        for pixels, kernel in ((7, 3), (28, 3), (28, 5), (3, 3), (9, 5), (224, 3)):
            right = -(-(pixels - 1) // (kernel - 1))
            known = {
                right - 1: "one too few: count the first layer, too",
                right + 1: "one too many",
                -(-pixels // kernel): "each layer after the first adds kernel − 1 pixels, not "
                "kernel: the windows overlap",
                -(-pixels // (kernel - 1)): "one number sees one pixel before any layer: "
                "pixels − 1 are to be added",
                (pixels - 1) // (kernel - 1): "round up: it has to see at least that many",
            }
            known.pop(right, None)
            try:
                number(call(layers_needed, pixels, kernel), right, known)
            except Wrong as wrong:
                raise Wrong(f"for {pixels} pixels and kernel {kernel}: {wrong}") from wrong

    judge(answer, examine)
