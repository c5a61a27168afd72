"""Checkers of the exercises of chapter 02."""
# fmt: off

from functools import partial
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_parameters, network, variant

_WEIGHTS = 64 * 10_000 + 64 * 64 + 46 * 64
check_1 = ex.value("Parameters of 64–64–46 on 10,000 words.", _WEIGHTS + 64 + 64 + 46, {
    _WEIGHTS: "the weights are right; each unit has a bias too",
    _WEIGHTS + 3: "one bias for each unit, not for each layer",
    64 * 10_001 + 46 * 65: "the second hidden layer of 64 units is missing",
    64 * 10_001 + 64 * 65: "the last layer, one unit for each topic, is missing",
    64 * 10_001 + 64 * 65 + 45 * 65: "each of the 46 topics has a unit of its own",
    10_000 * 65 + 64 * 65 + 64 * 47:
        "a layer has units · (inputs + 1) parameters, not inputs · (units + 1)",
})


@ex.examined
def check_2(answer: Any) -> None:
    """Difference of the outputs behind a ratio of 9, to two decimals."""
    difference = ex.real(answer)
    ex.match(abs(difference), float(np.log(9)), {
        9.0: "that is the ratio of the probabilities; the outputs differ by its logarithm",
        8.0: "probabilities are not proportional to outputs: e to the power of them is",
        np.log10(9): "that is the logarithm to base 10; softmax raises e to the outputs",
        np.log2(9): "that is the logarithm to base 2; softmax raises e to the outputs",
        np.exp(9): "the other way: e to the power of the difference is the ratio",
    }, tolerance=0.006)
    if difference < 0:
        raise Wrong("the sign: the more probable class has the larger output")


def _softmax(outputs: np.ndarray, axis: int | None = 1) -> np.ndarray:
    powers = np.exp(outputs - outputs.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


_OVERFLOW = "not finite: subtract the largest of the row before you raise e to it"


@ex.function(
    (np.array([[17.2, 15.8, 3.0], [-2.0, 0.0, 1.0]]),),
    (np.array([[1000.0, 999.0], [-1000.0, -1000.0]]),),
    want=partial(ex.real_numbers, not_finite=_OVERFLOW), case="{}",
)
def check_3(outputs: np.ndarray) -> tuple:
    """`answer(outputs)`: softmax of each row of (n, classes), also for large outputs."""
    return _softmax(outputs), {
        "the whole array adds to one: each row should": _softmax(outputs, None),
        "the columns add to one: each row should": _softmax(outputs, 0),
        "these are shares of the absolute values: raise e to the outputs first":
            outputs / np.abs(outputs).sum(axis=1, keepdims=True),
        "these are the powers of e: divide each row by its sum": np.exp(outputs),
        "this is the logarithm of softmax": np.log(_softmax(outputs)),
    }


_NAMES = ("relu", "sigmoid", "linear", "softmax", "tanh")
_ACTIVATIONS = {(hidden, last): (hidden, last) for hidden in _NAMES for last in _NAMES}


def _tagger(x: Any, weights: dict, biases: dict, hidden: str, last: str) -> Any:
    from keras import activations

    x = activations.get(hidden)(x @ weights[10_000, 64] + biases[64])
    return activations.get(last)(x @ weights[64, 46] + biases[46])


@ex.examined
def check_4(build: Any) -> None:
    """`answer()`: a compiled network with 64 hidden units that tags newswires with 46 topics."""
    model = network(build, (10_000,))
    units = [w.shape[-1] for w in model.weights if len(w.shape) > 1]
    if units != [64, 46]:
        raise Wrong(f"dense layers of 64 and 46 units are asked for, found {units}")
    check_parameters(model, 10_001 * 64 + 65 * 46)
    found = variant(model, [(10_000, 64), (64, 46)], _tagger, _ACTIVATIONS)
    if found is None:
        raise Wrong("this is not one dense layer behind the other, each with a known activation")
    hidden, last = found
    if hidden != "relu":
        raise Wrong("the hidden layer has no relu")
    if last == "softmax":
        raise Wrong("softmax makes the topics share a probability of 1: two true topics would get "
                    "one half each; each topic needs a yes-or-no of its own")
    logits = _takes_logits(model)
    if last == "sigmoid" and logits:
        raise Wrong("sigmoid is applied twice: the loss with from_logits=True applies it, too")
    if last == "linear" and not logits:
        raise Wrong("the last layer has no activation: its outputs are no probabilities")
    if last not in ("sigmoid", "linear"):
        raise Wrong(f"{last} does not give each topic a probability between 0 and 1")


def _takes_logits(model: Any) -> bool:
    """Whether the model's loss, binary cross-entropy, takes logits; Wrong for another loss."""
    from keras import losses

    if not model.compiled:
        raise Wrong("the network is not compiled: the loss is part of the answer")
    loss = model.loss[0] if isinstance(model.loss, list) and model.loss else model.loss
    try:
        loss = losses.get(loss)
    except (ValueError, TypeError) as error:
        raise Wrong(f"Keras knows no loss {ex.shown(loss)}") from error
    y, p = np.random.default_rng(4).uniform(0.1, 0.9, (2, 3, 46)).astype("float32")
    found = getattr(loss, "call", loss)(y.round(), p)
    for logits in (False, True):
        wanted = losses.binary_crossentropy(y.round(), p, from_logits=logits)
        if ex.same(np.mean(found), np.mean(wanted)):
            return logits
    name = getattr(loss, "__name__", type(loss).__name__)
    raise Wrong(f"the loss should ask a yes-or-no question of each topic; this one is {name}")


def _stops(losses: list[float], patience: int, ties: bool = False) -> tuple[int, int]:
    """Epoch of the stop, best epoch; `ties`: as if an equal loss were a better one."""
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1] or (ties and loss == losses[best - 1]):
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(losses), best


