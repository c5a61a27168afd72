"""Charts of what was measured: over epochs, over seeds, by class."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.plots.style import (
    BLUE,
    GREY,
    MARKERS,
    MIDDLE,
    PALETTE,
    VERMILION,
    WIDEST,
    figure_of,
    legend,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_UNITS = {"accuracy": "accuracy (share of samples)", "loss": "loss (mean over samples)"}


@styled
def curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]], metric: str = "accuracy",
    title: str = "", ylabel: str | None = None,
) -> "Figure":  # fmt: skip
    """Training curves: each history maps a metric to its values, one an epoch.

    Training (`metric`) is dashed, validation (`val_<metric>`) solid, the best validation epoch
    marked with its value: the highest for metrics named after accuracy or AUC, else the lowest.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    best = np.argmax if "acc" in metric or "auc" in metric else np.argmin
    (figure, axes), handles, drawn = figure_of(7.5, 4.2), [], {}
    for i, (label, history) in enumerate(histories.items()):
        look = {"color": PALETTE[i % len(PALETTE)], "marker": ""}
        for key, dash, name in ((metric, "--", "training"), (f"val_{metric}", "-", "validation")):
            if values := list(history.get(key, ())):
                axes.plot(range(1, len(values) + 1), values, dash, **look)
                drawn[name] = Line2D([], [], color=GREY, linestyle=dash, label=name)
        if values := list(history.get(f"val_{metric}", ())):
            at, look["marker"] = int(best(values)), MARKERS[i % len(MARKERS)]
            label += f", best {values[at]:.4f} in epoch {at + 1}"
            axes.plot([at + 1], values[at], **look, markersize=8, mec="white", linestyle="")
        handles.append(Line2D([], [], **look, label=label))
    axes.set(xlabel="epoch", ylabel=ylabel or _UNITS.get(metric, metric), title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y")
    legend(figure, handles=[*handles, *drawn.values()])
    return figure


@styled
def confusion(
    y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str], title: str = ""
) -> "Figure":
    """Confusion matrix: rows are true classes, columns predicted ones, a count in every cell.

    `y_true` and `y_pred` are class indices of shape (n,). The colour is the share of the row, on
    a scale that lets rare errors be seen.
    """
    from matplotlib.colors import PowerNorm
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(y_true, y_pred, labels=range(number := len(class_names)))
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = min(WIDEST - 1.2, 1.8 + 0.46 * number)
    figure, axes = figure_of(side + 1.2, side)
    picture = axes.imshow(share, cmap="Blues", norm=PowerNorm(0.4, 0, 1))
    size = min(9.5, 85 * side / number / max(3, len(f"{table.max():,}")))
    for (row, column), n in np.ndenumerate(table):
        color = "white" if share[row, column] > 0.25 else "black" if n else "#999999"
        axes.text(column, row, f"{n:,}", color=color, size=size, **MIDDLE)
    axes.set_xticks(range(number), class_names)
    axes.tick_params(axis="x", rotation=90 if max(map(len, class_names)) > 3 else 0)
    axes.set_yticks(range(number), class_names)
    axes.set(xlabel="predicted class", ylabel="true class", title=title or "Confusion matrix")
    bar = figure.colorbar(picture, ax=axes, shrink=0.8, label="share of the true class")
    bar.set_ticks([0, 0.01, 0.05, 0.2, 0.5, 1], labels=["0", "0.01", "0.05", "0.2", "0.5", "1"])
    return figure


def _over_seeds(tables: Mapping[str, np.ndarray]) -> str:
    numbers = sorted({table.shape[-1] for table in tables.values()})
    if numbers == [1]:
        return "one seed"
    return f"mean and range over {' to '.join(map(str, numbers[:: len(numbers) - 1 or 1]))} seeds"


