"""Chapter 10's checkers: the right answer, the usual wrong ones by name, and anything else."""

from fractions import Fraction

import numpy as np
import pytest
from checker_tools import said

from course_utils.exercises import chapter10


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (185, "right"),
        (185.0, "right"),
        (50, "reads all 4 channels"),
        (180, "has a bias too"),
        (181, "a bias of its own"),
        (184, "4 filters"),
        (140, "the 1 × 1 filters left 4 channels"),
        (65, "9 places, not 3"),
        (1, "1 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_1_parameters(answer, message, capsys):
    out = said(chapter10.check_1, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((7, 7, 3), "right"),
        ([7, 7, 3], "right"),
        ((8, 8, 3), "that is with padding"),
        ((14, 14, 3), "the last pool"),
        ((15, 15, 3), "the first pool"),
        ((6, 6, 3), "for pictures of 28 × 28"),
        ((7, 7, 2), "each makes a channel"),
        ((3, 7, 7), "channels last"),
        ((7, 7), "the channels are missing"),
        ((None, 7, 7, 3), "but for the batch axis"),
        ((1, 2, 3), "(1, 2, 3) is not the shape"),
        (147, "a tuple is asked for, this is 147"),
    ],
)
def test_exercise_2_shape(answer, message, capsys):
    out = said(chapter10.check_2, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([1, 1, -1, -1], "right"),
        (np.array([2.0, 3.0, -9.0, -3.5]), "right"),
        ([1, 1, -1, 0], "answers to red and green, too: with a negative bias"),
        ([-1, 1, 1, -1], "the order is red, green, blue, not BGR"),
        ([-1, -1, 1, 0], "yellow's opposite"),
        ([1, 1, -1, -2], "to yellow it answers 0: the sum 0"),
        ([2, 1, 0, -1], "it answers to red and magenta, too"),
        ([1, 1, -1], "the shape is (3,), it should be (4,)"),
        ([1, 1, -1, np.inf], "not every entry is a finite number"),
        ("yellow", "an array of numbers is asked for, this is 'yellow'"),
    ],
)
def test_exercise_3_yellow(answer, message, capsys):
    out = said(chapter10.check_3, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def mixed(images, weights, bias, stride):
    return np.maximum(images[:, ::stride, ::stride] @ weights + bias, 0)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (mixed, "right"),
        (lambda x, w, b, s: mixed(x, w, b, s).tolist(), "right"),
        (lambda x, w, b, s: mixed(x, w, 0, s), "the bias is missing"),
        (lambda x, w, b, s: x[:, ::s, ::s] @ w + b, "the relu is missing"),
        (lambda x, w, b, s: mixed(x, w, 0, s) + b, "relu comes last"),
        (lambda x, w, b, s: np.moveaxis(mixed(x, w, b, s), -1, 1), "the filters are the last axis"),
        (lambda x, w, b, s: mixed(x, w, b, 1), "was the stride forgotten?"),
        (lambda x, w, b, s: mixed(x[:, s - 1 :, s - 1 :], w, b, s), "off by one"),
        (
            lambda x, w, b, s: mixed(x, w.T if w.shape[0] == w.shape[1] else w, b, s),
            "they were turned round",
        ),
        (lambda x, w, b, s: mixed(x, w, b, s)[0], "the shape is (3, 5, 2), it should be (2, 3, 5"),
        (lambda x, w, b, s: mixed(x, w, b, s) + 1, "60 of 60 values differ"),
        (lambda x, w, b, s: x @ w.T + b, "your code stops with ValueError"),
    ],
)
def test_exercise_4_mix(answer, message, capsys):
    out = said(chapter10.check_4, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda f, c: 1 - (1 - 0.5**c) ** f, "right"),
        (lambda f, c: np.array(1 - (1 - 0.5**c) ** f), "right"),
        (lambda f, c: 1 - (1 - Fraction(1, 2**c)) ** f, "right"),
        (lambda f, c: (1 - 0.5**c) ** f, "the probability that none is dead"),
        (lambda f, c: (0.5**c) ** f, "for 2 filters on 3 channels: that is the probability"),
        (lambda f, c: f * 0.5**c, "for 2 filters on 3 channels: chances of several"),
        (lambda f, c: 1 - 0.5**f, "all 3 weights of a filter must be negative"),
        (lambda f, c: 1 - (1 - 0.5 ** (c + 1)) ** f, "3 weights decide"),
        (lambda f, c: round(1 - (1 - 0.5**c) ** f, 3), "0.234 is close: give it unrounded"),
        (lambda f, c: 0.3, "for 1 filters on 3 channels: 0.3 is not the probability"),
        (lambda f, c: "half", "a number is asked for, this is 'half'"),
    ],
)
def test_exercise_5_born_dead(answer, message, capsys):
    out = said(chapter10.check_5, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def three_heads(
    inputs=(28, 28, 3), filters=8, size=3, padding="same", relu="relu", trunks=1, largest=True,
    heads=(("colour", 6, "softmax"), ("shape", 5, "softmax"), ("span", 1, None)), listed=False,
    bias=True, strides=1, apart=False, ending=None,
):  # fmt: skip
    import keras
    from keras import layers

    start = keras.Input(inputs)
    x = [
        layers.Conv2D(
            filters, size, padding=padding, activation=None if apart else relu, use_bias=bias,
            strides=strides,
        )(start)
        for _ in range(trunks)
    ]  # fmt: skip
    x = [layers.Activation("relu")(y) for y in x] if apart else x
    x = [layers.GlobalMaxPooling2D()(y) if largest else layers.Flatten()(y) for y in x]
    outputs = {
        name: layers.Dense(units, activation=end, name=name)(x[i % len(x)])
        for i, (name, units, end) in enumerate(heads)
    }
    if ending:
        outputs["span"] = ending(outputs["span"])
    return keras.Model(start, list(outputs.values()) if listed else outputs)


COLOUR, SHAPE, SPAN = ("colour", 6, "softmax"), ("shape", 5, "softmax"), ("span", 1, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "right"),
        ({"inputs": (3, 28, 28)}, "channels first"),
        ({"inputs": (28, 28, 1)}, "the input shape is (28, 28, 1)"),
        ({"listed": True}, "the outputs should be a dictionary"),
        ({"heads": (COLOUR, SHAPE)}, "the heads are colour, shape; asked for are"),
        ({"heads": (COLOUR, ("shape", 3, "softmax"), SPAN)}, "the output shape has shape (3,)"),
        ({"trunks": 3}, "one convolution for all heads is asked for, found 3"),
        ({"filters": 16}, "8 filters of 3 × 3 are asked for, these are 16 of (3, 3)"),
        ({"size": 5}, "these are 8 of (5, 5)"),
        ({"relu": None}, "the convolution has no relu"),
        ({"padding": "valid"}, "the convolution has no padding"),
        ({"largest": False}, "parameters, it should have 332"),
        ({"apart": True}, "right"),
        ({"strides": 2}, "no stride is asked for"),
        ({"ending": lambda span: abs(span)}, "the head span is not one dense layer"),
        ({"heads": (COLOUR, SHAPE, ("span", 1, "sigmoid"))}, "a length is no probability"),
        (
            {"heads": (("colour", 6, None), SHAPE, SPAN)},
            "the head colour should have softmax: its outputs add to 1",
        ),
        ({"bias": False}, "the network has 324 parameters, it should have 332"),
    ],
)
def test_exercise_6_three_heads(options, message, capsys):
    out = said(chapter10.check_6, lambda: three_heads(**options), capsys)
    assert message in out and (message == "right") == (out == "right")


def test_exercise_6_wants_a_model(capsys):
    assert "this is of type int" in said(chapter10.check_6, lambda: 3, capsys)
