"""What a network does to a plane: a sheet of squared paper with points on it, before and after."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np

from course_utils.plots.style import BLUE, GREY, VERMILION, WIDEST, figure_class, legend, styled

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Map = Callable[[np.ndarray], np.ndarray]
_CLASSES = ((BLUE, "o"), (VERMILION, "s"))
_TINTS = ["#F7EFC4", "#F4F4F4", "#C9E8DC"]  # of the paper from left to right
_SQUARES, _FINE = 16, 160  # squares along a side, steps along a line


@styled
def sheet(
    stages: Mapping[str, Map], points: np.ndarray, labels: np.ndarray, title: str = "",
    lines: Mapping[str, tuple[float, float, float]] | None = None, columns: int = 2,
    near: bool = False,
) -> "Figure":  # fmt: skip
    """A sheet of squared paper under the `points`, as each stage of a network leaves it.

    `stages`: title -> map from (n, 2) to (n, 2), applied to the sheet and the points as they are
    at first. `points` (n, 2), `labels` (n,) of 0 and 1. `lines`: title of a stage -> (a, b, c), a
    dashed line a·x + b·y + c = 0 in it. The tint of a square tells where on the sheet it was, the
    black lines cross at (0, 0). `near`: only what lies around the points, not the whole sheet.
    Raises ValueError for points, labels or a map of another shape.
    """
    points, labels = _checked(points, labels)
    end, columns = 1.1 * float(np.abs(points).max()), min(columns, len(stages))
    along = np.linspace(-end, end, _FINE + 1, dtype=points.dtype)
    paper = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1)
    rows, side = -(-len(stages) // columns), min(3.6, WIDEST / columns)
    figure = figure_class()(figsize=(columns * side, rows * side + 0.7), layout="constrained")
    figure.get_layout_engine().set(hspace=0.06)
    figure.suptitle(title, size=12)
    for i, (name, stage) in enumerate(stages.items()):
        axes = figure.add_subplot(rows, columns, i + 1, aspect="equal")
        axes.set_title(name, size=10.5)
        seen = _moved(stage, paper.reshape(-1, 2), name)
        _draw_paper(axes, seen.reshape(paper.shape))
        moved = _moved(stage, points, name)
        _draw_points(axes, moved, labels, named=i == 0, size=18)
        _frame(axes, moved if near else seen, (lines or {}).get(name))
        axes.set_xlabel("first number" if i + columns >= len(stages) else "")
        axes.set_ylabel("second number" if i % columns == 0 else "")
    legend(figure)
    return figure


def _checked(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    points, labels = np.asarray(points), np.asarray(labels)
    if points.ndim != 2 or points.shape[1:] != (2,) or labels.shape != points.shape[:1]:
        raise ValueError(f"points {points.shape} and labels {labels.shape} are not (n, 2), (n,)")
    return points, labels


def _moved(stage: Map, points: np.ndarray, name: str) -> np.ndarray:
    moved = np.asarray(stage(points))
    if moved.shape != points.shape:
        raise ValueError(f"stage {name!r} makes {moved.shape} of points {points.shape}")
    return moved


def _draw_paper(axes: "Axes", paper: np.ndarray) -> None:
    """Tinted squares, then the ruled lines; `paper` (_FINE + 1, _FINE + 1, 2)."""
    from matplotlib.collections import LineCollection, PolyCollection
    from matplotlib.colors import LinearSegmentedColormap

    cells, step = paper[::5, ::5], _FINE // _SQUARES
    quads = np.stack([cells[:-1, :-1], cells[1:, :-1], cells[1:, 1:], cells[:-1, 1:]], axis=2)
    tints = LinearSegmentedColormap.from_list("paper", _TINTS)(np.linspace(0, 1, len(quads)))
    colors = np.repeat(tints, len(quads), axis=0)
    look = {"facecolors": colors, "edgecolors": colors, "linewidths": 0.3}
    axes.add_collection(PolyCollection(quads.reshape(-1, 4, 2), **look))
    ruled = [*paper[::step], *paper[:, ::step].transpose(1, 0, 2)]
    axes.add_collection(LineCollection(ruled, colors=GREY, linewidths=0.7, alpha=0.7))


def _draw_points(
    axes: "Axes", points: np.ndarray, labels: np.ndarray, named: bool, size: float
) -> None:
    for label, (color, marker) in enumerate(_CLASSES):
        look = {"s": size, "color": color, "marker": marker, "lw": 0.4, "ec": "white"}
        name = f"class {label}" if named else None
        axes.scatter(*points[labels == label].T, **look, zorder=3, label=name)


def _frame(axes: "Axes", seen: np.ndarray, line: tuple[float, float, float] | None) -> None:
    """A square window with the points `seen` and the origin in it, and the dashed line if any."""
    low, high = np.minimum(seen.min(axis=0), 0), np.maximum(seen.max(axis=0), 0)
    half, middle = 0.56 * max(*(high - low), 1e-6), (low + high) / 2
    axes.set(xlim=(middle[0] - half, middle[0] + half), ylim=(middle[1] - half, middle[1] + half))
    for through in (axes.axhline, axes.axvline):
        through(0, color="black", linewidth=0.8, zorder=2)
    if line:
        normal, offset = np.array(line[:2]) / np.hypot(*line[:2]), line[2] / np.hypot(*line[:2])
        foot = middle - normal * (normal @ middle + offset)
        ends = foot + 3 * half * np.outer([-1, 1], [-normal[1], normal[0]])
        look = {"color": "black", "linewidth": 1.6, "zorder": 4}
        axes.plot(*ends.T, "--", scalex=False, scaley=False, **look)


@styled
def regions(
    networks: Mapping[str, Callable[[np.ndarray], np.ndarray]], points: np.ndarray,
    labels: np.ndarray, title: str = "",
) -> "Figure":  # fmt: skip
    """Where in the plane each network says class 1, with the points that it was to tell apart.

    `networks`: title -> map from (n, 2) to the probability of class 1, n values. `points` (n, 2),
    `labels` (n,) of 0 and 1. Dashed: where the probability is one half. Raises ValueError for
    points or labels of another shape.
    """
    from matplotlib.colors import LinearSegmentedColormap

    points, labels = _checked(points, labels)
    end = 1.15 * float(np.abs(points).max())
    along = np.linspace(-end, end, 121, dtype=points.dtype)
    x, y = np.meshgrid(along, along)
    plane = np.stack([x.ravel(), y.ravel()], axis=1)
    side = min(3.6, WIDEST / len(networks))
    figure = figure_class()(figsize=(side * len(networks), side + 0.9), layout="constrained")
    figure.suptitle(title, size=12)
    tints = LinearSegmentedColormap.from_list("classes", ["#BFDCEC", "#FFFFFF", "#F5D7BF"])
    for i, (name, network) in enumerate(networks.items()):
        axes = figure.add_subplot(1, len(networks), i + 1, aspect="equal")
        axes.set_title(name, size=10.5)
        p = np.asarray(network(plane)).reshape(x.shape)
        axes.contourf(x, y, p, levels=np.linspace(0, 1, 11), cmap=tints)
        if p.min() < 0.5 < p.max():
            axes.contour(x, y, p, levels=[0.5], colors="black", linestyles="--", linewidths=1.6)
        _draw_points(axes, points, labels, named=i == 0, size=12)
        axes.set(xlabel="first number", ylabel="second number")
    legend(figure)
    return figure
