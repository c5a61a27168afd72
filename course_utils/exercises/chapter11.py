"""Checkers of the exercises of chapter 11."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, call, compare, judge, number


def check_1(answer: Any) -> None:
    """Multiply-adds of a 3 × 3 convolution from 64 to 128 channels with an output of 56 × 56."""
    once = 3 * 3 * 64 * 128
    known = {
        once: "these are the weights; each is used once for every place of the output",
        once * 56: "there are 56 × 56 places",
        (once + 128) * 56 * 56: "the biases are added, not multiplied: leave them out",
        3 * 3 * 64 * 56 * 56: "each of the 128 filters does that",
        3 * 3 * 128 * 56 * 56: "each filter reads 64 channels",
        2 * once * 56 * 56: "a multiply-add is one, not two",
        once * 54 * 54: "56 × 56 is the output already",
    }
    judge(answer, lambda value: number(value, once * 56 * 56, known))


def _ratio(answer: Any, right: float, known: dict[str, float]) -> None:
    def examine(value: Any) -> None:
        compare("the ratio", value, np.asarray(right), {m: np.asarray(v) for m, v in known.items()})

    judge(answer, examine)


def check_2(answer: Any) -> None:
    """Weights of one 5 × 5 convolution over those of two of 3 × 3."""
    known = {
        "there are two of 3 × 3": 25 / 9,
        "that is how many times as many the two have: the other way round": 18 / 25,
        "a filter of k × k has k² weights for each channel, not k": 5 / 6,
        "that is the difference for one channel; the ratio is asked for": 7.0,
    }
    _ratio(answer, 25 / 18, known)


def check_3(answer: Any) -> None:
    """Weights of 192 → 16 (1 × 1) → 32 (5 × 5) over those of 192 → 32 (5 × 5)."""
    branch, direct = 192 * 16 + 25 * 16 * 32, 25 * 192 * 32
    known = {
        "the 1 × 1 convolution has weights, too": 25 * 16 * 32 / direct,
        "that is how many times as many the direct one has: the other way round": direct / branch,
        "these are the weights of the branch; the share is asked for": float(branch),
        "the 5 × 5 convolution reads 16 channels, not 192": (192 * 16 + direct) / direct,
        "a filter of 5 × 5 has 25 weights for each channel": (192 * 16 + 5 * 16 * 32)
        / (5 * 192 * 32),
        "that is the share that is saved": 1 - branch / direct,
    }
    _ratio(answer, branch / direct, known)


def check_4(answer: Any) -> None:
    """`answer(first, growth, layers)` -> channels out of a dense block, and into its last layer."""
    cases = ((16, 12, 4), (64, 32, 6), (10, 3, 1))

    def examine(dense_channels: Any) -> None:
        for first, growth, layers in cases:
            out, last = first + layers * growth, first + (layers - 1) * growth
            value = call(dense_channels, first, growth, layers)
            known = {
                (last, out): "the two are exchanged",
                (out, out): "the last layer reads what the layers before it have left, not its own",
                (growth, last): "what comes out is everything, not the last layer's channels alone",
                (layers * growth, (layers - 1) * growth): "the channels that came in stay as well",
                (out, growth): "the last layer reads everything before it",
                (last, last - growth): "one layer too few",
                (out + growth, out): "one layer too many",
            }
            case = f"({first}, {growth}, {layers})"
            try:
                pair = tuple(int(v) for v in value)
            except (TypeError, ValueError) as error:
                raise Wrong(f"{case}: a tuple of two is asked for, this is {value!r}") from error
            if pair != (out, last):
                raise Wrong(f"{case}: {known.get(pair, f'{pair} is not the answer')}")

    judge(answer, examine)


def check_5(answer: Any) -> None:
    """`answer(x, first, second)`: relu(x + relu(x first) second), (h, w, c)."""

    def relu(x: np.ndarray) -> np.ndarray:
        return np.maximum(x, 0)

    def examine(block: Any) -> None:
        rng = np.random.default_rng(11)
        x, first, second = (rng.normal(size=s) for s in ((3, 4, 5), (5, 6), (6, 5)))
        before, change = x.copy(), relu(x @ first) @ second
        known = {
            "x is not added": relu(change),
            "the relu at the very end is missing": x + change,
            "the relu between the two is missing": relu(x + x @ first @ second),
            "there is a relu too many, on what is added": relu(x + relu(change)),
            "relu comes after the sum, not on x alone": relu(x) + change,
            "the difference is added, not taken off": relu(x - change),
            "both relus are missing": x + x @ first @ second,
        }
        value = call(block, x, first, second)
        if not np.array_equal(x, before):
            raise Wrong("the array that was passed in is changed: work on a copy")
        compare("3 × 4 places, 5 channels", value, relu(before + change), known)

    judge(answer, examine)
