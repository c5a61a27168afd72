"""Exercises of chapters 04 to 06 that ask for a function: what is right, and each slip."""

import numpy as np
from exercise_tools import assert_says, rows

from course_utils.by_hand import convolve_loops


def relu(x):
    return np.maximum(x, 0)


# --- chapter 04 -----------------------------------------------------------------------------------


def layer(change=lambda k, b: (k, b), after=lambda x: x, stride=None, more=0, channels=True):
    """A convolution layer, with a mistake built in."""

    def answer(images, kernels, bias, s, p):
        if not channels:
            images, kernels = images[..., :1], kernels[:, :, :1]
        kernels, bias = change(kernels, bias)
        p = 0 if more is None else p + more
        padded = np.pad(images, ((0, 0), (max(p, 0),) * 2, (max(p, 0),) * 2, (0, 0)))
        padded = padded[:, -p : p or None, -p : p or None] if p < 0 else padded
        return after(convolve_loops(padded, kernels, bias, stride or s))

    return answer


def layer_in_place(images, kernels, bias, stride, padding):
    output = layer()(images, kernels, bias, stride, padding)
    images *= 2
    return output


# --- chapters 05 and 06 ---------------------------------------------------------------------------


def mcnemar(z=lambda b, c: (b - c) / (b + c) ** 0.5, first=None, differ=None):
    """z, with a mistake; `first`, `differ`: other counts than those of b and c."""

    def answer(y_true, y_first, y_second):
        right = y_first == y_true, y_second == y_true
        wins = right[0] & ~right[1], right[1] & ~right[0]
        b, c = (int(np.sum(one)) for one in (right if first else wins))
        return z(b, c) if differ is None else (b - c) / differ(y_true, y_first, y_second) ** 0.5

    return answer


def mcnemar_in_loops(y_true, y_first, y_second):
    b = c = 0
    for true, one, other in zip(y_true, y_first, y_second, strict=True):
        if one != other:
            b += bool(one == true)
            c += bool(other == true)
    return (b - c) / np.sqrt(b + c)


def confused(diagonal=False, swap=False):
    def most_confused(y_true, y_pred):
        table = np.zeros((10, 10), int)
        np.add.at(table, (y_true, y_pred), 1)
        if not diagonal:
            np.fill_diagonal(table, 0)
        pair = np.unravel_index(table.argmax(), table.shape)
        return pair[::-1] if swap else pair

    return most_confused


def shares(kind="right"):
    def answer(y_true, y_pred, label):
        true, named = y_true == label, y_pred == label
        hits = np.sum(true & named)
        recall, precision = hits / true.sum(), hits / named.sum() if named.any() else 0.0
        return {
            "right": (recall, precision),
            "list": [recall, precision],
            "exchanged": (precision, recall),
            "of all": (hits / len(true), hits / len(true)),
            "accuracy": (np.mean(true == named), precision),
            "accuracy second": (recall, np.mean(true == named)),
            "numbers": (hits, hits),
            "recall": (recall, 0.123),
            "precision": (0.123, precision),
            "nothing named": (recall, precision if named.any() else 1.0),
            "one": recall,
            "three": (recall, precision, 0),
        }[kind]

    return answer


def plateau(at_once=False, extra=0, afresh=True, last=False, equal=False, only_once=False):
    def answer(losses, start, factor, patience):
        in_force, rate, best, waited = [], start, float("inf"), 0
        for loss in losses:
            in_force.append(rate)
            if loss < best or (equal and loss == best):
                best, waited = loss, 0
            else:
                waited += 1
            best = loss if last else best
            if waited >= patience + extra:
                rate = start * factor if only_once else rate * factor
                waited = 0 if afresh else waited
            if at_once:
                in_force[-1] = rate
        return in_force

    return answer


