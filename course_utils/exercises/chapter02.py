"""Checkers of the exercises of chapter 02."""
# fmt: off

from functools import partial
from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_parameters, check_reached, network, variant

_WEIGHTS = 256 * 784 + 128 * 256 + 10 * 128
check_1 = ex.value("Parameters of 256–128–10 on 784 inputs.", _WEIGHTS + 256 + 128 + 10, {
    _WEIGHTS: "the weights are right; each unit has a bias too",
    _WEIGHTS + 3: "one bias for each unit, not for each layer",
    256 * 785 + 10 * 257: "the second hidden layer of 128 units is missing",
    256 * 785 + 128 * 257: "the last layer, one unit for each digit, is missing",
    256 * 785 + 128 * 785 + 10 * 785: "only the first layer sees the image: the inputs of a layer "
        "are the outputs of the one before it",
    784 * 257 + 256 * 129 + 128 * 11:
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
    """`answer(logits)`: softmax of each row of (n, classes), also for large outputs."""
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


_START, _UNKNOWN = 1, 2
_WORDS = ["<pad>", "<start>", "<unknown>", "<unused>", "the", "film", "is", "not", "good", "bad"]


def _vector(numbers: list[int], count: bool = False) -> np.ndarray:
    found = np.bincount(numbers, minlength=len(_WORDS))[np.newaxis]
    return found if count else np.minimum(found, 1)


@ex.function(
    ("the film is good", _WORDS), ("The film is bad", _WORDS),
    ("not good the film is not good", _WORDS), ("the dreadful film", _WORDS),
    case="the text {!r}",
)
def check_5(text: str, words: list[str]) -> tuple:
    """`answer(text, words)`: the multi-hot vector of a text, (1, words)."""
    written = [words.index(word) if word in words else _UNKNOWN for word in text.split()]
    numbers = [words.index(w) if w in words else _UNKNOWN for w in text.lower().split()]
    right = _vector([_START, *numbers])
    return right, {
        "1, the start, is in every vector": _vector(numbers),
        "a word that occurs twice leaves one 1": _vector([_START, *numbers], count=True),
        "the unknown word leaves a 1 at number 2":
            _vector([_START, *(number for number in numbers if number != _UNKNOWN)]),
        "the list holds words in lower case": _vector([_START, *written]),
        "these are the word numbers: put a 1 at each of them in a row of zeros":
            np.array([_START, *numbers]),
    }


LEAST = 0.7  # accuracy of the repaired network


@ex.examined
def check_6(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a network trained on word numbers, 0.7 of the reviews `x` correct."""
    from course_utils import training

    x, y = ex.as_array(x), ex.as_array(y)
    model = network(repaired, x.shape[1:])
    if model.output_shape[1:] != (1,):
        raise Wrong(f"the output shape is {model.output_shape}, it should be (None, 1)")
    with ex.reported("your network stops with"):
        accuracy = np.mean(training.predict(model, x) == y)
    check_reached(model, "accuracy", accuracy, LEAST)


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
def check_7(losses: list[float], patience: int) -> tuple:
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


hint, score = ex.helpers(__name__, {
    1: ("A dense layer has one weight for each pair of input and unit, and one bias for each unit.",
        "The first layer has 256 · (784 + 1) parameters; there are two more layers."),
    2: ("The probabilities are proportional to e to the power of the outputs.",
        "e^(a - b) = 9: which function undoes the power?"),
    3: ("e to the power of 1,000 overflows, but a softmax stays the same if every output of a row "
        "is shifted by the same number.",
        "Subtract outputs.max(axis=1, keepdims=True) before np.exp; sum with keepdims=True, too."),
    4: ("The 46 probabilities need not add to 1: each topic is a yes or no of its own.",
        "A sigmoid at the end, and as the loss the binary cross-entropy."),
    5: ("Look up the number of each word, then set a row of zeros to 1 at these numbers.",
        "{word: number for number, word in enumerate(words)}.get(word, 2) gives the number; "
        "with np.zeros((1, len(words))), vector[0, numbers] = 1 sets all of them."),
    6: ("What does a dense unit do with the number of a word? And what stands at position 17 in "
        "one review and in the next?",
        "Input of dtype int32, Embedding, GlobalAveragePooling1D, Dense(1, sigmoid); RMSprop with "
        "a learning rate of 0.03 needs about five epochs."),
    7: ("Go through the losses and remember the best epoch so far.",
        "It ends as soon as epoch - best == patience; if that never happens, with the last one."),
})
