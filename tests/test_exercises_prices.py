"""The exercise of chapter 03 that asks for a trained network: judged by its error on prices."""

import numpy as np
import pytest
from exercise_tools import said

RNG = np.random.default_rng(0)
X = RNG.normal(size=(60, 4))
Y = 20 + X @ [3.0, -4.0, 2.0, 1.0] + RNG.normal(0, 0.5, 60)


def linear(weights=(3, -4, 2, 1), bias=20, activation=None, units=1, steps=1):
    """A network of one layer with these weights, compiled after `steps` of no effect."""
    import keras

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(units, activation)])
    if steps:
        model.compile("sgd", "mse")
        model.fit(X[:4], np.zeros((4, units)), epochs=steps, verbose=0)
    kernel = np.repeat(np.array(weights, float)[:, np.newaxis], units, axis=1)
    model.set_weights([kernel, np.full(units, float(bias))])
    return model


def test_a_trained_network_is_right(capsys):
    assert said("03.2", (linear, X, Y), capsys) == "right"


WRONG = {
    "a sigmoid at the end": (
        lambda: linear(activation="sigmoid"),
        "no prediction is above 1.00. Which activation has the last layer?",
    ),
    "nothing fitted": (
        lambda: linear((1, 1, 1, 1), 5, steps=0),
        "was it trained, by `fit`, before it was returned?",
    ),
    "one price for all": (lambda: linear((0, 0, 0, 0)), "it predicts about 20.0 for every"),
    "too little": (lambda: linear((1, 0, 0, 0)), "standardized features, and for long enough?"),
    "a loss of nan": (lambda: linear((np.nan,) * 4), "its predictions are not finite"),
    "two outputs": (lambda: linear(units=2), "it should be (None, 1): one price"),
}


@pytest.mark.parametrize("case", WRONG)
def test_fault_network_that_does_not_predict_prices(case, capsys, fault):
    build, message = WRONG[case]
    verdict = said("03.2", (build, X, Y), capsys)
    assert verdict.startswith("wrong: ") and message in verdict, verdict
    fault("exercises", f"a network that predicts prices is asked for: {case}", verdict)
