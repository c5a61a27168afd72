"""Arrays as the numbers they are: cells, windows that slide over them, answers of filters."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.plots.style import (
    BLUE,
    GREY,
    MIDDLE,
    PALETTE,
    WIDEST,
    figure_class,
    figure_of,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Window = tuple[int, int, int, int]  # first row, first column, height, width
FRAMES = (PALETTE[1], PALETTE[2], PALETTE[0], PALETTE[3])


@styled
def matrix(
    array: np.ndarray, title: str = "", windows: Sequence[Window] = (), digits: int = 2
) -> "Figure":
    """The numbers of `array` (h, w), each in its cell, dark where large.

    `windows` (row, column, height, width) get a frame each, of different colours; `digits` after
    the point where the numbers are not whole. Raises ValueError for another shape, and for a
    window that does not lie on the array.
    """
    return _row([array], [""], title, [windows], [""], digits)


@styled
def matrices(
    arrays: Sequence[np.ndarray], titles: Sequence[str], title: str = "", signs: str = "",
    digits: int = 2,
) -> "Figure":  # fmt: skip
    """Arrays (h, w) side by side, numbers in their cells; `signs`: what stands between them.

    Raises ValueError for another shape, or where titles or signs do not fit in number.
    """
    signs = signs or " " * (len(arrays) - 1)
    if (len(titles), len(signs)) != (len(arrays), len(arrays) - 1):
        raise ValueError(f"{len(arrays)} arrays, but {len(titles)} titles and {len(signs)} signs")
    return _row(arrays, titles, title, [()] * len(arrays), ["", *signs], digits)


@styled
def sliding(
    image: np.ndarray, kernel: np.ndarray, output: np.ndarray,
    places: Sequence[tuple[int, int]] = ((0, 0),), stride: int = 1, padding: int = 0,
    dilation: int = 1, title: str = "",
) -> "Figure":  # fmt: skip
    """A window on an image (h, w), the kernel (kh, kw), and the output that the caller computed.

    Each place (i, j) of the output is framed, and in the same colour the pixels that it was
    computed from. `padding` zeros are drawn around the image in grey. Raises ValueError where
    the output has another shape than `stride`, `padding` and `dilation` give, or lacks a place.
    """
    image, kernel, output = (_two_axes(array) for array in (image, kernel, output))
    expected = tuple(
        (n + 2 * padding - dilation * (k - 1) - 1) // stride + 1
        for n, k in zip(image.shape, kernel.shape, strict=True)
    )
    if output.shape != expected:
        raise ValueError(f"the output has shape {output.shape}, these settings give {expected}")
    seen: list[Window] = []
    for i, j in places:
        if not (0 <= i < expected[0] and 0 <= j < expected[1]):
            raise ValueError(f"the output {expected} has no place {i, j}")
        seen.append((i * stride, j * stride, *(dilation * (k - 1) + 1 for k in kernel.shape)))
    chosen = [(i, j, 1, 1) for i, j in places]
    windows, titles = [seen, (), chosen], ["image", "filter", "output"]
    figure = _row([np.pad(image, padding), kernel, output], titles, title, windows, ["", "∗", "="])
    axes = figure.axes[0]
    if padding:
        _grey_border(axes, image.shape, padding)
    for (row, column, *_), color in zip(seen if dilation > 1 else (), FRAMES, strict=False):
        rows, columns = (np.arange(k) * dilation for k in kernel.shape)
        x, y = np.meshgrid(column + columns, row + rows)
        axes.plot(x.ravel(), y.ravel(), "s", ms=16, mfc="none", mec=color, mew=1.5)
    return figure


def _two_axes(array: np.ndarray) -> np.ndarray:
    array = np.asarray(array)
    if array.ndim != 2 or 0 in array.shape:
        raise ValueError(f"an array of rows and columns is asked for, not {array.shape}")
    return array


def _row(
    arrays: Sequence[np.ndarray], titles: Sequence[str], title: str,
    windows: Sequence[Sequence[Window]], signs: Sequence[str], digits: int = 2,
) -> "Figure":  # fmt: skip
    """Panels of cells of one size, side by side, middle aligned; a sign before each panel."""
    arrays = [_two_axes(array) for array in arrays]
    texts = [_texts(array, digits) for array in arrays]
    widest = max(len(text) for panel in texts for text in panel.flat)
    wanted = max(0.42, 0.1 * widest + 0.12)  # inches: the side of a cell
    gaps = 0.45 * (len(arrays) - 1)
    cells = sum(max(array.shape[1], 2) for array in arrays)
    side = min(wanted, (WIDEST - 0.2 - gaps) / cells)
    width = side * cells + gaps + 0.2
    top = (0.28 if title else 0.0) + (0.24 if any(titles) else 0.05)
    tall = max(array.shape[0] for array in arrays) * side
    height = tall + top + 0.1
    figure = figure_class()(figsize=(width, height))
    figure.suptitle(title, size=12, x=0.03 / width, y=1, ha="left", va="top")
    left = 0.1
    for i, array in enumerate(arrays):
        if signs[i].strip():
            at = ((left - 0.22) / width, (0.1 + tall / 2) / height)
            figure.text(*at, signs[i], size=16, **MIDDLE)
        rows, columns = array.shape
        left += side * (max(columns, 2) - columns) / 2
        low = 0.1 + (tall - rows * side) / 2
        box = (left / width, low / height, columns * side / width, rows * side / height)
        axes = figure.add_axes(box)
        _cells(axes, array, texts[i], min(11, 72 * side * 0.85 / max(2, widest) / 0.62))
        _frame(axes, array.shape, windows[i])
        axes.set_title(titles[i], fontsize=10, pad=4)
        left += side * (columns + max(columns, 2)) / 2 + 0.45
    return figure


def _texts(array: np.ndarray, digits: int) -> np.ndarray:
    whole = np.all(array == np.round(array))
    shown = [f"{value:.0f}" if whole else f"{value:.{digits}f}" for value in array.flat]
    plain = [text.replace("-", "−") if float(text) else text.lstrip("-") for text in shown]
    return np.array(plain, object).reshape(array.shape)


def _scale(arrays: Sequence[np.ndarray], end: float = 0.0) -> dict[str, Any]:
    """White to dark from 0 to `end` (the largest value); red and blue where one is negative."""
    end = end or max(float(np.abs(array).max()) for array in arrays) or 1.0
    if min(array.min() for array in arrays) < 0:
        return {"cmap": "RdBu_r", "vmin": -end, "vmax": end}
    return {"cmap": "gray_r", "vmin": 0, "vmax": end}


def _cells(axes: "Axes", array: np.ndarray, texts: np.ndarray, size: float) -> None:
    """Coloured cells, light enough that the numbers in them can be read."""
    picture = axes.imshow(array, **_scale([array]), alpha=0.6)
    for (row, column), text in np.ndenumerate(texts):
        dark = np.mean(picture.to_rgba(array[row, column])[:3]) * 0.6 + 0.4 < 0.5
        axes.text(column, row, text, size=size, color="white" if dark else "black", **MIDDLE)
    for edge in range(1, max(array.shape)):
        axes.axhline(edge - 0.5, color="#BBBBBB", linewidth=0.6)
        axes.axvline(edge - 0.5, color="#BBBBBB", linewidth=0.6)
    axes.set(xticks=[], yticks=[], xlim=(-0.5, array.shape[1] - 0.5))
    axes.set_ylim(array.shape[0] - 0.5, -0.5)
    axes.spines[:].set(visible=True, color=GREY, linewidth=0.8)


def _frame(axes: "Axes", shape: tuple[int, ...], windows: Sequence[Window]) -> None:
    from matplotlib.patches import Rectangle

    for number, (row, column, height, width) in enumerate(windows):
        if min(row, column) < 0 or row + height > shape[0] or column + width > shape[1]:
            raise ValueError(
                f"a window of {height} × {width} at {row, column} leaves the array {shape}"
            )
        inset = 0.45 - 0.06 * (number % 3)  # frames that share an edge stay visible
        at, size = (column - inset, row - inset), (width - 1 + 2 * inset, height - 1 + 2 * inset)
        color = FRAMES[number % len(FRAMES)]
        axes.add_patch(Rectangle(at, *size, fill=False, edgecolor=color, linewidth=2.5))


def _grey_border(axes: "Axes", shape: tuple[int, ...], padding: int) -> None:
    from matplotlib.patches import Rectangle

    for text in axes.texts:
        column, row = (at - padding for at in text.get_position())
        if not (0 <= row < shape[0] and 0 <= column < shape[1]):
            text.set_color(GREY)
            cell = (column + padding - 0.5, row + padding - 0.5)
            axes.add_patch(Rectangle(cell, 1, 1, color="#E4E4E4", zorder=0.5))
    corner = (padding - 0.5, padding - 0.5)
    axes.add_patch(Rectangle(corner, shape[1], shape[0], fill=False, ec="black", lw=1.5))


@styled
def responses(
    pictures: Mapping[str, np.ndarray], filters: Mapping[str, np.ndarray],
    answer: Callable[[np.ndarray, np.ndarray], np.ndarray], title: str = "",
) -> "Figure":  # fmt: skip
    """Every filter on every picture: filters on top, pictures on the left.

    Pictures and filters are (h, w), as is `answer(picture, filter)`. Answers that are nowhere
    negative are drawn white at 0 and dark where strong, others red and blue around 0; the answers
    of one row have one scale, which ends where one in two hundred is stronger.
    """
    columns = 1 + len(filters)
    if not (filters and pictures):
        raise ValueError("there is nothing to draw: at least one picture and one filter")
    side = min(1.9, WIDEST / columns)
    head, above = 0.85 * side + 0.22, 0.24 if title else 0.05
    shares = [side * min(1.3, p.shape[0] / p.shape[1]) + 0.08 for p in pictures.values()]
    width, height = columns * side, above + head + sum(shares)
    figure = figure_class()(figsize=(width, height))
    figure.suptitle(title, size=12, x=0.03 / width, y=1, ha="left", va="top")

    def place(column: int, low: float, tall: float, inset: float = 0.04) -> "Axes":
        left, side_of = column * side + inset, side - 2 * inset
        axes = figure.add_axes((left / width, low / height, side_of / width, tall / height))
        axes.set(xticks=[], yticks=[])
        return axes

    for column, (name, kernel) in enumerate(filters.items(), 1):
        axes = place(column, height - above - head + 0.03, head - 0.28, 0.12)
        texts = _texts(kernel, 1)
        longest = max(3, *map(len, texts.flat))
        _cells(axes, kernel, texts, min(10, 60 * (side - 0.24) / max(kernel.shape) / longest * 1.8))
        axes.set_title(name, fontsize=10, pad=3)
    low = height - above - head
    for (name, picture), share in zip(pictures.items(), shares, strict=True):
        low -= share
        axes = place(0, low, share - 0.08)
        axes.imshow(picture, cmap="gray_r", vmin=0)
        axes.set_ylabel(name, fontsize=10)
        found = [answer(picture, kernel) for kernel in filters.values()]
        strong = max(float(np.quantile(np.abs(one), 0.995)) for one in found)
        for column, one in enumerate(found, 1):
            axes = place(column, low, share - 0.08)
            axes.imshow(one, **_scale(found, strong))
            axes.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.6)
    return figure


@styled
def signals(
    x: np.ndarray, series: Mapping[str, np.ndarray], xlabel: str, title: str = ""
) -> "Figure":
    """Signals (len(x),) over one axis, each in a panel of its own with its name.

    Raises ValueError, naming it, for a signal of another length.
    """
    for name, values in series.items():
        if np.shape(values) != np.shape(x):
            raise ValueError(f"{name!r} needs {np.shape(x)} values, not {np.shape(values)}")
    figure, _ = figure_of(7.5, 0.7 + 1.15 * len(series))
    figure.clear()
    panels = figure.subplots(len(series), 1, sharex=True, squeeze=False)[:, 0]
    for axes, (name, values) in zip(panels, series.items(), strict=True):
        axes.plot(x, values, color=BLUE, linewidth=0.8)
        axes.set_title(name, fontsize=10, loc="left", pad=3)
        axes.locator_params(axis="y", nbins=4)
    panels[-1].set_xlabel(xlabel)
    figure.suptitle(title, size=12)
    return figure
