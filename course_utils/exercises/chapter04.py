"""Checkers of the exercises of chapter 04."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.by_hand import convolve
from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import layers_of, network, steps_of

IMAGE = (28, 28, 1)

check_1 = ex.value(
    "Shape after 16 of 5×5 stride 2, a 2×2 pool, 32 of 3×3 dilation 2, on (32, 32, 3).",
    *ex.image_shape(3, 3, 32), {
        (5, 5, 32): "was the dilation forgotten? With dilation 2 a 3×3 filter spans 5 pixels",
        (10, 10, 32): "was the stride forgotten? 28 positions become 14",
        (10, 10, 16): "was the stride forgotten? 28 positions become 14",
        (2, 2, 32): "off by one: ⌊(32 − 5) / 2⌋ is the last position, and there is a first, too",
        (4, 4, 32): "that is with padding; without it 32 pixels have 14 positions at stride 2",
        (8, 8, 32): "that is with padding; without it every layer gets smaller",
        (3, 3, 16): "the last layer has 32 filters, and each makes a channel",
        (3, 3, 512): "a filter reads all 16 channels and makes one: 32 filters, 32 channels",
    }, want=ex.shape,
)

@ex.examined
def check_2(repaired: Any) -> None:
    """`answer()` builds the three convolutions that were meant, with a last map of 3 × 3 × 32."""
    from keras import layers

    model = network(repaired, IMAGE)
    convolutions = layers_of(model, layers.Conv2D)
    pools = layers_of(model, layers.MaxPooling2D)
    meant = [(16, (5, 5)), (32, (3, 3)), (32, (3, 3))]
    found = [(layer.filters, layer.kernel_size) for layer in convolutions]
    if found != meant:
        said = ", ".join(f"{filters} of {k[0]}×{k[1]}" for filters, k in found)
        raise Wrong(f"16 filters of 5×5, then 32 of 3×3 twice are meant, found {said or 'none'}")
    for layer in convolutions:
        if layer.strides != (1, 1):
            raise Wrong(
                f"the convolution with {layer.filters} filters moves by {layer.strides[0]}: the "
                "third number of Conv2D is the stride"
            )
        if layer.padding != "valid":
            raise Wrong(f"padding {layer.padding!r} is not needed: without it the sizes fit")
    if [layer.pool_size for layer in pools] != [(2, 2)] * 2:
        raise Wrong(f"two pools of 2×2 are meant, found {[layer.pool_size for layer in pools]}")
    for layer in pools:
        if layer.strides != (2, 2):
            raise Wrong(f"a pool moves by {layer.strides[0]}: its second number is the stride")
    last = tuple(convolutions[-1].output.shape[1:])
    if last != (3, 3, 32):
        raise Wrong(f"the last feature map is {last}, (3, 3, 32) is meant: in which order do the "
                    "pools stand?")
    if model.output_shape[1:] != (10,):
        raise Wrong(f"the output shape is {model.output_shape[1:]}, it should be (10,)")


@ex.examined
def check_3(pattern: Any, own_filter: Any) -> None:
    """A 3×3 pattern of 0 and 1, and a filter with sum 0 that responds to it most of all 512."""
    pattern, weights = ex.real_numbers(pattern), ex.real_numbers(own_filter)
    for name, array in (("own_pattern", pattern), ("own_filter", weights)):
        if array.shape != (3, 3):
            raise Wrong(f"the shape of {name} is {array.shape}, it should be (3, 3)")
    if not np.isin(pattern, (0, 1)).all():
        raise Wrong("the pattern should hold zeros (paper) and ones (ink) only")
    if pattern.min() == pattern.max():
        raise Wrong("the pattern is the same all over: draw something with both ink and paper")
    if not weights.any():
        raise Wrong("a filter of zeros responds to nothing")
    scale = np.abs(weights).max()
    if abs(weights.sum()) > 1e-6 * scale:
        raise Wrong(
            f"to solid black its response is {weights.sum():.3g}: let the weights add up to 0"
        )
    every = (np.arange(512)[:, np.newaxis] >> np.arange(9)) % 2
    responses = every @ weights.ravel()
    own = float((pattern * weights).sum())
    if abs(own + responses.max()) < 1e-6 * scale:
        raise Wrong("the signs are the wrong way round: this filter responds least to your pattern")
    better = responses > own - 1e-6 * scale
    better &= (every != pattern.ravel()).any(axis=1)
    if better.any():
        best = every[better][responses[better].argmax()].reshape(3, 3)
        raise Wrong(
            f"to your pattern its response is {own:.3g}, to {best.tolist()} it is "
            f"{responses[better].max():.3g}"
        )


_WANTED = np.array([[2.0, -1, -1], [-1, 2, -1], [-1, -1, 2]])


@ex.examined
def check_4(learned: Any) -> None:
    """`answer()` -> a trained network whose one filter is the detector of down-right lines."""
    from keras import layers

    model = network(learned, IMAGE)
    convolutions = layers_of(model, layers.Conv2D)
    if [(layer.filters, layer.kernel_size) for layer in convolutions] != [(1, (3, 3))]:
        raise Wrong("one convolution with one filter of 3×3 is asked for")
    if not steps_of(model):
        raise Wrong("the network has taken no step: was it trained, by `fit`, before it was "
                    "returned?")
    weights = np.asarray(convolutions[0].get_weights()[0], float)[:, :, 0, 0]
    if not np.isfinite(weights).all():
        raise Wrong("its weights are not finite: shorter steps help")
    off = np.abs(weights - _WANTED).max()
    if off <= 0.2:
        return
    if np.abs(weights - _WANTED[:, ::-1]).max() <= 0.2:
        raise Wrong("that is the detector of up-right lines")
    if np.abs(weights - [[-1, 0, 1]] * 3).max() <= 0.2:
        raise Wrong("that is the edge filter of section 1: make the wanted responses with "
                    'detectors["down-right"]')
    raise Wrong(
        f"after {steps_of(model):,} steps of gradient descent one of its weights is {off:.2f} off, "
        "at most 0.2 is asked for"
    )


def _images(*shape: int) -> np.ndarray:
    return np.random.default_rng(4).normal(size=shape).astype("float32")


@ex.function(
    *((_images(*s), _images(*k), _images(k[3]) + 2, stride, padding) for s, k, stride, padding in (
        ((1, 5, 5, 1), (3, 3, 1, 1), 1, 0),
        ((2, 6, 7, 3), (3, 2, 3, 4), 1, 0),
        ((2, 7, 7, 2), (3, 3, 2, 2), 2, 0),
        ((2, 5, 6, 2), (3, 3, 2, 2), 1, 1),
        ((1, 8, 7, 3), (3, 3, 3, 2), 2, 2),
    )),
    case="images {0.shape}, weights {1.shape}, stride {3}, padding {4}", untouched=True,
)
def check_5(
    images: np.ndarray, kernels: np.ndarray, bias: np.ndarray, stride: int, padding: int
) -> tuple:
    """`answer(images, weights, bias, stride, padding)`: a whole convolution layer."""
    def layer(k: np.ndarray, b: np.ndarray | None = bias, s: int = stride, p: int = padding) -> Any:
        fits = p >= 0 and all(np.add(images.shape[1:3], 2 * p) >= k.shape[:2])
        return convolve(images, k, b, s, padding=p) if fits else np.zeros(0)

    right = layer(kernels)
    one_channel = kernels * (np.arange(kernels.shape[2])[:, np.newaxis] == 0)
    return right, {
        "the kernel is flipped: frameworks slide it as it stands": layer(kernels[::-1, ::-1]),
        "the bias is missing": layer(kernels, None),
        "the bias is subtracted": layer(kernels, -bias),
        "that is with a relu: none is asked for": np.maximum(right, 0),
        "the channels are not added up: a filter sums over height, width and channels":
            layer(one_channel),
        "the kernel is transposed: rows come first": layer(np.swapaxes(kernels, 0, 1)),
        "channels first: Keras puts the channels last": np.moveaxis(right, 3, 1),
        "every window is divided by its size: a sum is asked for, not a mean":
            layer(kernels / kernels[..., 0].size),
        "the kernel is not moved by the stride: was the stride forgotten?": layer(kernels, s=1),
        "the padding is forgotten": layer(kernels, p=0),
        f"the padding is off by one: {padding - 1} rings, not {padding}":
            layer(kernels, p=padding - 1),
        f"the padding is off by one: {padding + 1} rings, not {padding}":
            layer(kernels, p=padding + 1),
        "off by one: the last position along each axis is missing": right[:, :-1, :-1],
    }


hint, score = ex.helpers(__name__, {
    1: ("Output size: floor((size - window) / stride) + 1, where a dilated window of 3 covers 5 "
        "pixels.",
        "32 becomes 14, the pool makes 7 of it; the last layer has 32 filters."),
    2: ("What does the third number of Conv2D(16, 5, 5) mean, and the second of "
        "MaxPooling2D(2, 1)?",
        "Both are strides. Without them the sizes go 28, 24, 12, 10, 5, 3."),
    3: ("Positive weights where your pattern has ink, negative ones where it has none.",
        "Subtract the pattern's mean from the pattern: then the weights add up to 0."),
    4: ("As in section 1: make the wanted responses with correlate2d, and fit one Conv2D(1, 3) "
        "with the loss \"mse\".",
        "The digits are 28 × 28 × 1, the wanted responses 26 × 26 × 1. Adam(0.1), batches of 10 "
        "and ten epochs are enough."),
    5: ("Pad with np.pad along height and width only, then slide the window.",
        "With stride s only every s-th position counts: [:, ::s, ::s] of all positions."),
})
