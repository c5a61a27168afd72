"""Checkers of the exercises of chapter 01."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

check_1 = ex.value("Shape of 4 color videos, 144 frames of 256 × 128.", (4, 144, 256, 128, 3), {
    (4, 144, 128, 256, 3): "height comes before width: rows first, then columns",
    (4, 3, 144, 256, 128): "that is channels first; here the channels come last",
    (4, 144, 3, 256, 128): "that is channels first; here the channels come last",
    (144, 256, 128, 3): "that is one video: the axis of the samples is missing",
    (4, 144, 256, 128): "in color, each pixel has three numbers: an axis is missing",
    (4, 144, 256, 128, 1): "one channel is gray; color has three",
    (4, 256, 128, 144, 3): "the frames come right after the samples",
    (144, 4, 256, 128, 3): "the axis of the samples comes first, then that of the frames",
    (4, 256, 128, 3): "the axis of the frames is missing",
}, want=ex.shape)


def _whole_steps(answer: Any) -> int:
    if ex.same(ex.real(answer), 4 * 25_000 / 512, 0.01):
        raise Wrong("a step is never taken in part: round up in each epoch")
    return ex.whole(answer)


check_2 = ex.value(
    "Steps of 4 epochs on 25,000 samples in batches of 512.",
    *ex.steps(25_000, 512, 4), want=_whole_steps,
)

_IMAGES = np.random.default_rng(3).normal([5.0, -2.0, 0.5], [1.0, 10.0, 0.1], (6, 5, 4, 3))


@ex.function((_IMAGES,), untouched=True)
def check_3(images: np.ndarray) -> tuple:
    """`answer(images)`: each channel of (n, h, w, c) with mean 0 and standard deviation 1."""
    def over(*axes: int) -> np.ndarray:
        mean, deviation = (f(axis=axes, keepdims=True) for f in (images.mean, images.std))
        return (images - mean) / deviation

    mean, deviation = images.mean(axis=(0, 1, 2)), images.std(axis=(0, 1, 2))
    return over(0, 1, 2), {
        "one mean and one standard deviation for all channels together: leave the channel axis "
        "out of the mean": over(0, 1, 2, 3),
        "that standardizes each position of the image by itself: average over height and width, "
        "too": over(0),
        "each image has been standardized by itself: average over the samples, too": over(1, 2),
        "these are means over the channels: the channel is the last axis": over(3),
        "the mean is right; divide by the standard deviation, not by its square":
            (images - mean) / deviation**2,
        "the mean is right; divide by the standard deviation as well": images - mean,
        "the division is right, but the mean was not subtracted": images / deviation,
    }


_RNG = np.random.default_rng(4)


@ex.function(tuple(_RNG.normal(size=s) for s in ((5, 4), (4, 4), (4,), (4, 3), (3,))))
def check_4(x: np.ndarray, w1: np.ndarray, b1: np.ndarray, w2: np.ndarray, b2: np.ndarray) -> tuple:
    """`answer(x, w1, b1, w2, b2)`: dense with relu, then dense without."""
    hidden, unbiased = x @ w1 + b1, np.maximum(x @ w1, 0)
    right = np.maximum(hidden, 0) @ w2 + b2
    return right, {
        "there is no relu: two layers without it are one": hidden @ w2 + b2,
        "the second layer has no activation: its outputs may be negative": np.maximum(right, 0),
        "the bias of the first layer is missing": unbiased @ w2 + b2,
        "the bias of the second layer is missing": right - b2,
        "both biases are missing": unbiased @ w2,
        "relu comes after the bias": (unbiased + b1) @ w2 + b2,
        "w1 is (inputs, units): x @ w1, not x @ w1.T": np.maximum(x @ w1.T + b1, 0) @ w2 + b2,
    }


@ex.function(
    (2.0, 1.0, 3.0, 4.0), (0.5, -0.5, -2.0, 1.0), (1.5, 0.5, 2.0, 5.0),
    want=ex.pair("derivative in w, in b", ex.real), case="w={}, b={}, x={}, y={}",
)
def check_5(w: float, b: float, x: float, y: float) -> tuple:
    """`answer(w, b, x, y)` -> derivatives of (relu(w x + b) − y)² in w and in b."""
    z = w * x + b
    outer = 2 * (max(z, 0) - y)
    return (outer * x, outer) if z > 0 else (0.0, 0.0), {
        (outer * x, outer): "relu gives 0 here, so neither w nor b changes the loss",
        (2 * (z - y) * x, 2 * (z - y)): "relu gives 0 here, so neither w nor b changes the loss",
        (outer, outer * x): "the two are exchanged: the derivative in w first, then that in b",
        (outer, outer): "the inner derivative in w is x: multiply by it",
        (outer * x / 2, outer / 2): "the derivative of the square is twice its inside",
        (-outer * x, -outer): "the sign is turned: prediction − y, not y − prediction",
        (outer * x, outer * x): "the inner derivative in b is 1, not x",
    }


@ex.examined
def check_6(fold_w: Any, fold_b: Any, cut: Any) -> None:
    """Weights (2, 2), biases (2,) and weights (2,): two relu units that solve exclusive or."""
    arrays = []
    asked = {"fold_w": (fold_w, (2, 2)), "fold_b": (fold_b, (2,)), "cut": (cut, (2,))}
    for name, (answer, right) in asked.items():
        with ex.in_case(name):
            arrays.append(ex.real_numbers(answer))
            if arrays[-1].shape != right:
                raise Wrong(f"the shape is {arrays[-1].shape}, it should be {right}")
    w, b, last = arrays
    corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    wanted, inner = np.array([0, 1, 1, 0]), corners @ w + b
    found = np.maximum(inner, 0) @ last
    if ex.same(found, wanted):
        return
    if ex.same(found, 1 - wanted):
        raise Wrong("that is 1 where the two are equal: exclusive or is 1 where they differ")
    if ex.same(found, [0, 1, 1, 1]):
        raise Wrong("that is *or*: (1, 1) should give 0")
    if (inner >= 0).all() or (inner <= 0).all():
        raise Wrong("no unit folds: on all four points relu changes nothing, or nothing is left")
    off = [f"{tuple(c)} gives {v:g}" for c, v in zip(corners.tolist(), found, strict=True)]
    raise Wrong("; ".join(off))


@ex.function((np.random.default_rng(7).normal(size=(2, 4, 5, 3)),))
def check_7(images: np.ndarray) -> tuple:
    """`answer(images)`: (n, h, w, c) -> (n, c, h, w), the pictures as they were."""
    right = images.transpose(0, 3, 1, 2)
    return right, {
        "the shape is right, the pictures are broken up: reshape keeps the order in memory, an "
        "axis must be moved": images.reshape(right.shape),
        "height and width are exchanged, as swapping two axes does: move the last one":
            images.transpose(0, 3, 2, 1),
        "the channels are before the samples: the axis of the samples stays first":
            images.transpose(3, 0, 1, 2),
        "these are the images as they were": images,
    }


hint, score = ex.helpers(__name__, {
    1: ("The order is samples, frames, height, width, channels.",
        "A color image has three channels, and they come last."),
    2: ("First the batches of one epoch: the last one may be smaller, and it is a step as well.",
        "25,000 / 512 is 48.8, so that an epoch has 49 steps."),
    3: ("mean and std take several axes at once: which three of (0, 1, 2, 3) have to go?",
        "images.mean(axis=(0, 1, 2)) has the shape (channels,), which broadcasts against the "
        "images."),
    4: ("A dense layer is x @ w + b; relu is np.maximum(…, 0).",
        "relu goes around the first layer only; what it returns is the input of the second."),
    5: ("Chain rule: the loss by the prediction, the prediction by z = w x + b, z by w and by b.",
        "Where z > 0 the gradient is 2 (z - y) x in w, 2 (z - y) in b; elsewhere it is 0 and 0."),
    6: ("Two units are enough for |x - y|: one for x - y, the other for y - x.",
        "One of x - y and y - x is negative, and relu makes it 0: add the two."),
    7: ("reshape would keep the order of the numbers; here the axes change places.",
        "np.transpose(images, (…)) lists the old axes in their new order: 0, then the channels."),
})
