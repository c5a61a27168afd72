"""Curves of exact values, and a walk down a loss; nothing here is a mean over seeds."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.plots.style import (
    BLUE,
    GREY,
    MARKERS,
    PALETTE,
    VERMILION,
    WIDEST,
    figure_class,
    figure_of,
    legend,
    styled,
)

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def lines(
    x: Sequence[float], series: Mapping[str, Sequence[float]], xlabel: str = "", ylabel: str = "",
    title: str = "",
) -> "Figure":  # fmt: skip
    """Each series (n,) against `x` (n,), with a marker a point where there are at most 80.

    A legend stands below where there are several. Raises ValueError, naming the label, for a series
    of another length.
    """
    x, (figure, axes) = np.asarray(x), figure_of(7.5, 3.6)
    for i, (label, values) in enumerate(series.items()):
        if np.shape(values) != x.shape:
            raise ValueError(f"{label!r} needs {x.shape} values, not {np.shape(values)}")
        marker = MARKERS[i % len(MARKERS)] if len(x) <= 80 else ""
        look = {"color": PALETTE[i % len(PALETTE)], "marker": marker, "markersize": 4}
        axes.plot(x, values, label=label, linewidth=1.3, **look)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title)
    axes.grid(axis="y")
    if len(series) > 1:
        legend(figure)
    return figure


@styled
def descent(
    loss: Callable[[np.ndarray], np.ndarray], walks: Mapping[str, Sequence[float]],
    xlabel: str = "weight", ylabel: str = "loss", title: str = "",
) -> "Figure":  # fmt: skip
    """The curve of `loss` over one weight, and on it the steps of each walk, a panel each.

    `walks`: title -> the weight before the first step and after each. The start is a diamond.
    """
    every = np.concatenate([np.asarray(walk, float) for walk in walks.values()])
    air = 0.08 * np.ptp(every)
    along = np.linspace(every.min() - air, every.max() + air, 200)
    side = WIDEST / len(walks)
    figure = figure_class()(figsize=(WIDEST, side + 0.9), layout="constrained")
    figure.suptitle(title, size=12)
    row = figure.subplots(1, len(walks), sharex=True, sharey=True, squeeze=False)[0]
    for axes, (name, walk) in zip(row, walks.items(), strict=True):
        walk = np.asarray(walk, float)
        axes.plot(along, loss(along), color=GREY, linewidth=1)
        axes.plot(walk, loss(walk), "o-", color=BLUE, markersize=4, linewidth=1)
        axes.plot(walk[0], loss(walk[0]), "D", color=VERMILION, markersize=6)
        axes.set_title(name, size=10.5)
        axes.set(xlabel=xlabel)
        axes.grid(axis="y")
    row[0].set(ylabel=ylabel)
    return figure
