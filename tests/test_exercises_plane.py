"""Exercises of chapter 01 that ask for a picture, or for a network in the plane."""

import numpy as np
import pytest
from exercise_tools import said


class Taker:
    """A network that takes every image for the same digit, and remembers what it was shown."""

    def predict(self, images, verbose):
        self.shown = images
        return np.full((len(images), 10), 0.05) + 0.5 * (np.arange(10) == 3)


def ink(value=255, shape=(28, 28)):
    image = np.zeros(shape)
    image[4:20] = value
    return image


@pytest.mark.parametrize(
    ("mine", "meant", "message"),
    [
        (ink(), 3, "right"),
        (ink().astype("uint8"), np.int64(3), "right"),
        (ink().tolist(), 3.0, "right"),
        (ink(), 8, "takes it for a 3 with probability 0.55; for a 8 it has 0.05"),
        (ink(256), 3, "for mine: pixels are from 0 to 255, here from 0 to 256"),
        (ink(1), 3, "for mine: there is hardly any ink"),
        (ink(shape=(28, 27)), 3, "for mine: the shape is (28, 27), it should be (28, 28)"),
        (ink(), 10, "for meant: a digit is from 0 to 9, not 10"),
        (ink(), 2.5, "for meant: a whole number is asked for"),
        (ink(), ..., "not attempted"),
    ],
)
def test_a_picture_of_ones_own(mine, meant, message, capsys):
    verdict = said("01.2", (mine, meant, Taker()), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def test_a_picture_is_shown_to_the_network_from_0_to_1(capsys):
    taker = Taker()
    assert said("01.2", (ink(), 3, taker), capsys) == "right"
    assert taker.shown.shape == (1, 28, 28) and taker.shown.max() == 1


POINTS = np.stack([np.linspace(-1, 1, 100), np.ones(100)], axis=1).astype("float32")
LABELS = (POINTS[:, 0] > 0).astype(int)


def of_the_plane(units=6, outputs=1, weight=50.0, inputs=2):
    import keras

    model = keras.Sequential(
        [
            keras.Input((inputs,)),
            keras.layers.Dense(units, "relu"),
            keras.layers.Dense(outputs, "sigmoid"),
        ]
    )
    first, _, last, _ = (np.zeros_like(array) for array in model.get_weights())
    first[0, 0] = last[0] = weight
    model.set_weights([first, np.zeros(units), last, np.full(outputs, -1.0)])
    return model


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "right"),
        ({"units": 7}, "29 parameters are too many: at most 25 are asked for"),
        ({"outputs": 2, "units": 3}, "the output shape is (None, 2), (None, 1) is asked for"),
        ({"weight": -50.0}, "at least 0.95 is asked for; was it trained, by `fit`?"),
        ({"weight": 1.0}, "at least 0.95 is asked for; was it trained, by `fit`?"),
        ({"weight": np.nan}, "its outputs are not finite"),
        ({"inputs": 3}, "the input shape is (3,), it should be (2,)"),
    ],
)
def test_a_small_network_in_the_plane(options, message, capsys):
    verdict = said("01.5", (lambda: of_the_plane(**options), POINTS, LABELS), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def test_a_repaired_loop_is_judged_by_its_network(capsys):
    import keras

    x, y = np.repeat(np.eye(10), 28 * 28 // 10 + 1, axis=1)[:, :784].reshape(10, 28, 28), range(10)
    model = keras.Sequential(
        [keras.Input((28, 28)), keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    )
    model.set_weights([x.reshape(10, 784).T, np.zeros(10)])
    assert said("01.7", (lambda: model, x, np.array(y)), capsys) == "right"
    verdict = said("01.7", (lambda: model, x, (np.array(y) + 1) % 10), capsys)
    assert verdict.startswith("wrong: its accuracy is 0.00")