# fmt: off
@rows({
    "04.5": [
        (layer(), "right"),
        (layer(lambda k, b: (k[::-1, ::-1], b)), "the kernel is flipped"),
        (layer(lambda k, b: (k, None)), "the bias is missing"),
        (layer(lambda k, b: (k, -b)), "the bias is subtracted"),
        (layer(after=relu), "that is with a relu"),
        (layer(channels=False), "the channels are not added up"),
        (layer(lambda k, b: (np.swapaxes(k, 0, 1), b)), "the kernel is transposed"),
        (layer(lambda k, b: (k / k[..., 0].size, b)), "a sum is asked for, not a mean"),
        (layer(after=lambda x: np.moveaxis(x, 3, 1)), "channels first"),
        (layer(after=lambda x: x[:, :-1, :-1]), "off by one: the last position"),
        (layer(stride=1), "was the stride forgotten?"),
        (layer(more=None), "the padding is forgotten"),
        (layer(more=1), "the padding is off by one: 1 rings, not 0"),
        (layer_in_place, "work on a copy"),
        (layer(after=lambda x: x + 1), "values differ"),
        (layer(after=lambda x: x[0]), "the shape is (3, 3, 1)"),
    ],
    "05.4": [
        (mcnemar(), "right"),
        (mcnemar_in_loops, "right"),
        (lambda *y: np.array(mcnemar()(*y), "float32"), "right"),
        (mcnemar(lambda b, c: (c - b) / (b + c) ** 0.5), "the sign is the other way round"),
        (mcnemar(lambda b, c: abs(b - c) / (b + c) ** 0.5), "z has a sign"),
        (mcnemar(lambda b, c: (b - c) / (b + c)), "divide by the square root of b + c"),
        (mcnemar(lambda b, c: (b - c) ** 2 / (b + c)), "that is z²"),
        (mcnemar(lambda b, c: (abs(b - c) - 1) / (b + c) ** 0.5), "with a continuity correction"),
        (mcnemar(first=True), "leave out those that both classify correctly"),
        (mcnemar(lambda b, c: b - c), "that is b − c: divide it by √(b + c)"),
        (mcnemar(lambda b, c: (b - c) / 10), "that is the difference of the accuracies"),
        (mcnemar(differ=lambda t, *_: len(t)), "on which the networks agree say nothing"),
        (mcnemar(differ=lambda t, p, q: np.sum(p != q)), "both may be wrong in different ways"),
        (lambda *y: np.round(mcnemar()(*y), 2), "y_second [5 1 4 8 7 1 8 0 3 8]: 1.34 is not the"),
        (lambda *y: 0.0, "for y_true [4 9 3 5 7 1 8 0 2 6], y_first"),
        (lambda *y: np.nan, "a number is asked for, this is nan"),
        (lambda t, p, q: p == t, "a number is asked for, this is an array of shape (10,)"),
        (lambda t, p, q: p.fill(0) or 1.0, "work on a copy"),
    ],
    "05_data.1": [
        (lambda n, b, e: -(-n // b) * e, "right"),
        (lambda n, b, e: n // b * e, "the last, smaller batch of an epoch is a step too"),
        (lambda n, b, e: -(-n * e // b), "round up first, then multiply"),
        (lambda n, b, e: n * e, "divide by the batch size"),
        (lambda n, b, e: -(-n // b), "for 300 samples in batches of 128, 4 epochs: that is one"),
        (lambda n, b, e: n / b * e, "a whole number is asked for"),
        (lambda n, b, e: True, "a whole number is asked for, this is True"),
        (lambda n, b, e: 7, "7 is not the answer"),
    ],
    "05_networks.2": [
        (confused(), "right"),
        (lambda t, p: np.array(confused()(t, p)), "right"),
        (confused(swap=True), "the two are exchanged"),
        (confused(diagonal=True), "leave the diagonal out"),
        (lambda t, p: (7, 2), "(7, 2) is the error with the highest rate"),
        (lambda t, p: (3, 5), "(3, 5) is not the answer"),
        (lambda t, p: (4, 9), "the two are exchanged"),
        (lambda t, p: np.add(confused()(t, p), 0.4), "a whole number is asked for"),
        (lambda t, p: "49", "a pair (true, predicted) is asked for, this is '49'"),
    ],
    "06.3": [
        (plateau(), "right"),
        (lambda *a: np.array(plateau()(*a)), "right"),
        (plateau(at_once=True), "from the *next* epoch on"),
        (plateau(extra=1), "one epoch too late"),
        (plateau(afresh=False), "the waiting starts afresh"),
        (plateau(last=True), "compare with the lowest loss so far"),
        (plateau(equal=True), "a loss as low as the best is not a new best"),
        (plateau(only_once=True), "falls again, not only at first"),
        (lambda lo, s, f, p: [s] * len(lo), "at [4], is 0.1 and should be 0.05"),
        (lambda *a: plateau()(*a)[1:], "the shape is (8,), it should be (9,)"),
        (lambda lo, s, f, p: s, "the shape is (), it should be (9,)"),
    ],
    "06.4": [
        (shares(), "right"),
        (shares("list"), "right"),
        (shares("exchanged"), "the two are exchanged"),
        (shares("of all"), "not by all images"),
        (shares("accuracy"), "do not count as hits"),
        (shares("accuracy second"), "do not count as hits"),
        (shares("numbers"), "these are numbers of images: divide them"),
        (shares("recall"), "for class 6: the precision is not 0.123"),
        (shares("precision"), "for class 6: the recall is not 0.123"),
        (shares("nothing named"), "for class 9: no image is classified so"),
        (shares("one"), "a pair (recall, precision) is asked for"),
        (shares("three"), "a pair (recall, precision) is asked for"),
    ],
})
def test_a_right_function_and_each_slip_have_their_message(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)
