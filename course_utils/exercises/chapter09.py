"""Checkers of the exercises of chapter 09."""

from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, call, compare, judge, number


def check_1(answer: Any) -> None:
    """Pixels a side that one place sees behind conv 3, conv 3, pool 2, conv 3."""
    known = {
        8: "behind the pool, neighbours look two pixels apart: the last convolution adds 4, not 2",
        9: "the pool itself widens the field by one pixel",
        5: "that is the field behind the second convolution",
        6: "that is the field behind the pool",
        7: "that is three convolutions without a pool",
        12: "a convolution of 3 × 3 adds two neighbours, not three",
        100: "that is the number of pixels; the side is asked for",
    }
    judge(answer, lambda value: number(value, 10, known))


def check_2(answer: Any) -> None:
    """Places of an 8 × 8 square on 32 × 32 pixels in steps of 4."""
    known = {
        7: "that is one row of places: there are as many rows",
        36: "the first place counts too: (32 − 8) / 4 + 1 in a row",
        64: "the last places would lie over the edge",
        16: "the square moves by 4, not by its own side",
        25 * 25: "the square moves by 4, not by one pixel",
    }
    judge(answer, lambda value: number(value, 49, known))


def check_3(answer: Any) -> None:
    """`answer(answers)`: (n, h, w, c) -> share of zeros in each channel (c,)."""

    def examine(sparsity: Any) -> None:
        rng = np.random.default_rng(3)
        answers = rng.normal(size=(4, 5, 6, 3)) * [1, 1, 0] - [0, 1, 0]
        answers = np.maximum(answers, 0).astype("float32")
        zero = answers == 0
        known = {
            "that is one share for all channels; keep the last axis": zero.mean(),
            "these are the shares of what is *not* zero": 1 - zero.mean(axis=(0, 1, 2)),
            "these are counts; divide by how many there are": zero.sum(axis=(0, 1, 2)),
            "that is a share for each picture; keep the last axis, not the first": zero.mean(
                axis=(1, 2, 3)
            ),
            "that is a share for each place and channel; a picture has many places": zero.mean(
                axis=0
            ),
        }
        compare("4 pictures, 3 channels", call(sparsity, answers), zero.mean(axis=(0, 1, 2)), known)

    judge(answer, examine)


def check_4(answer: Any) -> None:
    """`answer(maps, gradients)`, both (h, w, c) -> Grad-CAM's map (h, w)."""

    def examine(heat_map: Any) -> None:
        rng = np.random.default_rng(4)
        maps, gradients = rng.normal(size=(2, 3, 4, 5))
        weights = gradients.mean(axis=(0, 1))
        summed = (maps * weights).sum(axis=-1)
        known = {
            "what speaks against the answer is left out: relu": summed,
            "the gradient is averaged over the places first, one weight for each channel": (
                np.maximum((maps * gradients).sum(axis=-1), 0)
            ),
            "each channel has a weight; this adds the maps as they are": np.maximum(
                maps.sum(axis=-1), 0
            ),
            "relu comes after the sum, not before": np.maximum(maps * weights, 0).sum(axis=-1),
            "these are the maps weighed; now add up the channels": np.maximum(maps * weights, 0),
            "the channels are added up, not averaged": np.maximum(summed, 0) / maps.shape[-1],
            "the weights are means of the gradient, not sums": np.maximum(summed, 0) * 12,
            "the map is not scaled here": np.maximum(summed, 0) / summed.max(),
        }
        value = call(heat_map, maps.copy(), gradients.copy())
        compare("3 × 4 places", value, np.maximum(summed, 0), known)

    judge(answer, examine)


def check_5(answer: Any) -> None:
    """`answer(f, x, step)` -> gradient of `f` at `x` by central differences, `x` untouched."""
    cases = {
        "a sum of cubes": (lambda x: float((x**3).sum()), np.array([[1.0, -2.0], [0.5, 3.0]])),
        "a product": (lambda x: float(np.prod(x)), np.array([2.0, -1.0, 4.0])),
    }
    step = 0.1

    def trial(f: Any, x: np.ndarray, up: float, down: float) -> np.ndarray:
        slopes = np.zeros(x.shape)
        for place in np.ndindex(x.shape):
            shift = np.zeros(x.shape)
            shift[place] = 1
            slopes[place] = (f(x + up * shift) - f(x - down * shift)) / (up + down)
        return slopes

    def examine(slope_by_trial: Any) -> None:
        for case, (f, x) in cases.items():
            before = x.copy()
            right = trial(f, x, step, step)
            known = {
                "that is the difference up alone; take up and down": trial(f, x, step, 0),
                "that is the difference down alone; take up and down": trial(f, x, 0, step),
                "divide by two steps, not by one": 2 * right,
                "divide by the two steps": 2 * step * right,
                "the sign is the other way round: up minus down": -right,
            }
            value = call(slope_by_trial, f, x, step)
            if not np.array_equal(x, before):
                raise Wrong("the array that was passed in is changed: work on a copy")
            compare(case, value, right, known)

    judge(answer, examine)
