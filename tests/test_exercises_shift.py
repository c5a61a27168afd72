"""Exercises of the lab on shifted digits: a period, a kernel for permuted pixels."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said
from test_exercises_trained import fitted, untrained

FUNCTIONS = {
    "04_shift.1": [
        (lambda strides: int(np.prod(strides)), "right"),
        (lambda strides: float(np.prod(strides)), "right"),
        (lambda strides: 1, "for strides (2,): a stride of 2 has one position for two pixels"),
        (lambda strides: max(strides), "that is enough for the largest stride alone"),
        (lambda strides: int(np.lcm.reduce(strides)), "if each layer strode over pixels"),
        (lambda strides: sum(strides), "strides do not add up"),
        (lambda strides: 2 ** len(strides), "for strides (6, 4): not every stride is 2"),
        (lambda strides: len(strides), "for strides (2,): a stride of 2 has one position"),
        (lambda strides: max(2, len(strides)), "for strides (6, 4): that is the number of"),
        (lambda strides: 7, "7 is not the answer"),
        (lambda strides: 2.5, "a whole number is asked for"),
    ],
    "04_shift.3": [
        (lambda kernel, order: kernel[order], "right"),
        (lambda kernel, order: kernel[order].tolist(), "right"),
        (lambda kernel, order: kernel[np.argsort(order)], "undoes the order instead of following"),
        (lambda kernel, order: kernel, "the kernel is as it was"),
        (lambda kernel, order: kernel[::-1], "reversed is one permutation"),
        (lambda kernel, order: kernel[order].T, "it should be (5, 2): the kernel is transposed"),
        (lambda kernel, order: kernel * 0, "values differ"),
        (lambda kernel, order: order, "the shape is (5,), it should be (5, 2)"),
        (lambda kernel, order: kernel.fill(0) or kernel, "work on a copy"),
    ],
}  # fmt: skip


@rows(FUNCTIONS)
def test_functions(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


def spots(n=200, seed=0):
    """Images of ten classes: a bar at the height of its class, somewhere across."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 10)
    x = rng.uniform(0, 0.2, (n, 28, 28, 1)).astype("float32")
    for image, label in zip(x, y, strict=True):
        image[2 * label + 4, 8:20] = 1
    return x, y


def test_it_is_tried_on_shifted_digits(capsys):
    """A network that knows one column only is right in place, and wrong on shifted images."""
    import keras

    x, y = spots()
    knows_rows = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Flatten()])
    knows_rows.add(keras.layers.Dense(10, "softmax"))
    kernel, bias = np.zeros((28, 28, 10)), np.zeros(10)
    for label in range(10):
        kernel[2 * label + 4, 8, label] = 20  # the first column of the bar: gone at a shift of 4
    knows_rows.layers[-1].set_weights([kernel.reshape(784, 10), bias])
    assert (knows_rows.predict(x, verbose=0).argmax(axis=1) == y).mean() == 1
    verdict = said("04_shift.2", (lambda: knows_rows, x, y), capsys)
    assert verdict.startswith("wrong: its accuracy is 0.5") and "at least 0.6" in verdict
    for label in range(10):
        kernel[2 * label + 4, 4:24, label] = 20  # wherever it stands
    knows_rows.layers[-1].set_weights([kernel.reshape(784, 10), bias])
    assert said("04_shift.2", (lambda: knows_rows, x, y), capsys) == "right"


def test_images_that_are_none(capsys):
    trained = fitted(untrained())
    verdict = said("04_shift.2", (lambda: trained, np.zeros((5, 784)), np.arange(5)), capsys)
    assert "no images to try it on" in verdict


@pytest.mark.parametrize("build", [None, lambda: None])
def test_no_network(build, capsys):
    assert said("04_shift.2", (build, *spots(20)), capsys) != "right"
