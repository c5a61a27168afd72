"""The checkers of chapter 06 tell unattempted, wrong and right answers apart."""

import numpy as np
import pytest
from checker_tools import said

from course_utils.exercises import chapter06


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (262_656, "right"),
        (262_656.0, "right"),
        (803_328, "that is with padding"),
        (262_144, "has a bias too"),
        (262_145, "a bias of its own"),
        (410_112, "off by one"),
        (1_049_088, "was the second pool forgotten"),
        (6_554_112, "were the pools forgotten"),
        (524_800, "the 64 are the first's"),
        (8_704, "each of the 32 channels comes in"),
        (590_336, "the first convolution takes 4 pixels too"),
        (7, "7 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_1_dense_layer_without_padding(answer, message, capsys):
    assert message in said(chapter06.check_1, answer, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (16_880, "right"),
        (16_880.0, "right"),
        (16_860, "round up"),
        (16_875, "round up first, then multiply"),
        (18_760, "6,000 of the 60,000 are held out"),
        (1_880, "not from those held out"),
        (8_440, "batches of 128"),
        (844, "that is one epoch"),
        (1_080_000, "images seen, not steps"),
        (3, "3 is not the number"),
    ],
)
def test_exercise_2_steps(answer, message, capsys):
    assert message in said(chapter06.check_2, answer, capsys)


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
            "numbers": (hits, hits),
            "recall": (recall, 0.123),
            "precision": (0.123, precision),
            "nothing named": (recall, precision if named.any() else 1.0),
            "one": recall,
            "three": (recall, precision, 0),
        }[kind]

    return answer


@pytest.mark.parametrize(
    ("kind", "message"),
    [
        ("right", "right"),
        ("list", "right"),
        ("exchanged", "the two are exchanged"),
        ("of all", "not by all images"),
        ("accuracy", "do not count as hits"),
        ("numbers", "these are numbers of images: divide them"),
        ("recall", "the precision of class 6 of the example is not 0.123"),
        ("precision", "the recall of class 6 of the example is not 0.123"),
        ("nothing named", "nothing is named 9"),
        ("one", "a pair (recall, precision) is asked for"),
        ("three", "a pair (recall, precision) is asked for"),
    ],
)
def test_exercise_3_recall_and_precision(kind, message, capsys):
    out = said(chapter06.check_3, shares(kind), capsys)
    assert message in out and (message == "right") == (out == "right")


def mirrored(axes=(2,), which=lambda flipped: flipped):
    def answer(images, flipped):
        copy = images.copy()
        copy[which(flipped)] = np.flip(images, axes)[which(flipped)]
        return copy

    return answer


def in_place(images, flipped):
    images[flipped] = images[flipped, :, ::-1]
    return images


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (mirrored(), "right"),
        (mirrored(axes=(1,)), "upside down"),
        (mirrored(axes=(1, 2)), "turned by half a circle"),
        (mirrored(which=np.ones_like), "all images are mirrored"),
        (mirrored(which=np.logical_not), "the others are mirrored"),
        (mirrored(which=np.zeros_like), "nothing is mirrored"),
        (lambda a, f: a[::-1], "the order of the images is reversed"),
        (in_place, "work on a copy"),
        (lambda a, f: mirrored()(a, f)[f], "the shape is (2, 5, 6, 1)"),
        (lambda a, f: mirrored()(a, f) / 255, "should stay uint8"),
        (lambda a, f: a.tolist(), "an array is asked for, this is of type list"),
        (lambda a, f: np.zeros_like(a), "values differ"),
    ],
)
def test_exercise_4_mirror(answer, message, capsys):
    out = said(chapter06.check_4, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


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


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (plateau(), "right"),
        (lambda *a: np.array(plateau()(*a)), "right"),
        (plateau(at_once=True), "from the *next* epoch on"),
        (plateau(extra=1), "one epoch too late"),
        (plateau(afresh=False), "the waiting starts afresh"),
        (plateau(last=True), "compare with the lowest loss so far"),
        (plateau(equal=True), "a loss as low as the best is not a new best"),
        (plateau(only_once=True), "falls again, not only the first time"),
        (lambda lo, s, f, p: [s] * len(lo), "the rate of epoch 5 is not 0.1"),
        (lambda *a: plateau()(*a)[1:], "for 9 epochs 8 rates came back"),
        (lambda lo, s, f, p: s, "a rate for each epoch is asked for, this is 0.1"),
    ],
)
def test_exercise_5_rates_on_a_plateau(answer, message, capsys):
    out = said(chapter06.check_5, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def honest(held_out, test):
    best = int(held_out.mean(axis=1).argmax())
    return best + 1, test[best].mean()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (honest, "right"),
        (lambda h, t: list(honest(h, t)), "right"),
        (lambda h, t: honest(t, t), "best on the test set: it flatters"),
        (lambda h, t: honest(h, h), "the held-out score flatters too"),
        (lambda h, t: (honest(h, t)[0] - 1, honest(h, t)[1]), "count the epochs from 1"),
        (lambda h, t: (5, honest(h, t)[1]), "the epoch is not 5: its score is right"),
        (lambda h, t: (3, t[2].mean()), "two epochs are equally good: take the first"),
        (lambda h, t: (2, t[2].mean()), "rows are counted from 0"),
        (lambda h, t: (len(t), t[-1].mean()), "that is the last epoch"),
        (lambda h, t: (1, 0.0), "epoch 1 with a score of 0.000 is not the honest answer"),
        (lambda h, t: 0.5, "a pair (epoch, score) is asked for, this is 0.5"),
    ],
)
def test_exercise_6_an_honest_score(answer, message, capsys):
    out = said(chapter06.check_6, answer, capsys)
    assert message in out and (message == "right") == (out == "right")