@ex.function(
    ([0.5, 0.3, 0.35, 0.36, 0.37, 0.38], 2),
    ([0.3, 0.3, 0.3, 0.3], 2),
    ([0.5, 0.4, 0.3, 0.35, 0.36, 0.2], 2),
    ([0.5, 0.4, 0.45, 0.39, 0.41, 0.42, 0.43], 3),
    ([0.5, 0.4, 0.3], 1),
    ([0.6, 0.5, 0.55, 0.54, 0.3], 2),
    want=ex.pair("stop, best", ex.whole), case="losses {} and patience {}",
)
def check_5(losses: list[float], patience: int) -> tuple:
    """`answer(losses, patience)` -> (epoch of the stop, best epoch), both from 1."""
    (stop, best), lowest = _stops(losses, patience), int(np.argmin(losses)) + 1
    unseen = {"a loss after the stop is never seen: the training has ended": (stop, lowest)}
    return (stop, best), {
        "the two are exchanged: the stop first, then the best epoch": (best, stop),
        "epochs count from 1": (stop - 1, best - 1),
        "it brings back the weights of the best epoch, not those of the last": (stop, stop),
        "an equal loss is no better one: it has not gone below the best":
            _stops(losses, patience, ties=True),
        "it stops one epoch too late: it ends when the patience is used up": (stop + 1, best),
        **(unseen if lowest > stop else {}),
    }


_PROBABILITIES = _softmax(np.random.default_rng(2).normal(0, 2, (4, 3)))


@ex.function(*((np.array([0, 2, 1, 2]), _PROBABILITIES, s) for s in (0.1, 0.0)), case="s={2}")
def check_6(y_true: np.ndarray, y_pred: np.ndarray, s: float) -> tuple:
    """`answer(y_true, y_pred, s)`: cross-entropy with smoothed targets, (m,)."""
    n, logs = y_pred.shape[1], np.log(y_pred)
    one_hot = np.eye(n)[y_true]

    def loss(true: float, other: float) -> np.ndarray:
        return -((one_hot * true + (1 - one_hot) * other) * logs).sum(axis=1)

    right = loss(1 - s + s / n, s / n)
    return right, {
        "this is cross-entropy without smoothing": loss(1, 0),
        "the true class gets s/n, too: 1 − s + s/n": loss(1 - s, s / n),
        "s is spread over all n classes, the true one included": loss(1 - s, s / (n - 1)),
        "the sign: a loss is minus the logarithm": -right,
        "add over the classes, do not average": right / n,
        "one number for the batch; a loss for each sample is asked for, (m,)": right.mean(),
    }


hint, score = ex.helpers(__name__, {
    1: ("A dense layer has one weight for each pair of input and unit, and one bias for each unit.",
        "The first layer has 64 · (10,000 + 1) parameters; there are two more layers."),
    2: ("The probabilities are proportional to e to the power of the outputs.",
        "e^(a - b) = 9: which function undoes the power?"),
    3: ("e to the power of 1,000 overflows, but a softmax stays the same if every output of a row "
        "is shifted by the same number.",
        "Subtract outputs.max(axis=1, keepdims=True) before np.exp; sum with keepdims=True, too."),
    4: ("The 46 probabilities need not add to 1: each topic is a yes or no of its own.",
        "A sigmoid at the end, and as the loss the binary cross-entropy."),
    5: ("Go through the losses and remember the best epoch so far.",
        "It ends as soon as epoch - best == patience; if that never happens, with the last one."),
    6: ("np.eye(n)[y_true] is the one-hot form of the labels.",
        "The targets are (1 - s) · one-hot + s / n; the loss is minus the sum of targets · "
        "log(y_pred) in each row."),
})
