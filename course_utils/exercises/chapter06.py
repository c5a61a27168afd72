"""Checkers of the exercises of chapter 06."""
# fmt: off

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

check_1 = ex.value("Dense parameters without padding.", *ex.parameters(512, 4 * 4 * 32), {
    512 * (7 * 7 * 32 + 1): "that is with padding; without it each convolution of 5×5 takes "
    "4 pixels of the height and 4 of the width",
    512 * (5 * 5 * 32 + 1): "off by one: a window of 5 fits 28 − 5 + 1 = 24 times, and 12 "
    "leaves 8, not 9 or 10",
    512 * (8 * 8 * 32 + 1): "was the second pool forgotten? 8 × 8 become 4 × 4",
    512 * (20 * 20 * 32 + 1): "were the pools forgotten? Each halves height and width",
    512 * (4 * 4 * 64 + 1): "the second convolution has 32 filters, the 64 are the first's",
    512 * (4 * 4 + 1): "each of the 32 channels comes in: 4 × 4 × 32 inputs",
    512 * (6 * 6 * 32 + 1): "the first convolution takes 4 pixels too: 28 becomes 24",
})

check_2 = ex.value("Steps of 20 epochs on 54,000 images.", *ex.steps(54_000, 64, 20), {
    938 * 20: "it is trained on 54,000 images: 6,000 of the 60,000 are the validation set",
    94 * 20: "it is trained on the other images, not on the validation set",
    422 * 20: "that is with batches of 128",
})

_TRUE = np.array([6, 6, 6, 6, 6, 0, 0, 0, 2, 4, 4, 9, 8], np.uint8)
_PREDICTED = np.array([6, 6, 0, 4, 6, 6, 0, 0, 2, 4, 2, 5, 8], np.uint8)


@ex.examined
def check_3(recall_and_precision: Any) -> None:
    """`answer(y_true, y_pred, label)` -> (recall, precision) of one class."""
    for label in (6, 0, 4, 9):
        with ex.in_case(f"class {label}"):
            found = ex.call(recall_and_precision, _TRUE, _PREDICTED, label)
            _check_shares(ex.pair("recall, precision", ex.real)(found), label)


def _check_shares(found: tuple, label: int) -> None:
    true, named = np.equal(_TRUE, label), np.equal(_PREDICTED, label)
    hits, accuracy = float(np.sum(true & named)), float(np.mean(true == named))
    recall, precision = right = hits / true.sum(), hits / named.sum() if named.any() else 0.0
    if not named.any() and not ex.same(found, right):
        raise Wrong(f"no image is classified so: recall and precision are 0, not {found}")
    ex.match(found, right, {
        "the two are exchanged: recall is a share of the images of the class, precision of those "
        "classified so": (precision, recall),
        "divide by the images of the class, or by those classified so, not by all images":
            (hits / len(true), hits / len(true)),
        "images of other classes that were not classified so do not count as hits":
            (accuracy if ex.same(found[0], accuracy) else found[0],
             accuracy if not ex.same(found[0], accuracy) else found[1]),
        "these are numbers of images: divide them": (hits, hits),
        f"the precision is not {found[1]:.3f}": (recall, found[1]),
        f"the recall is not {found[0]:.3f}": found,
    })


_IMAGES = np.random.default_rng(6).integers(1, 256, (4, 5, 6, 1)).astype(np.uint8)


@ex.function(
    (_IMAGES, np.array([True, False, False, True])), want=ex.image_bytes, untouched=True
)
def check_4(images: np.ndarray, flipped: np.ndarray) -> tuple:
    """`answer(images, flipped)`: the chosen images (n, h, w, 1) flipped, the input untouched."""
    chosen, mirrored = flipped[:, np.newaxis, np.newaxis, np.newaxis], images[:, :, ::-1]
    return np.where(chosen, mirrored, images), {
        "these are upside down: left to right is the axis of the width":
            np.where(chosen, images[:, ::-1], images),
        "all images are flipped, not only those that `flipped` names": mirrored,
        "the others are flipped: where `flipped` is False an image stays":
            np.where(chosen, images, mirrored),
        "nothing is flipped": images,
        "these are rotated by 180°: only the width is flipped":
            np.where(chosen, images[:, ::-1, ::-1], images),
        "the order of the images is reversed, not that of the pixels": images[::-1],
    }


