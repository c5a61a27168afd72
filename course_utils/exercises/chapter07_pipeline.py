"""Checkers of the exercises of the lab 07_pipeline."""
# fmt: off

from itertools import islice
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong


@ex.function((4,), (32,), (5,), case="a side of {}")
def check_1(side: int) -> tuple:
    """`answer(side)`: the matrix (2, 3) that flips an image from top to bottom."""
    right = np.array([[1.0, 0, 0], [0, -1, side - 1]])
    return right, {
        "the last row of the image is number side − 1: rows are counted from 0":
            np.array([[1.0, 0, 0], [0, -1, side]]),
        "that flips left and right": np.array([[-1.0, 0, side - 1], [0, 1, 0]]),
        "row 0 would sample row 0, row 1 row −1, outside": np.array([[1.0, 0, 0], [0, -1, 0]]),
        "that rotates by 180°: left and right are exchanged, too":
            np.array([[-1.0, 0, side - 1], [0, -1, side - 1]]),
        "that leaves the image as it is": np.eye(3)[:2],
        "the third row, (0, 0, 1), is not asked for": np.vstack([right, [0, 0, 1]]),
        "these are the eight coefficients that Keras wants; a matrix of 2 × 3 is asked for":
            np.array([*right.ravel(), 0, 0]),
        "the values are right; as a matrix, they have two rows": right.ravel(),
    }


_IMAGES = np.random.default_rng(0).integers(0, 256, (6, 32, 32, 3)).astype("uint8")


def _epoch(dataset: Any) -> np.ndarray:
    """The photographs of one epoch; at most 100 batches are taken."""
    what = f"batches of photographs are asked for, this is {ex.shown(dataset)}"
    with ex.reported(what, error_too=False):
        epoch = np.concatenate([ex.as_array(batch) for batch in islice(dataset, 100)])
    if epoch.shape != _IMAGES.shape:
        raise Wrong(f"an epoch has the shape {epoch.shape}, it should be {_IMAGES.shape}")
    return epoch


@ex.examined
def check_2(repaired: Any) -> None:
    """`answer(images, seed)`: a pipeline with other images in each epoch, the same in each run."""
    first, again = ([_epoch(run) for _ in range(3)]
                    for run in (ex.call(repaired, _IMAGES, 3), ex.call(repaired, _IMAGES, 3)))
    if any(ex.same(epoch, _IMAGES) for epoch in first):
        raise Wrong("these are the photographs themselves: nothing is augmented")
    seen = [len({epoch[i].tobytes() for epoch in first}) for i in range(len(_IMAGES))]
    if max(seen) == 1:
        raise Wrong("in three epochs, each photograph is still seen as one image")
    if min(seen) < 3:
        raise Wrong(f"in three epochs, a photograph is seen as only {min(seen)} images")
    if not all(map(np.array_equal, first, again)):
        raise Wrong("with the same seed, a second pipeline gives other images")


def _letter(answer: Any) -> str:
    if isinstance(answer, np.str_):
        answer = str(answer)
    if not isinstance(answer, str) or answer not in ("b", "d", "p", "q"):
        raise Wrong(f"one of the letters b, d, p, q is asked for, this is {ex.shown(answer)}")
    return answer


@ex.examined
def check_3(relabel: Any) -> None:
    """`answer(letter, matrix)`: the letter that is seen after a flip or a rotation by 180°."""
    letters = np.array([["b", "d"], ["p", "q"]])
    for a, d in ((1, 1), (-1, 1), (1, -1), (-1, -1)):
        what = {(1, 1): "no change", (-1, 1): "a flip of left and right",
                (1, -1): "a flip of top and bottom", (-1, -1): "a rotation by 180°"}[a, d]
        for row, column in np.ndindex(2, 2):
            letter = str(letters[row, column])
            right = str(letters[::d, ::a][row, column])
            with ex.in_case(f"{letter!r} and {what}"):
                found = _letter(ex.call(relabel, letter, np.array([[a, 0], [0, d]])))
                if found == letter != right:
                    raise Wrong("the label is as it was, but the image shows another letter")
                if found == str(letters[::a, ::d][row, column]) != right:
                    raise Wrong("left and right are exchanged with top and bottom: the first "
                                "number of the matrix goes with x")
                if found != right:
                    raise Wrong(f"it is no {found!r}; draw the letter and hold it to a mirror")


hint, score = ex.helpers(__name__, {
    1: ("x stays as it is. Which row of the input does row 0 of the output show?",
        "The last one, number side − 1; row 1 shows side − 2. So y = −y′ + (side − 1)."),
    2: ("What reaches cache() in the first epoch is what it gives in every other one.",
        "Cache the batches, before the random pairs come in; nothing random may stand before it."),
    3: ("What does a b look like in a mirror beside it? And in a mirror below it?",
        "matrix[0][0] = −1 exchanges b and d, p and q; matrix[1][1] = −1 exchanges b and p, d and "
        "q; both together b and q, d and p."),
})
