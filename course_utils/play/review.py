"""Words of a review, switched on and off: the probability of "positive" follows."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from course_utils.play.page import Playable, assembled, packed, too_large
from course_utils.plots import style
from course_utils.plots.alt import describe

if TYPE_CHECKING:
    import keras

ACTIVATIONS = ("linear", "relu", "tanh")
MOST_REVIEWS, UNKNOWN = 6, 2  # 2 stands for a word that is not in the vocabulary
# Words of a review that are shown, and words that can be added: the first pair that fits.
A_PAGE = ((120, 300), (120, 150), (120, 60), (120, 0), (80, 0), (50, 0), (30, 0))
SPECIAL = 4  # word numbers below it are no words
TINTS = (style.VERMILION, style.BLUE)


def review_words(
    model: "keras.Model", reviews: Sequence[Sequence[int]],
    words: Sequence[str] | Mapping[int, str], *, labels: Sequence[int] | None = None,
) -> Playable:  # fmt: skip
    """The words of a review as buttons, and what `model` predicts without those switched off.

    The input of the network is multi-hot: a word that is switched off leaves it with all its
    occurrences. Of a long review the first 120 words are shown, the others are one button. The
    weights are those of `model` now; of the first layer the page has the rows that it needs.

    Parameters
    ----------
    model : keras.Model
        A chain of Dense layers (relu, tanh, or linear) on multi-hot vectors, one row of its first
        kernel for each word of the vocabulary; it ends in one sigmoid unit, the probability of
        class 1, "positive". Dropout is skipped, as always at inference.
    reviews : sequence of sequences of int
        One to six reviews as word numbers. A number that the vocabulary does not have counts as
        number 2, the unknown word.
    words : sequence of str or mapping
        The text of each word number.
    labels : sequence of int, optional
        True classes of the reviews: 0 negative, 1 positive.

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit: a layer that cannot be played, a number without a
        text, too large a network.

    Examples
    --------
    >>> import keras
    >>> net = keras.Sequential([keras.Input((8,)), keras.layers.Dense(1, "sigmoid")])
    >>> texts = ["<pad>", "<start>", "<unknown>", "<unused>", "the", "dull", "fine", "film"]
    >>> review_words(net, [[1, 4, 6, 7], [1, 5, 7]], texts)
    Playable figure: Words of a review
    """
    network = _network(model)
    vocabulary = len(network[0].kernel)
    numbers = [_checked(review, i) for i, review in enumerate(reviews)]
    if not 1 <= len(numbers) <= MOST_REVIEWS:
        raise ValueError(f"one to six reviews are asked for, not {len(numbers)}")
    classes = None if labels is None else np.asarray(labels).ravel().tolist()
    if classes is not None and (len(classes) != len(numbers) or not {*classes} <= {0, 1}):
        raise ValueError("labels 0 (negative) and 1 (positive) are asked for, one for each review")
    texts = {n: _text(words, n) for n in {*np.concatenate(numbers).tolist(), UNKNOWN}}
    known = [np.where(n < vocabulary, n, UNKNOWN) for n in numbers]
    _compared(model, network, known)
    title = "Words of a review"
    for shown, more in A_PAGE:
        addable = _strongest(network, known, more)
        texts |= {n: _text(words, n) for n in addable}
        data = _data(network, numbers, known, shown, addable, texts)
        data["labels"] = classes and [*map(int, classes)]
        page = assembled(title, "review", data, ("bytes", "controls", "multi_hot"))
        excess = too_large(page)
        if not excess:
            twin = _static(
                [texts[n] for n in numbers[0][:shown].tolist()],
                known[0][:shown],
                _effects(network, known[0]),
                {n: texts[n] for n in {*known[0].tolist()}},
                _probability(network, known[0]),
                title="A review, word by word: which speak for “positive”, which against",
            )
            return Playable(title, page, twin, 620)
    raise ValueError(f"{excess}: give fewer reviews, or a network with a smaller first layer")


class _Layer(NamedTuple):
    kernel: np.ndarray
    bias: np.ndarray
    activation: str


def _network(model: "keras.Model") -> list[_Layer]:
    """The dense layers of `model`; the sigmoid of the last one is left out."""
    import keras

    found = []
    for layer in getattr(model, "layers", ()):
        if isinstance(layer, keras.layers.Dense):
            kernel, *bias = (array.astype("float32") for array in layer.get_weights())
            bias = bias[0] if bias else np.zeros(kernel.shape[1], "float32")
            found.append(_Layer(kernel, bias, getattr(layer.activation, "__name__", "")))
        elif not isinstance(layer, keras.layers.InputLayer | keras.layers.Dropout):
            raise ValueError(
                f"the layer {layer.name} ({type(layer).__name__}) cannot be played: build the "
                "network of Dense and Dropout layers"
            )
    if not found or found[-1].activation != "sigmoid" or found[-1].kernel.shape[1] != 1:
        raise ValueError(
            "the network does not end in one probability: let its last layer be "
            'Dense(1, activation="sigmoid")'
        )
    found[-1] = found[-1]._replace(activation="linear")
    for one in found:
        if one.activation not in ACTIVATIONS:
            raise ValueError(
                f"the activation {one.activation} cannot be played: take relu, tanh, or linear"
            )
    return found


def _checked(review: Sequence[int], i: int) -> np.ndarray:
    numbers = np.asarray(review)
    if numbers.ndim != 1 or not numbers.size or numbers.dtype.kind not in "iu" or min(numbers) < 0:
        raise ValueError(
            f"review {i} is no row of word numbers: give reviews as they were before they became "
            "multi-hot vectors"
        )
    return numbers.astype(int)


def _text(words: Sequence[str] | Mapping[int, str], n: int) -> str:
    try:
        return str(words[n])
    except (KeyError, IndexError):
        raise ValueError(f"word number {n} has no text: give the words of its edition") from None


def _logit(network: list[_Layer], sums: np.ndarray) -> np.ndarray:
    """The number before the sigmoid, of sums (n, units) of rows of the first kernel."""
    first, *others = network
    values = _activated(sums + first.bias, first.activation)
    for layer in others:
        values = _activated(values @ layer.kernel + layer.bias, layer.activation)
    return values[..., 0]


def _activated(values: np.ndarray, name: str) -> np.ndarray:
    return {"relu": lambda v: np.maximum(v, 0), "tanh": np.tanh}.get(name, lambda v: v)(values)


def _sum(network: list[_Layer], numbers: np.ndarray) -> np.ndarray:
    return network[0].kernel[np.unique(numbers)].sum(axis=0, dtype=float)


def _probability(network: list[_Layer], numbers: np.ndarray) -> float:
    with np.errstate(over="ignore"):  # of a probability near 0
        return float(1 / (1 + np.exp(-_logit(network, _sum(network, numbers)))))


def _effects(network: list[_Layer], numbers: np.ndarray) -> dict[int, float]:
    """What each word of a review adds to the logit: that of the review less that without it."""
    present, total = np.unique(numbers), _sum(network, numbers)
    without = _logit(network, total - network[0].kernel[present])
    return dict(zip(present.tolist(), (_logit(network, total) - without).tolist(), strict=True))


def _strongest(network: list[_Layer], known: list[np.ndarray], count: int) -> list[int]:
    """Words that, added to these reviews, move the logit most: half of them up, half down."""
    moves = [
        _logit(network, total + network[0].kernel) - _logit(network, total)
        for total in (_sum(network, one) for one in known)
    ]
    order = np.argsort(np.mean(moves, axis=0)[SPECIAL:]) + SPECIAL
    half = min(count, len(order)) // 2
    return sorted({*order[:half].tolist(), *order[len(order) - half :].tolist()})


def _compared(model: "keras.Model", network: list[_Layer], known: list[np.ndarray]) -> None:
    vocabulary = len(network[0].kernel)
    shape = tuple(getattr(model, "input_shape", ())[1:])
    if shape != (vocabulary,) or vocabulary <= UNKNOWN:
        raise ValueError(f"the network takes an input of {shape}, not multi-hot vectors of words")
    x = np.zeros((len(known), vocabulary), "float32")
    for row, one in zip(x, known, strict=True):
        row[one] = 1
    expected = np.asarray(model(x, training=False), "float32")[:, 0]
    found = [_probability(network, one) for one in known]
    if not np.allclose(found, expected, atol=0.01):
        raise ValueError(f"the network {model.name} is no single chain: use each layer once")


def _data(
    network: list[_Layer], numbers: list[np.ndarray], known: list[np.ndarray], shown: int,
    addable: list[int], texts: dict[int, str],
) -> dict[str, Any]:  # fmt: skip
    """What review.js gets; a word is the number of its row in the first kernel of the page.

    The last rows of that kernel are the sums of the words of each review that are not shown.
    """
    first = network[0]
    parts = [one[:shown] for one in known]
    rows = np.unique(np.concatenate([*parts, np.asarray(addable, int)])).tolist()
    at = {n: row for row, n in enumerate(rows)}
    hidden = [np.setdiff1d(one, part) for one, part in zip(known, parts, strict=True)]
    rests = np.array([first.kernel[rest].sum(axis=0, dtype=float) for rest in hidden])
    kernels = [np.concatenate([first.kernel[rows], rests]), *(one.kernel for one in network[1:])]
    flat = [
        array.ravel().astype("<f4").tobytes()
        for kernel, layer in zip(kernels, network, strict=True)
        for array in (kernel, layer.bias)
    ]
    layers = [
        {"inputs": len(kernel), "units": kernel.shape[1], "activation": layer.activation}
        for kernel, layer in zip(kernels, network, strict=True)
    ]
    reviews = [
        {
            "words": [at[n] for n in part.tolist()],
            # What stands in the review in place of the unknown word.
            "unknown": [texts[int(n)] for n, k in zip(raw, part, strict=False) if k == UNKNOWN],
            "rest": len(raw) - len(part),
            # Words of the list that are in the review already, and not shown.
            "hidden": [at[n] for n in addable if n in rest],
        }
        for raw, part, rest in zip(numbers, parts, hidden, strict=True)
    ]
    return {
        "layers": layers,
        "weights": packed(b"".join(flat)),
        "texts": [texts[n] for n in rows],
        "vocabulary": len(first.kernel),
        "unknown": at.get(UNKNOWN, -1),
        "addable": [at[n] for n in addable],
        "reviews": reviews,
    }


@style.styled
def _static(
    tokens: Sequence[str], known: np.ndarray, effects: dict[int, float], texts: dict[int, str],
    probability: float, title: str = "",
) -> style.Figure:  # fmt: skip
    """A review with tinted words, and the words with the largest effects as bars.

    Examples
    --------
    >>> _static(["a", "fine"], np.array([0, 1]), {0: 0.0, 1: 2.0}, {0: "a", 1: "fine"}, 0.9,
    ...         title="Two words")
    Figure: Two words
    """
    across, line, size = 76, 0.215, 8.0  # letters in a line, inches, points
    places, column, row = [], 0, 0
    for token in tokens:
        if column and column + len(token) > across:
            column, row = 0, row + 1
        places.append((column, row))
        column += len(token) + 1
    high = max(3.3, 1.0 + line * (places[-1][1] + 1))
    figure = style.blank(style.WIDEST, high, title)
    largest = max(map(abs, effects.values())) or 1.0
    for token, number, (column, row) in zip(tokens, known.tolist(), places, strict=True):
        figure.text(
            (0.1 + column * 0.0665) / style.WIDEST, (high - 0.62 - row * line) / high, token,
            size=size, family="monospace",
            bbox={"facecolor": _tint(effects[number] / largest), "edgecolor": "none", "pad": 1.0},
        )  # fmt: skip
    order = sorted(effects, key=lambda n: effects[n])
    chosen = [n for n in order[:5] if effects[n] < 0] + [n for n in order[-5:] if effects[n] > 0]
    width = 2.0
    axes = figure.add_axes(
        ((style.WIDEST - width - 0.1) / style.WIDEST, 0.62 / high, width / style.WIDEST, 2.1 / high)
    )
    values = [effects[n] for n in chosen]
    axes.barh(range(len(chosen)), values, color=[TINTS[value > 0] for value in values])
    axes.set_yticks(range(len(chosen)), [texts[n] for n in chosen], fontsize=8)
    axes.axvline(0, color="black", linewidth=0.8)
    axes.set(xlabel="effect on the output\nbefore the sigmoid")
    axes.set_title(f"“positive”: probability {probability:.3f}", fontsize=10)
    strongest = [f"“{texts[n]}” {effects[n]:+.2f}".replace("-", "−") for n in reversed(chosen)]
    said = [
        f"a review of which {len(tokens)} words are shown, probability of “positive” "
        f"{probability:.3f}",
        f"the words with the largest effects on the output before the sigmoid: "
        f"{', '.join(strongest)}",
    ]
    figure.alt = describe("Words tinted by their effect, with bars", title, said)
    return figure


def _tint(share: float) -> tuple[float, ...]:
    """White for no effect, the color of its side for the largest."""
    from matplotlib.colors import to_rgb

    part = 0.65 * abs(share) ** 0.8
    color = to_rgb(TINTS[share > 0])
    return tuple(1 - part + part * channel for channel in color)
