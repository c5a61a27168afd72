"""A filter that slides over an image: every product of the window, the output map, pooling."""

from collections.abc import Sequence

import numpy as np

from course_utils.play.page import Playable, assembled, bytes_of, packed, too_large
from course_utils.plots import style
from course_utils.plots.alt import describe, number

MOST_IMAGES, LEAST_SIDE, LARGEST_SIDE = 100, 9, 64  # a filter of 5 × 5 with dilation 2 covers 9
PRESETS = {
    "identity": "0 0 0 | 0 1 0 | 0 0 0",
    "blur": "1/9 1/9 1/9 | 1/9 1/9 1/9 | 1/9 1/9 1/9",
    "horizontal line": "-1 -1 -1 | 2 2 2 | -1 -1 -1",
    "vertical line": "-1 2 -1 | -1 2 -1 | -1 2 -1",
    "diagonal line, down-right": "2 -1 -1 | -1 2 -1 | -1 -1 2",
    "diagonal line, up-right": "-1 -1 2 | -1 2 -1 | 2 -1 -1",
    "vertical edge": "-1 0 1 | -1 0 1 | -1 0 1",
    "edge in any direction": "-1 -1 -1 | -1 8 -1 | -1 -1 -1",
    "sharpen": "0 -1 0 | -1 5 -1 | 0 -1 0",
}
FIRST = "vertical line"
SHOWN = ("horizontal line", FIRST, "edge in any direction")  # in the static twin


def convolution(images: np.ndarray, labels: Sequence[object] | None = None) -> Playable:
    """A filter slides over an image of the reader's choice, or over what the reader draws.

    The page shows every product of the present window and their sum, the output map, and a pooled
    map behind it. The filter is edited number by number; padding, stride, dilation, bias, and ReLU
    are set beside it. Pixels are rounded to hundredths, so that each sum can be checked by hand.

    Parameters
    ----------
    images : ndarray (n, h, w) or (n, h, w, 1)
        Gray images, bytes or numbers from 0 to 1, drawn with 1 as black ink; the first 100 can be
        chosen.
    labels : sequence, optional
        What each image shows: a number or a word.

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit.

    Examples
    --------
    >>> convolution(np.eye(28)[None], ["a diagonal"])
    Playable figure: A filter slides over an image
    """
    images = bytes_of(images)
    images = images[..., 0] if images.shape[3:] == (1,) else images
    sides = images.shape[1:]
    if len(sides) != 2 or not all(LEAST_SIDE <= side <= LARGEST_SIDE for side in sides):
        raise ValueError(
            f"gray images (n, h, w) of {LEAST_SIDE} to {LARGEST_SIDE} pixels a side are asked for, "
            f"not {images.shape}"
        )
    style.filled("images", images)
    if labels is not None and len(labels) != len(images):
        raise ValueError(f"{len(images)} images need as many labels, not {len(labels)}")
    hundredths = np.round(images[:MOST_IMAGES] / 2.55).astype(np.uint8)
    names = [f"no. {i}" for i in range(len(hundredths))]
    if labels is not None:
        names = [f"{name}: {label}" for name, label in zip(names, labels, strict=False)]
    data = {
        "images": packed(hundredths.tobytes()),
        "count": len(hundredths),
        "height": sides[0],
        "width": sides[1],
        "names": names,
        "presets": [[name, _texts(text)] for name, text in PRESETS.items()],
        "first": FIRST,
    }
    title = "A filter slides over an image"
    page = assembled(
        title, "convolution", data, ("bytes", "network", "filtering", "digits", "controls")
    )
    if excess := too_large(page):
        raise ValueError(f"{excess}: give fewer or smaller images")
    twin = _static(hundredths[0] / 100, names[0], title="Three filters slide over an image")
    return Playable(title, page, twin, 640)


def _texts(rows: str) -> list[list[str]]:
    return [row.replace("-", "−").split() for row in rows.split("|")]


