"""What a network does to a plane, what it says of one, and a walk down a loss."""

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe, number

Map = Callable[[np.ndarray], np.ndarray]
_CLASSES = ((style.BLUE, "o"), (style.VERMILION, "s"))
_TINTS = ["#F7EFC4", "#F4F4F4", "#C9E8DC"]  # of the paper from left to right
_SQUARES, _FINE = 16, 160  # squares along a side, steps along a line


def _panels(
    names: Sequence[str], columns: int, extra: float, title: str, **options: bool
) -> tuple[style.Figure, list[style.Axes]]:
    """A figure with a square panel a name, `columns` in a row; names may hold $formulas$."""
    rows, side = -(-len(names) // columns), min(3.6, style.WIDEST / columns)
    size = (columns * side, rows * side + extra)
    figure = style.figure_class()(figsize=size, layout="constrained")
    figure.get_layout_engine().set(hspace=0.06)
    figure.suptitle(title, size=12)
    panels = figure.subplots(rows, columns, squeeze=False, **options).ravel()
    for axes, name in zip(panels, names, strict=False):
        axes.set_title(name, size=10.5, parse_math=True)
    for axes in panels[len(names) :]:
        axes.remove()
    return figure, list(panels[: len(names)])


@style.styled
def sheet(
    stages: Mapping[str, Map], points: np.ndarray, labels: np.ndarray, title: str = "",
    lines: Mapping[str, tuple[float, float, float]] | None = None, columns: int = 2,
    near: bool | Sequence[str] = False, followed: Mapping[str, tuple[float, float]] | None = None,
    classes: tuple[str, str] = ("class 0", "class 1"),
) -> style.Figure:  # fmt: skip
    """A sheet of squared paper under points of two classes, as each stage of a network leaves it.

    The tint of a square tells where on the sheet it was; the black lines cross at (0, 0). All
    panels have the same scale, but for those of `near`.

    Parameters
    ----------
    stages : dict of title -> function from (n, 2) to (n, 2)
        Applied to the sheet and the points as they are at first. A title may hold $formulas$.
    points, labels : ndarray (n, 2) and (n,)
        Labels are 0 and 1.
    lines : dict of title -> (a, b, c), optional
        A dashed line a·x + b·y + c = 0 in the stage of that title.
    columns : int
        Stages in a row.
    near : bool or titles of stages
        Show only what lies around the points, not the whole sheet, in all panels or in those
        of the titles; each of them on its own scale.
    followed : dict of name -> (x, y), optional
        Points that carry their name, with an arrow from where each was one stage before.
    classes : the names of the two classes

    Examples
    --------
    >>> stages = {"as it is": lambda x: x, "folded": lambda x: np.maximum(x, 0)}
    >>> sheet(stages, np.array([[1, 1], [-1, 0]]), np.array([0, 1]), title="A sheet")
    Figure: A sheet
    """
    style.filled("stages", stages)
    points, labels = _checked(points, labels)
    end, columns = 1.1 * float(np.abs(points).max()), min(columns, len(stages))
    along = np.linspace(-end, end, _FINE + 1, dtype=points.dtype)
    paper, said = np.stack(np.meshgrid(along, along, indexing="ij"), axis=-1), []
    figure, panels = _panels(list(stages), columns, 0.7, title)
    sheets = {name: _moved(stage, paper.reshape(-1, 2), name) for name, stage in stages.items()}
    alone = set(stages) if near is True else set(near or ())
    whole = [paper for name, paper in sheets.items() if name not in alone]
    before, every = None, np.concatenate(whole or [points])
    hand = np.array([*(followed or {}).values()], points.dtype).reshape(-1, 2)
    for i, (axes, (name, stage)) in enumerate(zip(panels, stages.items(), strict=True)):
        axes.set_aspect("equal")
        moved = _moved(stage, points, name)
        _draw_paper(axes, sheets[name].reshape(paper.shape))
        _draw_points(axes, moved, labels, named=i == 0, size=18, classes=classes)
        _frame(axes, moved if name in alone else every, (lines or {}).get(name))
        if followed:
            before = _follow(axes, list(followed), _moved(stage, hand, name), before)
        axes.set_xlabel("first number" if i + columns >= len(stages) else "")
        axes.set_ylabel("second number" if i % columns == 0 else "")
        said.append(f"in “{name.replace('$', '')}” the points lie in {_extent(moved)}")
        said[-1] += ", cut by a dashed line" if name in (lines or {}) else ""
    style.legend(figure)
    what = f"{len(stages)} panels of squared paper with {len(points)} points of two classes"
    figure.alt = describe(what, title, said, [name.replace("$", "") for name in stages])
    return figure


def _follow(
    axes: style.Axes, names: Sequence[str], now: np.ndarray, before: np.ndarray | None
) -> np.ndarray:
    """Named points where they are now, and arrows from where they were."""
    for i, (name, at) in enumerate(zip(names, now, strict=True)):
        axes.plot(*at, "o", ms=7, mfc="white", mec="black", mew=1.4, zorder=5)
        together = [names[j] for j in range(len(now)) if np.allclose(now[j], at)]
        if together[0] == name:
            box = {"boxstyle": "round,pad=0.12", "fc": "white", "ec": "none", "alpha": 0.8}
            label = {"xytext": (7, 7), "textcoords": "offset points", "bbox": box, "zorder": 6}
            axes.annotate(", ".join(together), at, size=10, weight="bold", **label)
        if before is not None and not np.allclose(before[i], at):
            arrow = {"arrowstyle": "-|>", "color": "black", "lw": 1, "shrinkA": 0, "shrinkB": 4}
            drawn = axes.annotate("", at, before[i], arrowprops=arrow, zorder=4)
            drawn.arrow_patch.set_clip_box(axes.bbox)
    return now


def _extent(points: np.ndarray) -> str:
    sides = zip("xy", points.min(axis=0), points.max(axis=0), strict=True)
    return " and ".join(f"{n} {number(low)} to {number(high)}" for n, low, high in sides)


def _checked(points: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    points, labels = np.asarray(points), np.asarray(labels)
    points = points if points.dtype.kind == "f" else style.numbers("points", points)
    style.filled("points", points)
    if points.ndim != 2 or points.shape[1:] != (2,) or labels.shape != points.shape[:1]:
        raise ValueError(f"points {points.shape} and labels {labels.shape} are not (n, 2), (n,)")
    if not np.isin(labels, (0, 1)).all():
        raise ValueError(f"labels are 0 and 1, not {', '.join(map(str, np.unique(labels)[:4]))}")
    return points, labels


def _moved(stage: Map, points: np.ndarray, name: str) -> np.ndarray:
    moved = np.asarray(stage(points))
    if moved.shape != points.shape:
        raise ValueError(f"stage {name!r} makes {moved.shape} of points {points.shape}")
    return _finite(f"stage {name!r}", moved)


def _finite(what: str, array: np.ndarray) -> np.ndarray:
    if not np.isfinite(array).all():
        raise ValueError(f"{what} gives numbers that are not finite")
    return array


def _draw_paper(axes: style.Axes, paper: np.ndarray) -> None:
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
    axes.add_collection(LineCollection(ruled, colors=style.GREY, linewidths=0.7, alpha=0.7))


def _draw_points(
    axes: style.Axes, points: np.ndarray, labels: np.ndarray, named: bool, size: float,
    classes: tuple[str, str] = ("class 0", "class 1"),
) -> None:  # fmt: skip
    for label, (color, marker) in enumerate(_CLASSES):
        look = {"s": size, "color": color, "marker": marker, "lw": 0.4, "ec": "white"}
        name = classes[label] if named else None
        axes.scatter(*points[labels == label].T, **look, zorder=3, label=name)


def _frame(axes: style.Axes, seen: np.ndarray, line: tuple[float, float, float] | None) -> None:
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


@style.styled
def regions(
    networks: Mapping[str, Callable[[np.ndarray], np.ndarray]], points: np.ndarray,
    labels: np.ndarray, title: str = "",
) -> style.Figure:  # fmt: skip
    """Where in the plane each network says class 1, its decision boundary, and the points.

    Parameters
    ----------
    networks : dict of title -> function from (n, 2) to n probabilities of class 1
    points, labels : ndarray (n, 2) and (n,)
        Labels are 0 and 1.

    Examples
    --------
    >>> network = lambda x: (x[:, 0] > 0) * 1.0
    >>> regions({"right half": network}, np.array([[1, 1], [-1, 0]]), np.array([1, 0]), "A plane")
    Figure: A plane
    """
    from matplotlib.colors import LinearSegmentedColormap

    style.filled("networks", networks)
    points, labels = _checked(points, labels)
    end = 1.15 * float(np.abs(points).max())
    x, y = np.meshgrid(*2 * [np.linspace(-end, end, 121, dtype=points.dtype)])
    plane, said = np.stack([x.ravel(), y.ravel()], axis=1), []
    figure, panels = _panels(list(networks), len(networks), 0.9, title)
    tints = LinearSegmentedColormap.from_list("classes", ["#BFDCEC", "#FFFFFF", "#F5D7BF"])
    for i, (axes, (name, network)) in enumerate(zip(panels, networks.items(), strict=True)):
        p = np.asarray(network(plane))
        if p.size != len(plane):
            raise ValueError(f"{name!r} gives {p.shape}, not one value a point")
        p = _finite(repr(name), p).reshape(x.shape)
        axes.contourf(x, y, p, levels=np.linspace(0, 1, 11), cmap=tints)
        if p.min() < 0.5 < p.max():
            axes.contour(x, y, p, levels=[0.5], colors="black", linestyles="--", linewidths=1.6)
        _draw_points(axes, points, labels, named=i == 0, size=12)
        axes.set(xlabel="first number", ylabel="second number", aspect="equal")
        said.append(f"{name} says class 1 on {np.mean(p > 0.5):.0%} of the plane")
    style.legend(figure)
    what = f"{len(networks)} planes tinted by class with {len(points)} points, boundaries dashed"
    figure.alt = describe(what, title, said, networks)
    return figure


@style.styled
def descent(
    loss: Callable[[np.ndarray], np.ndarray], walks: Mapping[str, Sequence[float]],
    xlabel: str = "weight", ylabel: str = "loss", title: str = "",
) -> style.Figure:  # fmt: skip
    """The curve of a loss over one weight, and on it the steps of each walk, a panel each.

    Parameters
    ----------
    loss : function from (n,) weights to (n,) losses
    walks : dict of title -> weights
        The weight before the first step, a diamond, and after each.

    Examples
    --------
    >>> descent(lambda w: w**2, {"rate 0.1": [3, 2.4, 1.92]}, title="Two steps")
    Figure: Two steps
    """
    style.filled("walks", walks)
    steps, said = {name: style.numbers(name, walk) for name, walk in walks.items()}, []
    for name, walk in steps.items():
        style.filled(f"weights in {name!r}", walk)
        with np.errstate(over="ignore"):
            _finite(f"the loss along {name!r}", loss(_finite(f"the walk {name!r}", walk)))
    every = np.concatenate([*steps.values()])
    air = 0.08 * np.ptp(every) or 1.0
    along = np.linspace(every.min() - air, every.max() + air, 200)
    figure, panels = _panels(list(walks), len(walks), 0.9, title, sharex=True, sharey=True)
    for axes, (name, walk) in zip(panels, steps.items(), strict=True):
        axes.plot(along, loss(along), color=style.GREY, linewidth=1)
        axes.plot(walk, loss(walk), "o-", color=style.BLUE, markersize=4, linewidth=1)
        axes.plot(walk[0], loss(walk[0]), "D", color=style.VERMILION, markersize=6)
        axes.set(xlabel=xlabel)
        axes.grid(axis="y")
        first, last = loss(walk[[0, -1]])
        said.append(
            f"{name}: in {len(walk) - 1} steps {xlabel} {number(walk[0])} becomes "
            f"{number(walk[-1])} and {ylabel} {number(first)} becomes {number(last)}"
        )
    panels[0].set(ylabel=ylabel)
    figure.alt = describe(f"Walks down the curve of {ylabel} over {xlabel}", title, said, walks)
    return figure
