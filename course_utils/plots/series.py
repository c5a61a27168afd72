"""Values over an axis: lines, training curves, repeated measurements with their range."""

from collections.abc import Mapping, Sequence
from itertools import cycle

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe, number, trend

UNITS = {"accuracy": "accuracy (share of samples)", "loss": "loss (mean over samples)"}


@style.styled
def lines(
    x: Sequence[float], series: Mapping[str, Sequence[float]], xlabel: str = "", ylabel: str = "",
    title: str = "", lowest: bool = False,
) -> style.Figure:  # fmt: skip
    """Each series against `x`: told apart by markers where there are few points, else by dashes.

    Parameters
    ----------
    x : sequence (n,)
    series : dict of label -> (n,) values
    lowest : bool
        Mark and name the lowest point of each series, in place of all points.

    Examples
    --------
    >>> lines([1, 2, 3], {"loss": [3, 1, 2]}, title="Down and up", lowest=True)
    Figure: Down and up
    """
    x, said = np.asarray(x), []
    style.filled("series", series)
    style.filled("points", x)
    figure, axes = style.figure_of(7.5, 3.9, xlabel=xlabel, ylabel=ylabel, title=title)
    few = len(x) <= 80 and not lowest
    dashes = cycle(("-",) if few else ("-", "--", "-.", ":"))
    each = zip(style.looks(), dashes, series.items(), strict=False)
    for (color, marker), dash, (label, values) in each:
        values = style.numbers(label, values)
        if values.shape != x.shape:
            raise ValueError(f"{label!r} needs {x.shape} values, not {values.shape}")
        said.append(trend(label, x, values))
        if lowest and np.isfinite(values).any():
            at = int(np.nanargmin(values))
            label += f", lowest at {number(x[at])}: {values[at]:.3f}"
            axes.plot(x[at], values[at], marker, color=color, markersize=8, mec="white", zorder=3)
        look = {"marker": marker if few else "", "markersize": 4, "linewidth": 1.4}
        axes.plot(x, values, dash, color=color, label=label, **look)
    if len(series) > 1 or lowest:
        style.legend(figure)
    what = f"Line plot of {ylabel or 'values'} against {xlabel or 'x'}"
    figure.alt = describe(what, title, said, series)
    return figure


@style.styled
def curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]], metric: str = "accuracy",
    title: str = "", ylabel: str | None = None,
) -> style.Figure:  # fmt: skip
    """Training curves: training dashed, validation solid, its best epoch marked with the value.

    Parameters
    ----------
    histories : dict of label -> history
        A history maps a metric, and `val_` with its name, to a value an epoch. A Keras `History`
        has it as its attribute `history`.
    metric : str
        Best is the highest for metrics named after accuracy or AUC, else the lowest.

    Examples
    --------
    >>> curves({"LeNet": {"loss": [2, 1], "val_loss": [2, 1.5]}}, "loss", title="Two epochs")
    Figure: Two epochs
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    style.filled("histories", histories)
    ylabel = ylabel or UNITS.get(metric, metric)
    figure, axes = style.figure_of(7.5, 4.2, xlabel="epoch", ylabel=ylabel, title=title)
    best = np.nanargmax if "acc" in metric or "auc" in metric else np.nanargmin
    handles, drawn, said = [], {}, []
    for (color, marker), (label, history) in zip(style.looks(), histories.items(), strict=False):
        look, name = {"color": color, "marker": ""}, label
        for key, dash, part in ((f"val_{metric}", "-", "validation"), (metric, "--", "training")):
            values = style.numbers(key, history.get(key, ()))
            epochs = np.arange(1, len(values) + 1)
            if not len(values):
                continue
            axes.plot(epochs, values, dash, **look)
            drawn[part] = Line2D([], [], color=style.GREY, linestyle=dash, label=part)
            said.append(trend(f"{part} of {label}", epochs, values, "epoch "))
            if part == "validation" and np.isfinite(values).any():
                at = int(best(values))
                found = f", best {values[at]:.4f} in epoch {at + 1}"
                name, said[-1] = name + found, said[-1] + found
                mark = {"color": color, "marker": marker, "markersize": 8, "mec": "white"}
                axes.plot(at + 1, values[at], linestyle="", **mark)
        with_mark = marker if name != label else ""
        handles.append(Line2D([], [], color=color, marker=with_mark, label=name))
    if not drawn:
        known = sorted({key for history in histories.values() for key in history})
        raise ValueError(f"no history has {metric!r}: they have {', '.join(known) or 'nothing'}")
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    style.legend(figure, handles=[*handles, *drawn.values()])
    figure.alt = describe(f"Training curves of {metric} over the epochs", title, said, histories)
    return figure


def over_seeds(tables: Mapping[str, np.ndarray]) -> str:
    """What a mean and a range are of: "mean and range over 3 seeds"."""
    seeds = sorted({table.shape[-1] for table in tables.values()})
    if seeds == [1]:
        return "one seed"
    return f"mean and range over {' to '.join(map(str, seeds[:: len(seeds) - 1 or 1]))} seeds"


@style.styled
def plot_with_range(
    x: Sequence[float], series: Mapping[str, np.ndarray], xlabel: str = "", ylabel: str = "",
    title: str = "", log: bool = False,
) -> style.Figure:  # fmt: skip
    """Something measured over seeds, against `x`: the mean as a line, lowest to highest as a band.

    One seed has no range, and none is drawn.

    Parameters
    ----------
    x : sequence (n,)
    series : dict of label -> (n, seeds), or (n,) for values that have no seeds
    log : bool
        A logarithmic x axis.

    Examples
    --------
    >>> plot_with_range([300, 600], {"LeNet": [[0.7, 0.8], [0.9, 0.91]]}, title="Two seeds")
    Figure: Two seeds
    """
    from matplotlib.ticker import NullLocator

    x = np.asarray(x)
    style.filled("series", series)
    style.filled("points", x)
    tables = {label: np.atleast_2d(style.numbers(label, v).T).T for label, v in series.items()}
    if log and (x <= 0).any():
        raise ValueError(f"a logarithmic axis has no place for {x.min()}")
    figure, axes = style.figure_of(7.5, 4.4, xlabel=xlabel, ylabel=ylabel, title=title)
    for (color, marker), (label, table) in zip(style.looks(), tables.items(), strict=False):
        if table.ndim != 2 or len(table) != len(x) or not table.size:
            raise ValueError(f"{label!r} needs ({len(x)}, seeds) values, not {table.shape}")
        axes.plot(x, table.mean(axis=1), color=color, marker=marker, label=label)
        if table.shape[1] > 1:
            axes.fill_between(x, table.min(axis=1), table.max(axis=1), color=color, alpha=0.2, lw=0)
    axes.set_xscale("log" if log else "linear")
    if len(x) <= 12:
        axes.set_xticks(x, [f"{value:,}".replace("-", "−") for value in x.tolist()])
        axes.xaxis.set_minor_locator(NullLocator())
    seeded = any(np.ndim(values) == 2 for values in series.values())
    style.legend(figure, title=over_seeds(tables) if seeded else None)
    said = [trend(label, x, table.mean(axis=1)) for label, table in tables.items()]
    what = f"Line plot of {ylabel or 'values'} against {xlabel or 'x'}"
    what += f", {over_seeds(tables)}" if seeded else ""
    figure.alt = describe(what, title, said, series)
    return figure
