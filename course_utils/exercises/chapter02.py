"""Checkers of the exercises of chapter 02."""

import math
import numbers
from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, call, judge, number, whole


def check_1(answer: Any) -> None:
    """Parameters of 64–64–46 on 10,000 words: a whole number."""
    weights = 64 * 10_000 + 64 * 64 + 46 * 64
    known = {
        weights: "the weights are right; each unit has a bias too",
        weights + 3: "one bias for each unit, not for each layer",
        64 * 10_001 + 46 * 65: "the second hidden layer of 64 units is missing",
        64 * 10_001 + 64 * 65: "the last layer, one unit for each topic, is missing",
        64 * 10_001 + 64 * 65 + 45 * 65: "each of the 46 topics has a unit of its own",
        10_000 * 65 + 64 * 65 + 64 * 47: "a layer has units · (inputs + 1) parameters, not "
        "inputs · (units + 1)",
    }
    judge(answer, lambda value: number(value, weights + 64 + 64 + 46, known))


def check_2(answer: Any) -> None:
    """Difference of the outputs behind a ratio of 9: a number, to two decimals."""
    known = {
        9.0: "that is the ratio of the probabilities; the outputs differ by its logarithm",
        8.0: "probabilities are not proportional to outputs: e to the power of them is",
        float(np.log10(9)): "that is the logarithm to base 10; softmax raises e to the outputs",
        float(np.log2(9)): "that is the logarithm to base 2; softmax raises e to the outputs",
        float(np.exp(9)): "the other way: e to the power of the difference is the ratio",
    }

    def examine(value: Any) -> None:
        found = _real(value)
        if abs(abs(found) - np.log(9)) > 0.006:
            close = (text for v, text in known.items() if abs(abs(found) - v) < 0.006 * max(v, 1))
            raise Wrong(next(close, f"{found:.2f} is not the number"))
        if found < 0:
            raise Wrong("the sign: the more probable class has the larger output")

    judge(answer, examine)


def _real(value: Any) -> float:
    real = isinstance(value, numbers.Real) and not isinstance(value, bool)
    if not real or not math.isfinite(value):
        raise Wrong(f"a number is asked for, this is {value!r}")
    return float(value)


def _softmax(outputs: np.ndarray, axis: int | None = 1) -> np.ndarray:
    powers = np.exp(outputs - outputs.max(axis=axis, keepdims=True))
    return powers / powers.sum(axis=axis, keepdims=True)


def check_3(answer: Any) -> None:
    """`answer(outputs)`: softmax of each row of (n, classes), also for large outputs."""

    def examine(function: Any) -> None:
        outputs = np.array([[17.2, 15.8, 3.0], [-2.0, 0.0, 1.0]])
        known = {
            "the whole array adds to one: each row should": _softmax(outputs, None),
            "the columns add to one: each row should": _softmax(outputs, 0),
            "these are shares of the absolute values: raise e to the outputs first": outputs
            / np.abs(outputs).sum(axis=1, keepdims=True),
            "these are the powers of e: divide each row by its sum": np.exp(outputs),
            "this is the logarithm of softmax": np.log(_softmax(outputs)),
        }
        _close(call(function, outputs.copy()), _softmax(outputs), known)
        large = np.array([[1000.0, 999.0], [-1000.0, -1000.0]])
        with np.errstate(all="ignore"):
            value = call(function, large.copy())
        if not np.all(np.isfinite(_numbers(value))):
            raise Wrong(
                "for outputs of 1,000 or −1,000 it is not finite: subtract the largest of the "
                "row before you raise e to it"
            )
        _close(value, _softmax(large), {})

    judge(answer, examine)


