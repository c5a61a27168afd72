"""Checkers of the exercises of the lab 05_how_much_data."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_accuracy, network, steps_of


@ex.function(
    (256, 128, 1), (60_000, 128, 1), (300, 128, 4), (7, 8, 3),
    want=ex.whole, case="{:,} samples in batches of {}, {} epochs",
)
def check_1(samples: int, batch: int, epochs: int) -> tuple:
    """Steps of a training: `answer(samples, batch_size, epochs)` -> whole number."""
    return ex.steps(samples, batch, epochs)


@ex.examined
def check_2(trained_on_300: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a network trained on 300 digits, at least 0.7 of `x` classified correctly."""
    model = network(trained_on_300, (28, 28, 1))
    steps = steps_of(model)
    if steps and steps not in {ex.steps(300, batch, 4)[0] for batch in range(1, 301)}:
        raise Wrong(f"{steps:,} steps of gradient descent are not four epochs of 300 digits, "
                    "whatever the batch size")
    check_accuracy(model, x, y, 0.7)


hint, score = ex.helpers(__name__, {
    1: ("First the batches of one epoch: the last one may be smaller, and it is a step as well.",
        "-(-samples // batch_size) rounds up."),
    2: ("Four epochs of 300 digits in batches of 128 are only 12 steps of gradient descent. What "
        "does a smaller batch change?",
        "Batches of 8 make 38 steps an epoch, 152 in all."),
})
