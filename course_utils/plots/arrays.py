"""Arrays as the numbers they are: cells, windows that slide over them, responses of filters."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe, number, shape_of

Window = tuple[int, int, int, int]  # first row, first column, height, width
FRAMES = (style.PALETTE[1], style.PALETTE[2], style.PALETTE[0], style.PALETTE[3])


@style.styled
def matrix(
    array: np.ndarray, title: str = "", windows: Sequence[Window] = (), digits: int = 2
) -> style.Figure:
    """The numbers of an array (h, w), each in its cell, dark where large.

    Parameters
    ----------
    array : ndarray (h, w)
    windows : sequence of (row, column, height, width)
        Each gets a frame of its own color.
    digits : int
        After the point, where the numbers are not whole.

    Examples
    --------
    >>> matrix(np.eye(2), title="Identity", windows=[(0, 0, 1, 1)])
    Figure: Identity
    """
    return _row([array], [""], title, [windows], [""], digits)


@style.styled
def matrices(
    arrays: Sequence[np.ndarray], titles: Sequence[str], title: str = "", signs: str = "",
    windows: Sequence[Sequence[Window]] = (),
) -> style.Figure:  # fmt: skip
    """Arrays (h, w) side by side, the numbers in their cells.

    Parameters
    ----------
    arrays, titles : sequences
        A title for each array.
    signs : str
        The characters that stand between the arrays, one less than there are arrays.
    windows : sequence, optional
        For each array the (row, column, height, width) to be framed, each in a color of its own.

    Examples
    --------
    >>> matrices([np.eye(2), np.ones((2, 2))], ["a", "b"], title="Two arrays", signs="+")
    Figure: Two arrays
    """
    style.filled("arrays", arrays)
    signs = signs or " " * (len(arrays) - 1)
    if (len(titles), len(signs)) != (len(arrays), len(arrays) - 1):
        raise ValueError(f"{len(arrays)} arrays, but {len(titles)} titles and {len(signs)} signs")
    return _row(arrays, titles, title, windows or [()] * len(arrays), ["", *signs])


@style.styled
def sliding(
    image: np.ndarray, kernel: np.ndarray, output: np.ndarray,
    positions: Sequence[tuple[int, int]] = ((0, 0),), stride: int = 1, padding: int = 0,
    dilation: int = 1, title: str = "",
) -> style.Figure:  # fmt: skip
    """A filter on an image: output positions framed, and the pixels each was computed from.

    Parameters
    ----------
    image, kernel, output : ndarray (h, w)
        The output is the caller's, of the shape that the settings give.
    positions : sequence of (row, column)
        Of the output.
    stride, padding, dilation : int
        The padding is drawn in grey.

    Examples
    --------
    >>> sliding(np.ones((3, 3)), np.ones((2, 2)), np.full((2, 2), 4), [(0, 1)], title="Slide")
    Figure: Slide
    """
    image, kernel, output = map(_two_axes, (image, kernel, output))
    reach = [dilation * (k - 1) + 1 for k in kernel.shape]
    expected = tuple(
        (n + 2 * padding - r) // stride + 1 for n, r in zip(image.shape, reach, strict=True)
    )
    if output.shape != expected:
        raise ValueError(f"the output has shape {output.shape}, these settings give {expected}")
    for i, j in positions:
        if not (0 <= i < expected[0] and 0 <= j < expected[1]):
            raise ValueError(f"the output {expected} has no position {i, j}")
    seen = [(i * stride, j * stride, *reach) for i, j in positions]
    windows = [seen, (), [(i, j, 1, 1) for i, j in positions]]
    arrays, titles = [np.pad(image, padding), kernel, output], ["image", "filter", "output"]
    figure = _row(arrays, titles, title, windows, ["", "∗", "="])
    if padding:
        _grey_border(figure.axes[0], image.shape, padding)
    for (row, column, *_), color in zip(seen if dilation > 1 else (), FRAMES, strict=False):
        rows, columns = (np.arange(k) * dilation for k in kernel.shape)
        x, y = np.meshgrid(column + columns, row + rows)
        figure.axes[0].plot(x.ravel(), y.ravel(), "s", ms=16, mfc="none", mec=color, mew=1.5)
    said = [
        f"output {number(output[at])} at {at} comes from rows {row} to {row + h - 1} and columns "
        f"{column} to {column + w - 1} of the {'padded ' * (padding > 0)}image"
        for at, (row, column, h, w) in zip(positions, seen, strict=True)
    ]
    shapes = [shape_of(array) for array in (image, kernel, output)]
    what = "An image of {} numbers, a filter of {} and the output of {}".format(*shapes)
    what += f", stride {stride}, padding {padding}, dilation {dilation}"
    figure.alt = describe(what, title, said)
    return figure


def _two_axes(array: np.ndarray) -> np.ndarray:
    array = np.asarray(array)
    if array.ndim != 2 or 0 in array.shape or array.dtype.kind not in "biuf":
        raise ValueError(
            f"an array of rows and columns is asked for, not {array.shape} of {array.dtype}"
        )
    if np.isinf(array).any():
        raise ValueError("an array with an infinite number has no scale of colors")
    return array


def _row(
    arrays: Sequence[np.ndarray], titles: Sequence[str], title: str,
    windows: Sequence[Sequence[Window]], signs: Sequence[str], digits: int = 2,
) -> style.Figure:  # fmt: skip
    """Panels of cells of one size, side by side, middle aligned; a sign before each panel."""
    arrays = [_two_axes(array) for array in arrays]
    texts = [_texts(array, digits) for array in arrays]
    widest = max(len(text) for panel in texts for text in panel.flat)
    wide = [max(array.shape[1], 2) for array in arrays]  # room for the titles of narrow ones
    room = style.WIDEST - 0.2 - 0.45 * (len(arrays) - 1)
    side = min(max(0.42, 0.1 * widest + 0.12), room / sum(wide))  # inches: the side of a cell
    tall = max(array.shape[0] for array in arrays) * side
    top = (0.28 if title else 0.0) + (0.24 if any(titles) else 0.05)
    figure = style.blank(style.WIDEST - room + side * sum(wide), tall + top + 0.1, title)
    left, size, said = 0.1, min(11, 72 * side * 0.85 / max(2, widest) / 0.62), []
    for array, text, name, sign, frames, cells in zip(
        arrays, texts, titles, signs, windows, wide, strict=True
    ):
        if sign.strip():
            at = np.array([left - 0.22, 0.1 + tall / 2]) / figure.get_size_inches()
            figure.text(*at, sign, size=16, **style.MIDDLE)
        height, width = side * np.array(array.shape)
        middle = left + side * cells / 2
        axes = style.panel(figure, middle - width / 2, 0.1 + (tall - height) / 2, width, height)
        _cells(axes, array, text, size)
        _frame(axes, array.shape, frames)
        axes.set_title(name, fontsize=10, pad=4)
        left += side * cells + 0.45
        rows = "; ".join(" ".join(row) for row in text)
        said.append(f"{f'{name}, ' if name else ''}{shape_of(array)}, row by row: {rows}")
    what = "Numbers in cells" if len(arrays) == 1 else f"{len(arrays)} arrays of numbers in cells"
    sizes = [f"{n} ({shape_of(a)})".strip() for n, a in zip(titles, arrays, strict=True)]
    figure.alt = describe(f"{what}, dark where large", title, said, sizes)
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


def _cells(axes: style.Axes, array: np.ndarray, texts: np.ndarray, size: float) -> None:
    """Colored cells, light enough that the numbers in them can be read."""
    picture = axes.imshow(array, **_scale([array]), alpha=0.6)
    for (row, column), text in np.ndenumerate(texts):
        dark = np.mean(picture.to_rgba(array[row, column])[:3]) * 0.6 + 0.4 < 0.5
        color = "white" if dark else "black"
        axes.text(column, row, text, size=size, color=color, **style.MIDDLE)
    for edge in range(1, max(array.shape)):
        axes.axhline(edge - 0.5, color="#BBBBBB", linewidth=0.6)
        axes.axvline(edge - 0.5, color="#BBBBBB", linewidth=0.6)
    height, width = array.shape
    axes.set(xticks=[], yticks=[], xlim=(-0.5, width - 0.5), ylim=(height - 0.5, -0.5))
    axes.spines[:].set(color=style.GREY, linewidth=0.8)


def _frame(axes: style.Axes, shape: tuple[int, ...], windows: Sequence[Window]) -> None:
    from matplotlib.patches import Rectangle

    for i, (row, column, height, width) in enumerate(windows):
        if min(row, column) < 0 or row + height > shape[0] or column + width > shape[1]:
            raise ValueError(
                f"a window of {height} × {width} at {row, column} leaves the array {shape}"
            )
        inset = 0.45 - 0.06 * (i % 3)  # frames that share an edge stay visible
        at, size = (column - inset, row - inset), (width - 1 + 2 * inset, height - 1 + 2 * inset)
        color = FRAMES[i % len(FRAMES)]
        axes.add_patch(Rectangle(at, *size, fill=False, edgecolor=color, linewidth=2.5))


def _grey_border(axes: style.Axes, shape: tuple[int, ...], padding: int) -> None:
    from matplotlib.patches import Rectangle

    for text in axes.texts:
        column, row = (at - padding for at in text.get_position())
        if not (0 <= row < shape[0] and 0 <= column < shape[1]):
            text.set_color(style.GREY)
            cell = (column + padding - 0.5, row + padding - 0.5)
            axes.add_patch(Rectangle(cell, 1, 1, color="#E4E4E4", zorder=0.5))
    corner = (padding - 0.5, padding - 0.5)
    axes.add_patch(Rectangle(corner, shape[1], shape[0], fill=False, ec="black", lw=1.5))


@style.styled
def responses(
    pictures: Mapping[str, np.ndarray], filters: Mapping[str, np.ndarray],
    respond: Callable[[np.ndarray, np.ndarray], np.ndarray], title: str = "",
) -> style.Figure:  # fmt: skip
    """The response of every filter to every image: filters on top, images on the left.

    Responses that are nowhere negative are drawn white at 0 and dark where strong, others red and
    blue around 0; those of one row have one scale, which ends where one in two hundred is stronger.

    Parameters
    ----------
    pictures, filters : dict of name -> ndarray (h, w)
    respond : function of a picture and a filter, which returns an ndarray (h, w)

    Examples
    --------
    >>> respond = lambda picture, kernel: picture * kernel.sum()
    >>> responses({"a line": np.eye(5)}, {"ones": np.ones((3, 3))}, respond, title="One filter")
    Figure: One filter
    """
    style.filled("pictures and filters", min(pictures, filters, key=len))
    side = min(1.9, style.WIDEST / (1 + len(filters)))
    head, above = 0.85 * side + 0.22, 0.24 if title else 0.05
    shares = [side * min(1.3, p.shape[0] / p.shape[1]) + 0.08 for p in pictures.values()]
    low = head + sum(shares)
    figure = style.blank((1 + len(filters)) * side, above + low, title)
    low -= head
    for column, (name, kernel) in enumerate(filters.items(), 1):
        wide, texts = side - 0.24, _texts(kernel, 1)
        axes = style.panel(figure, column * side + 0.12, low + 0.03, wide, head - 0.28)
        longest = max(3, *map(len, texts.flat))
        _cells(axes, kernel, texts, min(10, 60 * wide / max(kernel.shape) / longest * 1.8))
        axes.set_title(name, fontsize=10, pad=3)
    said = []
    for (name, picture), share in zip(pictures.items(), shares, strict=True):
        low -= share
        found = {name_: _two_axes(respond(picture, f)) for name_, f in filters.items()}
        ends = {f: float(np.quantile(np.abs(array), 0.995)) for f, array in found.items()}
        scale = _scale([*found.values()], max(ends.values()))
        for column, array in enumerate((picture, *found.values())):
            axes = style.panel(figure, column * side + 0.04, low, side - 0.08, share - 0.08)
            axes.imshow(array, **(scale if column else {"cmap": "gray_r", "vmin": 0}))
            axes.set_ylabel("" if column else name, fontsize=10)
        ends = ", ".join(f"{filter_} {number(end)}" for filter_, end in ends.items())
        said.append(f"strongest responses to “{name}”: {ends}")
    what = f"{len(pictures)} images, and beside each the responses of {len(filters)} filters"
    figure.alt = describe(what, title, said, [*pictures, *filters])
    return figure
