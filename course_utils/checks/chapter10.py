"""Checkers of the exercises of chapter 10."""

from typing import Any

import numpy as np

from course_utils.checks.exercise import (
    Wrong,
    call,
    compare,
    judge,
    network,
    number,
    real_numbers,
    shape,
)

PURE = {
    "red": (1, 0, 0),
    "yellow": (1, 1, 0),
    "green": (0, 1, 0),
    "cyan": (0, 1, 1),
    "blue": (0, 0, 1),
    "magenta": (1, 0, 1),
}


def check_1(answer: Any) -> None:
    """Parameters of 3 filters of 3×3 on 2 channels: a whole number."""
    known = {
        3 * 9 + 3: "each filter reads both channels: it has 3·3·2 weights, not 3·3",
        3 * 18: "the weights are right; each of the 3 filters has a bias too",
        3 * 18 + 1: "each of the 3 filters has a bias of its own",
        3 * 18 + 2: "one bias for each filter (3), not for each channel it reads (2)",
        3 * (9 * 3 + 1): "its input is no longer the picture: the 1 × 1 filters left 2 channels",
        3 * (3 * 2 + 1): "a 3 × 3 filter has 9 places, not 3",
    }
    judge(answer, lambda value: number(value, 57, known))


def check_2(answer: Any) -> None:
    """Shape in front of `Flatten` for a (32, 32, 3) picture."""
    known = {
        (
            8,
            8,
            3,
        ): "that is with padding: without it the 3 × 3 window takes one pixel off each side",
        (14, 14, 3): "was the last pool forgotten?",
        (15, 15, 3): "was the first pool forgotten?",
        (6, 6, 3): "that is for pictures of 28 × 28; these have 32 × 32",
        (7, 7, 2): "the last convolution has 3 filters, and each makes a channel",
        (7, 7, 6): "a filter reads both channels and makes one: 3 filters, 3 channels",
        (3, 7, 7): "the values are right; Keras puts the channels last",
        (7, 7): "the channels are missing: the output has an axis for the 3 filters",
        (None, 7, 7, 3): "right but for the batch axis, which is not asked for",
    }
    judge(answer, lambda value: shape(value, (7, 7, 3), known))


def check_3(answer: Any) -> None:
    """`[red, green, blue, bias]` of a 1×1 filter that answers to pure yellow alone."""

    def examine(value: Any) -> None:
        four = real_numbers(value)
        if four.shape != (4,):
            raise Wrong(f"the shape is {four.shape}, it should be (4,)")
        if not np.isfinite(four).all():
            raise Wrong("not every entry is a finite number")
        *weights, bias = four
        sums = {name: float(np.dot(weights, colour)) + bias for name, colour in PURE.items()}
        lit = [name for name, total in sums.items() if total > 1e-9]
        if lit == ["cyan"]:
            raise Wrong("it answers to cyan alone: the order is red, green, blue, not BGR")
        if lit == ["blue"]:
            raise Wrong("it answers to blue alone, yellow's opposite: the signs are turned round")
        if "yellow" not in lit:
            raise Wrong(f"to yellow it answers 0: the sum {sums['yellow']:g} is not positive")
        if lit != ["yellow"]:
            others = " and ".join(name for name in lit if name != "yellow")
            hint = ": with a negative bias one channel alone is not enough" if bias >= 0 else ""
            raise Wrong(f"it answers to {others}, too{hint}")

    judge(answer, examine)


def check_4(answer: Any) -> None:
    """`answer(images, weights, bias)`: a 1×1 convolution with relu."""

    def examine(mix: Any) -> None:
        rng = np.random.default_rng(4)
        for n, h, w, c, filters in ((2, 3, 5, 3, 2), (1, 4, 4, 3, 3), (3, 2, 2, 1, 4)):
            images, weights = rng.normal(size=(n, h, w, c)), rng.normal(size=(c, filters))
            bias = rng.normal(size=filters)
            value = call(mix, images.copy(), weights.copy(), bias.copy())
            right = np.maximum(images @ weights + bias, 0)
            known = {
                "the bias is missing": np.maximum(images @ weights, 0),
                "the relu is missing: some answers are negative": images @ weights + bias,
                "relu comes last: here the bias was added after it": (
                    np.maximum(images @ weights, 0) + bias
                ),
                "channels first: the filters are the last axis": np.moveaxis(right, -1, 1),
            }
            if c == filters:
                turned = np.maximum(images @ weights.T + bias, 0)
                known["weights are (channels, filters): they were turned round"] = turned
            compare(f"for images {images.shape} and {filters} filters", value, right, known)

    judge(answer, examine)


