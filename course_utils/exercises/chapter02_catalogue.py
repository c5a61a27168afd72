"""Checkers of the exercises of the lab 02_keras_catalogue."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_accuracy, check_parameters, network


def _word(answer: Any, what: str) -> str:
    """The name of an activation or loss, however it is spelled."""
    if not isinstance(answer, str):
        raise Wrong(f"{what} is asked for as text, such as \"relu\"; this is {ex.shown(answer)}")
    return answer.strip().lower().replace("_", "").replace(" ", "").replace("-", "")


@ex.examined
def check_1(last_layer: Any) -> None:
    """(units, activation, loss) of a layer that says which of 20 animals a photograph shows."""
    parts = ex.items(last_layer, "(units, activation, loss)")
    if len(parts) != 3:
        raise Wrong(f"three things are asked for (units, activation, loss), these are {len(parts)}")
    units = ex.whole(parts[0])
    activation, loss = _word(parts[1], "an activation"), _word(parts[2], "a loss")
    if activation == "softmax":
        raise Wrong("a softmax makes the 20 probabilities sum to 1: only one animal at a time")
    ex.match(units, 20, {
        1: "one unit answers one question; here there are 20",
        2: "20 questions, each answered by one unit",
        21: "\"none of them\" needs no unit: then all 20 are small",
        40: "one unit is enough for yes or no: its probability",
    })
    if activation != "sigmoid":
        raise Wrong(f"{parts[1]!r} does not make a probability of each output by itself")
    if "categorical" in loss:
        raise Wrong("the categorical losses expect exactly one animal in each photograph")
    if loss not in ("binarycrossentropy", "binaryfocalcrossentropy"):
        raise Wrong(f"{parts[2]!r} is not the loss for answers of yes or no")


@ex.examined
def check_2(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network 784–32–10 that classifies 0.75 of `x` correctly."""
    model = network(repaired, (784,))
    check_parameters(model, 784 * 32 + 32 + 32 * 10 + 10)
    check_accuracy(model, x, y, 0.75)


@ex.examined
def check_3(pinball: Any) -> None:
    """`answer(y_true, y_pred)` -> the pinball loss for the 0.9-quantile, one for each sample."""
    true = np.array([[3.0], [1.0], [2.0], [-1.0]], "float32")
    predicted = np.array([[1.0], [2.0], [2.0], [-1.5]], "float32")
    error = (true - predicted)[:, 0]
    right = np.maximum(0.9 * error, -0.1 * error)
    found = ex.real_numbers(ex.call(pinball, true, predicted))
    if found.shape == (4, 1):
        found = found[:, 0]
    if found.ndim == 0:
        raise Wrong("one number is returned; a loss for each of the four samples is asked for")
    ex.match(found, right, {
        "the two sides are exchanged: too few loaves, e above 0, cost 0.9 each":
            np.maximum(-0.9 * error, 0.1 * error),
        "it is negative where too many were baked: charge 0.1 · (−e) there": 0.9 * error,
        "the smaller of the two lines: take the larger": np.minimum(0.9 * error, -0.1 * error),
        "both sides are charged alike": np.abs(error),
        "too many loaves cost something as well: 0.1 · (−e) is positive where e is negative":
            np.where(error > 0, 0.9, 0.1) * error,
        "too many loaves cost something as well": np.maximum(0.9 * error, 0),
    })


hint, score = ex.helpers(__name__, {
    1: ("How many questions of yes or no does one photograph ask?",
        "Each question has a probability of its own: look for \"any of k labels at once\"."),
    2: ("What may the ten outputs be, for this loss? And what are they, behind a relu?",
        "Either a softmax, or no activation and SparseCategoricalCrossentropy(from_logits=True)."),
    3: ("On either side of 0 one of two straight lines is right: 0.9 · e, or −0.1 · e.",
        "`ops.maximum` takes the larger of two arrays, number by number."),
})