def _weights(name: str) -> np.ndarray:
    from fractions import Fraction

    return np.array([[float(Fraction(one)) for one in r.split()] for r in PRESETS[name].split("|")])


@style.styled
def _static(image: np.ndarray, name: str, title: str = "") -> style.Figure:
    """An image, what three filters make of it, and the products of one window.

    Examples
    --------
    >>> _static(np.eye(28), "a diagonal", title="Three filters")
    Figure: Three filters
    """
    from scipy.signal import correlate2d

    filters = [_weights(one) for one in SHOWN]
    maps = [correlate2d(image, one, "valid") for one in filters]
    row, column = np.unravel_index(np.argmax(maps[1]), maps[1].shape)
    window, end = image[row : row + 3, column : column + 3], max(np.abs(maps).max(), 1e-6)
    figure = style.blank(style.WIDEST, 4.5, title)
    axes = style.panel(figure, 0.05, 2.2, 1.8, 1.8)
    axes.imshow(image, cmap="gray_r", vmin=0, vmax=1)
    axes.set_title(f"input, {name}", fontsize=10)
    _frame(axes, column, row, 3)
    signed = {"cmap": "RdBu_r", "vmin": -end, "vmax": end}
    for i, (one, values, what) in enumerate(zip(filters, maps, SHOWN, strict=True)):
        left = 2.2 + 2.1 * i
        axes = style.panel(figure, left, 2.2, 1.8, 1.8)
        picture = axes.imshow(values, **signed)
        axes.set_title(f"{i + 1} · {what}", fontsize=10)
        _cells(style.panel(figure, left, 1.15, 0.9, 0.9), one, [[f"{w:g}" for w in r] for r in one])
        if i == 1:
            _frame(axes, column, row, 1)
    bar = figure.add_axes((0.05 / style.WIDEST, 1.75 / 4.5, 1.8 / style.WIDEST, 0.12 / 4.5))
    figure.colorbar(picture, cax=bar, orientation="horizontal", ticks=[-end, 0, end])
    bar.set_xticklabels([number(-end).replace("-", "−"), "0", number(end)], fontsize=9)
    products = window * filters[1]
    texts = [
        [f"{x:.2f} × {w:g}\n= {x * w:.2f}" for x, w in zip(*rows, strict=True)]
        for rows in zip(window, filters[1], strict=True)
    ]
    total = f"{products.sum():.2f}".replace("-", "−")
    _cells(style.panel(figure, 2.2, 0.05, 3.9, 0.95), products, texts, size=8)
    text = f"the framed window,\nfilter 2: nine products\nadd up to {total}"
    figure.text(6.25 / style.WIDEST, 0.5 / 4.5, text, size=10, va="center")
    said = [
        f"the input, {name}",
        *(
            f"filter {i + 1}, {what}, whose output runs from {number(m.min())} to {number(m.max())}"
            for i, (what, m) in enumerate(zip(SHOWN, maps, strict=True))
        ),
        f"the window where filter 2 responds most: nine products that add up to {total}",
    ]
    figure.alt = describe("An image and the output maps of three filters of 3 × 3", title, said)
    return figure


def _frame(axes: style.Axes, column: int, row: int, side: int) -> None:
    from matplotlib.patches import Rectangle

    for color, width in (("white", 3.5), ("black", 1.8)):
        corner = (column - 0.5, row - 0.5)
        axes.add_patch(Rectangle(corner, side, side, fill=False, color=color, lw=width))


def _cells(axes: style.Axes, values: np.ndarray, texts: list[list[str]], size: int = 9) -> None:
    """The numbers of a filter or the products of a window, each in its cell."""
    end = 2 * max(np.abs(values).max(), 1e-6)  # light enough for black text
    axes.imshow(values, cmap="RdBu_r", vmin=-end, vmax=end, aspect="auto")
    for (i, j), _ in np.ndenumerate(values):
        axes.text(j, i, texts[i][j].replace("-", "−"), size=size, **style.MIDDLE)
