"""The checkers of chapter 02 tell unattempted, wrong and right answers apart."""

from functools import cache

import nbformat
import notebook_tools as tools
import numpy as np
import pytest
from checker_tools import said

from course_utils.exercises import chapter02

ALL = [getattr(chapter02, f"check_{i}") for i in range(1, 7)]


@pytest.mark.parametrize("i", range(6))
def test_each_solution_is_right(i, capsys):
    import keras

    nb = nbformat.read(tools.FOLDER / "02_dense_classifiers.ipynb", as_version=4)
    answer = tools.solution(tools.exercises(nb)[i][2])
    names = {"np": np, "keras": keras, "layers": keras.layers}
    exec(answer, names)
    assert said(ALL[i], list(names.values())[-1], capsys) == "right"


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (647_214, "right"),
        (647_214.0, "right"),
        (647_040, "each unit has a bias too"),
        (647_043, "one bias for each unit, not for each layer"),
        (643_054, "the second hidden layer of 64 units is missing"),
        (644_224, "the last layer, one unit for each topic, is missing"),
        (647_149, "each of the 46 topics has a unit of its own"),
        (657_168, "units · (inputs + 1) parameters, not inputs · (units + 1)"),
        (12, "12 is not the number"),
        ("many", "a whole number is asked for, this is 'many'"),
    ],
)
def test_exercise_1_parameters(answer, message, capsys):
    assert message in said(chapter02.check_1, answer, capsys)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (np.log(9), "right"),
        (np.float32(2.1972), "right"),
        (float("nan"), "a number is asked for, this is nan"),
        (np.complex128(2.2), "a number is asked for"),
        (2.2, "right"),
        (9, "that is the ratio of the probabilities"),
        (-9.0, "that is the ratio of the probabilities"),
        (8, "probabilities are not proportional to outputs"),
        (np.log10(9), "the logarithm to base 10"),
        (np.log2(9), "the logarithm to base 2"),
        (np.exp(9), "the other way"),
        (-np.log(9), "the more probable class has the larger output"),
        (2.0, "2.00 is not the number"),
        (True, "a number is asked for, this is True"),
        ("9", "a number is asked for, this is '9'"),
    ],
)
def test_exercise_2_difference(answer, message, capsys):
    out = said(chapter02.check_2, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def softmax(outputs, axis=1):
    powers = np.exp(outputs - outputs.max(axis=1, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def whole(outputs):
    powers = np.exp(outputs - outputs.max())
    return powers / powers.sum()


def down(outputs):
    return softmax(outputs.T).T


def naive(outputs):
    return np.exp(outputs) / np.exp(outputs).sum(axis=1, keepdims=True)


def keras_softmax(outputs):
    import keras

    return keras.ops.softmax(outputs)


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (softmax, "right"),
        (lambda o: softmax(o).tolist(), "right"),
        (keras_softmax, "right"),
        (whole, "the whole array adds to one"),
        (down, "the columns add to one"),
        (lambda o: o / np.abs(o).sum(axis=1, keepdims=True), "shares of the absolute values"),
        (np.exp, "divide each row by its sum"),
        (lambda o: np.log(softmax(o)), "this is the logarithm of softmax"),
        (naive, "for outputs of 1,000 or −1,000 it is not finite"),
        (lambda o: naive(np.clip(o, -500, 500)), "at [0, 0] is 0.5000, it should be 0.7311"),
        (lambda o: softmax(o / 2), "it should be 0.8022"),
        (lambda o: softmax(o)[0], "the shape is (3,), it should be (2, 3)"),
        (lambda o: "rows", "numbers are asked for, this is of dtype <U4"),
    ],
)
def test_exercise_3_softmax_of_rows(answer, message, capsys):
    out = said(chapter02.check_3, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


@cache
def layers_of(last, units, hidden, words):
    import keras

    dense = [keras.layers.Dense(units[0], activation=hidden)]
    dense += [keras.layers.Dense(n, activation=last) for n in units[1:]]
    return keras.Sequential([keras.Input((words,))] * (words is not None) + dense)


def tagger(
    last="sigmoid",
    loss="binary_crossentropy",
    units=(64, 46),
    hidden="relu",
    words=10_000,
    logits=None,
):
    """The network asked for, with a mistake; `logits`: a loss object, told so or not."""
    import keras

    model = keras.models.clone_model(layers_of(last, units, hidden, words))
    if loss:
        made = keras.losses.BinaryCrossentropy(from_logits=bool(logits))
        model.compile(loss=loss if logits is None else made)
    return model


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "right"),
        ({"loss": "bce"}, "right"),
        ({"logits": False}, "right"),
        ({"last": None, "logits": True}, "right"),
        ({"words": None}, "begin with keras.Input((10_000,))"),
        ({"words": 46}, "the input shape is (46,), it should be (10000,)"),
        ({"units": (64,)}, "dense layers of 64 and 46 units are asked for, found [64]"),
        ({"units": (32, 46)}, "found [32, 46]"),
        ({"units": (64, 64, 46)}, "found [64, 64, 46]"),
        ({"hidden": None}, "the hidden layer has no relu"),
        ({"last": "softmax"}, "two true topics would get one half each"),
        ({"loss": None}, "the network is not compiled"),
        ({"loss": "categorical_crossentropy"}, "this one is categorical_crossentropy"),
        ({"loss": "MeanSquaredError"}, "this one is MeanSquaredError"),
        ({"logits": True}, "sigmoid is applied twice"),
        ({"last": None}, "the last layer has no activation"),
        ({"last": None, "logits": False}, "the last layer has no activation"),
        ({"last": "tanh"}, "the last activation does not give each topic a probability"),
        ({"last": "relu", "logits": True}, "relu does not give each topic a probability"),
    ],
)
def test_exercise_4_tagger(settings, message, capsys):
    out = said(chapter02.check_4, lambda: tagger(**settings), capsys)
    assert message in out and (message == "right") == (out == "right")


