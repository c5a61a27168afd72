"""Charts by name or class: confusion matrix, dot plot, points, class balance, histogram."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import Any

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe, number
from course_utils.plots.series import over_seeds


def _classes(names: Sequence[str], **labels: np.ndarray) -> tuple[list[str], list[np.ndarray]]:
    """The names, with "class 10" for each index that has none, and the labels as indices."""
    arrays = []
    for what, array in labels.items():
        array = style.numbers(what, array)
        array = array[:, 0] if array.shape[1:] == (1,) else array
        style.filled(what, array)
        if array.ndim != 1 or not np.array_equal(array, np.round(array)) or array.min() < 0:
            raise ValueError(
                f"{what} {array.shape} are not class indices (n,): take .argmax(axis=1) of "
                "probabilities"
            )
        arrays.append(array.astype(int))
    if len({array.shape for array in arrays}) > 1:
        raise ValueError(f"{' and '.join(labels)} differ in number: {[*map(len, arrays)]}")
    most = max(int(array.max()) for array in arrays)
    return [*names, *(f"class {i}" for i in range(len(names), most + 1))], arrays


@style.styled
def confusion(
    y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str], title: str = ""
) -> style.Figure:
    """Confusion matrix: rows are true classes, columns predicted ones, a count in every cell.

    The color is the share of the row, on a scale that lets rare errors be seen. A class without
    a name is shown as its index.

    Parameters
    ----------
    y_true, y_pred : ndarray (n,)
        Class indices.
    class_names : sequence

    Examples
    --------
    >>> confusion([0, 1, 1], [0, 1, 0], ["cat", "dog"])
    Figure: Confusion matrix
    """
    names, labels = _classes(class_names, y_true=y_true, y_pred=y_pred)
    side = min(style.WIDEST - 1.2, 1.8 + 0.46 * len(names))
    title = title or "Confusion matrix"
    axis = {"xlabel": "predicted class", "ylabel": "true class"}
    figure, axes = style.figure_of(side + 1.2, side, title=title, **axis)
    picture, said = _matrix(axes, *labels, names, side)
    bar = figure.colorbar(picture, ax=axes, shrink=0.8, label="share of the true class")
    bar.set_ticks([0, 0.01, 0.05, 0.2, 0.5, 1], labels=["0", "0.01", "0.05", "0.2", "0.5", "1"])
    what = f"{len(names)} × {len(names)} matrix of counts, true class by predicted class"
    figure.alt = describe(what, title, [*said, f"classes: {', '.join(names)}"], names)
    return figure


@style.styled
def confusions(
    y_true: np.ndarray, predictions: Mapping[str, np.ndarray], class_names: Sequence[str],
    title: str = "",
) -> style.Figure:  # fmt: skip
    """Confusion matrices of several classifiers on the same samples, side by side.

    Parameters
    ----------
    y_true : ndarray (n,)
        Class indices.
    predictions : dict of name -> ndarray (n,)
        Predicted class indices; the name stands above its matrix.
    class_names : sequence

    Examples
    --------
    >>> confusions([0, 1], {"A": [0, 1], "B": [1, 1]}, ["cat", "dog"], "Two classifiers")
    Figure: Two classifiers
    """
    style.filled("predictions", predictions)
    side, said = style.WIDEST / len(predictions), []
    figure = style.figure_class()(figsize=(style.WIDEST, side + 0.5), layout="constrained")
    figure.suptitle(title)
    panels = np.atleast_1d(figure.subplots(1, len(predictions)))
    for axes, (name, y_pred) in zip(panels, predictions.items(), strict=True):
        names, labels = _classes(class_names, y_true=y_true, y_pred=y_pred)
        said.append(f"{name}: {'; '.join(_matrix(axes, *labels, names, side - 0.8)[1])}")
        axes.set(xlabel="predicted class", ylabel="true class", title=name)
    figure.alt = describe(f"{len(predictions)} confusion matrices", title, said, predictions)
    return figure


def _matrix(
    axes: style.Axes, y_true: np.ndarray, y_pred: np.ndarray, names: Sequence[str], side: float
) -> tuple[Any, list[str]]:
    """A matrix of counts drawn into `axes`, `side` inches wide; the picture, and what it shows."""
    from matplotlib.colors import PowerNorm
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(y_true, y_pred, labels=range(len(names)))
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    axes.grid(False)
    picture = axes.imshow(share, cmap="Blues", norm=PowerNorm(0.4, 0, 1))
    size = min(9.5, 85 * side / len(names) / max(3, len(f"{table.max():,}")))
    for (row, column), n in np.ndenumerate(table):
        color = "white" if share[row, column] > 0.25 else "black" if n else "#999999"
        axes.text(column, row, f"{n:,}", color=color, size=size, **style.MIDDLE)
    axes.set_xticks(range(len(names)), names)
    axes.tick_params(axis="x", rotation=90 if max(map(len, names)) > 3 else 0)
    axes.set_yticks(range(len(names)), names)
    said = [f"{np.trace(table):,} of {table.sum():,} samples are classified correctly"]
    wrong = table * (1 - np.eye(len(names), dtype=int))
    for at in np.argsort(-wrong, axis=None)[:3]:
        true, predicted = np.unravel_index(at, wrong.shape)
        if n := wrong[true, predicted]:
            said.append(f"{n:,} of true class {names[true]} are predicted as {names[predicted]}")
    return picture, said


@style.styled
def dot_plot(
    measured: Mapping[str, Sequence[float]], xlabel: str = "", title: str = "",
    reference: Mapping[str, float] | None = None, log: bool = False,
    reference_name: str = "literature",
) -> style.Figure:  # fmt: skip
    """One line a name, the first on top: a dot for the mean over seeds, a bar over their range.

    Parameters
    ----------
    measured : dict of name -> values over seeds
    reference : dict of name -> value, optional
        Values to compare with, such as those of the literature, as hollow diamonds.
    log : bool
        A logarithmic axis, for error rates.
    reference_name : str
        What the diamonds are, in the legend and in the alt text.

    Examples
    --------
    >>> dot_plot({"LeNet": [0.99, 0.992]}, "accuracy", "Results", reference={"LeNet": 0.9906})
    Figure: Results
    """
    from matplotlib.ticker import LogLocator

    style.filled("names", measured)
    names, reference = list(measured), reference or {}
    if stray := set(reference) - set(names):
        raise ValueError(f"reference values without a measured row: {', '.join(sorted(stray))}")
    tables = {name: np.atleast_1d(style.numbers(name, values)) for name, values in measured.items()}
    figure, axes = style.figure_of(8.0, 1.5 + 0.34 * len(names), xlabel=xlabel, title=title)
    beside, said = ("axes fraction", "data"), []
    for row, (name, table) in enumerate(tables.items()):
        style.filled(f"values of {name!r}", table)
        said.append(f"{name} {table.mean():.4f}")
        if len(table) > 1:
            axes.hlines(row, table.min(), table.max(), color=style.BLUE, linewidth=4, alpha=0.4)
            said[-1] += f" ({number(table.min())} to {number(table.max())})"
        if name in reference:
            said[-1] += f", {reference_name} {number(reference[name])}"
        axes.annotate(f"{table.mean():.4f}", (1.01, row), xycoords=beside, va="center", size=9)
    means, label = [table.mean() for table in tables.values()], f"measured, {over_seeds(tables)}"
    axes.plot(means, range(len(names)), "o", color=style.BLUE, markersize=7, label=label)
    if reference:
        rows = [names.index(name) for name in reference]
        look = {"mfc": "none", "mec": style.VERMILION}
        axes.plot([*reference.values()], rows, "D", ms=9, mew=1.6, label=reference_name, **look)
    axes.set_yticks(range(len(names)), labels=names)
    axes.set_ylim(len(names) - 0.4, -0.6)
    axes.grid()
    if log:
        least = min(table.min() for table in tables.values())
        if not least > 0:
            raise ValueError(f"a logarithmic axis has no place for {number(least)}")
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(subs=(1, 2, 3, 5)))
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
    style.legend(figure)
    what = f"Dot plot of {xlabel or 'values'}, {over_seeds(tables)}"
    figure.alt = describe(what, title, ["; ".join(said)], names)
    return figure


@style.styled
def scatter(
    points: Mapping[str, tuple[float, float]], xlabel: str = "", ylabel: str = "", title: str = "",
    log: bool = False,
) -> style.Figure:  # fmt: skip
    """One marked point for each label, which stands beside it.

    Parameters
    ----------
    points : dict of label -> (x, y)
    log : bool
        A logarithmic x axis.

    Examples
    --------
    >>> scatter({"LeNet": (0.4, 0.6), "ResNet": (26.7, 0.67)}, "work", "accuracy", "Two networks")
    Figure: Two networks
    """
    style.filled("points", points)
    locations = style.numbers("points", [*points.values()])
    if locations.shape != (len(points), 2) or not np.isfinite(locations).all():
        raise ValueError("points are pairs (x, y) of finite numbers, one for each label")
    if log and (locations[:, 0] <= 0).any():
        raise ValueError(f"a logarithmic axis has no place for {number(locations[:, 0].min())}")
    figure, axes = style.figure_of(7.5, 4.4, xlabel=xlabel, ylabel=ylabel, title=title)
    for i, ((color, marker), label) in enumerate(zip(style.looks(), points, strict=False)):
        axes.plot(*locations[i], marker, color=color, markersize=8)
        beside = (8, 5 - 15 * (i % 2))  # by turns above and below, so that neighbours keep apart
        axes.annotate(label, locations[i], textcoords="offset points", xytext=beside)
    if log:
        axes.set_xscale("log")
        axes.xaxis.set_major_formatter("{x:,g}")
        axes.xaxis.set_minor_formatter("")
    axes.margins(x=0.15, y=0.12)
    said = [f"{n} {number(x)}, {number(y)}" for n, (x, y) in zip(points, locations, strict=True)]
    what = f"Scatter plot of {ylabel or 'y'} against {xlabel or 'x'}"
    figure.alt = describe(what, title, ["; ".join(said)], points)
    return figure


@style.styled
def counts(
    labels: np.ndarray, class_names: Sequence[str], title: str = "", unit: str = "images"
) -> style.Figure:
    """Class balance: a bar for each class with its number.

    Parameters
    ----------
    labels : ndarray (n,)
        Class indices; an index without a name is shown as such.
    class_names : sequence
    unit : str
        What is counted.

    Examples
    --------
    >>> counts([0, 1, 1], ["cat", "dog"], title="Three animals")
    Figure: Three animals
    """
    names, (labels,) = _classes(class_names, labels=labels)
    table = np.bincount(labels, minlength=len(names))
    many, title = len(table) > 15, title or "Class balance"
    axis = {"xlabel": "class", "ylabel": f"number of {unit}"}
    figure, axes = style.figure_of(2.2 + 0.56 * len(names), 3.2 + 0.6 * many, title=title, **axis)
    axes.grid(False)
    bars = axes.bar(range(len(table)), table, color=style.BLUE, width=0.75)
    look = {"fontsize": 7, "rotation": 90} if many else {"fontsize": 9}
    axes.bar_label(bars, fmt="{:,.0f}", padding=2, **look)
    turn = 90 if many else 45 if max(map(len, names)) > 6 else 0
    axes.set_xticks(range(len(table)), names, rotation=turn, size=8 if many else None)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.margins(x=0.01, y=0.14)
    said = [f"{name}: {n:,}" for name, n in zip(names, table, strict=True)]
    what = f"Bar chart of the number of {unit} in each of {len(names)} classes"
    figure.alt = describe(what, title, ["; ".join(said)], names)
    return figure


@style.styled
def histogram(
    values: Mapping[str, Sequence[float]], xlabel: str = "", ylabel: str = "", title: str = "",
    marks: Mapping[str, float] | None = None,
) -> style.Figure:  # fmt: skip
    """Histograms of several series on one axis, in the same thirty bins.

    Parameters
    ----------
    values : dict of label -> (n,) numbers
    marks : dict of label -> number, optional
        Vertical dashed lines.

    Examples
    --------
    >>> histogram({"errors": [1.0, 2.0, 2.5]}, title="Three errors", marks={"mean": 1.83})
    Figure: Three errors
    """
    style.filled("series", values)
    tables, said = {label: style.numbers(label, series) for label, series in values.items()}, []
    for label, table in tables.items():
        if table.ndim != 1 or not table.size or not np.isfinite(table).all():
            raise ValueError(f"{label!r} needs (n,) finite values, not {table.shape}")
        said.append(
            f"{label}: {table.size:,} values from {number(table.min())} to {number(table.max())}, "
            f"mean {number(table.mean())}"
        )
    figure, axes = style.figure_of(7.5, 3.8, xlabel=xlabel, ylabel=ylabel, title=title)
    bins = np.histogram_bin_edges(np.concatenate(list(tables.values())), 30)
    for color, (label, table) in zip(cycle(style.PALETTE), tables.items(), strict=False):
        axes.hist(table, bins, color=color, alpha=0.25)
        axes.hist(table, bins, color=color, histtype="step", linewidth=1.5, label=label)
    for dash, (label, value) in zip(cycle(("--", ":", "-.")), (marks or {}).items(), strict=False):
        axes.axvline(value, color=style.GREY, linestyle=dash, label=label)
        said.append(f"{label} is marked at {number(value)}")
    style.legend(figure)
    names = [*values, *(marks or ())]
    figure.alt = describe(f"Histogram of {xlabel or 'values'}", title, said, names)
    return figure