def _close(value: Any, right: np.ndarray, known: dict[str, np.ndarray]) -> None:
    """Wrong unless `value` is `right` to six digits; `known` wrong results by their message."""
    value = _numbers(value)
    if value.shape != right.shape:
        raise Wrong(f"the shape is {value.shape}, it should be {right.shape}")
    if not np.allclose(value, right, rtol=1e-5, atol=1e-6):
        for message, wrong in known.items():
            if np.allclose(value, wrong, rtol=1e-5, atol=1e-6):
                raise Wrong(message)
        at = np.unravel_index(np.argmax(~np.isclose(value, right, 1e-5, 1e-6)), right.shape)
        place = ", ".join(map(str, at))
        raise Wrong(f"the value at [{place}] is {value[at]:.4f}, it should be {right[at]:.4f}")


def _numbers(value: Any) -> np.ndarray:
    try:
        value = np.asarray(value)
    except ValueError as error:
        raise Wrong("an array is asked for, this has rows of different lengths") from error
    if value.dtype.kind not in "fiu":
        raise Wrong(f"numbers are asked for, this is of dtype {value.dtype}")
    return value


def check_4(answer: Any) -> None:
    """`answer()`: a compiled network with 64 hidden units that tags newswires with 46 topics."""
    import keras

    def examine(build: Any) -> None:
        model = call(build)
        if not isinstance(model, keras.Model):
            raise Wrong(f"a Keras model is asked for, this is of type {type(model).__name__}")
        _check_tagger(model)

    judge(answer, examine)


def _check_tagger(model: Any) -> None:
    import keras

    if not model.built:
        raise Wrong("the network has no input shape yet: begin with keras.Input((10_000,))")
    shape = getattr(model, "input_shape", None)
    if shape != (None, 10_000):
        raise Wrong(f"the input shape is {shape and shape[1:]}, it should be (10000,)")
    dense = [i for i, layer in enumerate(model.layers) if isinstance(layer, keras.layers.Dense)]
    units = [model.layers[i].units for i in dense]
    if units != [64, 46]:
        raise Wrong(f"dense layers of 64 and 46 units are asked for, found {units}")
    hidden, last = (_activation(model.layers[a:b]) for a, b in (dense, (dense[1], None)))
    if hidden != "relu":
        raise Wrong("the hidden layer has no relu")
    if last == "softmax":
        raise Wrong(
            "softmax makes the topics share a probability of 1: two true topics would get "
            "one half each; each topic needs a yes-or-no of its own"
        )
    _check_tagging_loss(model, last)


def _activation(layers: list[Any]) -> str | None:
    """Name of what a dense layer and the layers behind it do to the sums, None for another."""
    import keras

    first, *others = layers
    probe = keras.ops.reshape(keras.ops.linspace(-2.0, 3.0, 46), (1, 46))
    found = first.activation(probe)
    for layer in others:
        found = layer(found) if not layer.weights else found
    for name in ("relu", "sigmoid", "softmax", "linear"):
        if np.allclose(found, keras.activations.get(name)(probe), atol=1e-5):
            return name
    return None


def _check_tagging_loss(model: Any, last: str | None) -> None:
    import keras

    if not model.compiled:
        raise Wrong("the network is not compiled: the loss is part of the answer")
    try:
        loss = keras.losses.get(model.loss)
    except (ValueError, TypeError) as error:
        raise Wrong(f"Keras knows no loss {model.loss!r}") from error
    binary = loss is keras.losses.binary_crossentropy
    if not binary and not isinstance(loss, keras.losses.BinaryCrossentropy):
        raise Wrong(
            "the loss should ask a yes-or-no question of each topic; this one is "
            f"{getattr(loss, '__name__', type(loss).__name__)}"
        )
    logits = not binary and loss.get_config()["from_logits"]
    if last == "sigmoid" and logits:
        raise Wrong("sigmoid is applied twice: the loss with from_logits=True applies it, too")
    if last == "linear" and not logits:
        raise Wrong("the last layer has no activation: its outputs are no probabilities")
    if last not in ("sigmoid", "linear"):
        name = last or "the last activation"
        raise Wrong(f"{name} does not give each topic a probability between 0 and 1")


