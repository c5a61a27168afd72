"""Exercises of chapter 04: a stack to repair, a filter of one's own, a filter to be learned."""

import numpy as np
import pytest
from exercise_tools import assert_says, said

CORNER = np.array([[1, 1, 1], [1, 0, 0], [1, 0, 0]])


def stack(first=1, pool=None, sizes=(5, 3, 3), filters=(16, 32, 32), units=10, padding="valid"):
    """The network of 04.2, with a mistake."""
    import keras
    from keras import layers

    def convolution(i, stride=1):
        return layers.Conv2D(filters[i], sizes[i], stride, padding=padding, activation="relu")

    return keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            convolution(0, first),
            layers.MaxPooling2D(2, pool),
            convolution(1),
            layers.MaxPooling2D(2, pool),
            convolution(2),
            layers.Flatten(),
            layers.Dense(units, activation="softmax"),
        ]
    )


def pools_at_the_end():
    import keras
    from keras import layers

    halves = [layers.MaxPooling2D(2), layers.MaxPooling2D(2)]
    convolutions = [layers.Conv2D(f, k) for f, k in ((16, 5), (32, 3), (32, 3))]
    end = [layers.Flatten(), layers.Dense(10)]
    return keras.Sequential([keras.Input((28, 28, 1)), *convolutions, *halves, *end])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (stack, "right"),
        (lambda: stack(units=9), "the output shape is (9,)"),
        (lambda: stack(pool=1), "a pool moves by 1: its second number is the stride"),
        (lambda: stack(2, 1), "the convolution with 16 filters moves by 2: the third number"),
        (lambda: stack(5, 1), "your code stops"),
        (lambda: stack(padding="same"), "padding 'same' is not needed"),
        (lambda: stack(sizes=(3, 3, 3)), "found 16 of 3×3, 32 of 3×3, 32 of 3×3"),
        (lambda: stack(filters=(16, 32, 64)), "found 16 of 5×5, 32 of 3×3, 64 of 3×3"),
        (pools_at_the_end, "the last feature map is (20, 20, 32), (3, 3, 32) is meant"),
        (..., "not attempted"),
    ],
)
def test_the_stack_to_repair(build, message, capsys):
    assert_says("04.2", build, message, capsys)


@pytest.mark.parametrize(
    ("pattern", "weights", "message"),
    [
        (CORNER, CORNER - CORNER.mean(), "right"),
        (CORNER.tolist(), (9 * CORNER - CORNER.sum()).tolist(), "right"),
        (1 - CORNER, CORNER.mean() - CORNER, "right"),
        (CORNER, CORNER, "to solid black its response is 5"),
        (CORNER, CORNER.mean() - CORNER, "the signs are the wrong way round"),
        (CORNER, CORNER.T[::-1] - CORNER.mean(), "to [[1, 0, 0], [1, 0, 0], [1, 1, 1]] it is"),
        (CORNER, [[-1, -1, -1], [0, 0, 0], [1, 1, 1]], "to your pattern its response is"),
        (CORNER, [[1, 1, 1], [1, -1, -1], [1, -3, 0]], "it is 5"),
        (CORNER, np.zeros((3, 3)), "a filter of zeros responds to nothing"),
        (np.ones((3, 3)), np.eye(3) - 1 / 3, "the same all over"),
        (2 * CORNER, CORNER - CORNER.mean(), "zeros (paper) and ones (ink) only"),
        (CORNER, np.ones(9), "the shape of own_filter is (9,), it should be (3, 3)"),
        (CORNER[:2], CORNER, "the shape of own_pattern is (2, 3)"),
        (CORNER * np.nan, CORNER, "not every number is finite"),
        (CORNER, ..., "not attempted"),
        (..., CORNER, "not attempted"),
    ],
)
def test_a_pattern_of_ones_own(pattern, weights, message, capsys):
    verdict = said("04.3", (pattern, weights), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


WANTED = np.array([[2.0, -1, -1], [-1, 2, -1], [-1, -1, 2]])


def one_filter(weights, trained=True, filters=1):
    """A network with these weights, after one step that leaves them as they are."""
    import keras

    model = keras.Sequential([keras.Input((28, 28, 1)), keras.layers.Conv2D(filters, 3)])
    kernel = np.repeat(np.asarray(weights)[:, :, np.newaxis, np.newaxis], filters, axis=3)
    model.set_weights([kernel, np.zeros(filters)])
    if trained:
        model.compile(keras.optimizers.SGD(0.0), "mse")
        model.fit(np.zeros((1, 28, 28, 1)), np.zeros((1, 26, 26, filters)), verbose=0)
    return model


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: one_filter(WANTED), "right"),
        (lambda: one_filter(WANTED + 0.15), "right"),
        (lambda: one_filter(WANTED + 0.25), "one of its weights is 0.25 off, at most 0.2"),
        (lambda: one_filter(WANTED[:, ::-1]), "that is the detector of up-right lines"),
        (lambda: one_filter([[-1, 0, 1]] * 3), "that is the edge filter of section 1"),
        (lambda: one_filter(WANTED, trained=False), "has taken no step"),
        (lambda: one_filter(WANTED, filters=2), "one filter of 3×3 is asked for"),
        (lambda: one_filter(WANTED * np.nan), "its weights are not finite"),
        (lambda: WANTED, "a Keras model is asked for"),
    ],
)
def test_a_filter_to_be_learned(build, message, capsys):
    assert_says("04.4", build, message, capsys)