def check_5(answer: Any) -> None:
    """`answer(f)`: probability that at least one of f filters on three channels is born dead."""

    def examine(share: Any) -> None:
        for f in (1, 2, 8, 64):
            value = call(share, f)
            if isinstance(value, bool) or not isinstance(value, int | float | np.number):
                raise Wrong(f"a number is asked for, this is {value!r}")
            known = {
                (7 / 8) ** f: "that is the probability that none is dead: take it from 1",
                (1 / 8) ** f: "that is the probability that all of them are dead",
                f / 8: "probabilities of several chances do not add up: this passes 1 in the end",
                1 - 0.5**f: "a filter has three weights, and all of them must be negative",
                1 - (1 - 1 / 2**4) ** f: "the bias is 0 at the start: three weights decide",
            }
            right = 1 - (7 / 8) ** f
            if abs(value - right) > 1e-6:
                close = (text for v, text in known.items() if abs(value - v) < 1e-6)
                reason = next(close, f"{value:.4g} is not the probability")
                raise Wrong(f"for {f} filter{'s' * (f > 1)}: {reason}")

    judge(answer, examine)


def check_6(answer: Any) -> None:
    """`answer()` builds the functional network with three heads that the exercise describes."""

    def examine(build: Any) -> None:
        model = network(build, (28, 28, 3))
        if not isinstance(model.output, dict):
            raise Wrong("the outputs should be a dictionary: colour, shape, span")
        shapes = {name: tuple(output.shape[1:]) for name, output in model.output.items()}
        wanted = {"colour": (6,), "shape": (5,), "span": (1,)}
        if shapes.keys() != wanted.keys():
            raise Wrong(f"the heads are {', '.join(shapes)}; asked for are {', '.join(wanted)}")
        for name, size in wanted.items():
            if shapes[name] != size:
                raise Wrong(f"the output {name} has shape {shapes[name]}, it should be {size}")
        _check_trunk(model)
        for name, function in (("colour", "softmax"), ("shape", "softmax"), ("span", "linear")):
            found = model.output[name]._keras_history.operation
            used = getattr(getattr(found, "activation", None), "__name__", "linear")
            if used != function:
                reason = "a length is no probability" if name == "span" else "its outputs add to 1"
                raise Wrong(f"the head {name} ends in {used}, it should be {function}: {reason}")
        right = 8 * (27 + 1) + (6 + 5 + 1) * (8 + 1)
        if model.count_params() != right:
            found = model.count_params()
            raise Wrong(f"the network has {found:,} parameters, it should have {right:,}")

    judge(answer, examine)


def _check_trunk(model: Any) -> None:
    from keras import layers

    convolutions = [layer for layer in model.layers if isinstance(layer, layers.Conv2D)]
    if len(convolutions) != 1:
        raise Wrong(f"one convolution for all heads is asked for, found {len(convolutions)}")
    (layer,) = convolutions
    if (layer.filters, layer.kernel_size) != (8, (3, 3)):
        found = f"{layer.filters} of {layer.kernel_size}"
        raise Wrong(f"8 filters of 3 × 3 are asked for, these are {found}")
    if layer.activation.__name__ != "relu":
        raise Wrong("the convolution has no relu")
    if layer.padding != "same":
        raise Wrong('the convolution has no padding: padding="same" is asked for')
    if not any(isinstance(layer, layers.GlobalMaxPooling2D) for layer in model.layers):
        raise Wrong("the largest value of each channel is missing: GlobalMaxPooling2D")