def test_exercise_4_activations_may_be_layers_of_their_own(capsys):
    import keras

    def apart(last="sigmoid"):
        dense = [keras.layers.Dense(64), keras.layers.ReLU(), keras.layers.Dense(46)]
        model = keras.Sequential([keras.Input((10_000,)), *dense, keras.layers.Activation(last)])
        model.compile(loss="binary_crossentropy")
        return model

    assert said(chapter02.check_4, apart, capsys) == "right"
    out = said(chapter02.check_4, lambda: apart("softmax"), capsys)
    assert "two true topics would get one half each" in out


def test_exercise_4_an_unknown_loss_is_named(capsys):
    def build():
        model = tagger()
        model.loss = "binary_crossentropie"
        return model

    out = said(chapter02.check_4, build, capsys)
    assert out == "wrong: Keras knows no loss 'binary_crossentropie'"


def test_exercise_4_something_else_than_a_model_is_named(capsys):
    out = said(chapter02.check_4, lambda: "sigmoid", capsys)
    assert "a Keras model is asked for, this is of type str" in out


def stops(losses, patience, late=0, until=None):
    """Early stopping; `late`: epochs more than the patience, `until`: epochs that count as best."""
    for epoch in range(1, len(losses) + 1):
        best = int(np.argmin(losses[:epoch])) + 1
        if epoch - best == patience + late:
            break
    return epoch, int(np.argmin(losses[: until or epoch])) + 1


def strays(losses, patience):
    stop, best = stops(losses, patience)
    return min(stop + 1, len(losses)), best


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (stops, "right"),
        (lambda x, p: list(stops(x, p)), "right"),
        (lambda x, p: np.array(stops(x, p)), "right"),
        (lambda x, p: stops(x, p)[::-1], "the stop first, then the best epoch"),
        (lambda x, p: np.subtract(stops(x, p), 1), "epochs count from 1"),
        (lambda x, p: stops(x, p)[:1] * 2, "not those of the last"),
        (lambda x, p: stops(x, p, until=len(x)), "a loss after the stop is never seen"),
        (lambda x, p: stops(x, p, late=1), "it stops one epoch too late"),
        (strays, "it stops one epoch too late"),
        (lambda x, p: (2, 2), "(2, 2) is not the pair"),
        (lambda x, p: (1, 2, 3), "a pair (stop, best) is asked for, this is (1, 2, 3)"),
        (lambda x, p: 3, "a pair (stop, best) is asked for, this is 3"),
        (lambda x, p: ("last", "best"), "a whole number is asked for, this is 'last'"),
        (lambda x, p: (5.4, 3.4), "a whole number is asked for, this is 5.4"),
        (lambda x, p: "53", "a pair (stop, best) is asked for, this is '53'"),
        (lambda x, p: chapter02._stops(x, p, ties=True), "an equal loss is no better one"),
    ],
)
def test_exercise_5_stops(answer, message, capsys):
    out = said(chapter02.check_5, answer, capsys)
    assert message in out and (message == "right") == (out == "right")


def test_exercise_5_says_for_which_losses(capsys):
    out = said(chapter02.check_5, lambda x, p: stops(x, p) if len(set(x)) > 1 else (4, 4), capsys)
    start = "wrong: for losses [0.3, 0.3, 0.3, 0.3] and patience 2: "
    assert out.startswith(start)


def smoothed(true=lambda s, n: 1 - s + s / n, other=lambda s, n: s / n, after=lambda loss: loss):
    """The loss with these targets for the true class and the others."""

    def answer(y_true, y_pred, s):
        n = y_pred.shape[1]
        targets = np.where(np.eye(n)[y_true], true(s, n), other(s, n))
        return after(-(targets * np.log(y_pred)).sum(axis=1))

    return answer


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        (smoothed(), "right"),
        (smoothed(after=list), "right"),
        (smoothed(lambda s, n: 1, lambda s, n: 0), "cross-entropy without smoothing"),
        (smoothed(true=lambda s, n: 1 - s), "the true class gets s/n, too"),
        (
            smoothed(lambda s, n: 1 - s, lambda s, n: s / (n - 1)),
            "s is spread over all n classes, the true one included",
        ),
        (smoothed(after=np.negative), "a loss is minus the logarithm"),
        (smoothed(after=lambda loss: loss / 3), "add over the classes, do not average"),
        (smoothed(after=np.mean), "one number for the batch"),
        (smoothed(after=lambda loss: loss[:, np.newaxis]), "the shape is (4, 1)"),
        (smoothed(after=lambda loss: loss + 1), "the value at [0] is 1.5199, it should be 0.5199"),
        (lambda t, p, s: smoothed()(t, p, 0.1), "the value at [0] is 0.5199, it should be 0.4323"),
        (lambda t, p, s: ["a"] * 4, "numbers are asked for, this is of dtype <U1"),
    ],
)
def test_exercise_6_label_smoothing(answer, message, capsys):
    out = said(chapter02.check_6, answer, capsys)
    assert message in out and (message == "right") == (out == "right")
