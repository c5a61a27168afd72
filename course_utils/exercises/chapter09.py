"""Checkers of the exercises of chapter 09."""
# fmt: off

from collections.abc import Callable

import numpy as np

from course_utils.exercises import framework as ex

check_1 = ex.value("Pixels a side that one position sees: conv 3, conv 3, pool 2, conv 3.", 10, {
    8: "behind the pool, neighbors look two pixels apart: the last convolution adds 4, not 2",
    9: "the pool itself widens the field by one pixel",
    5: "that is the field behind the second convolution",
    6: "that is the field behind the pool",
    7: "that is three convolutions without a pool",
    12: "a convolution of 3 × 3 adds two neighbors, not three",
    100: "that is the number of pixels; the side is asked for",
})

check_2 = ex.value("Positions of an 8 × 8 square on 32 × 32 pixels in steps of 4.", 49, {
    7: "that is one row of positions: there are as many rows",
    36: "the first position counts too: (32 − 8) / 4 + 1 in a row",
    64: "the last positions would lie over the edge",
    16: "the square moves by 4, not by its own side",
    25 * 25: "the square moves by 4, not by one pixel",
})

_ANSWERS = np.random.default_rng(3).normal(size=(4, 5, 6, 3)) * [1, 1, 0] - [0, 1, 0]


@ex.function((np.maximum(_ANSWERS, 0).astype("float32"),))
def check_3(activations: np.ndarray) -> tuple:
    """`answer(activations)`: (n, h, w, c) -> share of zeros in each channel (c,)."""
    zero = activations == 0
    right = zero.mean(axis=(0, 1, 2))
    return right, {
        "that is one share for all channels; keep the last axis": zero.mean(),
        "these are the shares of what is *not* zero": 1 - right,
        "these are counts; divide by how many there are": zero.sum(axis=(0, 1, 2)),
        "that is a share for each picture; keep the last axis, not the first":
            zero.mean(axis=(1, 2, 3)),
        "that is a share for each position and channel; a picture has many positions":
            zero.mean(axis=0),
    }


@ex.function(tuple(np.random.default_rng(4).normal(size=(2, 3, 4, 5))))
def check_4(maps: np.ndarray, gradients: np.ndarray) -> tuple:
    """`answer(maps, gradients)`, both (h, w, c) -> Grad-CAM's map (h, w)."""
    weighted = maps * gradients.mean(axis=(0, 1))
    summed = weighted.sum(axis=-1)
    right = np.maximum(summed, 0)
    return right, {
        "what speaks against the class is left out: relu": summed,
        "the gradient is averaged over the positions first, one weight for each channel":
            np.maximum((maps * gradients).sum(axis=-1), 0),
        "each channel has a weight; this adds the maps as they are":
            np.maximum(maps.sum(axis=-1), 0),
        "relu comes after the sum, not before": np.maximum(weighted, 0).sum(axis=-1),
        "these are the maps weighted; now add up the channels": np.maximum(weighted, 0),
        "the channels are added up, not averaged": right / maps.shape[-1],
        "the weights are means of the gradient, not sums": right * gradients[..., 0].size,
        "the map is not scaled here": right / right.max(),
    }


def _sum_of_cubes(x: np.ndarray) -> float:
    return float((x**3).sum())


def _product(x: np.ndarray) -> float:
    return float(np.prod(x))


@ex.function(
    (_sum_of_cubes, np.array([[1.0, -2.0], [0.5, 3.0]]), 0.1),
    (_product, np.array([2.0, -1.0, 4.0]), 0.1),
    case="{0.__name__}", untouched=True,
)
def check_5(f: Callable, x: np.ndarray, step: float) -> tuple:
    """`answer(f, x, step)` -> gradient of `f` at `x` by central differences, `x` untouched."""
    def differences(up: float, down: float) -> np.ndarray:
        shifts = np.eye(x.size).reshape(x.size, *x.shape)
        found = [(f(x + up * s) - f(x - down * s)) / (up + down) for s in shifts]
        return np.array(found).reshape(x.shape)

    right = differences(step, step)
    return right, {
        "that is the difference up alone; take up and down": differences(step, 0),
        "that is the difference down alone; take up and down": differences(0, step),
        "divide by two steps, not by one": 2 * right,
        "divide by the two steps": 2 * step * right,
        "the sign is the other way round: up minus down": -right,
    }


hint, score = ex.helpers(__name__, {
    1: ("A 3 × 3 convolution with stride 1 adds 2 pixels to the receptive field.",
        "After the pool, neighbors are two pixels apart: the last convolution adds 2 · 2, the pool"
        " 1."),
    2: ("How many positions are there along one side?",
        "(32 - 8) / 4 + 1 along a side; the square of it in all."),
    3: ("activations == 0 is an array of true and false, and its mean is a share.",
        "Average over the samples, the height and the width: axis=(0, 1, 2)."),
    4: ("A channel's weight is the mean of its gradient over height and width.",
        "The weighted sum over the channels; then what is negative becomes 0."),
    5: ("np.ndindex(x.shape) goes through all positions of an array of any shape.",
        "Two copies in float64, one with + step, the other with - step at this position only."),
})
