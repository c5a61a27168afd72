"""Checkers of the exercises of chapter 06."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, array, attempted, call, judge, number


def check_1(answer: Any) -> None:
    """Parameters of the dense layer of 64-32-512 without padding: a whole number."""
    known = {
        512 * (7 * 7 * 32 + 1): "that is with padding; without it each convolution of 5×5 takes "
        "4 pixels of the height and 4 of the width",
        512 * (4 * 4 * 32): "the weights are right; each of the 512 units has a bias too",
        512 * (4 * 4 * 32) + 1: "each of the 512 units has a bias of its own",
        512 * (5 * 5 * 32 + 1): "off by one: a window of 5 fits 28 − 5 + 1 = 24 times, and 12 "
        "leaves 8, not 9 or 10",
        512 * (8 * 8 * 32 + 1): "was the second pool forgotten? 8 × 8 become 4 × 4",
        512 * (20 * 20 * 32 + 1): "were the pools forgotten? Each halves height and width",
        512 * (4 * 4 * 64 + 1): "the second convolution has 32 filters, the 64 are the first's",
        512 * (4 * 4 + 1): "each of the 32 channels comes in: 4 × 4 × 32 inputs",
        512 * (6 * 6 * 32 + 1): "the first convolution takes 4 pixels too: 28 becomes 24",
    }
    judge(answer, lambda value: number(value, 512 * (4 * 4 * 32 + 1), known))


def check_2(answer: Any) -> None:
    """Steps of 20 epochs on 54,000 images in batches of 64: a whole number."""
    known = {
        54_000 // 64 * 20: "the last, smaller batch is a step too: round up",
        -(-54_000 * 20 // 64): "a batch ends with its epoch: round up first, then multiply",
        -(-60_000 // 64) * 20: "it learns from 54,000 images: 6,000 of the 60,000 are held out",
        -(-6_000 // 64) * 20: "it learns from the other images, not from those held out",
        -(-54_000 // 128) * 20: "that is with batches of 128",
        -(-54_000 // 64): "that is one epoch",
        54_000 * 20: "these are images seen, not steps: divide by the batch size",
    }
    judge(answer, lambda value: number(value, -(-54_000 // 64) * 20, known))


def _pair(value: Any, what: str) -> tuple[float, float]:
    try:
        first, second = (float(v) for v in attempted(value))
    except (TypeError, ValueError) as error:
        raise Wrong(f"a pair ({what}) is asked for, this is {value!r}") from error
    return first, second


def check_3(answer: Any) -> None:
    """`answer(y_true, y_pred, label)` -> (recall, precision) of one class."""

    def examine(recall_and_precision: Any) -> None:
        y_true = np.array([6, 6, 6, 6, 6, 0, 0, 0, 2, 4, 4, 9, 8], np.uint8)
        y_pred = np.array([6, 6, 0, 4, 6, 6, 0, 0, 2, 4, 2, 5, 8], np.uint8)
        for label in (6, 0, 4):
            found = _pair(call(recall_and_precision, y_true, y_pred, label), "recall, precision")
            _check_shares(found, y_true == label, y_pred == label, label)
        found = _pair(call(recall_and_precision, y_true, y_pred, 9), "recall, precision")
        if not np.allclose(found, (0, 0)):
            raise Wrong(f"nothing is named 9: recall and precision are 0, not {found}")

    judge(answer, examine)


def _check_shares(found: tuple, true: np.ndarray, named: np.ndarray, label: int) -> None:
    hits, right = np.sum(true & named), np.mean(true == named)
    recall, precision = hits / true.sum(), hits / named.sum()
    if np.allclose(found, (recall, precision)):
        return
    if np.allclose(found, (precision, recall)):
        raise Wrong(
            "the two are exchanged: recall is a share of the images of the class, "
            "precision of those named so"
        )
    if np.allclose(found, (hits / len(true),) * 2):
        raise Wrong("divide by the images of the class, or by those named so, not by all images")
    if any(np.isclose(value, right) for value in found):
        raise Wrong("images of other classes that were not named so do not count as hits")
    if np.allclose(found, (hits, hits)):
        raise Wrong("these are numbers of images: divide them")
    for value, true_value, name in zip(
        found, (recall, precision), ("recall", "precision"), strict=True
    ):
        if not np.isclose(value, true_value):
            raise Wrong(f"the {name} of class {label} of the example is not {value:.3f}")


def check_4(answer: Any) -> None:
    """`answer(images, flipped)`: the chosen images (n, h, w, 1) mirrored, the input untouched."""

    def examine(mirror: Any) -> None:
        images = np.random.default_rng(6).integers(1, 256, (4, 5, 6, 1)).astype(np.uint8)
        flipped = np.array([True, False, False, True])
        given = images.copy()
        value = call(mirror, given, flipped)
        if not np.array_equal(given, images):
            raise Wrong("the images that were passed in are changed: work on a copy")
        chosen = flipped[:, np.newaxis, np.newaxis, np.newaxis]
        known = {
            "these are upside down: left to right is the axis of the width": np.where(
                chosen, images[:, ::-1], images
            ),
            "all images are mirrored, not only those that `flipped` names": images[:, :, ::-1],
            "the others are mirrored: where `flipped` is False an image stays": np.where(
                chosen, images, images[:, :, ::-1]
            ),
            "nothing is mirrored": images,
            "these are turned by half a circle: only the width is mirrored": np.where(
                chosen, images[:, ::-1, ::-1], images
            ),
            "the order of the images is reversed, not that of the pixels": images[::-1],
        }
        array(value, np.where(chosen, images[:, :, ::-1], images), known)

    judge(answer, examine)


def _rates(
    losses: Sequence[float], start: float, factor: float, patience: int, fault: str = ""
) -> list[float]:
    """Rates in force in each epoch; `fault` names a misconception that is built in."""
    in_force, rate, best, waited = [], start, np.inf, 0
    for i, loss in enumerate(losses):
        before = in_force[-1:] or [rate]
        in_force.append(rate)
        compared = losses[i - 1] if fault == "last" and i else best
        better = loss <= compared if fault == "equal" else loss < compared
        best, waited = (loss, 0) if better else (best, waited + 1)
        if waited >= patience + (fault == "late"):
            rate *= factor
            waited = waited if fault == "goes on" else 0
        if fault == "at once":
            in_force[-1] = rate
        if fault == "one off" and before != [rate]:
            rate = start * factor
    return in_force


def check_5(answer: Any) -> None:
    """`answer(losses, start, factor, patience)` -> the rate in force in each epoch."""
    cases = (
        ([1.0, 0.8, 0.9, 0.85, 0.82, 0.81, 0.84, 0.86, 0.7], 0.1, 0.5, 2),
        ([0.9, 0.9, 0.9, 0.8, 0.7, 0.7, 0.7, 0.7, 0.6], 0.2, 0.1, 2),
        ([0.5, 0.6, 0.4, 0.45, 0.41, 0.42, 0.43, 0.5, 0.6, 0.7], 1.0, 0.3, 3),
        ([0.5, 0.4, 0.3], 0.1, 0.5, 1),
    )
    faults = {
        "at once": "the new rate is in force from the *next* epoch on",
        "late": "one epoch too late: after `patience` epochs without a new best, not one more",
        "goes on": "after the rate has fallen the waiting starts afresh",
        "last": "compare with the lowest loss so far, not with that of the epoch before",
        "equal": "a loss as low as the best is not a new best",
        "one off": "each time the patience is over the rate falls again, not only the first time",
    }

    def examine(rates: Any) -> None:
        for losses, start, factor, patience in cases:
            value = call(rates, list(losses), start, factor, patience)
            try:
                found = np.asarray([float(v) for v in value])
            except (TypeError, ValueError) as error:
                raise Wrong(f"a rate for each epoch is asked for, this is {value!r}") from error
            if len(found) != len(losses):
                raise Wrong(f"for {len(losses)} epochs {len(found)} rates came back")
            if not np.allclose(found, right := _rates(losses, start, factor, patience)):
                case = f"for losses {losses}, factor {factor} and patience {patience}"
                for fault, message in faults.items():
                    if np.allclose(found, _rates(losses, start, factor, patience, fault)):
                        raise Wrong(f"{case}: {message}")
                at = int(np.argmin(np.isclose(found, right)))
                raise Wrong(f"{case}: the rate of epoch {at + 1} is not {found[at]:g}")

    judge(answer, examine)


def check_6(answer: Any) -> None:
    """`answer(right_held_out, right_test)` -> (epoch from 1, score): chosen on the held-out."""

    def examine(honest: Any) -> None:
        rng = np.random.default_rng(0)
        held_out = (rng.random((6, 20)) < 0.5).astype(int)
        held_out[2], held_out[4] = held_out[1].copy(), 0
        held_out[1, :18], held_out[2, 1:19] = 1, 1
        held_out[1, 18:], held_out[2, [0, 19]] = 0, 0  # epochs 2 and 3 are equally good
        test = (rng.random((6, 25)) < np.array([[0.3], [0.6], [0.5], [0.9], [0.4], [0.7]])) * 1
        value = call(honest, held_out, test)
        epoch, score = _pair(value, "epoch, score")
        _check_choice(epoch, score, held_out.mean(axis=1), test.mean(axis=1))

    judge(answer, examine)


def _check_choice(epoch: float, score: float, held_out: np.ndarray, test: np.ndarray) -> None:
    best, tuned = int(held_out.argmax()), int(test.argmax())
    if np.allclose((epoch, score), (best + 1, test[best])):
        return
    if np.isclose(score, test[tuned]):
        raise Wrong("that is the epoch that is best on the test set: it flatters")
    if np.isclose(score, held_out[best]):
        raise Wrong(
            "the held-out score flatters too, it has chosen: report the same epoch's score "
            "on the test set"
        )
    if np.isclose(score, test[best]):
        advice = "count the epochs from 1" if epoch == best else "its score is right"
        raise Wrong(f"the epoch is not {epoch:g}: {advice}")
    if np.isclose(score, test[best + 1]):
        raise Wrong("two epochs are equally good: take the first" if epoch == best + 2 else
                    "the score is that of the next epoch: rows are counted from 0")  # fmt: skip
    if np.isclose(score, test[-1]):
        raise Wrong("that is the last epoch, whatever the held-out images say")
    raise Wrong(f"epoch {epoch:g} with a score of {score:.3f} is not the honest answer")
