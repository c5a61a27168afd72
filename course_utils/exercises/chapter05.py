"""Checkers of the exercises of chapter 05."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import (
    Wrong,
    array,
    attempted,
    call,
    judge,
    network,
    number,
    shape,
)


def check_1(answer: Any) -> None:
    """Steps of a training: `answer(samples, batch_size, epochs)` -> whole number."""

    def examine(steps: Any) -> None:
        for samples, batch, epochs in ((256, 128, 1), (60_000, 128, 1), (300, 128, 4), (7, 8, 3)):
            right = -(-samples // batch) * epochs
            known = {
                samples // batch * epochs: "the last, smaller batch is a step too: round up",
                -(-samples * epochs // batch): "a batch ends with its epoch: round up first, "
                "then multiply",
                samples * epochs: "these are samples seen, not steps: divide by the batch size",
            }
            known.pop(right, None)
            try:
                number(call(steps, samples, batch, epochs), right, known)
            except Wrong as wrong:
                case = f"{samples:,} samples in batches of {batch}, {epochs} epochs"
                raise Wrong(f"for {case}: {wrong}") from wrong

    judge(answer, examine)


def check_2(answer: Any) -> None:
    """Parameters of 32 filters of 5×5 on 64 channels: a whole number."""
    known = {
        32 * 25 + 32: "each filter reads all 64 channels: it has 5·5·64 weights, not 5·5",
        64 * 25 * 32: "the weights are right; each of the 32 filters has a bias too",
        64 * 25 * 32 + 64: "one bias for each filter (32), not for each channel it reads (64)",
        64 * 25 * 32 + 1: "each of the 32 filters has a bias of its own",
        64 * 5 * 32 + 32: "a 5×5 filter has 25 places, not 5",
    }
    judge(answer, lambda value: number(value, 64 * 25 * 32 + 32, known))


def check_3(answer: Any) -> None:
    """Shape after 16 filters of 5×5, stride 2, no padding, then a 2×2 pool, on (28, 28, 1)."""
    known = {
        (12, 12, 16): "was the stride forgotten, or the pool? 28 becomes 12 after the strided "
        "convolution, and the pool halves it once more",
        (7, 7, 16): "that is with padding; without it the first window starts inside the image",
        (5, 5, 16): "off by one: from 28 − 5 = 23 free places, a stride of 2 makes ⌊23 / 2⌋ + 1",
        (16, 6, 6): "the values are right; Keras puts the channels last",
        (6, 6, 1): "each of the 16 filters makes a channel of its own",
        (6, 6): "the channels are missing: the output has an axis for the 16 filters",
        (None, 6, 6, 16): "right but for the batch axis, which is not asked for",
        (14, 14, 16): "two steps halve the image here: the stride and the pool",
    }
    judge(answer, lambda value: shape(value, (6, 6, 16), known))


def _shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    moved = np.zeros_like(images)
    _, h, w = images.shape
    rows, columns = range(max(down, 0), h + min(down, 0)), range(max(right, 0), w + min(right, 0))
    for row in rows:
        for column in columns:
            moved[:, row, column] = images[:, row - down, column - right]
    return moved


def check_4(answer: Any) -> None:
    """`answer(images, down, right)`: images (n, h, w) moved, zeros moved in, input untouched."""

    def examine(shift: Any) -> None:
        images = np.random.default_rng(4).integers(1, 256, (3, 6, 7)).astype(np.uint8)
        for down, right in ((1, 0), (0, 2), (-2, 1), (0, 0), (3, -3)):
            given = images.copy()
            value = call(shift, given, down, right)
            if not np.array_equal(given, images):
                raise Wrong("the images that were passed in are changed: work on a copy")
            known = {
                "what leaves on one side comes back on the other: zeros should move in": np.roll(
                    images, (down, right), axis=(1, 2)
                ),
                "this moves the other way: down and right are positive": _shifted(
                    images, -down, -right
                ),
                "down and right are exchanged: rows are the axis before columns": _shifted(
                    images, right, down
                ),
            }
            try:
                array(value, _shifted(images, down, right), known)
            except Wrong as wrong:
                raise Wrong(f"for down={down}, right={right}: {wrong}") from wrong

    judge(answer, examine)


def check_5(answer: Any) -> None:
    """`answer()` builds the strided network that the exercise describes."""
    import keras

    def examine(build: Any) -> None:
        model = network(build, (28, 28, 1))
        layers = [layer for layer in model.layers if isinstance(layer, keras.layers.Conv2D)]
        if [layer.filters for layer in layers] != [16, 32]:
            found = [layer.filters for layer in layers]
            raise Wrong(f"two convolutions of 16 and 32 filters are asked for, found {found}")
        for layer, size in zip(layers, (14, 7), strict=True):
            _check_convolution(layer, size)
        pools = (keras.layers.MaxPooling2D, keras.layers.AveragePooling2D)
        if any(isinstance(layer, pools) for layer in model.layers):
            raise Wrong("no pooling is asked for but the mean at the end: the strides shrink")
        if not any(isinstance(la, keras.layers.GlobalAveragePooling2D) for la in model.layers):
            raise Wrong("the global average is missing between the convolutions and the output")
        if model.output_shape != (None, 10):
            raise Wrong(f"the output shape is {model.output_shape[1:]}, it should be (10,)")
        if getattr(model.layers[-1], "activation", None) is not keras.activations.softmax:
            raise Wrong("the last layer should end in a softmax, so that the ten outputs add to 1")
        right = 16 * (9 + 1) + 32 * (9 * 16 + 1) + 10 * (32 + 1)
        if model.count_params() != right:
            found = model.count_params()
            raise Wrong(f"the network has {found:,} parameters, it should have {right:,}")

    judge(answer, examine)


def _check_convolution(layer: Any, size: int) -> None:
    if layer.kernel_size != (3, 3):
        raise Wrong(f"{layer.filters} filters of 3×3 are asked for, these are {layer.kernel_size}")
    if not layer.use_bias:
        raise Wrong(f"the bias of the convolution with {layer.filters} filters is missing")
    if layer.activation.__name__ != "relu":
        raise Wrong(
            f"the convolution with {layer.filters} filters has no relu: "
            "without it two convolutions are one linear map"
        )
    if layer.strides == (1, 1):
        raise Wrong(f"the convolution with {layer.filters} filters moves by 1: set its stride to 2")
    if layer.padding != "same" or layer.output.shape[1:3] != (size, size):
        found = tuple(layer.output.shape[1:3])
        raise Wrong(f"after {layer.filters} filters the image is {found}, not {(size, size)}")


def check_6(answer: Any) -> None:
    """`answer(y_true, y_pred)` -> (true, predicted): the most frequent error."""

    def examine(most_confused: Any) -> None:
        y_true = np.array([4, 4, 4, 9, 9, 4, 3, 3, 3, 3, 3, 7], np.uint8)
        y_pred = np.array([9, 9, 4, 4, 9, 9, 3, 3, 3, 3, 5, 2], np.uint8)
        for true, predicted, right in ((y_true, y_pred, (4, 9)), (y_pred, y_true, (9, 4))):
            _check_pair(call(most_confused, true, predicted), right)

    judge(answer, examine)


def _check_pair(value: Any, right: tuple[int, int]) -> None:
    try:
        pair = tuple(int(v) for v in attempted(value))
    except TypeError as error:
        raise Wrong(f"a pair (true, predicted) is asked for, this is {value!r}") from error
    if pair == right[::-1]:
        raise Wrong("the two are exchanged: true digit first, then what was predicted")
    if len(pair) == 2 and pair[0] == pair[1]:
        raise Wrong(f"{pair} is a digit read rightly: leave the diagonal out")
    if sorted(pair) == [2, 7]:
        raise Wrong(f"{pair} is the error with the highest rate, not the most frequent one")
    if pair != right:
        raise Wrong(f"{pair} is not the most frequent error of the example")


def check_7(answer: Any) -> None:
    """Standard errors between 80 and 95 errors on 10,000 digits: a number, to two decimals."""
    a, b, n = 0.0080, 0.0095, 10_000
    one, other = (np.sqrt(p * (1 - p) / n) for p in (a, b))
    known = {
        (b - a) / one: "that is the standard error of one network; the other varies, too",
        (b - a) / other: "that is the standard error of one network; the other varies, too",
        (b - a) / (one + other): "standard errors do not add: their squares do",
        (b - a) / (one**2 + other**2): "that is the variance: take its square root",
        15.0: "these are errors, not standard errors",
        b - a: "that is the difference of the accuracies: divide it by its standard error",
    }

    def examine(value: Any) -> None:
        if isinstance(value, bool) or not isinstance(value, int | float | np.number):
            raise Wrong(f"a number is asked for, this is {value!r}")
        right = (b - a) / np.hypot(one, other)
        if abs(abs(value) - right) > 0.011:
            close = (text for v, text in known.items() if abs(abs(value) - v) < 0.011 * max(v, 0.1))
            raise Wrong(next(close, f"{value:.2f} is not the number"))

    judge(answer, examine)
