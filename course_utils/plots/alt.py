"""Alternative texts: what a figure shows, in a few sentences made from its data."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LIMIT = 600  # characters: what a screen reader reads in about 40 seconds


def number(value: float) -> str:
    """Four digits that count, thousands in groups."""
    if abs(value) < 1e-12:  # a sum that is 0 but for rounding, or −0
        return "0"
    return f"{value:,.0f}" if 1000 <= abs(value) < 1e9 else f"{value:.4g}"


@np.errstate(over="ignore")  # of differences between numbers near the end of floats
def trend(label: str, x: Sequence[float], values: Sequence[float], unit: str = "") -> str:
    """How the finite `values` go from the first `x` to the last, and a peak or low between."""
    x, values = np.asarray(x), np.asarray(values, float)
    x, values = x[np.isfinite(values)], values[np.isfinite(values)]
    if not len(values):
        return f"{label} has no finite value"

    def at(i: int) -> str:
        return f"{number(values[i])} at {unit}{number(x[i])}"

    (first, last), least = values[[0, -1]], np.ptp(values) / 10
    verb = "rises" if last - first > least else "falls" if first - last > least else "goes"
    text = f"{label} {verb} from {at(0)} to {at(-1)}"
    if values.max() > max(first, last) + least:
        text += f", highest {at(values.argmax())}"
    if values.min() < min(first, last) - least:
        text += f", lowest {at(values.argmin())}"
    return text if len(values) > 1 else f"{label} is {at(0)}"


def shape_of(array: np.ndarray) -> str:
    """The sides of an array: 28 × 28."""
    return " × ".join(map(str, np.shape(array)))


def describe(what: str, title: str, parts: Sequence[str], names: Iterable[str] = ()) -> str:
    """Kind of figure, title and what each part shows; where that is too long, names that fit."""
    head, names = what + (f", titled “{title}”" if title else ""), [*names]
    text = f"{head}: {'; '.join(parts)}." if parts else f"{head}."
    for kept in range(len(names), -1, -1):
        if len(text) <= LIMIT:
            break
        more = f" and {len(names) - kept} more" if kept < len(names) else ""
        text = f"{head}; it shows {', '.join(names[:kept])}{more}."
    return " ".join(text.split())[:LIMIT]


def of_figure(figure: "Figure") -> str:
    """A figure that was drawn with Matplotlib itself: its titles, its axes, its lines."""
    panels = [axes for axes in figure.axes if axes.get_visible()]
    parts = [part for axes in panels for part in _drawn(axes, name=len(panels) > 1)]
    title = figure.get_suptitle() or (panels[0].get_title() if len(panels) == 1 else "")
    labels = [axes.get_ylabel() for axes in panels] + [axes.get_xlabel() for axes in panels]
    about = " against ".join(dict.fromkeys(filter(None, labels)))
    what = "Figure" if len(panels) < 2 else f"Figure of {len(panels)} panels"
    return describe(f"{what}: {about}" if about else what, title, parts)


def _drawn(axes: "Axes", name: bool) -> list[str]:
    parts = [f"“{axes.get_title()}”"] if name and axes.get_title() else []
    for i, line in enumerate(axes.lines):
        label = str(line.get_label())
        name_of = f"line {i + 1}" if label.startswith("_") else label
        parts.append(trend(name_of, *line.get_data(orig=False)))
    parts += [f"an image of {shape_of(image.get_array())}" for image in axes.images]
    counts = {"bars": len(axes.patches), "groups of points or areas": len(axes.collections)}
    return parts + [f"{number} {what}" for what, number in counts.items() if number]
