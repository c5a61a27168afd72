"""Checkers of the exercises of chapter 06."""
# fmt: off

from collections.abc import Sequence
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import (
    check_accuracy,
    layers_of,
    network,
    outputs_of,
    steps_of,
)

IMAGE = (28, 28, 1)
MOST_LOSS = 0.75  # on validation data, of the network that a thousand images train
LEAST = 0.5  # validation accuracy of both

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


@ex.examined
def check_2(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network with a cross-entropy of at most `MOST_LOSS` on `x`."""
    model = network(repaired, IMAGE)
    check_accuracy(model, x, y, LEAST)
    x, y = ex.as_array(x), ex.as_array(y).astype(int)
    p = np.clip(outputs_of(model, x).astype(float), 1e-7, 1)
    loss = float(-np.log(p[np.arange(len(y)), y]).mean())
    if loss > MOST_LOSS:
        raise Wrong(
            f"its validation loss is {loss:.2f} after {steps_of(model):,} steps, at most "
            f"{MOST_LOSS} is asked for: it is still confident where it is wrong"
        )


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
def check_3(*arguments: Any) -> tuple:
    """`answer(losses, start, factor, patience)` -> the learning rate in force in each epoch."""
    return _rates(*arguments), {text: _rates(*arguments, f) for f, text in _FAULTS.items()}


_TRUE = np.array([6, 6, 6, 6, 6, 0, 0, 0, 2, 4, 4, 9, 8], np.uint8)
_PREDICTED = np.array([6, 6, 0, 4, 6, 6, 0, 0, 2, 4, 2, 5, 8], np.uint8)


@ex.examined
def check_4(recall_and_precision: Any) -> None:
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


@ex.examined
def check_5(plain_and_trained: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> the plain network, trained, at least `LEAST` of `x` classified correctly."""
    from keras import layers

    model = network(plain_and_trained, IMAGE)
    if normalizing := layers_of(
        model, layers.BatchNormalization, layers.LayerNormalization, layers.GroupNormalization
    ):
        raise Wrong(f"the network is to be plain, it has the layer {normalizing[0].name}")
    found = len(layers_of(model, layers.Conv2D))
    if found != 6:
        raise Wrong(f"the network of six convolutions is asked for, this one has {found}")
    check_accuracy(model, x, y, LEAST)


hint, score = ex.helpers(__name__, {
    1: ("Without padding a 5 × 5 convolution takes 4 from the side; each pool halves it.",
        "28, 24, 12, 8, 4: the dense layer has 4 · 4 · 32 inputs."),
    2: ("Draw the two losses of your friend's training: when is the validation loss lowest, and "
        "what does the training loss do after that?",
        "It overfits: give `fit` the validation data and the callback keras.callbacks.EarlyStopping"
        "(patience=3, restore_best_weights=True); dropout helps, too."),
    3: ("Note the learning rate before you look at the loss of the epoch: a change begins with the"
        " next.",
        "Keep three things: the rate, the lowest loss so far, the epochs since; the last starts at"
        " 0 again after a change."),
    4: ("Hits are where y_true and y_pred are both the label.",
        "Divide the hits by the images of the class for recall, by the predictions of it for "
        "precision."),
    5: ("Watch the loss: it becomes very large or stays near ln 10 ≈ 2.3, that of guessing. The "
        "figure above says which number is to blame.",
        "The learning rate: 1.0 is far too high for the plain network. Try 0.03, or Adam."),
})
