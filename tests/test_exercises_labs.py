"""Exercises of the labs 01_missing_values and 04_backward_by_hand: what is right, and each slip."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said

# --- a value is missing ---------------------------------------------------------------------------


def filled(column):
    """Each missing value of x becomes what `column(x_train, x)` says of its column."""
    return lambda x_train, x: np.where(np.isnan(x), column(x_train, x), x)


def cost(change=lambda whole, each: whole - each, keep=False, copy=True):
    """Accuracy lost by a column of zeros; `keep`: the columns before stay 0."""

    def answer(classify, x, y):
        each, changed = [], x.copy() if copy else x
        whole = np.mean(classify(x) == y)
        for column in range(x.shape[1]):
            changed = changed if keep or not copy else x.copy()
            changed[:, column] = 0
            each.append(np.mean(classify(changed) == y))
        return change(whole, np.array(each))

    return answer


# --- backward by hand -----------------------------------------------------------------------------


def spread(d_output, size):
    return np.kron(d_output, np.ones((size, size)))


def backward(step=lambda s: s, add=True, flip=False, swap=False, touch=False):
    """The gradients of a convolution with stride, with a mistake built in."""

    def answer(image, kernel, d_output, stride):
        d_image, d_kernel = np.zeros_like(image), np.zeros_like(kernel)
        for i, j in np.ndindex(d_output.shape):
            top, left = i * step(stride), j * step(stride)
            window = np.s_[top : top + kernel.shape[0], left : left + kernel.shape[1]]
            d_kernel += d_output[i, j] * image[window]
            met = d_output[i, j] * (kernel[::-1, ::-1] if flip else kernel)
            d_image[window] = d_image[window] * add + met
        if touch:
            image *= 0
        return (d_kernel, d_image) if swap else (d_image, d_kernel)

    return answer


ANSWERS = {
    "01_missing.1": [
        (filled(lambda t, x: np.nanmedian(t, axis=0)), "right"),
        (lambda t, x: filled(lambda t, x: np.nanmedian(t, axis=0))(t, x).tolist(), "right"),
        (filled(lambda t, x: np.nanmean(t, axis=0)), "that is the mean"),
        (filled(lambda t, x: np.nanmedian(t)), "each column has its own"),
        (filled(lambda t, x: np.nanmedian(np.vstack([t, x]), axis=0)), "from x_train alone"),
        (filled(lambda t, x: np.median(np.nan_to_num(t), axis=0)), "was counted as zeros"),
        (filled(lambda t, x: 0), "that is 0 for every missing value"),
        (filled(lambda t, x: np.nanmedian(t, axis=1)[:3]), "axis=0 goes down a column"),
        (lambda t, x: x, "not every number is finite: nan"),
        (lambda t, x: np.nanmedian(t, axis=0), "the shape is (3,), it should be (3, 3)"),
        (lambda t, x: np.zeros_like(x), "values differ"),
    ],
    "01_missing.2": [
        (cost(), "right"),
        (lambda *given: cost()(*given).tolist(), "right"),
        (cost(lambda whole, each: each), "these are accuracies"),
        (cost(lambda whole, each: each - whole), "the sign is turned"),
        (cost(keep=True), "take a new copy of x for each column"),
        (lambda c, x, y: x.fill(0) or cost()(c, x, y), "work on a copy"),
        (lambda c, x, y: 0.1, "the shape is (), it should be (4,)"),
    ],
    "04_backward.1": [
        (lambda d, s: spread(d, s) / s**2, "right"),
        (lambda d, s: spread(d, s), "divide by the number of pixels in a window"),
        (lambda d, s: spread(d, s) / s, "a window has 4 pixels, not 2"),
        (lambda d, s: np.kron(d, np.eye(1, s * s).reshape(s, s)), "that is the maximum's way"),
        (lambda d, s: np.tile(d, (s, s)) / s**2, "tiled, not spread"),
        (lambda d, s: d, "the shape is (2, 3), it should be (4, 6)"),
    ],
    "04_backward.2": [
        (backward(), "right"),
        (lambda *given: [g.tolist() for g in backward()(*given)], "right"),
        (backward(swap=True), "the two are exchanged"),
        (backward(add=False), "+= in place of ="),
        (backward(step=lambda s: 1), "that of output (i, j) begins at row i · stride"),
        (backward(step=lambda s: 1, add=False), "a pixel in several windows"),
        (backward(flip=True), "flipped once too often"),
        (backward(touch=True), "work on a copy"),
        (lambda *given: backward()(*given)[0], "a pair (d_image, d_kernel) is asked for"),
    ],
    "04_backward.3": [
        (64 * 24 * 24 * 25, "right"), (921_600.0, "right"),
        (64 * 24 * 24, "each row holds 25 numbers"), (24 * 24 * 25, "there are 64"),
        (64 * 23 * 23 * 25, "off by one"), (64 * 28 * 28 * 25, "28 − 5 + 1 positions"),
        (64 * 28 * 28, "these are the pixels"), (64 * 24 * 24 * 25 * 32, "no factor of 32"),
        (64 * 24 * 24 * 32, "these are the outputs"), (7, "7 is not the answer"),
    ],
}  # fmt: skip


@rows(ANSWERS)
def test_right_and_wrong_answers(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


# --- digits with missing pixels -------------------------------------------------------------------


def network(units=10, inputs=784):
    """Untrained: it predicts class 0 whatever it is given."""
    import keras

    dense = keras.layers.Dense(units, activation="softmax", kernel_initializer="zeros")
    return keras.Sequential([keras.Input((inputs,)), dense])


def digits(n=200):
    """Samples whose class shows in one feature of 784."""
    y = np.arange(n) % 10
    x = np.zeros((n, 784), "float32")
    x[np.arange(n), y] = 1
    return x, y


def repaired():
    model = network()
    model.set_weights([np.eye(784, 10), np.zeros(10)])
    return model


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (repaired, "right"),
        (network, "was it trained, by `fit`, before it was returned?"),
        (lambda: network(units=9), "the output shape is (None, 9)"),
        (lambda: network(inputs=785), "the input shape is (785,), it should be (784,)"),
        (lambda: 0.6, "a Keras model is asked for"),
    ],
)
def test_a_network_for_digits_with_missing_pixels(build, message, capsys):
    x, y = digits()
    verdict = said("01_missing.3", (build, x, y), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def test_an_accuracy_just_too_low(capsys):
    x, y = digits()
    wrong = (y + (np.arange(len(y)) % 20 < 9)) % 10  # 11 of 20 are as predicted
    assert "at least 0.6 is asked for" in said("01_missing.3", (repaired, x, wrong), capsys)
