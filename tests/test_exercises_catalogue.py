"""Exercises of the lab 02_keras_catalogue: the right answer, and each slip."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said

BINARY = "binary_crossentropy"
LAYERS = {
    "02_catalogue.1": [
        ((20, "sigmoid", BINARY), "right"),
        ([20.0, "Sigmoid", "BinaryCrossentropy"], "right"),
        ((20, "sigmoid", "binary_focal_crossentropy"), "right"),
        ((20, "softmax", "categorical_crossentropy"), "makes the 20 probabilities sum to 1"),
        ((1, "sigmoid", BINARY), "one unit answers one question"),
        ((2, "sigmoid", BINARY), "20 questions, each answered by one unit"),
        ((21, "sigmoid", BINARY), "needs no unit"),
        ((40, "sigmoid", BINARY), "one unit is enough"),
        ((20, "relu", BINARY), "'relu' does not make a probability of each output"),
        ((20, "sigmoid", "sparse_categorical_crossentropy"), "expect exactly one animal"),
        ((20, "sigmoid", "mse"), "'mse' is not the loss for answers of yes or no"),
        ((20, "sigmoid"), "three things are asked for"),
        ((20, 1, BINARY), "an activation is asked for as text"),
        (("many", "sigmoid", BINARY), "a whole number is asked for"),
        ("sigmoid", "(units, activation, loss) is asked for"),
    ],
}  # fmt: skip


@rows(LAYERS)
def test_the_last_layer(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


def pinball(rule, axis=-1):
    """A loss of the error true − predicted."""

    def loss(y_true, y_pred):
        from keras import ops

        charged = rule(ops.convert_to_tensor(y_true - y_pred), ops)
        return charged if axis is None else ops.mean(charged, axis=axis)

    return loss


LOSSES = {
    "02_catalogue.3": [
        (pinball(lambda e, ops: ops.maximum(0.9 * e, -0.1 * e)), "right"),
        (pinball(lambda e, ops: ops.where(e > 0, 0.9 * e, -0.1 * e), axis=None), "right"),
        (pinball(lambda e, ops: ops.maximum(0.1 * e, -0.9 * e)), "the two sides are exchanged"),
        (pinball(lambda e, ops: 0.9 * e), "it is negative where too many were baked"),
        (pinball(lambda e, ops: ops.minimum(0.9 * e, -0.1 * e)), "the smaller of the two lines"),
        (pinball(lambda e, ops: ops.abs(e)), "both sides are charged alike"),
        (pinball(lambda e, ops: ops.where(e > 0, 0.9, 0.1) * e), "0.1 · (−e) is positive where"),
        (pinball(lambda e, ops: ops.relu(0.9 * e)), "too many loaves cost something as well"),
        (pinball(lambda e, ops: ops.maximum(0.9 * e, -0.1 * e), axis=None), "right"),
        (lambda t, p: np.float32(0.5), "one number is returned"),
        (lambda t, p: np.zeros(3), "the shape is (3,)"),
        (lambda t, p: t * np.nan, "not every number is finite"),
        (lambda t, p: t[:, 0], "values differ"),
    ],
}  # fmt: skip


@rows(LOSSES)
def test_the_pinball_loss(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


# --- a network repaired ---------------------------------------------------------------------------


def bars(n=200, seed=0):
    """Flat images of ten classes, a bar at another place in each, and their labels."""
    rng = np.random.default_rng(seed)
    y = rng.permutation(np.arange(n) % 10)
    x = rng.uniform(0, 0.2, (n, 28, 28)).astype("float32")
    x[np.arange(n), 2 * y + 4] = 1
    return x.reshape(n, 784), y


def fitted(last, loss="sparse_categorical_crossentropy", units=32, epochs=4):
    import keras

    keras.utils.set_random_seed(0)
    layers = keras.layers
    model = keras.Sequential([keras.Input((784,)), layers.Dense(units, "relu"),
                              layers.Dense(10, last)])  # fmt: skip
    model.compile("adam", loss)
    if epochs:
        model.fit(*bars(400, seed=1), batch_size=16, epochs=epochs, verbose=0)
    return model


def from_logits():
    import keras

    return fitted(None, keras.losses.SparseCategoricalCrossentropy(from_logits=True))


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (from_logits, "right"),
        (lambda: fitted("softmax"), "right"),
        (lambda: fitted("softmax", epochs=0), "at least 0.75 is asked for"),
        (lambda: fitted("softmax", units=64, epochs=0), "it should have 25,450"),
        (lambda: fitted("softmax").get_weights(), "a Keras model is asked for"),
    ],
)
def test_the_repaired_network(build, message, capsys):
    verdict = said("02_catalogue.2", (build, *bars()), capsys)
    assert message in verdict and (message == "right") == (verdict == "right"), verdict