def _rates(
    losses: Sequence[float], start: float, factor: float, patience: int, fault: str = ""
) -> np.ndarray:
    """Learning rates in force in each epoch; `fault` names a misconception that is built in."""
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
    return np.array(in_force)


_FAULTS = {
    "at once": "the new learning rate is in force from the *next* epoch on",
    "late": "one epoch too late: after `patience` epochs without a new best, not one more",
    "goes on": "after the learning rate has been reduced the waiting starts afresh",
    "last": "compare with the lowest loss so far, not with that of the epoch before",
    "equal": "a loss as low as the best is not a new best",
    "one off": "each time the patience is over the learning rate falls again, not only at first",
}


@ex.function(
    ([1.0, 0.8, 0.9, 0.85, 0.82, 0.81, 0.84, 0.86, 0.7], 0.1, 0.5, 2),
    ([0.9, 0.9, 0.9, 0.8, 0.7, 0.7, 0.7, 0.7, 0.6], 0.2, 0.1, 2),
    ([0.5, 0.6, 0.4, 0.45, 0.41, 0.42, 0.43, 0.5, 0.6, 0.7], 1.0, 0.3, 3),
    ([0.5, 0.4, 0.3], 0.1, 0.5, 1),
    case="losses {0}, factor {2} and patience {3}",
)
def check_5(*arguments: Any) -> tuple:
    """`answer(losses, start, factor, patience)` -> the learning rate in force in each epoch."""
    return _rates(*arguments), {text: _rates(*arguments, f) for f, text in _FAULTS.items()}


@ex.examined
def check_6(honest: Any) -> None:
    """`answer(right_held_out, right_test)` -> (epoch from 1, score): chosen on validation data."""
    rng = np.random.default_rng(0)
    held_out = (rng.random((6, 20)) < 0.5).astype(int)
    held_out[2], held_out[4] = held_out[1].copy(), 0
    held_out[1, :18], held_out[2, 1:19] = 1, 1
    held_out[1, 18:], held_out[2, [0, 19]] = 0, 0  # epochs 2 and 3 are equally good
    test = (rng.random((6, 25)) < np.array([[0.3], [0.6], [0.5], [0.9], [0.4], [0.7]])) * 1
    epoch, score = ex.pair("epoch, score", ex.real)(ex.call(honest, held_out, test))
    best, scores = int(held_out.mean(axis=1).argmax()), test.mean(axis=1)
    advice = "count the epochs from 1" if epoch == best else "its score is right"
    following = ("two epochs are equally good: take the first" if epoch == best + 2
                 else "the score is that of the next epoch: rows are counted from 0")
    if epoch == best + 1 and ex.same(score, scores[best]):
        return
    for known, message in (
        (scores.max(), "that is the epoch that is best on the test set: it is optimistic"),
        (held_out[best].mean(), "the validation score is optimistic too, it has chosen: report the "
         "same epoch's score on the test set"),
        (scores[best], f"the epoch is not {epoch:g}: {advice}"),
        (scores[best + 1], following),
        (scores[-1], "that is the last epoch, whatever the validation set says"),
    ):
        if ex.same(score, known):
            raise Wrong(message)
    raise Wrong(f"epoch {epoch:g} with a score of {score:.3f} is not the answer")


hint, score = ex.helpers(__name__, {
    1: ("Without padding a 5 × 5 convolution takes 4 from the side; each pool halves it.",
        "28, 24, 12, 8, 4: the dense layer has 4 · 4 · 32 inputs."),
    2: ("The last batch of an epoch is smaller, and it is a step as well.",
        "54,000 / 64 is 843.75, so that an epoch has 844 steps."),
    3: ("Hits are where y_true and y_pred are both the label.",
        "Divide the hits by the images of the class for recall, by the predictions of it for "
        "precision."),
    4: ("Begin with a copy; a mask such as flipped chooses the images that change.",
        "images[flipped, :, ::-1] turns the axis of the width round, and only that one."),
    5: ("Note the learning rate before you look at the loss of the epoch: a change begins with the"
        " next.",
        "Keep three things: the rate, the lowest loss so far, the epochs since; the last starts at"
        " 0 again after a change."),
    6: ("Which of the two arrays may choose, and which may only be reported?",
        "argmax of the mean over the images of the validation set; the score is that of the test "
        "set at this epoch."),
})