def _stops(losses: list[float], patience: int, ties: bool = False) -> tuple[int, int]:
    """Epoch of the stop, best epoch; `ties`: as if an equal loss were a better one."""
    best = 1
    for epoch, loss in enumerate(losses, start=1):
        if loss < losses[best - 1] or (ties and loss == losses[best - 1]):
            best = epoch
        if epoch - best == patience:
            return epoch, best
    return len(losses), best


def check_5(answer: Any) -> None:
    """`answer(losses, patience)` -> (epoch of the stop, best epoch), both from 1."""
    cases = [
        ([0.5, 0.3, 0.35, 0.36, 0.37, 0.38], 2),
        ([0.3, 0.3, 0.3, 0.3], 2),
        ([0.5, 0.4, 0.3, 0.35, 0.36, 0.2], 2),
        ([0.5, 0.4, 0.45, 0.39, 0.41, 0.42, 0.43], 3),
        ([0.5, 0.4, 0.3], 1),
        ([0.6, 0.5, 0.55, 0.54, 0.3], 2),
    ]

    def examine(stops: Any) -> None:
        for losses, patience in cases:
            try:
                _check_stop(call(stops, list(losses), patience), losses, patience)
            except Wrong as wrong:
                raise Wrong(f"for losses {losses} and patience {patience}: {wrong}") from wrong

    judge(answer, examine)


def _check_stop(value: Any, losses: list[float], patience: int) -> None:
    right = _stops(losses, patience)
    if not isinstance(value, tuple | list | np.ndarray) or len(value) != 2:
        raise Wrong(f"a pair (stop, best) is asked for, this is {value!r}")
    pair = tuple(whole(v) for v in value)
    if pair == right:
        return
    if pair == right[::-1]:
        raise Wrong("the two are exchanged: the stop first, then the best epoch")
    if pair == (right[0] - 1, right[1] - 1):
        raise Wrong("epochs count from 1")
    if pair == (right[0], right[0]):
        raise Wrong("it brings back the weights of the best epoch, not those of the last")
    if pair == _stops(losses, patience, ties=True):
        raise Wrong("an equal loss is no better one: it has not gone below the best")
    if pair == (right[0] + 1, right[1]):
        raise Wrong("it stops one epoch too late: it ends when the patience is used up")
    if pair[-1] == int(np.argmin(losses)) + 1 > right[0]:
        raise Wrong("a loss after the stop is never seen: the training has ended")
    raise Wrong(f"{pair} is not the pair")


def check_6(answer: Any) -> None:
    """`answer(y_true, y_pred, s)`: cross-entropy with smoothed targets, (m,)."""

    def examine(smoothed: Any) -> None:
        y_true = np.array([0, 2, 1, 2])
        y_pred = _softmax(np.random.default_rng(2).normal(0, 2, (4, 3)))
        logs, one_hot, s, n = np.log(y_pred), np.eye(3)[y_true], 0.1, 3
        right = -((one_hot * (1 - s) + s / n) * logs).sum(axis=1)
        others = one_hot * (1 - s) + (1 - one_hot) * s / (n - 1)
        known = {
            "this is cross-entropy without smoothing": -(one_hot * logs).sum(axis=1),
            "the true class gets s/n, too: 1 − s + s/n": -(
                (one_hot * (1 - s) + (1 - one_hot) * s / n) * logs
            ).sum(axis=1),
            "s is spread over all n classes, the true one included": -(others * logs).sum(axis=1),
            "the sign: a loss is minus the logarithm": -right,
            "add over the classes, do not average": right / n,
        }
        value = _numbers(call(smoothed, y_true.copy(), y_pred.copy(), s))
        if value.ndim == 0:
            raise Wrong("one number for the batch; a loss for each sample is asked for, (m,)")
        _close(value, right, known)
        plain = call(smoothed, y_true.copy(), y_pred.copy(), 0.0)
        _close(plain, -(one_hot * logs).sum(axis=1), {})

    judge(answer, examine)
