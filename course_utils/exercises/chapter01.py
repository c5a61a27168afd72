"""Checkers of the exercises of chapter 01."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_accuracy, network

MOST = 25  # parameters of the network for the ring


def _whole_steps(answer: Any) -> int:
    if ex.same(ex.real(answer), 4 * 25_000 / 512, 0.01):
        raise Wrong("a step is never taken in part: round up in each epoch")
    return ex.whole(answer)


check_1 = ex.value(
    "Steps of 4 epochs on 25,000 samples in batches of 512.",
    *ex.steps(25_000, 512, 4), want=_whole_steps,
)


@ex.examined
def check_2(mine: Any, meant: Any, model: Any) -> None:
    """An image of bytes (28, 28), and the digit that the network should take it for."""
    with ex.in_case("mine"):
        image = ex.real_numbers(mine)
        if image.shape != (28, 28):
            raise Wrong(f"the shape is {image.shape}, it should be (28, 28)")
        if image.min() < 0 or image.max() > 255:
            raise Wrong(f"pixels are from 0 to 255, here from {image.min():g} to {image.max():g}")
        if image.max() <= 1:
            raise Wrong("there is hardly any ink: 255 is black, 0 is paper")
    with ex.in_case("meant"):
        digit = ex.whole(meant)
        if not 0 <= digit <= 9:
            raise Wrong(f"a digit is from 0 to 9, not {digit}")
    p = np.asarray(model.predict(image[np.newaxis].astype("float32") / 255, verbose=0))[0]
    if int(p.argmax()) != digit:
        raise Wrong(
            f"the network takes it for a {p.argmax()} with probability {p.max():.2f}; for a "
            f"{digit} it has {p[digit]:.2f}"
        )


@ex.function((np.random.default_rng(7).normal(size=(2, 4, 5, 3)),))
def check_3(images: np.ndarray) -> tuple:
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


@ex.examined
def check_4(xor_w: Any, xor_b: Any, cut: Any) -> None:
    """Weights (2, 2), biases (2,) and weights (2,): two relu units that solve exclusive or."""
    arrays = []
    asked = {"xor_w": (xor_w, (2, 2)), "xor_b": (xor_b, (2,)), "cut": (cut, (2,))}
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
        raise Wrong("no unit bends: on all four points relu changes nothing, or nothing is left")
    off = [f"{tuple(c)} gives {v:g}" for c, v in zip(corners.tolist(), found, strict=True)]
    raise Wrong("; ".join(off))


@ex.examined
def check_5(small_ring: Any, points: np.ndarray, labels: np.ndarray) -> None:
    """`answer()` -> a trained network of few parameters, at least 0.95 of the points correct."""
    net = network(small_ring, (2,))
    if net.count_params() > MOST:
        raise Wrong(f"{net.count_params()} parameters are too many: at most {MOST} are asked for")
    if net.output_shape[1:] != (1,):
        raise Wrong(f"the output shape is {net.output_shape}, (None, 1) is asked for")
    p = np.asarray(net.predict(ex.as_array(points), verbose=0), float)[:, 0]
    if not np.isfinite(p).all():
        raise Wrong("its outputs are not finite: shorter steps help")
    accuracy = float(np.mean((p > 0.5) == ex.as_array(labels)))
    if accuracy < 0.95:
        told = f"its accuracy is {accuracy:.2f}, at least 0.95 is asked for"
        raise Wrong(told + ("; was it trained, by `fit`?" if accuracy < 0.7 else ""))


@ex.function(
    (2.0, 1.0, 3.0, 4.0), (0.5, -0.5, -2.0, 1.0), (1.5, 0.5, 2.0, 5.0),
    want=ex.pair("derivative in w, in b", ex.real), case="w={}, b={}, x={}, y={}",
)
def check_6(w: float, b: float, x: float, y: float) -> tuple:
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
def check_7(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network, at least 0.7 of the digits `x` classified correctly."""
    check_accuracy(network(repaired, (28, 28)), x, y, 0.7)


hint, score = ex.helpers(__name__, {
    1: ("First the batches of one epoch: the last one may be smaller, and it is a step as well.",
        "25,000 / 512 is 48.8, so that an epoch has 49 steps."),
    2: ("mine[5:23, 13:15] = 255 draws a vertical bar, 18 rows high and 2 columns wide. MNIST's "
        "digits are about 20 pixels high and stand in the middle.",
        "Easiest are a bar for a 1, and a block with a hole for a 0."),
    3: ("reshape would keep the order of the numbers; here the axes change places.",
        "np.moveaxis(images, from, to): the last axis, −1, becomes the axis behind the samples."),
    4: ("Two units are enough for |x - y|: one for x - y, the other for y - x.",
        "One of x - y and y - x is negative, and relu makes it 0: add the two."),
    5: ("A network with u relu units behind two inputs and one sigmoid unit behind those has "
        "3 u + u + 1 parameters.",
        "Six units; compile with Adam(0.05) and \"binary_crossentropy\", and fit 20 epochs in "
        "batches of 32. If it gets stuck, train once more from another seed."),
    6: ("Chain rule: the loss by the prediction, the prediction by z = w x + b, z by w and by b.",
        "Where z > 0 the gradient is 2 (z - y) x in w, 2 (z - y) in b; elsewhere it is 0 and 0."),
    7: ("Print float(loss) in each step: does it rise or fall? And which numbers does the network "
        "get, how large are they?",
        "assign_sub, not assign_add; x_train, not mnist.x_train. Then go over the digits more than "
        "once."),
})
