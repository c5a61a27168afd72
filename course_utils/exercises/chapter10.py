"""Checkers of the exercises of chapter 10."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_parameters, layers_of, network, variant

check_1 = ex.value("Parameters of 5 3×3 filters on 4 channels.", *ex.parameters(5, 36, "filters"), {
    5 * 9 + 5: "each filter reads all 4 channels: it has 3·3·4 weights, not 3·3",
    5 * 36 + 4: "one bias for each filter (5), not for each channel it reads (4)",
    4 * (9 * 5 + 1): "exchanged: 5 filters read 4 channels, not 4 filters 5",
    5 * (9 * 3 + 1): "its input is no longer the picture: the 1 × 1 filters left 4 channels",
    5 * (3 * 4 + 1): "a 3 × 3 filter has 9 weights a channel, not 3",
})

check_2 = ex.value("Shape in front of `Flatten`, for (32, 32, 3).", *ex.image_shape(7, 7, 3), {
    (8, 8, 3): "that is with padding; without it 3 × 3 takes a pixel off each side",
    (14, 14, 3): "was the last pool forgotten?",
    (15, 15, 3): "was the first pool forgotten?",
    (6, 6, 3): "that is for pictures of 28 × 28; these have 32 × 32",
    (7, 7, 2): "the last convolution has 3 filters, and each makes a channel",
    (7, 7, 6): "a filter reads both channels and makes one: 3 filters, 3 channels",
}, want=ex.shape)

_PURE = {
    "red": (1, 0, 0), "yellow": (1, 1, 0), "green": (0, 1, 0),
    "cyan": (0, 1, 1), "blue": (0, 0, 1), "magenta": (1, 0, 1),
}


@ex.examined
def check_3(answer: Any) -> None:
    """`[red, green, blue, bias]` of a 1×1 filter that responds to pure yellow alone."""
    four = ex.real_numbers(answer)
    if four.shape != (4,):
        raise Wrong(f"the shape is {four.shape}, it should be (4,)")
    *weights, bias = four
    sums = {name: float(np.dot(weights, color)) + bias for name, color in _PURE.items()}
    lit = [name for name, total in sums.items() if total > 1e-9]
    if lit == ["cyan"]:
        raise Wrong("it responds to cyan alone: the order is red, green, blue, not BGR")
    if lit == ["blue"]:
        raise Wrong("it responds to blue alone, yellow's opposite: the signs are turned round")
    if "yellow" not in lit:
        raise Wrong(f"its response to yellow is 0: the sum {sums['yellow']:g} is not positive")
    if lit != ["yellow"]:
        others = " and ".join(name for name in lit if name != "yellow")
        hint = ": with a negative bias one channel alone is not enough" if bias >= 0 else ""
        raise Wrong(f"it responds to {others}, too{hint}")


def _mix_arguments(*sizes: int) -> tuple:
    n, h, w, c, filters, stride = sizes
    rng = np.random.default_rng(4)
    return *(rng.normal(size=s) for s in ((n, h, w, c), (c, filters), (filters,))), stride


@ex.function(
    *(_mix_arguments(*s) for s in ((2, 3, 5, 3, 2, 1), (1, 4, 6, 3, 3, 2), (3, 7, 5, 1, 4, 3))),
    case="images {0.shape}, stride {3}",
)
def check_4(images: np.ndarray, weights: np.ndarray, bias: np.ndarray, stride: int) -> tuple:
    """`answer(images, weights, bias, stride)`: a 1×1 convolution with relu."""
    sums = images[:, ::stride, ::stride] @ weights
    right = np.maximum(sums + bias, 0)
    late = images[:, stride - 1 :: stride, stride - 1 :: stride]
    square = weights.shape[0] == weights.shape[1]
    turned = images[:, ::stride, ::stride] @ (weights.T if square else weights)
    return right, {
        "the bias is missing": np.maximum(sums, 0),
        "the relu is missing: some responses are negative": sums + bias,
        "relu comes last: here the bias was added after it": np.maximum(sums, 0) + bias,
        "channels first: the filters are the last axis": np.moveaxis(right, -1, 1),
        "was the stride forgotten?": np.maximum(images @ weights + bias, 0),
        "off by one: the first position counts": np.maximum(late @ weights + bias, 0),
        "weights are (channels, filters): they were turned round": np.maximum(turned + bias, 0),
    }


@ex.function((1, 3), (2, 3), (8, 1), (64, 4), want=ex.real, case="{} filters on {} channels")
def check_5(f: int, c: int) -> tuple:
    """`answer(f, c)`: probability that at least one of f filters on c channels is a dead ReLU."""
    dead = 0.5**c
    right = 1 - (1 - dead) ** f
    rounded = {f"{round(right, n)} is close: give it unrounded": round(right, n) for n in (4, 3)}
    return right, {
        "that is the probability that none is dead: take it from 1": (1 - dead) ** f,
        "that is the probability that all of them are dead": dead**f,
        "chances of several filters do not add up: with many this passes 1": f * dead,
        f"all {c} weights of a filter must be negative, not one": 1 - 0.5**f,
        f"the bias is 0 at the start: {c} weights decide": 1 - (1 - dead / 2) ** f,
        **rounded,
    }


_KERNELS = [(3, 3, 3, 8), (8, 6), (8, 5), (8, 1)]
_HEADS = {"colour": (6, "softmax"), "shape": (5, "softmax"), "span": (1, "linear")}


def _head(x: Any, weights: dict, biases: dict, name: str, relu: bool, ending: str) -> Any:
    """What a head makes of the pictures."""
    from keras import activations, ops

    sums = ops.conv(x, weights[_KERNELS[0]], padding="same") + biases[8]
    largest = ops.max(ops.relu(sums) if relu else sums, axis=(1, 2))
    units = _HEADS[name][0]
    return {name: activations.get(ending)(largest @ weights[8, units] + biases[units])}


@ex.examined
def check_6(build: Any) -> None:
    """`answer()` builds the functional network with three heads that the exercise describes."""
    model = network(build, (28, 28, 3))
    if not isinstance(model.output, dict):
        raise Wrong("the outputs should be a dictionary: colour, shape, span")
    shapes = {name: tuple(output.shape[1:]) for name, output in model.output.items()}
    if shapes.keys() != _HEADS.keys():
        raise Wrong(f"the heads are {', '.join(shapes)}; asked for are {', '.join(_HEADS)}")
    for name, (units, _) in _HEADS.items():
        if shapes[name] != (units,):
            raise Wrong(f"the output {name} has shape {shapes[name]}, it should be {(units,)}")
    for name, (units, wanted) in _HEADS.items():
        others = ("linear", "relu", "sigmoid", "softmax" if units > 1 else "linear")
        variants = {(r, e): (name, r, e) for r in (True, False) for e in (wanted, *others)}
        found = variant(model, _KERNELS, _head, variants)
        if found is None:
            _check_trunk(model)
            raise Wrong(f"the head {name} is not one dense layer on the largest value of each "
                        "channel")
        relu, ending = found
        if not relu:
            raise Wrong("the convolution has no relu")
        if ending != wanted:
            reason = "a length is no probability" if name == "span" else "its outputs add to 1"
            wanted = "no activation" if name == "span" else wanted
            raise Wrong(f"the head {name} should have {wanted}: {reason}")


def _check_trunk(model: Any) -> None:
    from keras import layers

    convolutions = layers_of(model, layers.Conv2D)
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
    check_parameters(model, 8 * (27 + 1) + (6 + 5 + 1) * (8 + 1))


hint, score = ex.helpers(__name__, {
    1: ("The 4 filters before are the channels that it has as its input.",
        "Each of the 5 filters has 3 · 3 · 4 weights and a bias."),
    2: ("A 1 × 1 convolution keeps the side; 3 × 3 without padding takes 2 from it.",
        "32, then 16 after the pool, then 14, then 7."),
    3: ("Yellow is red and green together, without blue.",
        "Choose a bias so low that red alone does not get above 0, and a negative weight for "
        "blue."),
    4: ("A 1 × 1 convolution is a product of matrices along the last axis: @ does it for all "
        "pixels.",
        "Take every stride-th pixel first: images[:, ::stride, ::stride]."),
    5: ("A filter is dead if all its c weights are negative: the probability is 1/2 to the power "
        "of c.",
        "At least one of f: 1 minus the probability that none of them is dead."),
    6: ("One keras.Input, and three Dense layers on the same tensor.",
        "keras.Model(inputs, {…}) takes a dictionary of outputs: color and shape end in a softmax,"
        " span in nothing."),
})
