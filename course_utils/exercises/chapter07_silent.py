"""Checkers of the exercises of the lab 07_silent_errors."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

_BYTES = np.arange(3 * 32 * 32 * 2).reshape(2, 3, 32, 32) * 7 % 251


@ex.function((_BYTES.astype(np.uint8),), untouched=True)
def check_1(received: np.ndarray) -> tuple:
    """`answer(received)`: bytes (n, 3, 32, 32), BGR, as RGB (n, 32, 32, 3) from 0 to 1."""
    last = received.transpose(0, 2, 3, 1)
    right = last[..., ::-1] / 255
    return right, {
        "the channels are still blue, green, red": last / 255,
        "height and width are swapped": right.transpose(0, 2, 1, 3),
        "height and width are swapped, and the channels are still blue, green, red":
            right.transpose(0, 2, 1, 3)[..., ::-1],
        "they are upside down: reverse the last axis alone": right[:, ::-1],
        "the pixels still run from 0 to 255": right * 255,
        "the pixels still run from 0 to 255, and the channels are blue, green, red": last,
        "`reshape` moves no axis, it only counts anew: the photographs are torn apart":
            received.reshape(-1, 32, 32, 3) / 255,
        "`reshape` moves no axis, it only counts anew, and reversing does not mend that":
            received.reshape(-1, 32, 32, 3)[..., ::-1] / 255,
        "division by 256 makes the largest pixel less than 1": last[..., ::-1] / 256,
        "the axes are still channels first": received[:, ::-1] / 255,
    }


_DIAGNOSES = {"A": "upside down", "B": "from -1 to 1", "C": "channels first, reshaped",
              "D": "BGR"}
_WORDS = ("BGR", "channels first, reshaped", "upside down", "from -1 to 1", "transposed",
          "nothing")
_MARKS = {
    "A": "compare one of its photographs with the same one of x_test",
    "B": "look at its smallest and its largest pixel",
    "C": "show a photograph: what is it that stands side by side?",
    "D": "what is gray is still gray; what color has the sky?",
}


def received(images: np.ndarray) -> dict[str, np.ndarray]:
    """The same photographs (n, h, w, 3) from four pipelines, each with another error.

    Examples
    --------
    >>> sorted(received(np.zeros((5, 32, 32, 3))))
    ['A', 'B', 'C', 'D']
    """
    return {
        "A": images[:, ::-1], "B": 2 * images - 1,
        "C": np.moveaxis(images, 3, 1).reshape(images.shape), "D": images[..., ::-1],
    }


@ex.examined
def check_2(diagnosis: Any) -> None:
    """What is wrong with each of four sets of photographs."""
    if not isinstance(diagnosis, dict):
        raise Wrong(f"a dictionary is asked for, this is {ex.shown(diagnosis)}")
    for name, right in _DIAGNOSES.items():
        found = diagnosis.get(name, ...)
        if found is ... or found is None:
            raise Wrong(f"nothing is said of {name} yet")
        if not isinstance(found, str) or found not in _WORDS:
            raise Wrong(f"of {name}: {ex.shown(found)} is none of the words")
        if found != right:
            raise Wrong(f"of {name}: it is not {found!r}; {_MARKS[name]}")
    if more := [key for key in diagnosis if key not in _DIAGNOSES]:
        raise Wrong(f"there are four, A to D; of which is {ex.shown(more[0])}?")


_LOST = 0.58  # share of the labels before the line that is lost
_NEAR = 25


def lost_a_line(labels: np.ndarray) -> np.ndarray:
    """The labels (n,) of a file that has lost a line; the last one is repeated.

    Examples
    --------
    >>> lost_a_line(np.arange(5))
    array([0, 1, 3, 4, 4])
    """
    at = int(_LOST * len(labels))
    return np.concatenate([np.delete(labels, at), labels[-1:]])


@ex.examined
def check_3(lost_at: Any, file_labels: np.ndarray) -> None:
    """Number of the first photograph whose label is wrong, within 25."""
    found, labels = ex.whole(lost_at), ex.as_array(file_labels)
    if labels.ndim != 1 or len(labels) < 4 * _NEAR:
        raise Wrong("`file_labels` is no longer the file's: run the cell above once more")
    n = len(labels)
    right = int(_LOST * n)
    if abs(found - right) <= _NEAR:
        return
    if not 0 <= found < n:
        raise Wrong(f"{ex.shown(found)} is no number of a photograph: they go from 0 to {n - 1:,}")
    where = "further on" if found < right else "before it"
    raise Wrong(f"it is not near {found:,}: look {where}")


hint, score = ex.helpers(__name__, {
    1: ("Three things have to be done: move the channels to the end, reverse them, divide.",
        "received.transpose(0, 2, 3, 1) moves the channels; [..., ::-1] reverses the last axis."),
    2: ("plots.images(received[\"A\"][:9].clip(0, 1)) shows nine of them; do so for each.",
        "One looks far too dark: print its .min() and .max()."),
    3: ("Before the lost line, predictions agree with their own labels about as often as the "
        "network is right. And after it?",
        "After it, prediction i + 1 agrees with label i. For each place, count both kinds of hits: "
        "np.cumsum."),
})
