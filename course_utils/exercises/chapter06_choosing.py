"""Checkers of the exercises of the lab 06_choosing_on_the_test_set."""
# fmt: off

from collections.abc import Callable
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

ROWS, BIASED = "ABCDEF", "BDE"
WHY = {
    "A": "nothing was chosen: the 90 epochs were fixed beforehand",
    "B": "five scores on the test set, and the highest is reported",
    "C": "the choice was made on training images, and the test set was used once",
    "D": "on which images was the epoch selected, and which are reported?",
    "E": "each of the five numbers is the highest of 90 on the test set",
    "F": "the epoch is chosen on images of the training set, and no seed is chosen",
}

check_1 = ex.value("Images for a bias of 0.001, from 0.012 with 400, by 1/√n.", 57_600, {
    4_800: "that is 1/n; by 1/√n, a bias twelve times smaller takes 12² times the images",
    144: "that is the factor: how many images is it, of 400?",
    12: "that is how much smaller the bias is to be",
    1_386: "that is the root of 12 times as many; turn it around: the bias goes with the root of n",
    57_200: "so many more than the 400; how many altogether?",
})


def _epochs(*best: int) -> tuple[np.ndarray, np.ndarray]:
    """Which of 40 validation and 50 test images five epochs classify correctly."""
    val, test = np.full(5, 24), np.array([45, 38, 31, 22, 15])
    val[best[0] + 1] = 20
    val[[*best]] = 35
    return tuple((np.arange(n) < hits[:, np.newaxis]).astype(int)
                 for n, hits in ((40, val), (50, test)))


@ex.examined
def check_2(answer: Any, bias: Callable[[np.ndarray, int], float]) -> None:
    """`answer(correct, n)`: `bias` of the last five epochs of all trainings, put together."""
    chance = np.random.default_rng(0).random((3, 8, 60))
    correct, n = (chance < np.linspace(0.5, 0.7, 8)[:, np.newaxis]).astype(int), 20

    def of_all(epochs: np.ndarray) -> float:
        return ex.real(ex.call(bias, epochs.reshape(-1, epochs.shape[-1]), n))

    if not of_all(correct) > of_all(correct[0, :1]):  # one candidate leaves no choice
        raise Wrong("`optimistic_bias` is no longer that of section 2: run its cell again")

    ex.match(ex.real(ex.call(answer, correct, n)), of_all(correct[:, -5:]), {
        "that is for all epochs of all trainings: take the last five of each": of_all(correct),
        "that is for the first five epochs of each training": of_all(correct[:, :5]),
        "that is for the last epoch of each training: take the last five": of_all(correct[:, -1:]),
        "that is the mean over trainings, each with its own five candidates: put them together":
            np.mean([of_all(one) for one in correct[:, -5:]]),
        "that is for one training only": of_all(correct[0, -5:]),
    })


@ex.function(_epochs(2), _epochs(3), _epochs(1, 3), want=ex.real, untouched=True)
def check_3(val_correct: np.ndarray, test_correct: np.ndarray) -> tuple:
    """`answer(val_correct, test_correct)`: test accuracy of the epoch selected on validation."""
    val, test = val_correct.mean(axis=1), test_correct.mean(axis=1)
    best = val.argmax()
    return float(test[best]), {
        "that is the highest test accuracy: the epoch is selected on the test images": test.max(),
        "that is the validation accuracy: on the same images the epoch was selected": val.max(),
        "that is the number of the epoch: what is its accuracy on the test set?": float(best),
        "that is the test accuracy of the last epoch: which one is best on the validation images?":
            test[-1],
        "that is the mean over all epochs": test.mean(),
        "that is the epoch with the lowest validation accuracy": test[val.argmin()],
        "where several epochs are equally good, take the first, as `argmax` does":
            test[np.flatnonzero(val == val.max())[-1]],
    }


@ex.examined
def check_4(biased_rows: Any) -> None:
    """Letters of the rows whose score has an optimistic bias, as text."""
    if not isinstance(biased_rows, str):
        raise Wrong("a text of letters such as \"BD\" is asked for, this is "
                    f"{ex.shown(biased_rows)}")
    letters = {letter for letter in biased_rows.upper() if letter not in " ,;"}
    if not letters or letters - {*ROWS}:
        raise Wrong(f"letters from {ROWS[0]} to {ROWS[-1]} are asked for, this is "
                    f"{ex.shown(biased_rows)}")
    for letter in ROWS:
        if (letter in letters) != (letter in BIASED):
            off = "has no optimistic bias" if letter in letters else "is missing"
            raise Wrong(f"{letter} {off}: {WHY[letter]}")


hint, score = ex.helpers(__name__, {
    1: ("The bias goes with 1/√n: four times the images, half the bias.",
        "Twelve times smaller: 12² times as many images as 400."),
    2: ("`correct` is (trainings, epochs, images); `optimistic_bias` takes (candidates, images).",
        "`correct[:, -5:]` has the last five epochs; `reshape(-1, …)` makes one axis of two."),
    3: ("The validation images say which row of `test_correct` counts.",
        "val_correct.mean(axis=1).argmax() is the number of that row."),
    4: ("For each row: on which images was something selected, and are the same ones reported?",
        "A mean of lucky numbers is lucky, too. And a loss is a score."),
})
