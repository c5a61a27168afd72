"""Draw a digit: the network of this run classifies it while you draw."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.play.network import Written, names_of, volume, written
from course_utils.play.page import Playable, assembled, bytes_of, packed, too_large
from course_utils.plots import style
from course_utils.plots.alt import describe

if TYPE_CHECKING:
    import keras

MOST_DIGITS, MOST_MAPS = 100, 32  # test digits to choose from; feature maps shown
SIDE = 28


def draw_digit(
    model: "keras.Model", images: np.ndarray, labels: np.ndarray, *,
    scale: float = 1 / 255, class_names: Sequence[str] | None = None,
) -> Playable:  # fmt: skip
    """A canvas to draw on, the probabilities of `model`, the feature maps of its first convolution.

    The drawing is centered and scaled as MNIST's digits were, or left as it is. The weights are
    those of `model` now. In the page they have 16 bits: a trained LeNet-5 gives probabilities
    within 1e-4 of its own.

    Parameters
    ----------
    model : keras.Model
        A small network, at most about 65,000 weights, a chain of layers that ends in the
        probabilities of the classes. Its input is one digit, (28, 28, 1), (28, 28) or (784,); a
        larger square gets the digit in its middle.
    images : ndarray (n, 28, 28) or (n, 28, 28, 1)
        Test digits, bytes or numbers from 0 to 1; the first 100 can be chosen.
    labels : ndarray (n,)
        Their classes.
    scale : float
        What the network's input is multiplied by: 1/255 where it was trained on numbers from 0 to
        1, and 1 where it was trained on bytes.
    class_names : sequence of str, optional
        "0", "1", … where it is left out.

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what to change: a layer that cannot be played, too large a network.

    Examples
    --------
    >>> import keras
    >>> layers = [keras.layers.Flatten(), keras.layers.Dense(10, "softmax")]
    >>> net = keras.Sequential([keras.Input((28, 28, 1)), *layers])
    >>> draw_digit(net, np.zeros((2, 28, 28), "uint8"), np.array([3, 4]))
    Playable figure: Draw a digit
    """
    images, labels = bytes_of(images), np.asarray(labels)
    if images.shape[1:] not in ((SIDE, SIDE), (SIDE, SIDE, 1)) or labels.shape != images.shape[:1]:
        raise ValueError(
            f"digits of 28 × 28 pixels and a label for each are asked for, not {images.shape} and "
            f"{labels.shape}"
        )
    images, labels = images[:MOST_DIGITS].reshape(-1, SIDE, SIDE), labels[:MOST_DIGITS]
    style.filled("test digits", images)
    first, *shapes = _fitted(model, images[:1] * np.float32(scale))
    network = written(model, first)
    names = names_of(network.volumes[-1], labels, class_names)
    layers = [*shapes, *network.layers]
    at = _feature_maps(network)
    maps = np.zeros((0, 1, 1)) if at is None else np.moveaxis(network.volumes[at], -1, 0)
    maps = maps[:MOST_MAPS]
    data = {
        "layers": layers,
        "weights": packed(network.weights),
        "digits": packed(images.tobytes()),
        "labels": labels.tolist(),
        "names": names,
        "scale": 255 * scale,
        "first": None if at is None else at + len(shapes),
        "maps": len(maps),
    }
    title = "Draw a digit"
    page = assembled(title, "draw_digit", data, ("bytes", "network", "digits", "controls"))
    if excess := too_large(page):
        raise ValueError(
            f"{excess}: the network has {model.count_params():,} weights, take fewer filters or "
            "units until it has about 65,000"
        )
    twin = _static(
        images[0],
        names[labels[0]],
        maps,
        network.volumes[-1].ravel(),
        names,
        title="A test digit, its feature maps, the probabilities of its classes",
    )
    return Playable(title, page, twin, 460)


def _fitted(model: "keras.Model", digit: np.ndarray) -> list[Any]:
    """`digit` (1, 28, 28) as the network's input, and the steps that network.js takes to it."""
    shape = tuple(getattr(model, "input_shape", ())[1:])
    if shape == (SIDE * SIDE,):
        border = 0
    elif len(shape) in (2, 3) and shape[0] == shape[1] and shape[2:] in ((), (1,)):
        border, odd = divmod(shape[0] - SIDE, 2)
        border = -1 if odd else border
    else:
        border = -1
    if border < 0:
        raise ValueError(
            f"the network takes an input of {shape}, the page draws 28 × 28 pixels: give it an "
            "Input of (28, 28, 1), or of a larger square with an even number of pixels"
        )
    steps = []
    if border:
        digit = np.pad(digit, ((0, 0), (border, border), (border, border)))
        steps.append({"kind": "padding", "pad": [border] * 4})
    if len(shape) < 3:
        steps.append({"kind": "reshape", "shape": volume((1, *shape))})
    return [digit.reshape(1, *shape), *steps]


