"""Checkers of the exercises of chapter 04."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.by_hand import average_pool, convolve, max_pool
from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

check_1 = ex.value(
    "Shape after 16 of 5×5 stride 2, a 2×2 pool, 32 of 3×3 dilation 2, on (32, 32, 3).",
    *ex.image_shape(3, 3, 32), {
        (5, 5, 32): "was the dilation forgotten? With dilation 2 a 3×3 filter spans 5 pixels",
        (10, 10, 32): "was the stride forgotten? 28 positions become 14",
        (10, 10, 16): "was the stride forgotten? 28 positions become 14",
        (2, 2, 32): "off by one: ⌊(32 − 5) / 2⌋ is the last position, and there is a first, too",
        (4, 4, 32): "that is with padding; without it 32 pixels have 14 positions at stride 2",
        (8, 8, 32): "that is with padding; without it every layer gets smaller",
        (3, 3, 16): "the last layer has 32 filters, and each makes a channel",
        (3, 3, 512): "a filter reads all 16 channels and makes one: 32 filters, 32 channels",
    }, want=ex.shape,
)

_FIRST, _SECOND = 16 * (25 * 3 + 1), 32 * (9 * 16 + 1)
check_2 = ex.value("Parameters of the two convolutions of exercise 1.", _FIRST + _SECOND, {
    16 * 75 + 32 * 144: "the weights are right; every filter has a bias too",
    16 * 26 + 32 * 10: "a filter reads all channels below it: 5·5·3 weights, then 3·3·16",
    _FIRST + 32 * 10: "the second convolution reads 16 channels: 3·3·16 weights a filter",
    _FIRST + 32 * (9 * 3 + 1):
        "the second convolution reads the 16 channels of the first, not the 3 of the image",
    _FIRST + 32 * (25 * 16 + 1): "dilation spreads the nine weights out, it adds none",
    _FIRST: "that is the first convolution alone",
    _SECOND: "that is the second convolution alone",
    16 * 75 + 1 + 32 * 144 + 1: "every filter has a bias of its own",
})


@ex.examined
def check_3(answer: Any) -> None:
    """A 3×3 filter for upper edges: sum 0, positive where paper lies above ink."""
    kernel = ex.real_numbers(answer)
    if kernel.shape != (3, 3):
        raise Wrong(f"the shape is {kernel.shape}, it should be (3, 3)")
    if not kernel.any():
        raise Wrong("a filter of zeros responds to nothing")

    def response(*ink: int) -> float:
        """To a window whose rows are ink (1) or paper (0); 0 up to rounding is 0."""
        found = float(kernel.sum(axis=1) @ ink)
        return found if abs(found) > 1e-6 * np.abs(kernel).max() else 0.0

    upper = response(0, 1, 1), response(0, 0, 1)
    lower = response(1, 1, 0), response(1, 0, 0)
    if solid := response(1, 1, 1):
        raise Wrong(f"to solid ink its response is {solid:g}: let the weights add up to 0")
    if max(upper) < 0 < min(lower):
        raise Wrong("flipped: this one responds to the lower edge; ink counts below, not above")
    if not any(upper) and kernel.sum(axis=0).any():
        raise Wrong("this looks across, not up and down: row 0 of the array is the upper one")
    if min(upper) <= 0:
        raise Wrong(f"with ink in the lowest rows only its response is {min(upper):g}")
    if max(lower) >= 0:
        raise Wrong(f"to ink above and paper below its response is {max(lower):g}, not negative")


def _images(*shape: int) -> np.ndarray:
    return np.random.default_rng(4).normal(size=shape).astype("float32")


@ex.function(
    *((_images(*s) - 3, *by) for s, *by in (
        ((2, 4, 6, 3), 2, 2), ((1, 7, 5, 2), 2, 2), ((2, 7, 7, 1), 3, 2))),
    case="images {0.shape}, size {1}, stride {2}",
)
def check_4(images: np.ndarray, size: int, stride: int) -> tuple:
    """`answer(images, size, stride)`: the max pool of images (n, h, w, c)."""
    right, mean = max_pool(images, size, stride), average_pool(images, size, stride)
    padded = np.pad(images, ((0, 0), (0, 1), (0, 1), (0, 0)), constant_values=-np.inf)
    moved = np.moveaxis(images, 1, 3)  # as if the last two axes were height and width
    moved = max_pool(moved, size, stride) if min(moved.shape[1:3]) >= size else moved
    return right, {
        "that is the mean of each window, its largest value is asked for": mean,
        "that is the sum of each window, its largest value is asked for": mean * size**2,
        "that is the smallest value of each window": -max_pool(-images, size, stride),
        "the largest over all channels: each channel has a maximum of its own":
            np.broadcast_to(right.max(axis=3, keepdims=True), right.shape),
        "was the stride forgotten? The window moved by 1": max_pool(images, size, 1),
        "the window moved by its own size, not by the stride": max_pool(images, size, size),
        "what is left over at the end is dropped, not padded": max_pool(padded, size, stride),
        "negative values count as well: the maximum does not start at 0": np.maximum(right, 0),
        "images are (n, h, w, c), the channel last: this pools the wrong axes":
            np.moveaxis(moved, 3, 1),
    }


@ex.function(
    *((_images(*s), _images(*k), _images(k[3]) + 2, stride, padding) for s, k, stride, padding in (
        ((1, 5, 5, 1), (3, 3, 1, 1), 1, 0),
        ((2, 6, 7, 3), (3, 2, 3, 4), 1, 0),
        ((2, 7, 7, 2), (3, 3, 2, 2), 2, 0),
        ((2, 5, 6, 2), (3, 3, 2, 2), 1, 1),
        ((1, 8, 7, 3), (3, 3, 3, 2), 2, 2),
    )),
    case="images {0.shape}, kernels {1.shape}, stride {3}, padding {4}", untouched=True,
)
def check_5(
    images: np.ndarray, kernels: np.ndarray, bias: np.ndarray, stride: int, padding: int
) -> tuple:
    """`answer(images, kernels, bias, stride, padding)`: a whole convolution layer."""
    def layer(k: np.ndarray, b: np.ndarray | None = bias, s: int = stride, p: int = padding) -> Any:
        fits = p >= 0 and all(np.add(images.shape[1:3], 2 * p) >= k.shape[:2])
        return convolve(images, k, b, s, padding=p) if fits else np.zeros(0)

    right = layer(kernels)
    one_channel = kernels * (np.arange(kernels.shape[2])[:, np.newaxis] == 0)
    return right, {
        "the kernel is flipped: frameworks slide it as it stands": layer(kernels[::-1, ::-1]),
        "the bias is missing": layer(kernels, None),
        "the bias is subtracted": layer(kernels, -bias),
        "that is with a relu: none is asked for": np.maximum(right, 0),
        "the channels are not added up: a filter sums over height, width and channels":
            layer(one_channel),
        "the kernel is transposed: rows come first": layer(np.swapaxes(kernels, 0, 1)),
        "channels first: Keras puts the channels last": np.moveaxis(right, 3, 1),
        "every window is divided by its size: a sum is asked for, not a mean":
            layer(kernels / kernels[..., 0].size),
        "the kernel is not moved by the stride: was the stride forgotten?": layer(kernels, s=1),
        "the padding is forgotten": layer(kernels, p=0),
        f"the padding is off by one: {padding - 1} rings, not {padding}":
            layer(kernels, p=padding - 1),
        f"the padding is off by one: {padding + 1} rings, not {padding}":
            layer(kernels, p=padding + 1),
        "off by one: the last position along each axis is missing": right[:, :-1, :-1],
    }


@ex.function(
    (np.arange(1.0, 7).reshape(2, 3), 2), (np.array([[1.0, 2]]), 3),
    case="d_output {0.shape}, size {1}",
)
def check_6(d_output: np.ndarray, size: int) -> tuple:
    """`answer(d_output, size)`: gradient of an image under mean pooling."""
    spread = np.kron(d_output, np.ones((size, size)))
    return spread / size**2, {
        "each pixel gets a share: divide by the number of pixels in a window": spread,
        f"a window has {size**2} pixels, not {size}": spread / size,
        "only one pixel gets the gradient: that is the maximum's way, a mean shares":
            np.kron(d_output, np.eye(1, size**2).reshape(size, size)),
        "the patches are tiled, not spread: neighbors share a window":
            np.tile(d_output, (size, size)) / size**2,
    }


@ex.function(
    (7, 3), (28, 3), (28, 5), (3, 3), (9, 5), (224, 3),
    want=ex.whole, case="{} pixels and kernel {}",
)
def check_7(pixels: int, kernel: int) -> tuple:
    """`answer(pixels, kernel)`: convolutions until one number sees `pixels` pixels."""
    right = -(-(pixels - 1) // (kernel - 1))
    return right, {
        right - 1: "one too few: count the first layer, too",
        right + 1: "one too many",
        -(-pixels // kernel):
            "each layer after the first adds kernel − 1 pixels, not kernel: the windows overlap",
        -(-pixels // (kernel - 1)):
            "one number sees one pixel before any layer: pixels − 1 are to be added",
        (pixels - 1) // (kernel - 1): "round up: it has to see at least that many",
    }


hint, score = ex.helpers(__name__, {
    1: ("Output size: floor((size - window) / stride) + 1, where a dilated window of 3 covers 5 "
        "pixels.",
        "32 becomes 14, the pool makes 7 of it; the last layer has 32 filters."),
    2: ("A filter has height · width · channels in weights, and one bias.",
        "The first layer has 3 channels as its input, the second 16."),
    3: ("On paper and on solid ink alike the nine weights have to add to 0.",
        "Positive weights belong where the ink is: in the bottom row. Ink is 1, paper is 0."),
    4: ("The output has (h - size) // stride + 1 rows; a window starts at row i · stride.",
        "images[:, top : top + size, left : left + size].max(axis=(1, 2)) is one position of all "
        "images."),
    5: ("Pad with np.pad along height and width only, then slide the window.",
        "With stride s only every s-th position counts: [:, ::s, ::s] of all positions."),
    6: ("Each pixel of a window has a share of 1 / size² in its mean.",
        "So each number of d_output goes to size × size pixels, divided by size²: np.kron spreads "
        "it."),
    7: ("One layer sees kernel pixels; each further layer adds kernel - 1.",
        "Solve 1 + layers · (kernel - 1) >= pixels, and round up."),
})
