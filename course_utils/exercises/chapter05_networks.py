"""Checkers of the exercises of the lab 05_small_networks."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong

check_1 = ex.value("Shape after a strided convolution and a pool.", *ex.image_shape(6, 6, 16), {
    (12, 12, 16): "was the stride forgotten, or the pool? 28 becomes 12 after the strided "
    "convolution, and the pool halves it once more",
    (7, 7, 16): "that is with padding; without it the first window starts inside the image",
    (5, 5, 16): "off by one: 28 − 5 = 23 free positions, a stride of 2 makes ⌊23 / 2⌋ + 1",
    (6, 6, 1): "each of the 16 filters makes a channel of its own",
    (14, 14, 16): "two steps halve the image here: the stride and the pool",
}, want=ex.shape)


@ex.examined
def check_2(most_confused: Any) -> None:
    """`answer(y_true, y_pred)` -> (true, predicted): the most frequent error."""
    y_true = np.array([4, 4, 4, 9, 9, 4, 3, 3, 3, 3, 3, 7], np.uint8)
    y_pred = np.array([9, 9, 4, 4, 9, 9, 3, 3, 3, 3, 5, 2], np.uint8)
    for labels, right in (((y_true, y_pred), (4, 9)), ((y_pred, y_true), (9, 4))):
        found = ex.pair("true, predicted", ex.whole)(ex.call(most_confused, *labels))
        if found[0] == found[1]:
            raise Wrong(f"{found} is a digit classified correctly: leave the diagonal out")
        if sorted(found) == [2, 7]:
            raise Wrong(f"{found} is the error with the highest rate, not the most frequent one")
        exchanged = "the two are exchanged: true digit first, then what was predicted"
        ex.match(found, right, {exchanged: right[::-1]})


hint, score = ex.helpers(__name__, {
    1: ("Output size without padding: floor((size − window) / stride) + 1.",
        "28 becomes 12 after the strided convolution, and the pool halves it; 16 filters."),
    2: ("Count the pairs (true, predicted) that differ.",
        "A confusion matrix with a diagonal of zeros: where is its largest number?"),
})
