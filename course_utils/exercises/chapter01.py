"""Checkers of the exercises of chapter 01."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, attempted, call, judge, number, shape


def check_1(answer: Any) -> None:
    """Shape of 4 colour videos of 144 frames of 256 × 128, channels last."""
    known = {
        (4, 144, 128, 256, 3): "height comes before width: rows first, then columns",
        (4, 3, 144, 256, 128): "that is channels first; here the channels come last",
        (4, 144, 3, 256, 128): "that is channels first; here the channels come last",
        (144, 256, 128, 3): "that is one video: the axis of the samples is missing",
        (4, 144, 256, 128): "in colour, each pixel has three numbers: an axis is missing",
        (4, 144, 256, 128, 1): "one channel is grey; colour has three",
        (4, 256, 128, 144, 3): "the frames come right after the samples",
        (144, 4, 256, 128, 3): "the axis of the samples comes first, then that of the frames",
        (4, 256, 128, 3): "the axis of the frames is missing",
    }
    judge(answer, lambda value: shape(value, (4, 144, 256, 128, 3), known))


def check_2(answer: Any) -> None:
    """Steps of 4 epochs on 25,000 samples in batches of 512: a whole number."""
    known = {
        4 * (25_000 // 512): "the last, smaller batch of each epoch is a step too: round up",
        49: "that is one epoch of the four",
        48: "that is one epoch of the four, and without its last, smaller batch",
        25_000 * 4: "these are samples seen, not steps: divide by the batch size",
    }

    def examine(value: Any) -> None:
        if isinstance(value, float) and abs(value - 4 * 25_000 / 512) < 0.01:
            raise Wrong("a step is never taken in part: round up in each epoch")
        number(value, 4 * 49, known)

    judge(answer, examine)


def _compare(value: Any, right: np.ndarray, known: dict[str, np.ndarray]) -> None:
    """`value` against `right` as floats, up to rounding; a known wrong result has its message."""
    if not isinstance(value, np.ndarray):
        raise Wrong(f"an array is asked for, this is of type {type(value).__name__}")

    def same(other: np.ndarray) -> bool:
        return value.shape == other.shape and np.allclose(value, other, rtol=1e-4, atol=1e-5)

    if same(right):
        return
    for message, other in known.items():
        if same(other):
            raise Wrong(message)
    if value.shape != right.shape:
        raise Wrong(f"the shape is {value.shape}, it should be {right.shape}")
    raise Wrong(f"the values are off, by up to {np.abs(value - right).max():.2g}")


def check_3(answer: Any) -> None:
    """`answer(images)`: each channel of (n, h, w, c) with mean 0 and spread 1."""

    def examine(standardise: Any) -> None:
        rng = np.random.default_rng(3)
        images = rng.normal([5.0, -2.0, 0.5], [1.0, 10.0, 0.1], (6, 5, 4, 3))
        given = images.copy()
        value = call(standardise, given)
        if not np.array_equal(given, images):
            raise Wrong("the images that were passed in are changed: work on a copy")

        def over(*axes: int) -> np.ndarray:
            mean, spread = (f(axis=axes, keepdims=True) for f in (images.mean, images.std))
            return (images - mean) / spread

        channel = (0, 1, 2)
        known = {
            "one mean and one spread for all channels together: leave the channel axis out of "
            "the mean": over(0, 1, 2, 3),
            "that standardises each place of the image by itself: average over height and width, "
            "too": over(0),
            "each image has been standardised by itself: average over the samples, too": over(1, 2),
            "these are means over the channels: the channel is the last axis": over(3),
            "the mean is right; the spread is the standard deviation, not its square": (
                images - images.mean(axis=channel)
            )
            / images.var(axis=channel),
            "the mean is right; divide by the spread as well": images - images.mean(axis=channel),
            "divided rightly, but the mean was not taken off": images / images.std(axis=channel),
        }
        _compare(value, over(*channel), known)

    judge(answer, examine)


def check_4(answer: Any) -> None:
    """`answer(x, w1, b1, w2, b2)`: dense with relu, then dense without."""

    def examine(two_layers: Any) -> None:
        rng = np.random.default_rng(4)
        shapes = ((5, 4), (4, 4), (4,), (4, 3), (3,))
        x, w1, b1, w2, b2 = arrays = [rng.normal(size=s) for s in shapes]
        value = call(two_layers, *arrays)
        hidden = x @ w1 + b1
        right = np.maximum(hidden, 0) @ w2 + b2
        known = {
            "there is no relu: two layers without it are one": hidden @ w2 + b2,
            "the second layer has no activation: its outputs may be negative": np.maximum(right, 0),
            "the bias of the first layer is missing": np.maximum(x @ w1, 0) @ w2 + b2,
            "the bias of the second layer is missing": right - b2,
            "both biases are missing": np.maximum(x @ w1, 0) @ w2,
            "relu comes after the bias": (np.maximum(x @ w1, 0) + b1) @ w2 + b2,
            "w1 is (inputs, units): x @ w1, not x @ w1.T": np.maximum(x @ w1.T + b1, 0) @ w2 + b2,
        }
        _compare(value, right, known)

    judge(answer, examine)


def check_5(answer: Any) -> None:
    """`answer(w, b, x, y)` -> slopes of (relu(w x + b) − y)² in w and in b."""

    def examine(gradient: Any) -> None:
        for w, b, x, y in ((2.0, 1.0, 3.0, 4.0), (0.5, -0.5, -2.0, 1.0), (1.5, 0.5, 2.0, 5.0)):
            value = call(gradient, w, b, x, y)
            try:
                _check_slopes(value, w * x + b, x, y)
            except Wrong as wrong:
                raise Wrong(f"for w={w}, b={b}, x={x}, y={y}: {wrong}") from wrong

    judge(answer, examine)


def _check_slopes(value: Any, z: float, x: float, y: float) -> None:
    try:
        pair = tuple(float(v) for v in attempted(value))
    except TypeError as error:
        raise Wrong(f"a pair of slopes (in w, in b) is asked for, this is {value!r}") from error
    outer = 2 * (max(z, 0) - y)
    right = (outer * x, outer) if z > 0 else (0.0, 0.0)
    known = {
        (outer * x, outer): "relu gives 0 here, so neither w nor b moves the loss",
        (2 * (z - y) * x, 2 * (z - y)): "relu gives 0 here, so neither w nor b moves the loss",
        (outer, outer * x): "the two are exchanged: the slope in w first, then that in b",
        (outer, outer): "the inner slope in w is x: multiply by it",
        (outer * x / 2, outer / 2): "the slope of the square is twice its inside",
        (-outer * x, -outer): "the sign is turned: prediction − y, not y − prediction",
        (outer * x, outer * x): "the inner slope in b is 1, not x",
    }
    if len(pair) != 2:
        raise Wrong(f"two slopes are asked for, these are {len(pair)}")
    if not np.allclose(pair, right):
        close = (text for v, text in known.items() if np.allclose(pair, v))
        raise Wrong(next(close, f"{pair} is not the pair of slopes"))


def check_6(fold_w: Any, fold_b: Any, cut: Any) -> None:
    """Weights (2, 2), biases (2,) and a cut (2,) with which two relu units solve exclusive or."""

    def examine(_: Any) -> None:
        arrays = []
        asked = {"fold_w": (fold_w, (2, 2)), "fold_b": (fold_b, (2,)), "cut": (cut, (2,))}
        for name, (value, right) in asked.items():
            try:
                array = np.asarray(attempted(value), float)
            except (TypeError, ValueError) as error:
                raise Wrong(f"{name} should hold numbers, it is {value!r}") from error
            if array.shape != right:
                raise Wrong(f"the shape of {name} is {array.shape}, it should be {right}")
            arrays.append(array)
        w, b, last = arrays
        corners = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], float)
        wanted = np.array([0, 1, 1, 0])
        inner = corners @ w + b
        found = np.maximum(inner, 0) @ last
        if np.allclose(found, wanted):
            return
        if np.allclose(found, 1 - wanted):
            raise Wrong("that is 1 where the two are equal: exclusive or is 1 where they differ")
        if np.allclose(found, [0, 1, 1, 1]):
            raise Wrong("that is *or*: (1, 1) should give 0")
        if (inner >= 0).all() or (inner <= 0).all():
            raise Wrong(
                "no unit folds: on all four points relu changes nothing, or nothing is left"
            )
        off = [f"{tuple(map(int, c))} gives {v:g}" for c, v in zip(corners, found, strict=True)]
        raise Wrong("; ".join(off))

    judge(next((v for v in (fold_w, fold_b, cut) if v is None or v is ...), fold_w), examine)


def check_7(answer: Any) -> None:
    """`answer(images)`: (n, h, w, c) -> (n, c, h, w), the pictures as they were."""

    def examine(to_channels_first: Any) -> None:
        images = np.random.default_rng(7).normal(size=(2, 4, 5, 3))
        known = {
            "the shape is right, the pictures are torn: reshape keeps the order in memory, an axis "
            "must be moved": images.reshape(2, 3, 4, 5),
            "height and width are exchanged, as swapping two axes does: move the last one": (
                images.transpose(0, 3, 2, 1)
            ),
            "the channels are before the samples: the axis of the samples stays first": (
                images.transpose(3, 0, 1, 2)
            ),
            "these are the images as they were": images,
        }
        _compare(call(to_channels_first, images), images.transpose(0, 3, 1, 2), known)

    judge(answer, examine)