def _feature_maps(network: Written) -> int | None:
    """The step that ends the first convolution: normalization and activation belong to it."""
    kinds = [layer["kind"] for layer in network.layers]
    for at, values in enumerate(network.volumes):
        if kinds[at] == "convolution" and min(values.shape[:2]) > 1:  # a dense layer has no rows
            while kinds[at + 1] in ("scale", "activation"):
                at += 1
            return at
    return None


@style.styled
def _static(
    digit: np.ndarray, label: str, maps: np.ndarray, probabilities: np.ndarray,
    names: Sequence[str], title: str = "",
) -> style.Figure:  # fmt: skip
    """A digit, its feature maps, the probabilities of its classes.

    Examples
    --------
    >>> _static(np.eye(28), "1", np.zeros((0, 9, 9)), np.array([0.2, 0.8]), ["0", "1"], title="One")
    Figure: One
    """
    figure = style.blank(style.WIDEST if len(maps) else 5.8, 2.85, title)
    axes = style.panel(figure, 0.05, 0.1, 2.1, 2.1)
    axes.imshow(digit, cmap="gray_r", vmin=0, vmax=255)
    axes.set_title(f"a {label} of the test set", fontsize=10)
    low, high = min(0.0, maps.min(initial=0.0)), maps.max(initial=0.0)
    across = max(3, math.isqrt(max(len(maps) - 1, 0)) + 1)
    side = 2.3 / across
    for i, values in enumerate(maps):
        row, column = divmod(i, across)
        place = (2.5 + column * side, 2.2 - (row + 1) * side + 0.05, side - 0.05, side - 0.05)
        axes = style.panel(figure, *place)
        axes.imshow(values, cmap="gray_r", vmin=low, vmax=high or 1.0)
    if len(maps):
        text = f"{len(maps)} feature maps, {low:.2f} to {high:.2f}".replace("-", "−")
        figure.text((2.5 + 1.15) / style.WIDEST, 2.29 / 2.85, text, size=10, ha="center")
    width = figure.get_figwidth()
    axes = figure.add_axes(((width - 2.75) / width, 0.5 / 2.85, 2.65 / width, 1.7 / 2.85))
    best = int(probabilities.argmax())
    colors = [style.VERMILION if i == best else style.BLUE for i in range(len(names))]
    axes.barh(range(len(names)), probabilities, color=colors)
    axes.set_title(f"predicted class {names[best]}: {probabilities[best]:.3f}", fontsize=10)
    axes.set(xlim=(0, 1), xlabel="probability", ylabel="class")
    axes.set_yticks(range(len(names)), names, fontsize=8)
    axes.invert_yaxis()
    said = [
        f"a test digit of true class {label}",
        *([f"its {len(maps)} feature maps after the first convolution"] if len(maps) else []),
        f"the predicted class {names[best]} with probability {probabilities[best]:.3f}",
    ]
    figure.alt = describe("A network classifies a digit", title, said)
    return figure
