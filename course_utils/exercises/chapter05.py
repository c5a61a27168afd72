"""Checkers of the exercises of chapter 05."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import (
    check_accuracy,
    check_parameters,
    check_small,
    layers_of,
    network,
    variant,
)

IMAGE = (28, 28, 1)
MOST = 10_000  # parameters of the small network

check_1 = ex.value(
    "Parameters of 32 filters of 5×5 on 64 channels.",
    *ex.parameters(32, 25 * 64, "filters"), {
        32 * 25 + 32: "each filter looks at all 64 channels: it has 5·5·64 weights, not 5·5",
        64 * 25 * 32 + 64: "one bias for each filter (32), not for each channel below it (64)",
        64 * 5 * 32 + 32: "a 5×5 filter has 25 weights a channel, not 5",
        64 * 25 + 64: "that is the first convolution: 64 filters on the one channel of the image",
        64 * 25 + 64 + 32 * (25 * 64 + 1): "that is both convolutions together",
    },
)


@ex.examined
def check_2(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network, at least 0.9 of the images `x` classified correctly."""
    check_accuracy(network(repaired, IMAGE), x, y, 0.9)


_KERNELS = [(3, 3, 1, 16), (3, 3, 16, 32), (32, 10)]
_SOFTMAX = "the last layer should end in a softmax, so that the ten outputs add to 1"
_LINEAR = "filters has no relu: without it two convolutions are one linear map"
_VARIANTS = {
    "": ((), "softmax"),
    f"the convolution with 16 {_LINEAR}": ((16,), "softmax"),
    f"the convolution with 32 {_LINEAR}": ((32,), "softmax"),
    f"neither convolution has a relu: without it two {_LINEAR[35:]}": ((16, 32), "softmax"),
    _SOFTMAX: ((), "linear"),
    f"{_SOFTMAX}: sigmoid does not do that": ((), "sigmoid"),
}


def _strided(x: Any, weights: dict, biases: dict, bare: tuple, last: str) -> Any:
    """The network asked for; the convolutions with `bare` filters have no relu."""
    from keras import activations, ops

    for kernel in _KERNELS[:2]:
        sums = ops.conv(x, weights[kernel], strides=2, padding="same") + biases[kernel[-1]]
        x = sums if kernel[-1] in bare else ops.relu(sums)
    return activations.get(last)(ops.mean(x, axis=(1, 2)) @ weights[32, 10] + biases[10])


@ex.examined
def check_3(strided: Any) -> None:
    """`answer()` builds the strided network that the exercise describes."""
    model = network(strided, IMAGE)
    found = variant(model, _KERNELS, _strided, _VARIANTS)
    if found is None:
        _diagnose(model)
    elif found:
        raise Wrong(found)


def _diagnose(model: Any) -> None:
    """Wrong: what is off in a network that computes something else."""
    from keras import layers

    convolutions = layers_of(model, layers.Conv2D)
    filters = [layer.filters for layer in convolutions]
    if filters != [16, 32]:
        raise Wrong(f"two convolutions of 16 and 32 filters are asked for, found {filters}")
    for layer, size in zip(convolutions, (14, 7), strict=True):
        name, found = f"the convolution with {layer.filters} filters", layer.output.shape[1:3]
        if layer.kernel_size != (3, 3):
            raise Wrong(f"{layer.filters} filters of 3×3 are asked for, not {layer.kernel_size}")
        if not layer.use_bias:
            raise Wrong(f"the bias of {name} is missing")
        if layer.strides == (1, 1):
            raise Wrong(f"{name} moves by 1: set its stride to 2")
        if found != (size, size):
            raise Wrong(f"after {layer.filters} filters the image is {found}, not {(size, size)}")
    if layers_of(model, layers.MaxPooling2D, layers.AveragePooling2D):
        raise Wrong("no pooling is asked for but the mean at the end: the strides shrink")
    if not layers_of(model, layers.GlobalAveragePooling2D):
        raise Wrong("the global average is missing between the convolutions and the output")
    if model.output_shape[1:] != (10,):
        raise Wrong(f"the output shape is {model.output_shape[1:]}, it should be (10,)")
    check_parameters(model, 16 * (9 + 1) + 32 * (9 * 16 + 1) + 10 * (32 + 1))
    raise Wrong("these are not the layers asked for, one behind the other")


