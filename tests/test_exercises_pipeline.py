"""Exercises of the labs 07_silent_errors and 07_pipeline: what is right, and each slip."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said

from course_utils.exercises import chapter07_silent

# --- photographs as they are received -------------------------------------------------------------


def prepared(axes=(0, 2, 3, 1), step=-1, scale=255, reshape=False, touch=False):
    """What makes photographs of a camera library ready, with a mistake built in."""

    def answer(received):
        moved = received.reshape(-1, 32, 32, 3) if reshape else received.transpose(axes)
        if touch:
            received[:] = 0
        return moved[..., ::step].astype("float32") / scale

    return answer


RIGHT = {"A": "upside down", "B": "from -1 to 1", "C": "channels first, reshaped", "D": "BGR"}

ANSWERS = {
    "07_silent.1": [
        (prepared(), "right"),
        (lambda received: prepared()(received).tolist(), "right"),
        (lambda received: received.transpose(0, 2, 3, 1)[..., ::-1] / np.float64(255), "right"),
        (prepared(step=1), "the channels are still blue, green, red"),
        (prepared(axes=(0, 3, 2, 1)), "height and width are swapped"),
        (prepared(axes=(0, 3, 2, 1), step=1), "swapped, and the channels are still"),
        (prepared(scale=1), "the pixels still run from 0 to 255"),
        (prepared(scale=1, step=1), "from 0 to 255, and the channels are blue, green, red"),
        (prepared(scale=256), "division by 256"),
        (prepared(reshape=True), "mend that"),
        (prepared(reshape=True, step=1), "torn apart"),
        (lambda received: prepared()(received)[:, ::-1], "upside down"),
        (lambda received: received[:, ::-1] / 255, "still channels first"),
        (prepared(touch=True), "work on a copy"),
        (lambda received: prepared()(received)[0], "the shape is (32, 32, 3)"),
        (lambda received: prepared()(received) ** 2, "values differ"),
    ],
    "07_silent.2": [
        (RIGHT, "right"),
        (dict(reversed(RIGHT.items())), "right"),
        ({}, "nothing is said of A yet"),
        (RIGHT | {"C": ...}, "nothing is said of C yet"),
        (RIGHT | {"A": "transposed"}, "of A: it is not 'transposed'; compare one"),
        (RIGHT | {"B": "nothing"}, "its smallest and its largest pixel"),
        (RIGHT | {"C": "BGR"}, "what is it that stands side by side?"),
        (RIGHT | {"D": "transposed"}, "what color has the sky?"),
        (RIGHT | {"D": "red and blue"}, "of D: 'red and blue' is none of the words"),
        (RIGHT | {"A": ["upside down"]}, "is none of the words"),
        (RIGHT | {"E": "nothing"}, "there are four, A to D; of which is 'E'?"),
        ("upside down", "a dictionary is asked for"),
    ],
}  # fmt: skip

# --- a matrix, a pipeline, a label ----------------------------------------------------------------


def flips(size=lambda side: side - 1, x=(1, 0, 0)):
    return lambda side: [[*x[:2], x[2] * (side - 1)], [0, -1, size(side)]]


class Epochs:
    """A pipeline in NumPy: iterated over, it gives the next epoch in two batches."""

    def __init__(self, images, seed, epochs=99, size=None, noise=1):
        self.images, self.rng, self.noise = images[:size], np.random.default_rng(seed), noise
        self.state, self.epochs, self.epoch = self.rng.bit_generator.state, epochs, 0

    def __iter__(self):
        if self.epoch == self.epochs:
            self.rng.bit_generator.state, self.epoch = self.state, 0
        self.epoch += 1
        shift = self.noise * self.rng.uniform(size=(len(self.images), 1, 1, 1))
        yield from np.split(self.images + shift, 2)


def label(matrix_of=lambda matrix: (matrix[0][0], matrix[1][1])):
    """The letter after a flip, with a mistake built in."""

    def answer(letter, matrix):
        x, y = matrix_of(matrix)
        return np.array([["b", "d"], ["p", "q"]])[::y, ::x].ravel()["bdpq".index(letter)]

    return answer


ANSWERS |= {
    "07_pipeline.1": [
        (flips(), "right"),
        (lambda side: np.array(flips()(side), "float32"), "right"),
        (flips(size=lambda side: side), "for a side of 4: the last row of the image is number"),
        (flips(size=lambda side: 0), "row 1 row −1"),
        (flips(x=(-1, 0, 1)), "that rotates by 180°"),
        (lambda side: [[-1, 0, side - 1], [0, 1, 0]], "that flips left and right"),
        (lambda side: [[1, 0, 0], [0, 1, 0]], "that leaves the image as it is"),
        (lambda side: [*flips()(side), [0, 0, 1]], "the third row, (0, 0, 1), is not asked for"),
        (lambda side: [1, 0, 0, 0, -1, side - 1, 0, 0], "the eight coefficients that Keras wants"),
        (lambda side: [1, 0, 0, 0, -1, side - 1], "as a matrix, they have two rows"),
        (lambda side: [[1, 0, 0], [0, -1, 3]], "for a side of 32: "),
        (lambda side: [[1, 0], [0, -1]], "the shape is (2, 2), it should be (2, 3)"),
    ],
    "07_pipeline.2": [
        (Epochs, "right"),
        (lambda images, seed: Epochs(images, seed, epochs=1), "is still seen as one image"),
        (lambda images, seed: Epochs(images, seed, epochs=2), "is seen as only 2 images"),
        (lambda images, seed: Epochs(images, None), "a second pipeline gives other images"),
        (lambda images, seed: Epochs(images, seed, noise=0), "nothing is augmented"),
        (lambda images, seed: Epochs(images, seed, size=4), "the shape (4, 32, 32, 3), it"),
        (lambda images, seed: 3, "batches of photographs are asked for, this is 3"),
    ],
    "07_pipeline.3": [
        (label(), "right"),
        (lambda letter, matrix: str(label()(letter, matrix)), "right"),
        (lambda letter, matrix: letter, "the label is as it was"),
        (label(lambda m: (m[1][1], m[0][0])), "goes with x"),
        (lambda letter, matrix: "q", "hold it to a mirror"),
        (lambda letter, matrix: "B", "one of the letters b, d, p, q is asked for"),
        (lambda letter, matrix: 1, "one of the letters b, d, p, q is asked for"),
    ],
}  # fmt: skip


@rows(ANSWERS)
def test_right_and_wrong_answers(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


def test_each_of_four_sets_has_another_error():
    images = np.random.default_rng(0).uniform(size=(3, 32, 32, 3))
    found = chapter07_silent.received(images)
    assert {*found} == {*RIGHT} and all(each.shape == images.shape for each in found.values())
    assert (found["A"][:, 0] == images[:, -1]).all()
    assert np.allclose((found["B"] + 1) / 2, images)
    assert (found["C"].reshape(3, 3, 32, 32)[:, 1] == images[..., 1]).all()
    assert (found["D"][..., 0] == images[..., 2]).all()


@pytest.mark.parametrize(
    ("at", "message"),
    [
        (580, "right"),
        (556, "right"),
        (605.0, "right"),
        (554, "it is not near 554: look further on"),
        (606, "look before it"),
        (-1, "-1 is no number of a photograph: they go from 0 to 999"),
        (1_000, "is no number of a photograph"),
        ("580", "a whole number is asked for"),
    ],
)
def test_where_a_line_is_lost(at, message, capsys):
    labels = np.arange(1_000) * 7 % 10
    file_labels = chapter07_silent.lost_a_line(labels)
    assert len(file_labels) == 1_000
    assert np.argmax(file_labels != labels) == 580 and (file_labels[580:-1] == labels[581:]).all()
    verdict = said("07_silent.3", (at, file_labels), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def test_labels_that_are_no_longer_those_of_the_file(capsys):
    assert "no longer the file's" in said("07_silent.3", (0, np.zeros(3)), capsys)
