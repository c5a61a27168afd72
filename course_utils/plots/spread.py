"""How repeated measurements of one thing spread, and how curves settle."""

from collections.abc import Mapping, Sequence
from itertools import cycle
from typing import TYPE_CHECKING

import numpy as np

from course_utils.plots.style import GREY, MARKERS, PALETTE, figure_of, legend, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def histogram(
    values: Mapping[str, Sequence[float]], xlabel: str = "", ylabel: str = "", title: str = "",
    marks: Mapping[str, float] | None = None,
) -> "Figure":  # fmt: skip
    """Histograms of several series on one axis, in the same thirty bins.

    Each series is (n,) numbers; `marks`: upright broken lines by their names.
    Raises ValueError, naming the series, for an empty one or one of another shape.
    """
    tables = {label: np.asarray(series, float) for label, series in values.items()}
    for label, table in tables.items():
        if table.ndim != 1 or not table.size:
            raise ValueError(f"{label!r} needs (n,) values, not {table.shape}")
    figure, axes = figure_of(7.5, 3.8)
    bins = np.histogram_bin_edges(np.concatenate(list(tables.values())), 30)
    for color, (label, table) in zip(cycle(PALETTE), tables.items(), strict=False):
        axes.hist(table, bins, color=color, alpha=0.25)
        axes.hist(table, bins, color=color, histtype="step", linewidth=1.5, label=label)
    for dash, (label, value) in zip(cycle(("--", ":", "-.")), (marks or {}).items(), strict=False):
        axes.axvline(value, color=GREY, linestyle=dash, label=label)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.grid(axis="y")
    legend(figure)
    return figure


@styled
def lines(
    x: Sequence[float], series: Mapping[str, Sequence[float]], xlabel: str = "", ylabel: str = "",
    title: str = "", lowest: bool = False,
) -> "Figure":  # fmt: skip
    """Plain curves over `x` (n,), each series (n,); `lowest` marks and names the lowest point.

    Raises ValueError, naming the series, for another shape.
    """
    x, (figure, axes) = np.asarray(x), figure_of(7.5, 4.2)
    looks = zip(cycle(PALETTE), cycle(("-", "--", "-.", ":")), cycle(MARKERS), strict=False)
    for (color, dash, marker), (label, values) in zip(looks, series.items(), strict=False):
        values = np.asarray(values, float)
        if values.shape != x.shape:
            raise ValueError(f"{label!r} needs {x.shape} values, not {values.shape}")
        at = int(values.argmin())
        name = f"{label}, lowest at {x[at]:,}: {values[at]:.3f}" if lowest else label
        axes.plot(x, values, dash, color=color, linewidth=1.5, label=name)
        if lowest:
            axes.plot(x[at], values[at], marker, color=color, markersize=8, mec="white")
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.grid(axis="y")
    legend(figure)
    return figure