_TRUE = np.array([4, 9, 3, 5, 7, 1, 8, 0, 2, 6], np.int32)
_OFF = [  # by how much the two predictions differ from the true digit: b and c are …
    ([0, 0, 0, 0, 1, 0, 0, 0, 1, 1], [1, 2, 1, 3, 0, 0, 0, 0, 1, 2]),  # 4 and 1
    ([1, 2, 3, 0, 0, 0, 0, 0, 0, 5], [0, 0, 0, 4, 0, 0, 0, 0, 0, 7]),  # 1 and 3
    ([1, 1, 0, 0, 0, 0, 0, 0, 0, 0], [0, 0, 1, 1, 0, 0, 0, 0, 0, 0]),  # 2 and 2
    ([0, 0, 0, 0, 0, 0, 0, 0, 0, 5], [1, 2, 1, 3, 1, 0, 0, 0, 0, 7]),  # 5 and 0
]


@ex.function(
    *((_TRUE, *((_TRUE + np.array(off)) % 10 for off in both)) for both in _OFF),
    want=ex.real, case="y_true {}, y_first {}, y_second {}", untouched=True,
)
def check_4(y_true: np.ndarray, y_first: np.ndarray, y_second: np.ndarray) -> tuple:
    """`answer(y_true, y_first, y_second)` -> z of McNemar's test, positive: the first is better."""
    first, second = (np.equal(y, y_true) for y in (y_first, y_second))
    b, c = (int(np.sum(wins)) for wins in (first & ~second, ~first & second))
    more, differ, z = b - c, b + c, (b - c) / np.sqrt(b + c)
    return float(z), {
        "z has a sign: positive where the first network is better, else negative": abs(z),
        "the sign is the other way round: positive where the first network is better": -z,
        "divide by the square root of b + c, not by b + c": more / differ,
        "that is z²: divide b − c by √(b + c)": more**2 / differ,
        "only digits on which the networks differ count: leave out those that both classify "
        "correctly": more / np.sqrt(first.sum() + second.sum()),
        "that is b − c: divide it by √(b + c)": float(more),
        "that is the difference of the accuracies: divide b − c by √(b + c)": more / len(y_true),
        "divide by √(b + c): digits on which the networks agree say nothing about which is "
        "better": more / np.sqrt(len(y_true)),
        "b + c counts digits that one network classifies correctly and the other does not; both "
        "may be wrong in different ways": more / np.sqrt(np.sum(y_first != y_second)),
        "that is with a continuity correction: take b − c as it is": (abs(more) - 1) / differ**0.5,
    }


@ex.examined
def check_5(small_and_trained: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a small trained convolutional network, at least 0.85 of `x` correct."""
    model = network(small_and_trained, IMAGE)
    check_small(model, MOST)
    check_accuracy(model, x, y, 0.85)


hint, score = ex.helpers(__name__, {
    1: ("A filter has a weight for every number in its window, on every channel below it, and a "
        "bias.",
        "The first convolution leaves 64 channels: each of the 32 filters has 5 · 5 · 64 weights."),
    2: ("Watch the loss of each epoch: it jumps, then stays near 2.3, the loss of ten equal "
        "probabilities (ln 10). Which number in `compile` makes a single step so long?",
        "The learning rate: 3 is 300 times Keras's default for SGD. Try SGD(0.1) or \"adam\", and "
        "return the model behind `fit`."),
    3: ("Strides take the place of the pools: strides=2, padding=\"same\" in both convolutions, "
        "and 28 × 28 becomes 14 × 14, then 7 × 7.",
        "classifier(…) adds the input and the softmax: give it the two convolutions and "
        "GlobalAveragePooling2D()."),
    4: ("Two arrays of True and False first: where is the first network right, where the second?",
        "b is np.sum(first & ~second), c is np.sum(~first & second)."),
    5: ("Where are LeNet's parameters? Leave the wide dense layer out, and let pooling make the "
        "image small before Flatten.",
        "8 filters of 5 × 5, pool, 16 filters of 5 × 5, pool, Flatten, ten outputs: 5,994 "
        "parameters. Train for ten epochs with Adam."),
})
