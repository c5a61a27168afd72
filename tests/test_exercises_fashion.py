"""Exercises of chapter 06 that ask for a trained network: by its loss, and without a layer."""

import numpy as np
import pytest
from exercise_tools import said
from test_exercises_trained import X, Y, fitted, untrained, wrong_at


def six_convolutions(normalized=False, convolutions=5):
    """`untrained` has one more."""
    from keras import layers

    extra = [layers.Conv2D(2, 1) for _ in range(convolutions)]
    return untrained(*([layers.BatchNormalization()] if normalized else []), *extra)


@pytest.fixture(scope="module")
def confident():
    import keras

    keras.utils.set_random_seed(0)
    return fitted(untrained(), epochs=8)


def test_the_loss_decides(confident, capsys):
    assert said("06.2", (lambda: confident, X, Y), capsys) == "right"
    verdict = said("06.2", (lambda: confident, X, wrong_at(30)), capsys)
    assert verdict.startswith("wrong: its validation loss is ")
    assert verdict.endswith("at most 0.75 is asked for: it is still confident where it is wrong")


def test_the_accuracy_comes_first(confident, capsys):
    verdict = said("06.2", (lambda: confident, X, wrong_at(60)), capsys)
    assert verdict.startswith("wrong: its accuracy is 0.40 after 240 steps")
    assert "was it trained" in said("06.2", (untrained, X, Y), capsys)
    assert "`fit` returns" in said("06.2", (lambda: fitted(untrained()).history, X, Y), capsys)


def test_labels_in_any_form(confident, capsys):
    for labels in (Y.tolist(), Y.astype("uint8"), Y.astype(float)):
        assert said("06.2", (lambda: confident, X.tolist(), labels), capsys) == "right"


def test_the_plain_network_is_judged_by_its_accuracy(capsys):
    import keras

    keras.utils.set_random_seed(0)
    model = fitted(six_convolutions(), rate=0.01, epochs=8)
    assert said("06.5", (lambda: model, X, Y), capsys) == "right"
    assert "its accuracy is" in said("06.5", (lambda: model, X, wrong_at(60)), capsys)


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: six_convolutions(normalized=True), "is to be plain, it has the layer batch_norm"),
        (lambda: six_convolutions(convolutions=2), "six convolutions is asked for, this one has 3"),
        (six_convolutions, "was it trained"),
    ],
)
def test_another_network_than_the_plain_one(build, message, capsys):
    assert message in said("06.5", (build, X, Y), capsys)


def test_labels_stay_as_they_are(confident, capsys):
    before = np.array(Y)
    said("06.2", (lambda: confident, X, Y), capsys)
    assert np.array_equal(before, Y)
