"""The checkers of chapter 11 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import judged

from course_utils.exercises import chapter11


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (231_211_008, "right"),
        (73_728, "these are the weights"),
        (4_128_768, "there are 56 × 56 places"),
        (231_612_416, "leave them out"),
        (1_806_336, "each of the 128 filters"),
        (3_612_672, "each filter reads 64 channels"),
        (462_422_016, "is one, not two"),
        (214_990_848, "is the output already"),
        (4, "4 is not the number"),
    ],
)
def test_exercise_1_macs(answer, message, capsys):
    judged(chapter11.check_1, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (25 / 18, "right"),
        (1.388889, "right"),
        (25 / 9, "there are two of 3 × 3"),
        (18 / 25, "the other way round"),
        (5 / 6, "k² weights for each channel"),
        (7, "the ratio is asked for"),
        (2, "1 of 1 values differ"),
        ("more", "an array of numbers is asked for"),
    ],
)
def test_exercise_2_ratio(answer, message, capsys):
    judged(chapter11.check_2, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (15_872 / 153_600, "right"),
        (12_800 / 153_600, "has weights, too"),
        (153_600 / 15_872, "the other way round"),
        (15_872, "the share is asked for"),
        (156_672 / 153_600, "reads 16 channels, not 192"),
        (5_632 / 30_720, "25 weights for each channel"),
        (1 - 15_872 / 153_600, "the share that is saved"),
        (0.5, "1 of 1 values differ"),
    ],
)
def test_exercise_3_share(answer, message, capsys):
    judged(chapter11.check_3, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda c, g, n: (c + n * g, c + (n - 1) * g), "right"),
        (lambda c, g, n: [c + n * g, c + (n - 1) * g], "right"),
        (lambda c, g, n: (c + (n - 1) * g, c + n * g), "the two are exchanged"),
        (lambda c, g, n: (c + n * g, c + n * g), "not its own"),
        (lambda c, g, n: (g, c + (n - 1) * g), "not the last layer's channels alone"),
        (lambda c, g, n: (n * g, (n - 1) * g), "the channels that came in stay"),
        (lambda c, g, n: (c + n * g, g), "reads everything before it"),
        (lambda c, g, n: (c + (n - 1) * g, c + (n - 2) * g), "one layer too few"),
        (lambda c, g, n: (c + (n + 1) * g, c + n * g), "one layer too many"),
        (lambda c, g, n: c + n * g, "a tuple of two is asked for"),
        (lambda c, g, n: (1, 1), "(1, 1) is not the answer"),
    ],
)
def test_exercise_4_channels(answer, message, capsys):
    judged(chapter11.check_4, answer, message, capsys)


def relu(x):
    return np.maximum(x, 0)


def in_place(x, a, b):
    x += relu(x @ a) @ b
    return relu(x)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x, a, b: relu(x + relu(x @ a) @ b), "right"),
        (lambda x, a, b: relu(relu(x @ a) @ b), "x is not added"),
        (lambda x, a, b: x + relu(x @ a) @ b, "at the very end is missing"),
        (lambda x, a, b: relu(x + x @ a @ b), "between the two is missing"),
        (lambda x, a, b: relu(x + relu(relu(x @ a) @ b)), "a relu too many"),
        (lambda x, a, b: relu(x) + relu(x @ a) @ b, "not on x alone"),
        (lambda x, a, b: relu(x - relu(x @ a) @ b), "is added, not taken off"),
        (lambda x, a, b: x + x @ a @ b, "both relus are missing"),
        (in_place, "work on a copy"),
        (lambda x, a, b: relu(x)[..., :2], "the shape is (3, 4, 2)"),
    ],
)
def test_exercise_5_residual(answer, message, capsys):
    judged(chapter11.check_5, answer, message, capsys)
