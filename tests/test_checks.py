"""Claims stop a run, and checkers tell unattempted, wrong and right answers apart."""

import json

import numpy as np
import pytest
from checker_tools import said

from course_utils import config
from course_utils.exercises import ClaimError, chapter05, claim
from course_utils.exercises.framework import Wrong, array


@pytest.fixture
def unchanged_budget():
    config.note_run("quick", [])
    yield
    config.note_run("quick", [])


def test_a_claim_that_holds_prints_its_sentence_and_no_number(unchanged_budget, capsys):
    claim("two is more than one", 2 > 1, margin=1)
    assert capsys.readouterr().out == "held: two is more than one\n"


@pytest.mark.parametrize("fails", [False, np.False_, 0])
def test_a_claim_that_fails_stops_the_run(unchanged_budget, fails):
    with pytest.raises(ClaimError, match="one is more than two"):
        claim("one is more than two", fails)


def test_with_a_changed_budget_a_failing_claim_is_shown_and_the_run_goes_on(
    unchanged_budget, capsys
):
    config.note_run("quick", ["epochs"])
    claim("one is more than two", 1 > 2)
    assert capsys.readouterr().out == "did not hold with your epochs: one is more than two\n"


def test_a_claim_is_noted_with_its_margin(unchanged_budget, monkeypatch, tmp_path):
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "record.jsonl"))
    claim("two is more than one", 2 > 1, margin=np.float32(1))
    noted = json.loads((tmp_path / "record.jsonl").read_text())
    expected = {"kind": "claim", "sentence": "two is more than one", "held": True, "margin": 1.0}
    assert noted == expected


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda n, b, e: -(-n // b) * e, "right"),
        (lambda n, b, e: n // b * e, "the last, smaller batch is a step too"),
        (lambda n, b, e: -(-n * e // b), "round up first, then multiply"),
        (lambda n, b, e: n * e, "divide by the batch size"),
        (lambda n, b, e: n / b * e, "a whole number is asked for"),
        (lambda n, b, e: True, "a whole number is asked for, this is True"),
        (lambda n, b, e: 7, "7 is not the number"),
    ],
)
def test_exercise_1_steps(answer, message, capsys):
    out = said(chapter05.check_1, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (51_232, "right"),
        (51_232.0, "right"),
        (832, "reads all 64 channels"),
        (51_200, "has a bias too"),
        (51_264, "one bias for each filter"),
        (51_201, "a bias of its own"),
        (10_272, "25 places"),
        (1, "1 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_2_parameters(answer, message, capsys):
    assert message in said(chapter05.check_2, answer, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((6, 6, 16), "right"),
        ([6, 6, 16], "right"),
        ((12, 12, 16), "was the stride forgotten"),
        ((7, 7, 16), "that is with padding"),
        ((5, 5, 16), "off by one"),
        ((16, 6, 6), "channels last"),
        ((6, 6, 1), "a channel of its own"),
        ((6, 6), "the channels are missing"),
        ((None, 6, 6, 16), "but for the batch axis"),
        ((3, 3, 3), "(3, 3, 3) is not the shape"),
        (6, "a tuple is asked for, this is 6"),
    ],
)
def test_exercise_3_shape(answer, message, capsys):
    assert message in said(chapter05.check_3, answer, capsys)


def right_move(images, down, right):
    _, h, w = images.shape
    padded = np.pad(images, ((0, 0), (abs(down),) * 2, (abs(right),) * 2))
    top, left = abs(down) - down, abs(right) - right
    return padded[:, top : top + h, left : left + w]


def in_place(images, down, right):
    images[:] = right_move(images, down, right)
    return images


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (right_move, "right"),
        (lambda a, d, r: np.roll(a, (d, r), (1, 2)), "zeros should move in"),
        (lambda a, d, r: right_move(a, -d, -r), "down and right are positive"),
        (lambda a, d, r: right_move(a, r, d), "down and right are exchanged"),
        (in_place, "work on a copy"),
        (lambda a, d, r: right_move(a, d, r).astype(float), "should stay uint8"),
        (lambda a, d, r: right_move(a, d, r)[..., None], "the shape is (3, 6, 7, 1)"),
        (lambda a, d, r: a.tolist(), "an array is asked for, this is of type list"),
        (lambda a, d, r: np.zeros_like(a), "values differ"),
    ],
)
def test_exercise_4_moving_images(answer, message, capsys):
    out = said(chapter05.check_4, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def strided(
    shape=(28, 28, 1), filters=(16, 32), size=3, last="softmax", mean=True, pool=False, **options
):
    import keras
    from keras import layers

    options = {"strides": 2, "padding": "same", "activation": "relu", **options}
    end = [layers.GlobalAveragePooling2D() if mean else layers.Flatten()]
    end = [layers.MaxPooling2D(2), *end] if pool else end
    convolutions = [layers.Conv2D(n, size, **options) for n in filters]
    return keras.Sequential(
        [keras.Input(shape), *convolutions, *end, layers.Dense(10, activation=last)]
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "right"),
        ({"strides": 1}, "moves by 1: set its stride to 2"),
        ({"padding": "valid"}, "the image is (13, 13), not (14, 14)"),
        ({"use_bias": False}, "the bias of the convolution with 16 filters is missing"),
        ({"shape": (28, 28, 3)}, "the input shape is (28, 28, 3)"),
        ({"filters": (16,)}, "16 and 32 filters are asked for, found [16]"),
        ({"size": 5}, "16 filters of 3×3 are asked for"),
        ({"last": None}, "should end in a softmax"),
        ({"mean": False}, "the global average is missing"),
        ({"activation": None}, "16 filters has no relu"),
        ({"pool": True}, "no pooling is asked for but the mean at the end"),
    ],
)
def test_exercise_5_strided_network(options, message, capsys):
    assert message in said(chapter05.check_5, lambda: strided(**options), capsys)


