"""A chain of layers as volumes: heights to scale, depth for the channels."""

from collections.abc import Mapping, Sequence
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


@style.styled
def filter_volumes(
    height: int, width: int, channels: int, size: int, filters: int, title: str = ""
) -> style.Figure:
    """A convolution of several channels: the window, the filters, the number that each one makes.

    All sides are to scale. The window (orange) has the depth of the image; each filter has its
    shape, and fills one channel of the output.

    Parameters
    ----------
    height, width, channels : int
        Of the image; a few each, so that the cells can be counted.
    size : int
        Side of the filters.
    filters : int

    Examples
    --------
    >>> filter_volumes(5, 5, 3, 3, 2, title="Two filters on three channels")
    Figure: Two filters on three channels
    """
    rows, columns = height - size + 1, width - size + 1
    if min(rows, columns, channels, filters, size) < 1:
        raise ValueError(f"a filter of {size} × {size} does not fit on {height} × {width} pixels")
    cell, lean = 1.7 / max(height, width), SLANT * 1.7 / max(height, width)
    step = (size + channels * SLANT) * cell + 0.28
    below = filters * step
    tall = max(height * cell + channels * lean, below) + 1.0
    parts = [(width + channels * SLANT) * cell, (size + channels * SLANT) * cell]
    parts += [(columns + filters * SLANT) * cell]
    starts = np.cumsum([0.25, parts[0] + 0.85, parts[1] + 0.85])
    figure = style.blank(starts[-1] + parts[2] + 0.4, tall, title)
    axes = style.panel(figure, 0, 0, starts[-1] + parts[2] + 0.4, tall)
    axes.axis("off")
    axes.set(xlim=(0, starts[-1] + parts[2] + 0.4), ylim=(0, tall), aspect="equal")
    middle = 0.55 + (tall - 1.0) / 2
    colors, window = [style.PALETTE[i] for i in (0, 2, 3, 5)], style.PALETTE[4]
    low = middle - (height * cell + channels * lean) / 2
    image = {(i, j, c): window for i, j, c in np.ndindex(size, size, channels)}
    _cuboid(axes, (starts[0], low), (height, width, channels), cell, image, ["#DDDDDD"])
    for i in range(filters):
        at = starts[1], middle + below / 2 - (i + 1) * step + 0.14
        _cuboid(axes, at, (size, size, channels), cell, {}, [colors[i % len(colors)]])
    end = middle - (rows * cell + filters * lean) / 2
    first = {(0, 0, 0): window}
    _cuboid(axes, (starts[2], end), (rows, columns, filters), cell, first, colors)
    names = [f"image\n{height} × {width} × {channels}"]
    names += [f"{filters} filters\n{size} × {size} × {channels} each"]
    names += [f"output\n{rows} × {columns} × {filters}"]
    for name, start, part in zip(names, starts, parts, strict=True):
        axes.text(start + part / 2, 0.08, name, fontsize=9, ha="center", va="bottom")
    for sign, start in zip("∗=", starts[1:], strict=True):
        axes.text(start - 0.42, middle, sign, fontsize=16, **style.MIDDLE)
    said = [
        f"an image of {height} × {width} × {channels} with a window of {size} × {size} × {channels}"
        f" in one corner; {filters} filters of that shape, each in a color of its own; the output "
        f"of {rows} × {columns} × {filters}, one channel in the color of each filter"
    ]
    figure.alt = describe("A convolution drawn as volumes", title, said)
    return figure


def _cuboid(
    axes: style.Axes, corner: tuple[float, float], shape: tuple[int, int, int], cell: float,
    marked: Mapping[tuple[int, int, int], str], colors: Sequence[str],
) -> None:  # fmt: skip
    """Its cells, slice behind slice; the lower left corner of the front slice at `corner`."""
    from matplotlib.patches import Rectangle

    rows, columns, depth = shape
    for c in reversed(range(depth)):
        x, y = (start + c * cell * SLANT for start in corner)
        for i, j in np.ndindex(rows, columns):
            tint = marked.get((i, j, c), colors[c % len(colors)])
            at = x + j * cell, y + (rows - 1 - i) * cell
            axes.add_patch(Rectangle(at, cell, cell, fc=tint, ec="#333333", lw=0.6))


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
