"""A chain of layers as volumes: heights to scale, depth for the channels."""

from typing import TYPE_CHECKING

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe

if TYPE_CHECKING:
    from keras import Model

GAP, SLANT = 0.3, 0.5  # inches between volumes; how far the top edge leans back
TALLEST = 1.9  # inches: the largest side of a volume, or the longest vector
COLORS = {"Input": "#EEEEEE", "Conv": style.BLUE, "Pool": "#009E73", "Dense": "#E69F00"}


@style.styled
def volumes(model: "Model", title: str = "") -> style.Figure:
    """Each output of a chain of layers as a box of height × width × channels, vectors as bars.

    Heights are to scale and widths foreshortened; depths and lengths of vectors grow with the
    square root of their number. Below each stands its shape, above it the layer and its parameters.

    Parameters
    ----------
    model : Keras model
        A chain of layers on images, built.

    Examples
    --------
    >>> import keras
    >>> net = keras.Sequential([keras.Input((8, 8, 1)), keras.layers.Conv2D(4, 3)])
    >>> volumes(net, "One convolution")
    Figure: One convolution
    """
    if not isinstance(model.input_shape, tuple) or len(model.input_shape) != 4:
        raise ValueError(f"a chain of layers on images is asked for, not {model.input_shape}")
    boxes = [("Input", "", model.input_shape[1:])]
    for layer in model.layers:
        count = layer.count_params()
        name = type(layer).__name__
        boxes.append((name, f"{count:,} parameters" if count else "", layer.output.shape[1:]))
    side = TALLEST / max(max(shape[:2]) for _, _, shape in boxes if len(shape) == 3)
    most = max([shape[0] for _, _, shape in boxes if len(shape) == 1], default=1)
    parts = [_size(shape, side, most) for _, _, shape in boxes]
    steps = [max(width + depth * SLANT, 0.6) + GAP for width, _, depth in parts]
    figure = style.blank(sum(steps) + 0.2, TALLEST + 1.75, title)
    axes = style.panel(figure, 0.1, 0, sum(steps), TALLEST + 1.45)
    axes.axis("off")
    axes.set(xlim=(0, sum(steps)), ylim=(0, TALLEST + 1.45), aspect="equal")
    left, middle = GAP / 2, 0.5 + TALLEST / 2
    for (name, count, shape), (width, height, depth), step in zip(boxes, parts, steps, strict=True):
        color = next((c for key, c in COLORS.items() if key in name), "#BBBBBB")
        center = left + (step - GAP) / 2
        start = center - (width + depth * SLANT) / 2
        _box(axes, start, middle - height / 2, width, height, depth * SLANT, color)
        text = {"ha": "center", "fontsize": 8}
        short = name.replace("MaxPooling2D", "max pool").replace("AveragePooling2D", "mean pool")
        head = f"{short}\n{count}".strip()
        axes.text(center, middle + height / 2 + depth * SLANT + 0.08, head, va="bottom", **text)
        axes.text(center, middle - height / 2 - 0.08, _named(shape), va="top", **text)
        left += step
    said = [f"{name} {_named(shape)}" for name, _, shape in boxes]
    figure.alt = describe("Drawing of a network as volumes", title, [", then ".join(said)])
    return figure


def _named(shape: tuple[int, ...]) -> str:
    return " × ".join(f"{n:,}" for n in shape)


def _size(shape: tuple[int, ...], side: float, most: int) -> tuple[float, float, float]:
    """Width, height and depth in inches."""
    if len(shape) == 3:
        return shape[1] * side * 0.45, shape[0] * side, float(np.sqrt(shape[2])) * 0.11
    return 0.12, float(TALLEST * np.sqrt(shape[0] / most)), 0.0


def _box(
    axes: style.Axes, x: float, y: float, width: float, height: float, lean: float, color: str
) -> None:
    """A cuboid in parallel projection: its front, its top, its right side."""
    from matplotlib.patches import Polygon

    look = {"closed": True, "edgecolor": "#333333", "linewidth": 0.8, "facecolor": color}
    front = [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]
    axes.add_patch(Polygon(front, alpha=0.55, **look))
    if lean:
        top = [
            front[3],
            front[2],
            (x + width + lean, y + height + lean),
            (x + lean, y + height + lean),
        ]
        right = [
            front[1],
            (x + width + lean, y + lean),
            (x + width + lean, y + height + lean),
            front[2],
        ]
        axes.add_patch(Polygon(top, alpha=0.35, **look))
        axes.add_patch(Polygon(right, alpha=0.75, **look))
