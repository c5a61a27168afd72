"""The checkers of chapter 07 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import judged

from course_utils.exercises import chapter07


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (2_097_664, "right"),
        (2_097_664.0, "right"),
        (1_606_144, "that is the network as it stands"),
        (2_097_152, "has a bias too"),
        (2_097_153, "a bias of its own"),
        (8_389_120, "was the second pool forgotten"),
        (1_049_088, "the last convolution has 64 filters"),
        (33_280, "each of the 64 channels comes in"),
        (33_554_944, "were the pools forgotten"),
        (4_096, "these are the numbers that it reads"),
        (7, "7 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_1_padded(answer, message, capsys):
    judged(chapter07.check_1, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (10_560, "right"),
        (352, "that is one epoch"),
        (10_530, "the last, smaller batch is a step too"),
        (10_547, "round up first, then multiply"),
        (11_730, "a tenth is held out"),
        (7_040, "trained for 30 epochs, not 20"),
        (168_960, "none is added"),
        (21_120, "none is added"),
        (1_350_000, "these are pictures seen"),
        (3, "3 is not the number"),
    ],
)
def test_exercise_2_steps(answer, message, capsys):
    judged(chapter07.check_2, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda s: [1, 0, 0, 0, -1, s - 1, 0, 0], "right"),
        (lambda s: np.array([1, 0, 0, 0, -1, s - 1, 0, 0]), "right"),
        (lambda s: [1, 0, 0, 0, -1, s, 0, 0], "side 32: off by one"),
        (lambda s: [1, 0, 0, 0, -1, 31, 0, 0], "side 7: 1 of 8 values differ"),
        (lambda s: [-1, 0, s - 1, 0, 1, 0, 0, 0], "that mirrors left to right"),
        (lambda s: [-1, 0, s - 1, 0, -1, s - 1, 0, 0], "that turns by half a circle"),
        (lambda s: [1, 0, 0, 0, -1, 0, 0, 0], "lies above the picture"),
        (lambda s: [0, 1, 0, 1, 0, 0, 0, 0], "a transposed picture"),
        (lambda s: [1, 0, 0, -1, 0, s - 1, 0, 0], "the order is a, b, c for x"),
        (lambda s: [1, 0, 0, 0, 1, 0, 0, 0], "leaves the picture as it is"),
        (lambda s: [1, 0, 0, 0, -1, s - 1], "the shape is (6,), it should be (8,)"),
        (lambda s: "down", "an array of numbers is asked for"),
    ],
)
def test_exercise_3_upside_down(answer, message, capsys):
    judged(chapter07.check_3, answer, message, capsys)


def as_bytes(x, order=-1, scale=255, cut=np.rint, axes=(0, 2, 3, 1)):
    return cut(x.transpose(axes)[..., ::order] * scale).astype("uint8")


def scaled_in_place(x):
    x *= 255
    return as_bytes(x, scale=1)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (as_bytes, "right"),
        (lambda x: as_bytes(x, order=1), "red and blue are exchanged"),
        (lambda x: as_bytes(x, scale=1, cut=np.floor), "the numbers are not scaled"),
        (lambda x: as_bytes(x, cut=np.floor), "so round first"),
        (lambda x: np.rint(x * 255).astype("uint8").reshape(2, 4, 6, 3), "`reshape` keeps"),
        (
            lambda x: np.rint(x * 255).astype("uint8").reshape(2, 4, 6, 3)[..., ::-1],
            "`reshape` breaks every picture",
        ),
        (lambda x: as_bytes(x, axes=(0, 3, 2, 1)), "the pictures are transposed"),
        (lambda x: as_bytes(x).astype("float32"), "the dtype is float32"),
        (lambda x: np.rint(x * 255).astype("uint8"), "the shape is (2, 3, 4, 6)"),
        (lambda x: as_bytes(x).tolist(), "an array is asked for"),
        (scaled_in_place, "work on a copy"),
        (lambda x: x.transpose(0, 9), "your code stops with"),
    ],
)
def test_exercise_4_as_bytes(answer, message, capsys):
    judged(chapter07.check_4, answer, message, capsys)


def cut_out(images, corners, size, grey=128, first=max, end=max, copy=True, grow=0, flip=1):
    cut = images.copy() if copy else images
    for image, corner in zip(cut, corners, strict=True):
        top, left = corner[::flip]
        rows = slice(first(top, 0), end(top + size + grow, 0))
        image[rows, first(left, 0) : end(left + size + grow, 0)] = grey
    return cut


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (cut_out, "right"),
        (lambda x, c, s: cut_out(x, c, s, first=lambda a, b: a), "begin at 0"),
        (lambda x, c, s: cut_out(x, c, s, flip=-1), "row and column are exchanged"),
        (lambda x, c, s: cut_out(x, c, s, grow=1), "one pixel too large"),
        (lambda x, c, s: cut_out(x, c, s, grow=-1), "one pixel too small"),
        (lambda x, c, s: cut_out(x, c - s // 2, s), "taken for the middle"),
        (lambda x, c, s: cut_out(x, c, s, grey=0), "the square is black"),
        (lambda x, c, s: cut_out(x, c[[0] * 5], s), "all images have the hole of the first"),
        (lambda x, c, s: cut_out(x, c.clip(0), s), "keeps its full size"),
        (lambda x, c, s: cut_out(x, c, s, end=lambda a, b: a), "wholly above the image"),
        (lambda x, c, s: x.copy(), "nothing is cut out"),
        (lambda x, c, s: cut_out(x, c, s, copy=False), "work on a copy"),
        (lambda x, c, s: cut_out(x, c, s)[0], "the shape is (9, 11, 3)"),
        (lambda x, c, s: cut_out(x, c, s, grey=127), "values differ"),
    ],
)
def test_exercise_5_cut_out(answer, message, capsys):
    judged(chapter07.check_5, answer, message, capsys)


def targets(labels, classes, share, right=None, all_get=None):
    one_hot = np.eye(classes)[labels]
    right = 1 - share if right is None else right
    return right * one_hot + (share / classes if all_get is None else all_get)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (targets, "right"),
        (lambda y, k, s: targets(y, k, s).tolist(), "right"),
        (
            lambda y, k, s: np.where(np.eye(k)[y] > 0, 1 - s, s / (k - 1)),
            "shares among the *other* classes",
        ),
        (lambda y, k, s: targets(y, k, s, all_get=0), "given to nobody"),
        (lambda y, k, s: targets(y, k, s, right=1), "not taken from the right class"),
        (lambda y, k, s: targets(y, k, s, all_get=s), "every class gets the whole share"),
        (lambda y, k, s: np.eye(k)[y], "one-hot targets without smoothing"),
        (lambda y, k, s: targets(y, 3, 0.3)[: len(y)] if k == 3 else np.eye(k)[y], "5 classes"),
        (lambda y, k, s: targets(y, k, s)[0], "the shape is (3,), it should be (3, 3)"),
        (lambda y, k, s: targets(y, k + 1, s), "the shape is (3, 4)"),
        (lambda y, k, s: [[0.5]], "the shape is (1, 1)"),
    ],
)
def test_exercise_6_smooth(answer, message, capsys):
    judged(chapter07.check_6, answer, message, capsys)
