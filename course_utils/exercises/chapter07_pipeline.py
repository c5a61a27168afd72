"""Checkers of the exercises of the lab 07_pipeline."""
# fmt: off

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
        "row 0 would ask for row 0, row 1 for row −1, outside": np.array([[1.0, 0, 0], [0, -1, 0]]),
        "that rotates by 180°: left and right are exchanged, too":
            np.array([[-1.0, 0, side - 1], [0, -1, side - 1]]),
        "that leaves the image as it is": np.eye(3)[:2],
        "the third row, (0, 0, 1), is not asked for": np.vstack([right, [0, 0, 1]]),
        "these are the eight numbers that Keras wants; a matrix of 2 × 3 is asked for":
            np.array([*right.ravel(), 0, 0]),
        "the values are right; as a matrix, they have two rows": right.ravel(),
    }


def _cut(images: np.ndarray, corners: list, size: int, clip: bool = True) -> np.ndarray:
    cut = images.copy()
    for image, (top, left) in zip(cut, corners, strict=True):
        rows, columns = ((slice(max(c, 0), max(c + size, 0)) if clip else slice(c, c + size))
                         for c in (top, left))
        image[rows, columns] = 128
    return cut


_IMAGES = np.arange(4 * 8 * 9 * 3).reshape(4, 8, 9, 3).astype(np.uint8) % 97


@ex.function(
    (_IMAGES, [(0, 0), (2, 3), (4, 1), (1, 5)], 3),
    (_IMAGES, [(-2, 4), (6, -1), (5, 7), (-9, 0)], 4),
    case="corners {1} and size {2}", untouched=True,
)
def check_2(images: np.ndarray, corners: list, size: int) -> tuple:
    """`answer(images, corners, size)`: a copy with a gray square in each image."""
    right = _cut(images, corners, size)
    swapped = [(left, top) for top, left in corners]
    centers = [(top - size // 2, left - size // 2) for top, left in corners]
    black = np.where(right == 128, 0, right)
    return right.astype(float), {
        "a corner is (top, left): rows first": _cut(images, swapped, size).astype(float),
        "a corner is meant, not the center": _cut(images, centers, size).astype(float),
        "the square is black; gray is 128": black.astype(float),
        "nothing is cut out": images.astype(float),
        "a negative number in a slice counts from the end: take max(…, 0)":
            _cut(images, corners, size, clip=False).astype(float),
        "every image has a corner of its own":
            _cut(images, [corners[0]] * len(images), size).astype(float),
    }


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
    1: ("x stays as it is. Which row does row 0 of the new image ask for?",
        "The last one, number side − 1; row 1 asks for side − 2. So y = −y′ + (side − 1)."),
    2: ("Copy first; then, for each image, set the slice from top to top + size and from left to "
        "left + size.",
        "A slice that starts at a negative number counts from the end: max(top, 0). The same goes "
        "for its end."),
    3: ("What does a b look like in a mirror beside it? And in a mirror below it?",
        "matrix[0][0] = −1 exchanges b and d, p and q; matrix[1][1] = −1 exchanges b and p, d and "
        "q; both together b and q, d and p."),
})
