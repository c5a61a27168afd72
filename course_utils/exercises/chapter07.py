"""Checkers of the exercises of chapter 07."""
# fmt: off

import numpy as np

from course_utils.exercises import framework as ex

check_1 = ex.value("Dense parameters with padding.", *ex.parameters(512, 8 * 8 * 64), {
    512 * (7 * 7 * 64 + 1): "that is the network as it stands; padded, the last convolution "
    "keeps 16 × 16, and the pool makes 8 × 8",
    512 * (16 * 16 * 64 + 1): "was the second pool forgotten? 16 × 16 become 8 × 8",
    512 * (8 * 8 * 32 + 1): "the last convolution has 64 filters",
    512 * (8 * 8 + 1): "each of the 64 channels comes in: 8 × 8 × 64 inputs",
    512 * (32 * 32 * 64 + 1): "were the pools forgotten? Each halves height and width",
    8 * 8 * 64: "these are its inputs; each unit has a weight for each, and a bias",
})

_REPLACED = "augmented images take the place of others, none is added: the steps stay the same"
check_2 = ex.value("Steps of 30 epochs with augmentation.", *ex.steps(45_000, 128, 30), {
    391 * 30: "it is trained on 45,000 pictures: a tenth is the validation set",
    352 * 20: "with augmentation it is trained for 30 epochs, not 20",
    352 * 30 * 16: _REPLACED,
    352 * 30 * 2: _REPLACED,
})


@ex.function((32,), (7,), case="side {}")
def check_3(side: int) -> tuple:
    """`answer(side)` -> the eight numbers that flip a picture top to bottom."""
    last = side - 1
    slips = {
        "off by one: the last row is number side − 1": [1, 0, 0, 0, -1, side, 0, 0],
        "that flips left to right: here y changes, and x stays": [-1, 0, last, 0, 1, 0, 0, 0],
        "that rotates by 180°: x stays as it is": [-1, 0, last, 0, -1, last, 0, 0],
        "old y = −y lies above the picture: add side − 1": [1, 0, 0, 0, -1, 0, 0, 0],
        "that exchanges x and y, a transposed picture": [0, 1, 0, 1, 0, 0, 0, 0],
        "the order is a, b, c for x, then d, e, f for y": [1, 0, 0, -1, 0, last, 0, 0],
        "this leaves the picture as it is": [1, 0, 0, 0, 1, 0, 0, 0],
    }
    return np.array([1, 0, 0, 0, -1, last, 0, 0]), slips


_RNG = np.random.default_rng(7)
_BYTES = _RNG.integers(1, 255, (2, 4, 6, 3)) + _RNG.uniform(-0.4, 0.4, (2, 4, 6, 3))
_PICTURES = (_BYTES[..., ::-1].transpose(0, 3, 1, 2) / 255).astype("float32")


@ex.function((_PICTURES,), want=ex.image_bytes, untouched=True)
def check_4(x: np.ndarray) -> tuple:
    """`answer(x)`: (n, 3, h, w) BGR from 0 to 1 -> (n, h, w, 3) RGB bytes, the input untouched."""
    scaled = np.moveaxis(x, 1, 3)[..., ::-1] * 255
    right, reshaped = np.rint(scaled), np.rint(x * 255).reshape(scaled.shape)
    return right, {
        "red and blue are exchanged: reverse the channels": right[..., ::-1],
        "`reshape` keeps the order of the numbers and breaks every picture up: axes are moved by "
        "`transpose` or `moveaxis`": reshaped,
        "`reshape` breaks every picture up: axes are moved by `transpose` or `moveaxis`":
            reshaped[..., ::-1],
        "some are one too small: bytes cut off what follows the point, so round first":
            np.floor(scaled),
        "the numbers are not scaled: 0 to 1 has to become 0 to 255": np.floor(scaled / 255),
        "the pictures are transposed: height comes first, then width": right.swapaxes(1, 2),
    }


