"""Gradient descent on one weight: the learning rate decides whether it converges."""

import numpy as np

from course_utils import plots
from course_utils.play.page import Playable, assembled

MOST_POINTS = 500
# Learning rates as shares of the critical one, 2 / second derivative of the loss.
SHARES = {"too small": 0.02, "right": 0.3, "jumps across": 0.95, "diverges": 1.06}
LOWEST, HIGHEST = 0.005, 2.0


def gradient_descent(
    x: np.ndarray, y: np.ndarray, *, start: float = 0.0, steps: int = 20
) -> Playable:
    """The model y ≈ w·x, its mean squared error as a parabola, and steps of gradient descent on it.

    Beyond the learning rate 1 / mean(x²) the steps diverge; the page goes from far below to far
    above it, and has four learning rates to try.

    Parameters
    ----------
    x, y : ndarray (n,)
        The data, at most 500 points.
    start : float
        The weight before the first step.
    steps : int
        Steps that *Run* makes, from 1 to 100.

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit.

    Examples
    --------
    >>> gradient_descent(np.array([1.0, 2.0]), np.array([2.0, 4.0]))
    Playable figure: Gradient descent on one weight
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    if x.ndim != 1 or x.shape != y.shape or not 1 <= len(x) <= MOST_POINTS:
        raise ValueError(
            f"x (n,) and y (n,) of 1 to {MOST_POINTS} points are asked for, not {x.shape} and "
            f"{y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all() and np.isfinite(start)):
        raise ValueError("x, y and start are asked for as finite numbers")
    if not 1 <= steps <= 100:
        raise ValueError(f"from 1 to 100 steps are asked for, not {steps}")
    if not np.mean(x**2) > 1e-12:
        raise ValueError("every x is 0, so that the loss is flat: give other data")
    critical = 1 / np.mean(x**2)
    presets = {name: float(f"{share * critical:.3g}") for name, share in SHARES.items()}
    data = {
        "x": [float(f"{value:.6g}") for value in x],
        "y": [float(f"{value:.6g}") for value in y],
        "start": float(start),
        "steps": int(steps),
        "presets": [*presets.items()],
        "lowest": LOWEST * critical,
        "highest": HIGHEST * critical,
    }
    title = "Gradient descent on one weight"
    page = assembled(title, "descent", data, ("chart", "controls", "parabola"))
    return Playable(title, page, _static(x, y, start, steps, presets), 620)


def _static(
    x: np.ndarray, y: np.ndarray, start: float, steps: int, presets: dict[str, float]
) -> "plots.style.Figure":
    """The four learning rates, a panel each; a walk that leaves the picture ends there."""
    best = np.mean(x * y) / np.mean(x**2)
    widest = 2 * abs(start - best) + 1e-9

    def loss(w: np.ndarray) -> np.ndarray:
        return np.mean((np.multiply.outer(w, x) - y) ** 2, axis=-1)

    walks = {}
    for name, rate in presets.items():
        walk = [float(start)]
        while len(walk) <= steps and abs(walk[-1] - best) <= widest:
            walk.append(walk[-1] - rate * 2 * np.mean(x * (walk[-1] * x - y)))
        walks[f"{name}: {rate:.3g}"] = walk
    title = "Gradient descent at four learning rates"
    figure = plots.descent(loss, walks, "weight w", title=title)
    for axes in figure.axes:  # labels of neighbors must not meet
        axes.locator_params(axis="x", nbins=4, prune="both")
    return figure
