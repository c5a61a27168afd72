"""Alternative texts: what a figure shows, in a few sentences made from its data."""

from collections.abc import Iterable, Sequence

import numpy as np

LIMIT = 600  # characters: what a screen reader reads in about 40 seconds


def number(value: float) -> str:
    """Four digits that count, thousands in groups."""
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.4g}"


def trend(label: str, x: Sequence[float], values: Sequence[float]) -> str:
    """How the finite `values` go from the first `x` to the last, and a peak or low between."""
    x, values = np.asarray(x), np.asarray(values, float)
    x, values = x[np.isfinite(values)], values[np.isfinite(values)]
    if len(values) < 2:
        only = f"is {number(values[0])} at {number(x[0])}" if len(values) else "has no finite value"
        return f"{label} {only}"
    (first, last), size = values[[0, -1]], np.ptp(values)
    verb = "goes" if abs(last - first) < size / 10 else "rises" if last > first else "falls"
    verb = verb if size else "stays"
    text = f"{label} {verb} from {number(first)} at {number(x[0])}"
    text += f" to {number(last)} at {number(x[-1])}"
    high, low = int(values.argmax()), int(values.argmin())
    if values[high] > max(first, last) + size / 10:
        text += f", highest {number(values[high])} at {number(x[high])}"
    if values[low] < min(first, last) - size / 10:
        text += f", lowest {number(values[low])} at {number(x[low])}"
    return text


def shape_of(array: np.ndarray) -> str:
    """The sides of an array: 28 × 28."""
    return " × ".join(map(str, np.shape(array)))


def describe(what: str, title: str, parts: Sequence[str], names: Iterable[object] = ()) -> str:
    """What kind of figure, its title, and a sentence a part; only names where that is too long."""
    head = f"{what}{f', titled “{title}”' if title else ''}. "
    text = head + "".join(f"{part[:1].upper()}{part[1:]}. " for part in parts)
    names = [str(name) for name in names if str(name)]
    kept = len(names)
    while len(text) > LIMIT and (kept > 0 or parts):
        more = f" and {len(names) - kept} more" if kept < len(names) else ""
        text = head + (f"It shows: {', '.join(names[:kept])}{more}. " if names else "")
        parts, kept = (), kept - 1
    return " ".join(text.replace("$", "").split())[:LIMIT]
