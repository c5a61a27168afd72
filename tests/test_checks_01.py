"""Checkers of chapter 01 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import said

from course_utils.exercises import chapter01


def assert_says(checker, answers, message, capsys):
    out = said(checker, *answers, capsys)
    assert message in out
    assert (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((4, 144, 256, 128, 3), "right"),
        ([4, 144, 256, 128, 3], "right"),
        ((4, 144, 128, 256, 3), "height comes before width"),
        ((4, 144, 3, 256, 128), "channels first"),
        ((4, 3, 144, 256, 128), "channels first"),
        ((144, 256, 128, 3), "the axis of the samples is missing"),
        ((4, 144, 256, 128), "three numbers"),
        ((4, 144, 256, 128, 1), "one channel is grey"),
        ((4, 256, 128, 144, 3), "right after the samples"),
        ((144, 4, 256, 128, 3), "comes first"),
        ((4, 256, 128, 3), "the axis of the frames is missing"),
        ((1, 2), "(1, 2) is not the shape"),
        (5, "a tuple is asked for, this is 5"),
    ],
)
def test_exercise_1_video(answer, message, capsys):
    assert_says(chapter01.check_1, [answer], message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (196, "right"),
        (196.0, "right"),
        (192, "the last, smaller batch"),
        (49, "one epoch of the four"),
        (48, "without its last"),
        (100_000, "divide by the batch size"),
        (4 * 25_000 / 512, "never taken in part"),
        (195.5, "a whole number is asked for"),
        (7, "7 is not the number"),
    ],
)
def test_exercise_2_steps(answer, message, capsys):
    assert_says(chapter01.check_2, [answer], message, capsys)


def standardised(images, axes=(0, 1, 2), shift=True, divide=np.std):
    x = images - images.mean(axis=axes, keepdims=True) if shift else images
    return x / divide(images, axis=axes, keepdims=True) if divide else x


def in_place(images):
    images -= images.mean(axis=(0, 1, 2))
    images /= images.std(axis=(0, 1, 2))
    return images


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (standardised, "right"),
        (lambda x: standardised(x).astype("float32"), "right"),
        (lambda x: standardised(x, (0, 1, 2, 3)), "for all channels together"),
        (lambda x: standardised(x, (0,)), "each place of the image by itself"),
        (lambda x: standardised(x, (1, 2)), "each image has been standardised by itself"),
        (lambda x: standardised(x, (3,)), "the channel is the last axis"),
        (lambda x: standardised(x, divide=np.var), "not its square"),
        (lambda x: standardised(x, divide=None), "divide by the spread"),
        (lambda x: standardised(x, shift=False), "the mean was not taken off"),
        (in_place, "work on a copy"),
        (lambda x: x[..., 0], "the shape is (6, 5, 4), it should be (6, 5, 4, 3)"),
        (lambda x: x * 0, "the values are off"),
        (lambda x: x.tolist(), "an array is asked for, this is of type list"),
    ],
)
def test_exercise_3_standardise(answer, message, capsys):
    assert_says(chapter01.check_3, [answer], message, capsys)


def relu(x):
    return np.maximum(x, 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x, w1, b1, w2, b2: relu(x @ w1 + b1) @ w2 + b2, "right"),
        (lambda x, w1, b1, w2, b2: (x @ w1 + b1) @ w2 + b2, "there is no relu"),
        (lambda x, w1, b1, w2, b2: relu(relu(x @ w1 + b1) @ w2 + b2), "may be negative"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1) @ w2 + b2, "bias of the first layer"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1 + b1) @ w2, "bias of the second layer"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1) @ w2, "both biases are missing"),
        (lambda x, w1, b1, w2, b2: (relu(x @ w1) + b1) @ w2 + b2, "relu comes after the bias"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1.T + b1) @ w2 + b2, "not x @ w1.T"),
        (lambda x, w1, b1, w2, b2: relu(x @ w1 + b1), "the shape is (5, 4)"),
        (lambda x, w1, b1, w2, b2: w1 @ x, "your code stops with ValueError"),
    ],
)
def test_exercise_4_two_layers(answer, message, capsys):
    assert_says(chapter01.check_4, [answer], message, capsys)


def slopes(relu=True, order=1, inner=True, factor=2, bias_too=False, cut=True):
    def gradient(w, b, x, y):
        z = w * x + b
        if cut and z <= 0:
            return 0.0, 0.0
        outer = factor * ((max(z, 0) if relu else z) - y)
        pair = (outer * (x if inner else 1), outer * (x if bias_too else 1))
        return pair[::order]

    return gradient


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (slopes(), "right"),
        (lambda *a: np.array(slopes()(*a)), "right"),
        (slopes(cut=False), "neither w nor b moves the loss"),
        (slopes(cut=False, relu=False), "neither w nor b moves the loss"),
        (slopes(order=-1), "the two are exchanged"),
        (slopes(inner=False), "multiply by it"),
        (slopes(factor=1), "twice its inside"),
        (slopes(factor=-2), "the sign is turned"),
        (slopes(bias_too=True), "the inner slope in b is 1"),
        (lambda *_: (1, 2, 3), "two slopes are asked for, these are 3"),
        (lambda *_: 3, "a pair of slopes (in w, in b) is asked for, this is 3"),
        (lambda *_: (5, 5), "is not the pair of slopes"),
    ],
)
def test_exercise_5_slopes(answer, message, capsys):
    assert_says(chapter01.check_5, [answer], message, capsys)


XOR = ([[1, -1], [-1, 1]], [0, 0], [1, 1])


@pytest.mark.parametrize(
    ("answers", "message"),
    [
        (tuple(map(np.array, XOR)), "right"),
        (XOR, "right"),
        (([[1, 1], [1, 1]], [0, -1], [1, -2]), "right"),
        (([[1, 1], [1, 1]], [0, -1], [1, -1]), "that is *or*"),
        (([[-1, 1], [-1, 1]], [1, -1], [1, 1]), "1 where the two are equal"),
        (([[1, 0], [0, 1]], [0, 0], [1, 1]), "no unit folds"),
        (([[-1, 0], [0, -1]], [0, 0], [1, 1]), "no unit folds"),
        (([[1, -1], [-1, 1]], [0, 0], [2, 1]), "(1, 0) gives 2"),
        (([1, -1], [0, 0], [1, 1]), "the shape of fold_w is (2,), it should be (2, 2)"),
        (([[1, -1], [-1, 1]], 0, [1, 1]), "the shape of fold_b is ()"),
        (([[1, -1], [-1, 1]], [0, 0], [[1], [1]]), "the shape of cut is (2, 1)"),
        (([[1, -1], [-1, 1]], "zero", [1, 1]), "fold_b should hold numbers, it is 'zero'"),
        ((XOR[0], ..., XOR[2]), "not attempted"),
    ],
)
def test_exercise_6_exclusive_or(answers, message, capsys):
    assert_says(chapter01.check_6, answers, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: np.moveaxis(x, -1, 1), "right"),
        (lambda x: x.reshape(2, 3, 4, 5), "the pictures are torn"),
        (lambda x: x.swapaxes(1, 3), "height and width are exchanged"),
        (lambda x: np.moveaxis(x, -1, 0), "the axis of the samples stays first"),
        (lambda x: x, "as they were"),
        (lambda x: np.moveaxis(x, -1, 1) + 1, "the values are off"),
        (lambda x: x[0], "the shape is (4, 5, 3), it should be (2, 3, 4, 5)"),
    ],
)
def test_exercise_7_channels_first(answer, message, capsys):
    assert_says(chapter01.check_7, [answer], message, capsys)