def test_exercise_5_recognises_channels_first(capsys):
    import keras

    model = keras.Sequential([keras.Input((1, 28, 28)), keras.layers.Flatten()])
    assert "channels first" in said(chapter05.check_5, lambda: model, capsys)
    assert "this is of type int" in said(chapter05.check_5, lambda: 3, capsys)


def pairs(diagonal=False, swap=False):
    def most_confused(y_true, y_pred):
        table = np.zeros((10, 10), int)
        np.add.at(table, (y_true, y_pred), 1)
        if not diagonal:
            np.fill_diagonal(table, 0)
        pair = np.unravel_index(table.argmax(), table.shape)
        return pair[::-1] if swap else pair

    return most_confused


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (pairs(), "right"),
        (pairs(swap=True), "the two are exchanged"),
        (pairs(diagonal=True), "leave the diagonal out"),
        (lambda t, p: (7, 2), "(7, 2) is the error with the highest rate"),
        (lambda t, p: (3, 5), "(3, 5) is not the most frequent error"),
        (lambda t, p: (4, 9), "the two are exchanged"),
        (lambda t, p: sorted(pairs()(t, p)), "the two are exchanged"),
        (lambda t, p: 49, "a pair (true, predicted) is asked for, this is 49"),
    ],
)
def test_exercise_6_most_confused(answer, message, capsys):
    assert message in said(chapter05.check_6, answer, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (1.14, "right"),
        (-1.139, "right"),
        (1.68, "the other varies, too"),
        (1.55, "the other varies, too"),
        (0.8, "standard errors do not add"),
        (865, "take its square root"),
        (15, "these are errors"),
        (0.0015, "divide it by its standard error"),
        (3.0, "3.00 is not the number"),
        ("one", "a number is asked for, this is 'one'"),
    ],
)
def test_exercise_7_standard_errors(answer, message, capsys):
    out = said(chapter05.check_7, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def test_array_counts_what_differs():
    with pytest.raises(Wrong, match="2 of 4 values differ"):
        array(np.array([1, 2, 3, 4]), np.array([1, 2, 4, 3]), {})