def _holes(
    images: np.ndarray, corners: np.ndarray, size: int, begin: int = 0, end: int = 0
) -> np.ndarray:
    """Gray squares; a slice begins and ends no lower than `begin` and `end` (below 0 it wraps)."""
    cut = images.copy()
    for image, (top, left) in zip(cut, corners, strict=True):
        rows, columns = (slice(max(v, begin), max(v + size, end)) for v in (top, left))
        image[rows, columns] = 128
    return cut


_IMAGES = np.random.default_rng(5).integers(0, 120, (5, 9, 11, 3)).astype(np.uint8)
_CORNERS = np.array([[2, 5], [-2, 3], [4, -1], [7, 9], [-6, 2]])


@ex.function((_IMAGES, _CORNERS, 4), want=ex.image_bytes, untouched=True)
def check_5(images: np.ndarray, corners: np.ndarray, size: int) -> tuple:
    """`answer(images, corners, size)`: a gray square in each image, clipped at its edges."""
    right = _holes(images, corners, size)
    return right, {
        "a corner above or left of the image is a negative number, and as the start of a slice "
        "that counts from the other end: begin at 0": _holes(images, corners, size, begin=-9),
        "row and column are exchanged: a corner is (top, left)":
            _holes(images, corners[:, ::-1], size),
        "the square is one pixel too large: it ends before top + size":
            _holes(images, corners, size + 1),
        "the square is one pixel too small": _holes(images, corners, size - 1),
        "the corner is taken for the middle of the square":
            _holes(images, corners - size // 2, size),
        "the square is black; gray is 128": np.where(right == 128, 0, right),
        "all images have the hole of the first": _holes(images, corners[[0] * 5], size),
        "a square that was shifted inside keeps its full size; here it is clipped":
            _holes(images, corners.clip(0), size),
        "a square wholly above the image cuts nothing: its end is a negative number too":
            _holes(images, corners, size, end=-9),
        "nothing is cut out": images,
    }


@ex.function(
    (np.array([2, 0, 2]), 3, 0.3), (np.array([4, 1]), 5, 0.1), (np.array([0]), 2, 0.0),
    case="labels {}, {} classes, share {}",
)
def check_6(labels: np.ndarray, classes: int, share: float) -> tuple:
    """`answer(labels, classes, share)` -> smoothed targets (n, classes)."""
    one_hot = np.eye(classes)[labels]
    kept = (1 - share) * one_hot
    return kept + share / classes, {
        "that shares among the *other* classes; the right one gets its part too":
            kept + share / (classes - 1) * (1 - one_hot),
        "the share is taken from the right class and given to nobody: each row has the sum 1": kept,
        "the share is added, but not taken from the right class": one_hot + share / classes,
        "every class gets the whole share: divide it": kept + share,
        "these are one-hot targets without smoothing": one_hot,
        "classes are columns, samples rows": (kept + share / classes).T,
    }


hint, score = ex.helpers(__name__, {
    1: ("With padding a convolution keeps the side, and a pool halves it.",
        "32 becomes 16, then 8: the dense layer has 8 · 8 · 64 inputs."),
    2: ("Augmentation replaces images, it adds none.",
        "45,000 / 128 is 351.6, so that an epoch has 352 steps."),
    3: ("The numbers say where an output pixel (x, y) comes from: x' = a x + b y + c, y' = d x + e"
        " y + f.",
        "x' = x and y' = side - 1 - y."),
    4: ("Two things change: the axis of the channels goes to the end, and their order is turned "
        "round.",
        "np.moveaxis(x, 1, 3)[..., ::-1], then 255 times it, rounded with np.rint, as uint8."),
    5: ("Work on a copy; a slice that starts below 0 would count from the end, so clip it.",
        "rows = slice(max(top, 0), max(top + size, 0)), and the columns likewise."),
    6: ("np.eye(classes)[labels] is the one-hot form of the labels.",
        "(1 - share) · one-hot + share / classes."),
})
