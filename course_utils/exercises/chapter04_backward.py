"""Checkers of the exercises of the lab 04_backward_by_hand."""
# fmt: off

import numpy as np

from course_utils.by_hand import convolve_backward
from course_utils.exercises import framework as ex


@ex.function(
    (np.arange(1.0, 7).reshape(2, 3), 2), (np.array([[1.0, 2]]), 3),
    case="d_output {0.shape}, size {1}",
)
def check_1(d_output: np.ndarray, size: int) -> tuple:
    """`answer(d_output, size)`: gradient of an image under average pooling."""
    spread = np.kron(d_output, np.ones((size, size)))
    return spread / size**2, {
        "each pixel gets a share: divide by the number of pixels in a window": spread,
        f"a window has {size**2} pixels, not {size}": spread / size,
        "only one pixel gets the gradient: that is the maximum's way, a mean shares":
            np.kron(d_output, np.eye(1, size**2).reshape(size, size)),
        "the patches are tiled, not spread: neighbors share a window":
            np.tile(d_output, (size, size)) / size**2,
    }


def _arrays(*shapes: tuple[int, int]) -> list[np.ndarray]:
    rng = np.random.default_rng(6)
    return [rng.normal(size=shape) for shape in shapes]


@ex.function(
    (*_arrays((4, 5), (2, 3), (3, 3)), 1), (*_arrays((7, 7), (3, 3), (3, 3)), 2),
    (*_arrays((6, 8), (2, 2), (2, 3)), 3),
    want=ex.pair("d_image, d_kernel", ex.real_numbers),
    case="image {0.shape}, kernel {1.shape}, stride {3}", untouched=True,
)
def check_2(image: np.ndarray, kernel: np.ndarray, d_output: np.ndarray, stride: int) -> tuple:
    """`answer(image, kernel, d_output, stride)` -> gradients of the image and of the kernel."""
    def backward(k: np.ndarray, s: int = stride) -> tuple[np.ndarray, np.ndarray]:
        four = image[np.newaxis, ..., np.newaxis], k[..., np.newaxis, np.newaxis]
        fits = tuple(s * (n - 1) + w for n, w in zip(d_output.shape, k.shape, strict=True))
        cut = four[0][:, : fits[0], : fits[1]]
        found = convolve_backward(cut, four[1], d_output[np.newaxis, ..., np.newaxis], s)
        d_image = np.zeros_like(image)
        d_image[: fits[0], : fits[1]] = found[0][0, ..., 0]
        return d_image, found[1][..., 0, 0]

    right, (height, width) = backward(kernel), kernel.shape

    def assigned(s: int) -> np.ndarray:
        """With = in place of +=: the last window counts."""
        last = np.zeros_like(image)
        for i, j in np.ndindex(d_output.shape):
            last[i * s : i * s + height, j * s : j * s + width] = d_output[i, j] * kernel
        return last

    unstrided = backward(kernel, 1)
    return right, {
        "the two are exchanged: the gradient of the image first": right[::-1],
        "a pixel in several windows collects from each of them: += in place of =":
            (assigned(stride), right[1]),
        "both mistakes are still there: where does the window of output (i, j) begin, and what "
        "does a pixel in several windows get?": (assigned(1), unstrided[1]),
        "the window moves by the stride: that of output (i, j) begins at row i · stride": unstrided,
        "the filter is flipped once too often: each pixel gets the weight that it met":
            (backward(kernel[::-1, ::-1])[0], right[1]),
    }


_PIXELS, _WINDOWS = 64 * 28 * 28, 64 * 24 * 24
check_3 = ex.value("Numbers in the im2col matrix of 64 images of 28 × 28, windows of 5 × 5.",
                   _WINDOWS * 25, {
    _WINDOWS: "that is the number of windows, the rows: each row holds 25 numbers",
    24 * 24 * 25: "that is one image: there are 64",
    64 * 23 * 23 * 25: "off by one: 28 − 5 is the last position, and there is a first, too",
    _PIXELS * 25: "not every pixel is the corner of a window: 28 − 5 + 1 positions along each axis",
    _PIXELS: "these are the pixels: each stands in many windows",
    _WINDOWS * 25 * 32: "all filters share the matrix of windows: no factor of 32",
    _WINDOWS * 32: "these are the outputs: the matrix holds windows",
})

hint, score = ex.helpers(__name__, {
    1: ("Each pixel of a window has a share of 1 / size² in its mean.",
        "So each number of d_output goes to size × size pixels, divided by size²: np.kron spreads "
        "it."),
    2: ("Compare with finite differences at stride 2, and look which pixels differ.",
        "With stride s the window of output (i, j) begins at (i · s, j · s). And what happens to a "
        "pixel that lies in two windows?"),
    3: ("How many positions has a window of 5 along 28 pixels?",
        "24 · 24 windows an image, and each row of the matrix holds the 25 numbers of one window."),
})
