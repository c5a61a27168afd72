"""Checkers of the exercises of chapter 11."""
# fmt: off

import numpy as np

from course_utils.exercises import framework as ex

_ONCE = 3 * 3 * 64 * 128
check_1 = ex.value("Multiply-adds of a 3 × 3 convolution.", _ONCE * 56 * 56, {
    _ONCE: "these are the weights; each is used once for every position of the output",
    _ONCE * 56: "there are 56 × 56 positions",
    (_ONCE + 128) * 56 * 56: "the biases are added, not multiplied: leave them out",
    3 * 3 * 64 * 56 * 56: "each of the 128 filters does that",
    3 * 3 * 128 * 56 * 56: "each filter reads 64 channels",
    2 * _ONCE * 56 * 56: "a multiply-add is one, not two",
    _ONCE * 54 * 54: "56 × 56 is the output already",
})

check_2 = ex.value("Weights of one 5 × 5 convolution over those of two of 3 × 3.", 25 / 18, {
    25 / 9: "there are two of 3 × 3",
    18 / 25: "that is how many times as many the two have: the other way round",
    5 / 6: "a filter of k × k has k² weights for each channel, not k",
    7.0: "that is the difference for one channel; the ratio is asked for",
}, want=ex.real)

_BRANCH, _DIRECT = 192 * 16 + 25 * 16 * 32, 25 * 192 * 32
check_3 = ex.value("Weights with a 1 × 1 before, over those without.", _BRANCH / _DIRECT, {
    25 * 16 * 32 / _DIRECT: "the 1 × 1 convolution has weights, too",
    _DIRECT / _BRANCH: "that is how many times as many the direct one has: the other way round",
    float(_BRANCH): "these are the weights of the branch; the share is asked for",
    (192 * 16 + _DIRECT) / _DIRECT: "the 5 × 5 convolution reads 16 channels, not 192",
    (192 * 16 + 5 * 16 * 32) / (5 * 192 * 32):
        "a filter of 5 × 5 has 25 weights for each channel",
    1 - _BRANCH / _DIRECT: "that is the share that is saved",
}, want=ex.real)


@ex.function(
    (16, 12, 4), (64, 32, 6), (10, 3, 1),
    want=ex.pair("channels out, channels into the last layer", ex.whole), case="({}, {}, {})",
)
def check_4(first: int, growth: int, layers: int) -> tuple:
    """`answer(first, growth, layers)` -> channels out of a dense block, and into its last layer."""
    out, last = first + layers * growth, first + (layers - 1) * growth
    return (out, last), {
        (last, out): "the two are exchanged",
        (out, out): "the last layer reads what the layers before it have left, not its own",
        (growth, last): "what comes out is everything, not the last layer's channels alone",
        (layers * growth, (layers - 1) * growth): "the channels that came in stay as well",
        (out, growth): "the last layer reads everything before it",
        (last, last - growth): "one layer too few",
        (out + growth, out): "one layer too many",
    }


_RNG = np.random.default_rng(11)


@ex.function(tuple(_RNG.normal(size=s) for s in ((3, 4, 5), (5, 6), (6, 5))), untouched=True)
def check_5(x: np.ndarray, first: np.ndarray, second: np.ndarray) -> tuple:
    """`answer(x, first, second)`: relu(x + relu(x first) second), (h, w, c)."""
    def relu(x: np.ndarray) -> np.ndarray:
        return np.maximum(x, 0)

    change, linear = relu(x @ first) @ second, x @ first @ second
    return relu(x + change), {
        "x is not added": relu(change),
        "the relu at the very end is missing": x + change,
        "the relu between the two is missing": relu(x + linear),
        "there is a relu too many, on what is added": relu(x + relu(change)),
        "relu comes after the sum, not on x alone": relu(x) + change,
        "the difference is added, not subtracted": relu(x - change),
        "both relus are missing": x + linear,
    }


hint, score = ex.helpers(__name__, {
    1: ("Each number of the output is a sum over a 3 × 3 window of 64 channels.",
        "There are 56 · 56 · 128 numbers in the output."),
    2: ("A k × k convolution from c to c channels has k² · c² weights.",
        "25 c² against twice 9 c²."),
    3: ("The branch has two convolutions: 1 × 1 from 192 to 16, then 5 × 5 from 16 to 32.",
        "Divide the sum of their weights by 25 · 192 · 32."),
    4: ("Each layer adds growth channels to those that it has as its input.",
        "The last layer has those of all layers before it, its own not among them."),
    5: ("A 1 × 1 convolution is x @ weights: @ works along the last axis.",
        "relu(x + relu(x @ first) @ second): one relu between the two, one at the very end."),
})
