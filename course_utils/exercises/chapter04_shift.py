"""Checkers of the exercises of the lab 04_shift_and_rotation."""
# fmt: off

from math import lcm, prod
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import as_array
from course_utils.exercises.networks import check_accuracy, network


@ex.function(
    ((2,),), ((6, 4),), ((2, 2),), ((3, 2),), ((2, 1, 4),), ((2, 2, 2, 2, 2),),
    want=ex.whole, case="strides {}",
)
def check_1(strides: tuple[int, ...]) -> tuple:
    """Least shift that shifts the last map by whole positions: `answer(strides)`."""
    return prod(strides), {
        len(strides): "that is the number of layers",
        2 ** len(strides): "not every stride is 2",
        sum(strides): "strides do not add up: each layer strides over positions of the one below",
        lcm(*strides): "the least common multiple would do if each layer strode over pixels; it "
                       "strides over the positions of the one below",
        max(strides): "that is enough for the largest stride alone: each layer strides over the "
                      "positions of the one below",
        1: "a stride of 2 has one position for two pixels: one pixel is half a position",
    }


@ex.examined
def check_2(tolerant: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network: 0.6 of `x`, shifted by 4 pixels, classified correctly."""
    model = network(tolerant, (28, 28, 1))
    x, y = as_array(x), as_array(y)
    if x.ndim == 4:
        padded = np.pad(x, ((0, 0), (0, 0), (4, 4), (0, 0)))
        x, y = np.concatenate([padded[:, :, 8:], padded[:, :, :-8]]), np.concatenate([y, y])
    check_accuracy(model, x, y, 0.6)


_ORDER = np.array([3, 0, 4, 1, 2])


@ex.function(
    (np.arange(10.0).reshape(5, 2), _ORDER), (np.arange(15.0).reshape(5, 3) ** 2, _ORDER[::-1]),
    case="a kernel {0.shape} and the order {1}", untouched=True,
)
def check_3(kernel: np.ndarray, order: np.ndarray) -> tuple:
    """`answer(kernel, order)`: the kernel that does with permuted pixels what `kernel` did."""
    inverse = np.empty_like(kernel)
    inverse[order] = kernel
    return kernel[order], {
        "that undoes the order instead of following it: position i of a permuted image holds "
        "pixel order[i]": inverse,
        "the kernel is as it was, but the pixels are elsewhere": kernel,
        "reversed is one permutation, `order` is another": kernel[::-1],
        "the kernel is transposed: a row for each pixel, a column for each unit": kernel[order].T,
    }


hint, score = ex.helpers(__name__, {
    1: ("Behind a stride of 2, by how many positions does the map shift when the image shifts by "
        "2 pixels? And by 1?",
        "Behind the first layer the shift has to be a multiple of the second stride, in positions "
        "of two pixels each: multiply."),
    2: ("Which of the networks of section 3 keeps its accuracy at a shift of 4 pixels? Build that "
        "one.",
        "ends[\"global average\"]() with Adam(0.003) needs many steps: 10 epochs in batches of "
        "32."),
    3: ("A unit computes the sum of pixel[j] · kernel[j]. In the permuted image, pixel order[i] "
        "stands at position i: which weight belongs there?",
        "NumPy indexes the rows with a whole array: kernel[...]."),
})
