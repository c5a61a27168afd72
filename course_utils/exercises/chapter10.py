"""Checkers of the exercises of chapter 10."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import (
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
    """Parameters of 5 filters of 3×3 on 4 channels: a whole number."""
    known = {
        5 * 9 + 5: "each filter reads all 4 channels: it has 3·3·4 weights, not 3·3",
        5 * 36: "the weights are right; each of the 5 filters has a bias too",
        5 * 36 + 1: "each of the 5 filters has a bias of its own",
        5 * 36 + 4: "one bias for each filter (5), not for each channel it reads (4)",
        4 * (9 * 5 + 1): "exchanged: 5 filters read 4 channels, not 4 filters 5",
        5 * (9 * 3 + 1): "its input is no longer the picture: the 1 × 1 filters left 4 channels",
        5 * (3 * 4 + 1): "a 3 × 3 filter has 9 places, not 3",
    }
    judge(answer, lambda value: number(value, 185, known))


def check_2(answer: Any) -> None:
    """Shape in front of `Flatten` for a (32, 32, 3) picture."""
    known = {
        (8, 8, 3): "that is with padding; without it 3 × 3 takes a pixel off each side",
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
    """`answer(images, weights, bias, stride)`: a 1×1 convolution with relu."""

    def examine(mix: Any) -> None:
        rng = np.random.default_rng(4)
        for n, h, w, c, filters, stride in (
            (2, 3, 5, 3, 2, 1), (1, 4, 6, 3, 3, 2), (3, 7, 5, 1, 4, 3),
        ):  # fmt: skip
            images, weights = rng.normal(size=(n, h, w, c)), rng.normal(size=(c, filters))
            bias = rng.normal(size=filters)
            value = call(mix, images.copy(), weights.copy(), bias.copy(), stride)
            sums = images[:, ::stride, ::stride] @ weights
            right = np.maximum(sums + bias, 0)
            known = {
                "the bias is missing": np.maximum(sums, 0),
                "the relu is missing: some answers are negative": sums + bias,
                "relu comes last: here the bias was added after it": np.maximum(sums, 0) + bias,
                "channels first: the filters are the last axis": np.moveaxis(right, -1, 1),
            }
            if stride > 1:
                known["was the stride forgotten?"] = np.maximum(images @ weights + bias, 0)
                late = images[:, stride - 1 :: stride, stride - 1 :: stride] @ weights + bias
                known["off by one: the first place counts"] = np.maximum(late, 0)
            if c == filters:
                turned = np.maximum(images[:, ::stride, ::stride] @ weights.T + bias, 0)
                known["weights are (channels, filters): they were turned round"] = turned
            compare(f"for images {images.shape}, stride {stride}", value, right, known)

    judge(answer, examine)


def check_5(answer: Any) -> None:
    """`answer(f, c)`: probability that at least one of f filters on c channels is born dead."""

    def examine(share: Any) -> None:
        for f, c in ((1, 3), (2, 3), (8, 1), (64, 4)):
            value = call(share, f, c)
            try:
                value = float(value)
            except (TypeError, ValueError) as error:
                raise Wrong(f"a number is asked for, this is {value!r}") from error
            dead = 0.5**c
            known = {
                (1 - dead) ** f: "that is the probability that none is dead: take it from 1",
                dead**f: "that is the probability that all of them are dead",
                f * dead: "chances of several filters do not add up: with many this passes 1",
                1 - 0.5**f: f"all {c} weights of a filter must be negative, not one",
                1 - (1 - dead / 2) ** f: f"the bias is 0 at the start: {c} weights decide",
            }
            right = 1 - (1 - dead) ** f
            if abs(value - right) > 1e-6:
                close = (text for v, text in known.items() if abs(value - v) < 1e-6)
                rounded = f"{value:.4g} is not the probability"
                if abs(value - right) < 1e-3:
                    rounded = f"{value:.4g} is close: give it unrounded"
                raise Wrong(f"for {f} filters on {c} channels: {next(close, rounded)}")

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
        right = 8 * (27 + 1) + (6 + 5 + 1) * (8 + 1)
        if model.count_params() != right:
            found = model.count_params()
            raise Wrong(f"the network has {found:,} parameters, it should have {right:,}")
        _check_outputs(model)

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
    if layer.strides != (1, 1):
        raise Wrong(f"the convolution moves by {layer.strides}, no stride is asked for")
    if layer.padding != "same":
        raise Wrong('the convolution has no padding: padding="same" is asked for')


def _check_outputs(model: Any) -> None:
    """What the network makes of three pictures, against the same arithmetic in `keras.ops`."""
    from keras import ops

    kernels = {tuple(w.shape): w for w in model.weights if len(w.shape) != 1}
    biases = {int(w.shape[0]): w for w in model.weights if len(w.shape) == 1}
    if kernels.keys() != {(3, 3, 3, 8), (8, 6), (8, 5), (8, 1)}:
        raise Wrong("each head should be one dense layer on the 8 largest values")
    rng = np.random.default_rng(6)
    for sign in (1, -1):  # so that a bias in the wrong place shows, and an output of either sign
        for bias in biases.values():
            bias.assign(sign * rng.uniform(0.5, 1.5, bias.shape))
        biases[8].assign(rng.uniform(0, 1, 8) - (30 if sign < 0 else 0))  # below 0: relu shows
        pictures = rng.normal(size=(3, 28, 28, 3)).astype("float32")
        sums = ops.conv(pictures, kernels[3, 3, 3, 8], padding="same") + biases[8]
        out = model(pictures, training=False)
        for name, size, wanted in (
            ("colour", 6, "softmax"),
            ("shape", 5, "softmax"),
            ("span", 1, ""),
        ):
            _check_head(name, out[name], sums, kernels[8, size], biases[size], wanted)


def _check_head(name: str, out: Any, sums: Any, kernel: Any, bias: Any, wanted: str) -> None:
    from keras import ops

    endings = [_same, ops.relu, ops.sigmoid, *([ops.softmax] if wanted else [])]
    alike = [
        (relu, ending)
        for relu in (ops.relu, _same)
        for ending in endings
        if np.allclose(
            ending(ops.matmul(ops.max(relu(sums), axis=(1, 2)), kernel) + bias), out, atol=1e-4
        )
    ]
    if (ops.relu, ops.softmax if wanted else _same) in alike:
        return
    if alike and all(relu is _same for relu, _ in alike):
        raise Wrong("the convolution has no relu")
    if alike:
        reason = "its outputs add to 1" if wanted else "a length is no probability"
        raise Wrong(f"the head {name} should have {wanted or 'no activation'}: {reason}")
    raise Wrong(f"the head {name} is not one dense layer on the largest value of each channel")


def _same(values: Any) -> Any:
    return values
