"""Checkers of the exercises of chapter 05."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_parameters, layers_of, network, variant


@ex.function(
    (256, 128, 1), (60_000, 128, 1), (300, 128, 4), (7, 8, 3),
    want=ex.whole, case="{:,} samples in batches of {}, {} epochs",
)
def check_1(samples: int, batch: int, epochs: int) -> tuple:
    """Steps of a training: `answer(samples, batch_size, epochs)` -> whole number."""
    return ex.steps(samples, batch, epochs)


check_2 = ex.value(
    "Parameters of 32 filters of 5×5 on 64 channels.",
    *ex.parameters(32, 25 * 64, "filters"), {
        32 * 25 + 32: "each filter reads all 64 channels: it has 5·5·64 weights, not 5·5",
        64 * 25 * 32 + 64: "one bias for each filter (32), not for each channel it reads (64)",
        64 * 5 * 32 + 32: "a 5×5 filter has 25 weights a channel, not 5",
    },
)

check_3 = ex.value("Shape after a strided convolution and a pool.", *ex.image_shape(6, 6, 16), {
    (12, 12, 16): "was the stride forgotten, or the pool? 28 becomes 12 after the strided "
    "convolution, and the pool halves it once more",
    (7, 7, 16): "that is with padding; without it the first window starts inside the image",
    (5, 5, 16): "off by one: 28 − 5 = 23 free positions, a stride of 2 makes ⌊23 / 2⌋ + 1",
    (6, 6, 1): "each of the 16 filters makes a channel of its own",
    (14, 14, 16): "two steps halve the image here: the stride and the pool",
}, want=ex.shape)


def _shifted(images: np.ndarray, down: int, right: int) -> np.ndarray:
    _, h, w = images.shape
    padded = np.pad(images, ((0, 0), (abs(down),) * 2, (abs(right),) * 2))
    top, left = abs(down) - down, abs(right) - right
    return padded[:, top : top + h, left : left + w]


_IMAGES = np.random.default_rng(4).integers(1, 256, (3, 6, 7)).astype(np.uint8)


@ex.function(
    *((_IMAGES, *by) for by in ((1, 0), (0, 2), (-2, 1), (0, 0), (3, -3))),
    want=ex.image_bytes, case="down={1}, right={2}", untouched=True,
)
def check_4(images: np.ndarray, down: int, right: int) -> tuple:
    """`answer(images, down, right)`: images (n, h, w) shifted, zero padding, input untouched."""
    return _shifted(images, down, right), {
        "what leaves on one side comes back on the other: zeros should come in":
            np.roll(images, (down, right), axis=(1, 2)),
        "this shifts the other way: down and right are positive": _shifted(images, -down, -right),
        "down and right are exchanged: rows are the axis before columns":
            _shifted(images, right, down),
    }


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
def check_5(build: Any) -> None:
    """`answer()` builds the strided network that the exercise describes."""
    model = network(build, (28, 28, 1))
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


@ex.examined
def check_6(most_confused: Any) -> None:
    """`answer(y_true, y_pred)` -> (true, predicted): the most frequent error."""
    y_true = np.array([4, 4, 4, 9, 9, 4, 3, 3, 3, 3, 3, 7], np.uint8)
    y_pred = np.array([9, 9, 4, 4, 9, 9, 3, 3, 3, 3, 5, 2], np.uint8)
    for labels, right in (((y_true, y_pred), (4, 9)), ((y_pred, y_true), (9, 4))):
        found = ex.pair("true, predicted", ex.whole)(ex.call(most_confused, *labels))
        if found[0] == found[1]:
            raise Wrong(f"{found} is a digit classified correctly: leave the diagonal out")
        if sorted(found) == [2, 7]:
            raise Wrong(f"{found} is the error with the highest rate, not the most frequent one")
        exchanged = "the two are exchanged: true digit first, then what was predicted"
        ex.match(found, right, {exchanged: right[::-1]})


_A, _B = 0.0080, 0.0095
_SE_A, _SE_B = (float(np.sqrt(p * (1 - p) / 10_000)) for p in (_A, _B))
check_7 = ex.value(
    "Standard errors between 80 and 95 errors on 10,000 digits, to two decimals.",
    (_B - _A) / float(np.hypot(_SE_A, _SE_B)), {
        (_B - _A) / _SE_A: "that is the standard error of one network; the other varies, too",
        (_B - _A) / _SE_B: "that is the standard error of one network; the other varies, too",
        (_B - _A) / (_SE_A + _SE_B): "standard errors do not add: their squares do",
        (_B - _A) / (_SE_A**2 + _SE_B**2): "that is the variance: take its square root",
        15.0: "these are errors, not standard errors",
        _B - _A: "that is the difference of the accuracies: divide it by its standard error",
    }, want=lambda answer: abs(ex.real(answer)), tolerance=0.011,
)


hint, score = ex.helpers(__name__, {
    1: ("First the batches of one epoch: the last one may be smaller, and it is a step as well.",
        "-(-samples // batch) rounds up."),
    2: ("A filter has height · width · channels in weights, and one bias.",
        "Each of the 32 filters has 25 · 64 weights."),
    3: ("Output size without padding: floor((size - window) / stride) + 1.",
        "28 becomes 12 after the strided convolution, and the pool halves it; 16 filters."),
    4: ("Begin with zeros of the same shape, and copy the part that stays inside.",
        "Or np.pad by |down| and |right| on both sides, then cut the shifted window out."),
    5: ("Strides take the place of the pools: strides=2, padding='same' in both convolutions.",
        "GlobalAveragePooling2D, then a dense layer of 10 units with a softmax."),
    6: ("Count the pairs (true, predicted) that differ.",
        "A confusion matrix with a diagonal of zeros: where is its largest number?"),
    7: ("The standard error of a share p among n is the root of p (1 - p) / n.",
        "That of a difference: the root of the sum of both squares. Divide the difference by it."),
})
