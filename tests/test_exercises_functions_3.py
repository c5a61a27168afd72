"""Exercises of chapters 07 to 11 that ask for a function: what is right, and each slip."""

from fractions import Fraction

import numpy as np
from exercise_tools import assert_says, rows


def relu(x):
    return np.maximum(x, 0)


# --- chapters 07 and 08 ---------------------------------------------------------------------------


BGR = np.array([103.939, 116.779, 123.68], "float32")


def vgg_in_place(x):
    x[:] = x[..., ::-1].copy()
    return x.astype("float32") - BGR


def unfrozen(names, cut, skip=("bn", "norm"), late=True, first=0):
    i = names.index(cut)
    part = names[i + first :] if late else names[:i]
    return [name for name in part if not any(word in name for word in skip)]


def counts(labels, scenes):
    return ((labels[:, None] == labels) & (scenes[:, None] == scenes)).sum(axis=1)


def fair(labels, scenes):
    w = 1 / counts(labels, scenes)
    return w / w.mean()


# --- chapters 09 to 11 ----------------------------------------------------------------------------


def weighted(maps, gradients):
    return maps * gradients.mean(axis=(0, 1))


def heat(maps, gradients):
    return relu(weighted(maps, gradients).sum(axis=-1))


def numeric(f, x, step, up=1.0, down=1.0):
    gradient = np.zeros(x.shape)
    for at in np.ndindex(x.shape):
        shift = np.zeros(x.shape)
        shift[at] = step
        gradient[at] = (f(x + up * shift) - f(x - down * shift)) / ((up + down) * step)
    return gradient


def numeric_in_place(f, x, step):
    gradient = numeric(f, x, step)
    x[:] += step
    return gradient


def mixed(images, weights, bias, stride):
    return relu(images[:, ::stride, ::stride] @ weights + bias)


def block_in_place(x, a, b):
    x += relu(x @ a) @ b
    return relu(x)