@styled
def plot_with_range(
    x: Sequence[float], series: Mapping[str, np.ndarray], xlabel: str = "", ylabel: str = "",
    title: str = "", log: bool = False,
) -> "Figure":  # fmt: skip
    """Something measured over seeds, against `x`: the mean as a line, min to max as a band.

    Each array is (len(x), seeds), or (len(x),) for values that have no seeds. `log`: a
    logarithmic x axis. Raises ValueError, naming the label, for another shape.
    """
    from matplotlib.ticker import NullLocator

    x, (figure, axes) = np.asarray(x), figure_of(7.5, 4.4)
    tables = {label: np.atleast_2d(np.asarray(v, float).T).T for label, v in series.items()}
    for i, (label, table) in enumerate(tables.items()):
        if table.ndim != 2 or len(table) != len(x) or not table.size:
            raise ValueError(f"{label!r} needs ({len(x)}, seeds) values, not {table.shape}")
        color, marker = PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]
        axes.plot(x, table.mean(axis=1), color=color, marker=marker, label=label)
        axes.fill_between(x, table.min(axis=1), table.max(axis=1), color=color, alpha=0.2, lw=0)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, xscale="log" if log else "linear")
    if len(x) <= 12:
        axes.set_xticks(x, [f"{value:,}".replace("-", "−") for value in x.tolist()])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y")
    seeded = any(np.ndim(values) == 2 for values in series.values())
    legend(figure, title=_over_seeds(tables) if seeded else None)
    return figure


@styled
def dot_plot(
    measured: Mapping[str, Sequence[float]], xlabel: str = "", title: str = "",
    reference: Mapping[str, float] | None = None,
) -> "Figure":  # fmt: skip
    """One line a name, the first on top: a dot for the mean over seeds, a bar from min to max.

    `reference`: values from the literature by the same names, as hollow diamonds.
    Raises ValueError for a reference without a measured row.
    """
    names, reference = list(measured), reference or {}
    if stray := set(reference) - set(names):
        raise ValueError(f"reference values without a measured row: {', '.join(sorted(stray))}")
    figure, axes = figure_of(8.0, 1.5 + 0.34 * len(names))
    tables = {name: np.asarray(values, float) for name, values in measured.items()}
    means, beside = [table.mean() for table in tables.values()], ("axes fraction", "data")
    for row, table in enumerate(tables.values()):
        axes.plot([table.min(), table.max()], [row, row], color=BLUE, linewidth=4, alpha=0.4)
        axes.annotate(f"{means[row]:.4f}", (1.01, row), xycoords=beside, va="center", size=9)
    label = f"measured, {_over_seeds(tables)}"
    axes.plot(means, range(len(names)), "o", color=BLUE, markersize=7, label=label)
    if reference:
        rows, look = [names.index(name) for name in reference], {"mfc": "none", "mec": VERMILION}
        axes.plot([*reference.values()], rows, "D", ms=9, mew=1.6, label="literature", **look)
    axes.set_yticks(range(len(names)), labels=names)
    axes.set(xlabel=xlabel, title=title, ylim=(len(names) - 0.4, -0.6))
    axes.grid()
    legend(figure)
    return figure


@styled
def scatter(
    points: Mapping[str, tuple[float, float]], xlabel: str = "", ylabel: str = "", title: str = "",
    log: bool = False,
) -> "Figure":  # fmt: skip
    """One marked point (x, y) for each label, which stands beside it. `log`: a logarithmic x axis.

    Raises ValueError where there are no points, or one is not finite.
    """
    if not points or not np.isfinite(list(points.values())).all():
        raise ValueError("points are pairs of finite numbers, at least one")
    figure, axes = figure_of(7.5, 4.4)
    for i, (label, (x, y)) in enumerate(points.items()):
        color, marker = PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]
        axes.plot(x, y, marker, color=color, markersize=8)
        beside = (8, 5 - 15 * (i % 2))  # by turns above and below, so that neighbours keep apart
        axes.annotate(label, (x, y), textcoords="offset points", xytext=beside)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, xscale="log" if log else "linear")
    axes.margins(x=0.15, y=0.12)
    axes.grid(axis="y")
    return figure


@styled
def counts(
    labels: np.ndarray, class_names: Sequence[str], title: str = "", unit: str = "images"
) -> "Figure":
    """Class balance: a bar for each class with its number; `labels` are indices of shape (n,)."""
    number = np.bincount(np.ravel(labels), minlength=len(class_names))
    many = len(number) > 15
    figure, axes = figure_of(2.2 + 0.56 * len(number), 3.8 if many else 3.2)
    bars = axes.bar(range(len(number)), number, color=BLUE, width=0.75)
    look = {"fontsize": 7, "rotation": 90} if many else {"fontsize": 9}
    axes.bar_label(bars, fmt="{:,.0f}", padding=2, **look)
    turn = 90 if many else 45 if max(map(len, class_names)) > 6 else 0
    axes.set_xticks(range(len(number)), class_names, rotation=turn, size=8 if many else None)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.margins(x=0.01, y=0.14)
    axes.set(xlabel="class", ylabel=f"number of {unit}", title=title or "Class balance")
    return figure
