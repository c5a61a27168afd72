"""Arrays as blocks of cells: which way each axis goes, from a single number to a video."""

from collections.abc import Mapping

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe

CELL, LEAN = 0.17, 0.5  # inches: the side of a cell; how far a step in depth goes, in cells
FRONT, TOP, RIGHT = "#CCE3F0", "#E6F1F8", "#99C7E0"  # tints of the palette's blue
MOST = 12  # cells along an axis: more are drawn as twelve


@style.styled
def tensors(arrays: Mapping[str, Mapping[str, int]], title: str = "") -> style.Figure:
    """Arrays drawn cell by cell, the name of each axis beside it.

    The last three axes are the height, width and depth of a block (of two axes height and width,
    one axis is a row); an axis before them repeats the block from left to right, one more
    downwards.

    Parameters
    ----------
    arrays : dict of title -> dict of axis -> length
        The axes in their order, five at most; none for a single number.

    Examples
    --------
    >>> tensors({"a number": {}, "a table": {"samples": 3, "features": 2}}, title="Two arrays")
    Figure: Two arrays
    """
    style.filled("arrays", arrays)
    if odd := [name for name, axes in arrays.items() if len(axes) > 5]:
        raise ValueError(f"{odd[0]!r} has {len(arrays[odd[0]])} axes, at most 5 can be drawn")
    parts = {name: _sides(axes) for name, axes in arrays.items()}
    widths = [
        max(parts[name][0][0] * CELL + (0.6 if len(axes) < 4 else 0.75), 0.9)
        + (0.25 if len(axes) > 4 else 0)
        for name, axes in arrays.items()
    ]
    tall = max(cells[1] for cells, _ in parts.values()) * CELL
    above = 0.85 if title else 0.55
    figure = style.blank(sum(widths), tall + above + 0.75, title)
    left, said = 0.0, []
    for (name, axes), width in zip(arrays.items(), widths, strict=True):
        cells, lengths = parts[name]
        panel = style.panel(figure, left, 0, width, tall + above + 0.45)
        panel.axis("off")
        panel.set(xlim=(0, width / CELL), ylim=(0, (tall + above + 0.45) / CELL), aspect="equal")
        start = (width / CELL - cells[0]) / 2 + (0.8 if len(axes) > 4 else 0.3)
        low = 3.4 + (tall / CELL - cells[1]) / 2
        _draw(panel, start, low, lengths, list(axes))
        shape = ", ".join(map(str, axes.values())) + ("," if len(axes) == 1 else "")
        head = {"ha": "center", "va": "top", "fontsize": 9.5}
        panel.text(width / CELL / 2, (tall + above + 0.4) / CELL, f"{name}\n({shape})", **head)
        left += width
        said.append(
            f"{name}: {' × '.join(f'{n} {axis}' for axis, n in axes.items()) or 'one cell'}"
        )
    figure.alt = describe("Arrays as blocks of cells", title, said, arrays)
    return figure


def _sides(axes: Mapping[str, int]) -> tuple[tuple[float, float], list[int]]:
    """Width and height in cells; down, across, height, width, depth of what is drawn."""
    lengths = [min(int(n), MOST) for n in axes.values()]
    if len(lengths) == 2:
        lengths.append(1)
    elif len(lengths) == 1:
        lengths = [1, lengths[0], 1]
    lengths = [1] * (5 - len(lengths)) + lengths
    down, across, height, width, depth = lengths
    block = width + (depth - 1) * LEAN, height + (depth - 1) * LEAN
    return (across * (block[0] + 1) - 1, down * (block[1] + 1) - 1), lengths


def _draw(axes: style.Axes, x: float, y: float, lengths: list[int], names: list[str]) -> None:
    down, across, height, width, depth = lengths
    lean = (depth - 1) * LEAN
    step = width + lean + 1, height + lean + 1
    for row in range(down):
        for column in range(across):
            _block(axes, x + column * step[0], y + row * step[1], height, width, depth)
    text, end = {"fontsize": 8.5, "color": style.VERMILION}, x + across * step[0] - 1
    along = names[-3:] if len(names) > 2 else names
    if len(along) > 1:
        axes.text(x - 0.3, y + height / 2, along[0], ha="right", va="center", rotation=90, **text)
    if along:
        name = along[min(1, len(along) - 1)]
        axes.text(x + width / 2, y - 0.3, name, ha="center", va="top", **text)
    if len(along) > 2:
        slanted = {"rotation": 45, "rotation_mode": "anchor", "ha": "left", "va": "top"}
        axes.text(end - lean + 0.25, y - 0.35, along[2], **slanted, **text)
    arrow = {"arrowstyle": "->", "color": style.VERMILION, "lw": 1}
    if len(names) > 3:
        axes.annotate("", (end, y - 2.1), (x, y - 2.1), arrowprops=arrow)
        axes.text((x + end) / 2, y - 2.3, names[-4], ha="center", va="top", **text)
    if len(names) > 4:
        top = y + down * step[1] - 1
        axes.annotate("", (x - 1.9, y), (x - 1.9, top), arrowprops=arrow)
        axes.text(x - 2.1, (y + top) / 2, names[0], ha="right", va="center", rotation=90, **text)


def _block(axes: style.Axes, x: float, y: float, height: int, width: int, depth: int) -> None:
    """Cells of the front, and of the top and the right where it is deeper than one cell."""
    from matplotlib.collections import PolyCollection

    across, up, back = np.array([1.0, 0.0]), np.array([0.0, 1.0]), np.array([LEAN, LEAN])
    faces = [(FRONT, np.array([x, y]), across, width, up, height)]
    if depth > 1:
        corner = np.array([x, y + height])
        faces.append((TOP, corner, across, width, back, depth - 1))
        faces.append((RIGHT, np.array([x + width, y]), up, height, back, depth - 1))
    for color, corner, one, count, other, many in faces:
        cells = [
            corner + i * one + j * other + np.stack([0 * one, one, one + other, other])
            for i in range(count)
            for j in range(many)
        ]
        look = {"facecolors": color, "edgecolors": "#333333", "linewidths": 0.6}
        axes.add_collection(PolyCollection(cells, **look))