# fmt: off
@rows({
    "07.4": [
        (lambda n: [[1, 0, 0], [0, -1, n - 1]], "right"),
        (lambda n: np.array([[1, 0, 0], [0, -1, n - 1]]), "right"),
        (lambda n: [[1, 0, 0], [0, -1, n]], "for n = 32: off by one"),
        (lambda n: [[1, 0, 0], [0, -1, 31]], "for n = 7: 1 of 6 values differ"),
        (lambda n: [[-1, 0, n - 1], [0, 1, 0]], "that flips left to right"),
        (lambda n: [[-1, 0, n - 1], [0, -1, n - 1]], "that rotates by 180°"),
        (lambda n: [[1, 0, 0], [0, -1, 0]], "lies above the picture"),
        (lambda n: [[0, 1, 0], [1, 0, 0]], "a transposed picture"),
        (lambda n: [[0, -1, n - 1], [1, 0, 0]], "the first row is of x"),
        (lambda n: [[1, 0, 0], [0, 1, 0]], "leaves the picture as it is"),
        (lambda n: [1, 0, 0, 0, -1, n - 1], "two rows of three numbers"),
        (lambda n: [[1, 0], [0, -1]], "the shape is (2, 2), it should be (2, 3)"),
    ],
    "08.3": [
        (lambda x: x[..., ::-1].astype("float32") - BGR, "right"),
        (lambda x: x[..., [2, 1, 0]] - BGR, "right"),
        (lambda x: (x[..., ::-1] - BGR).tolist(), "right"),
        (lambda x: x - BGR, "blue comes first"),
        (lambda x: x[..., ::-1] - BGR[::-1], "the means too"),
        (lambda x: x - BGR[::-1], "now reverse the channels"),
        (lambda x: x[..., ::-1].astype("float32"), "the means are not subtracted"),
        (lambda x: (x[..., ::-1] - BGR) / 255, "divides by 255: VGG16 wants the full range"),
        (lambda x: (x[..., ::-1] - BGR) / 127.5, "divides by 127.5: VGG16 wants the full range"),
        (lambda x: x / np.float32(127.5) - 1, "MobileNet's way"),
        (lambda x: x[..., ::-1] + BGR, "subtract them"),
        (lambda x: x[..., ::-1] - BGR.astype("uint8"), "bytes have no negative numbers"),
        (lambda x: x[..., ::-1].astype("float64") - BGR, "float32 is asked for, not float64"),
        (vgg_in_place, "work on a copy"),
        (lambda x: x[:1].astype("float32"), "the shape is (1, 4, 6, 3)"),
    ],
    "08.4": [
        (unfrozen, "right"),
        (lambda names, cut: tuple(unfrozen(names, cut)), "right"),
        (lambda names, cut: unfrozen(names, cut, skip=()), "layers stay frozen"),
        (lambda names, cut: unfrozen(names, cut, first=1), "is to be unfrozen, too"),
        (lambda names, cut: unfrozen(names, cut, skip=("bn",)), "have `norm` in their name"),
        (lambda names, cut: unfrozen(names, cut, skip=("norm",)), "have `bn` in their name"),
        (lambda names, cut: unfrozen(names, cut, late=False), "in front of the cut"),
        (lambda names, cut: [n for n in names if n not in unfrozen(names, cut)],
         "for 'conv1': these are the layers that stay frozen"),
        (lambda names, cut: unfrozen(names, cut) if cut in names else [],
         "an unknown cut is a ValueError; yours gives []"),
        (lambda names, cut: unfrozen(names, {n: n for n in names}[cut]), "not a KeyError"),
        (lambda names, cut: set(unfrozen(names, cut)), "a list of names is asked for"),
        (lambda names, cut: ["conv9"], "['conv9'] is not the answer"),
    ],
    "08.5": [
        (fair, "right"),
        (lambda y, s: fair(y, s).tolist(), "right"),
        (lambda y, s: 1 / counts(y, s), "the mean of all weights is to be 1"),
        (lambda y, s: fair(y, s) / len(y), "not the sum"),
        (lambda y, s: fair(y, y), "this evens out the labels"),
        (lambda y, s: fair(s, s), "this evens out the scenes"),
        (lambda y, s: counts(y, s) / counts(y, s).mean(), "the other way round"),
        (lambda y, s: counts(y, s), "these are the counts"),
        (lambda y, s: np.ones(len(y)), "all weigh the same"),
        (lambda y, s: len(y) / (len(set(y)) * len(set(s)) * counts(y, s)), "that do not occur"),
        (lambda y, s: fair(y, s)[1:], "the shape is (9,), it should be (10,)"),
        (lambda y, s: 2 * fair(y, s), "for 10 pictures: 10 of 10 values differ"),
    ],
    "09.3": [
        (lambda a: (a == 0).mean(axis=(0, 1, 2)), "right"),
        (lambda a: (a == 0).mean(), "one share for all channels"),
        (lambda a: (a > 0).mean(axis=(0, 1, 2)), "what is *not* zero"),
        (lambda a: (a == 0).sum(axis=(0, 1, 2)), "these are counts"),
        (lambda a: (a == 0).mean(axis=(1, 2, 3)), "keep the last axis, not the first"),
        (lambda a: (a == 0).mean(axis=0), "a picture has many positions"),
        (lambda a: np.full(3, 0.25), "3 of 3 values differ"),
    ],
    "09.4": [
        (heat, "right"),
        (lambda m, g: weighted(m, g).sum(axis=-1), "is left out: relu"),
        (lambda m, g: relu((m * g).sum(axis=-1)), "averaged over the positions first"),
        (lambda m, g: relu(m.sum(axis=-1)), "adds the maps as they are"),
        (lambda m, g: relu(weighted(m, g)).sum(axis=-1), "after the sum, not before"),
        (lambda m, g: relu(weighted(m, g)), "now add up the channels"),
        (lambda m, g: heat(m, g) / 5, "added up, not averaged"),
        (lambda m, g: heat(m, 12 * g), "means of the gradient, not sums"),
        (lambda m, g: heat(m, g) / heat(m, g).max(), "is not scaled here"),
        (lambda m, g: heat(m, g).T, "the shape is (4, 3), it should be (3, 4)"),
        (lambda m, g: heat(m, g) + 1, "12 of 12 values differ"),
    ],
    "09.5": [
        (numeric, "right"),
        (lambda f, x, s: numeric(f, x, s, down=0), "the difference up alone"),
        (lambda f, x, s: numeric(f, x, s, up=0), "the difference down alone"),
        (lambda f, x, s: 2 * numeric(f, x, s), "by two steps, not by one"),
        (lambda f, x, s: 2 * s * numeric(f, x, s), "divide by the two steps"),
        (lambda f, x, s: -numeric(f, x, s), "up minus down"),
        (numeric_in_place, "work on a copy"),
        (lambda f, x, s: numeric(f, x, s).ravel(), "the shape is (4,), it should be (2, 2)"),
        (lambda f, x, s: 3 * numeric(f, x, s), "4 of 4 values differ"),
    ],
    "10.4": [
        (mixed, "right"),
        (lambda x, w, b, s: mixed(x, w, b, s).tolist(), "right"),
        (lambda x, w, b, s: mixed(x, w, 0, s), "the bias is missing"),
        (lambda x, w, b, s: x[:, ::s, ::s] @ w + b, "the relu is missing"),
        (lambda x, w, b, s: mixed(x, w, 0, s) + b, "relu comes last"),
        (lambda x, w, b, s: np.moveaxis(mixed(x, w, b, s), -1, 1), "the filters are the last axis"),
        (lambda x, w, b, s: mixed(x, w, b, 1), "was the stride forgotten?"),
        (lambda x, w, b, s: mixed(x[:, s - 1 :, s - 1 :], w, b, s), "off by one"),
        (lambda x, w, b, s: mixed(x, w.T if len(w) == len(w.T) else w, b, s), "turned round"),
        (lambda x, w, b, s: mixed(x, w, b, s)[0], "the shape is (3, 5, 2), it should be (2, 3, 5"),
        (lambda x, w, b, s: mixed(x, w, b, s) + 1, "60 of 60 values differ"),
        (lambda x, w, b, s: x @ w.T + b, " with ValueError"),
    ],
    "10.5": [
        (lambda f, c: 1 - (1 - 0.5**c) ** f, "right"),
        (lambda f, c: np.array(1 - (1 - 0.5**c) ** f), "right"),
        (lambda f, c: 1 - (1 - Fraction(1, 2**c)) ** f, "right"),
        (lambda f, c: (1 - 0.5**c) ** f, "the probability that none is dead"),
        (lambda f, c: (0.5**c) ** f, "for 2 filters on 3 channels: that is the probability"),
        (lambda f, c: f * 0.5**c, "for 2 filters on 3 channels: chances of several"),
        (lambda f, c: 1 - 0.5**f, "all 3 weights of a filter must be negative"),
        (lambda f, c: 1 - (1 - 0.5 ** (c + 1)) ** f, "3 weights decide"),
        (lambda f, c: round(1 - (1 - 0.5**c) ** f, 3), "0.234 is close: give it unrounded"),
        (lambda f, c: 0.3, "for 1 filters on 3 channels: 0.3 is not the answer"),
        (lambda f, c: float("nan"), "a number is asked for, this is nan"),
    ],
    "11.4": [
        (lambda c, g, n: (c + n * g, c + (n - 1) * g), "right"),
        (lambda c, g, n: [c + n * g, c + (n - 1) * g], "right"),
        (lambda c, g, n: (c + (n - 1) * g, c + n * g), "the two are exchanged"),
        (lambda c, g, n: (c + n * g, c + n * g), "not its own"),
        (lambda c, g, n: (g, c + (n - 1) * g), "not the last layer's channels alone"),
        (lambda c, g, n: (n * g, (n - 1) * g), "the channels that came in stay"),
        (lambda c, g, n: (c + n * g, g), "reads everything before it"),
        (lambda c, g, n: (c + (n - 1) * g, c + (n - 2) * g), "one layer too few"),
        (lambda c, g, n: (c + (n + 1) * g, c + n * g), "one layer too many"),
        (lambda c, g, n: (c + n * g + 0.7, c + (n - 1) * g), "a whole number is asked for"),
        (lambda c, g, n: c + n * g, "a pair (channels out, channels into the last layer)"),
        (lambda c, g, n: (1, 1), "(1, 1) is not the answer"),
    ],
    "11.5": [
        (lambda x, a, b: relu(x + relu(x @ a) @ b), "right"),
        (lambda x, a, b: relu(relu(x @ a) @ b), "x is not added"),
        (lambda x, a, b: x + relu(x @ a) @ b, "at the very end is missing"),
        (lambda x, a, b: relu(x + x @ a @ b), "between the two is missing"),
        (lambda x, a, b: relu(x + relu(relu(x @ a) @ b)), "a relu too many"),
        (lambda x, a, b: relu(x) + relu(x @ a) @ b, "not on x alone"),
        (lambda x, a, b: relu(x - relu(x @ a) @ b), "is added, not subtracted"),
        (lambda x, a, b: x + x @ a @ b, "both relus are missing"),
        (block_in_place, "work on a copy"),
        (lambda x, a, b: relu(x)[..., :2], "the shape is (3, 4, 2)"),
    ],
})
def test_a_right_function_and_each_slip_have_their_message(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)
