"""The checkers of chapter 08 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import judged

from course_utils.exercises import chapter08


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (6_553_856, "right"),
        (6_553_600, "has a bias too"),
        (6_553_601, "a bias of its own"),
        (262_400, "behind the mean of each channel"),
        (1_310_976, "there are 5 × 5 places, not 5"),
        (25_600, "these are the numbers that it reads"),
        (6_560_000, "one bias, not one for each place"),
        (6_554_113, "the last unit is a layer of its own"),
        (3, "3 is not the number"),
    ],
)
def test_exercise_1_dense(answer, message, capsys):
    judged(chapter08.check_1, answer, message, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((513, 8_193), "right"),
        ([513, 8_193], "right"),
        (513, "a pair is asked for"),
        ((513, 8_193, 1), "a pair is asked for"),
        ((512, 8_193), "behind the means are right; the unit has a bias"),
        ((8_193, 513), "the means come first"),
        ((528, 8_193), "one number, however many places"),
        ((513, 8_192), "behind the flattened numbers are right; the unit has a bias"),
        ((513, 2_049), "there are 4 × 4 places, not 4"),
        ((513, 8_208), "one bias, not one for each place"),
        ((513, 7), "7 is not the number"),
        ((513, 8_193.5), "a whole number is asked for"),
    ],
)
def test_exercise_2_one_unit(answer, message, capsys):
    judged(chapter08.check_2, answer, message, capsys)


BGR = np.array([103.939, 116.779, 123.68], "float32")


def in_place(x):
    x[:] = x[..., ::-1].copy()
    return x.astype("float32") - BGR


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (lambda x: x[..., ::-1].astype("float32") - BGR, "right"),
        (lambda x: x[..., [2, 1, 0]] - BGR, "right"),
        (lambda x: x - BGR, "blue comes first"),
        (lambda x: x[..., ::-1] - BGR[::-1], "the means too"),
        (lambda x: x - BGR[::-1], "now reverse the channels"),
        (lambda x: x[..., ::-1].astype("float32"), "the means are not taken off"),
        (lambda x: (x[..., ::-1] - BGR) / 255, "the full range"),
        (lambda x: x / np.float32(127.5) - 1, "MobileNet's way"),
        (lambda x: x[..., ::-1] + BGR, "take them off"),
        (lambda x: x[..., ::-1] - BGR.astype("uint8"), "bytes have no negative numbers"),
        (lambda x: x[..., ::-1].astype("float64") - BGR, "float32 is asked for, not float64"),
        (in_place, "work on a copy"),
        (lambda x: x[:1].astype("float32"), "the shape is (1, 4, 6, 3)"),
        (lambda x: "pictures", "an array of numbers is asked for"),
    ],
)
def test_exercise_3_vgg(answer, message, capsys):
    judged(chapter08.check_3, answer, message, capsys)


def named(names, cut, skip=("bn", "norm"), late=True, first=0):
    i = names.index(cut)
    part = names[i + first :] if late else names[:i]
    return [name for name in part if not any(word in name for word in skip)]


def none_found(names, cut):
    return named(names, cut) if cut in names else []


def other_error(names, cut):
    return named(names, {name: name for name in names}[cut])


def frozen(names, cut):
    opened = named(names, cut)
    return [name for name in names if name not in opened]


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (named, "right"),
        (lambda names, cut: named(names, cut, skip=()), "layers that normalise stay frozen"),
        (lambda names, cut: named(names, cut, first=1), "is to be opened, too"),
        (lambda names, cut: named(names, cut, skip=("bn",)), "have `norm` in their name"),
        (lambda names, cut: named(names, cut, skip=("norm",)), "have `bn` in their name"),
        (lambda names, cut: named(names, cut, late=False), "in front of the cut"),
        (frozen, "these are the layers that stay frozen"),
        (none_found, "an unknown cut is a ValueError; yours gives []"),
        (other_error, "not a KeyError"),
        (lambda names, cut: tuple(named(names, cut)), "a list is asked for"),
        (lambda names, cut: ["conv9"], "['conv9'] is not the list"),
    ],
)
def test_exercise_4_open(answer, message, capsys):
    judged(chapter08.check_4, answer, message, capsys)


def counts(labels, scenes):
    return ((labels[:, None] == labels) & (scenes[:, None] == scenes)).sum(axis=1)


def fair(labels, scenes):
    w = 1 / counts(labels, scenes)
    return w / w.mean()


def of_all_pairs(labels, scenes):
    pairs = len(set(labels)) * len(set(scenes))
    return len(labels) / (pairs * counts(labels, scenes))


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (fair, "right"),
        (lambda y, s: fair(y, s).tolist(), "right"),
        (lambda y, s: 1 / counts(y, s), "the mean of all weights is to be 1"),
        (lambda y, s: fair(y, s) / len(y), "not the sum"),
        (lambda y, s: fair(y, y), "this evens out the labels"),
        (lambda y, s: fair(s, s), "this evens out the scenes"),
        (lambda y, s: counts(y, s) / counts(y, s).mean(), "the other way round"),
        (lambda y, s: counts(y, s), "these are the counts"),
        (lambda y, s: np.ones(len(y)), "all weigh the same"),
        (of_all_pairs, "pairs that do not occur"),
        (lambda y, s: fair(y, s)[1:], "the shape is (9,), it should be (10,)"),
        (lambda y, s: 2 * fair(y, s), "10 of 10 values differ"),
    ],
)
def test_exercise_5_weights(answer, message, capsys):
    judged(chapter08.check_5, answer, message, capsys)
