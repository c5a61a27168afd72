"""Samples dealt into folds anew: the scores of single folds, and their mean."""

from collections.abc import Sequence

import numpy as np

from course_utils.play.page import Playable, assembled, packed, too_large
from course_utils.plots import style
from course_utils.plots.alt import describe, number

MOST, DEALS = 500, 30  # samples in a page; deals in the static twin
FEWEST_K, MOST_K = 2, 10
SEED, MODULUS, FACTOR = 2026, 2**31 - 1, 48271  # as in least_squares.js


def folds(
    x: np.ndarray, y: np.ndarray, *, names: Sequence[str] | None = None, k: int = 4, unit: str = ""
) -> Playable:
    """Deal the samples into `k` folds again and again; a linear regression is fitted in the page.

    Each fold once validates what the others have trained: features are standardized on the
    training part, and the weights are those of least squares. The first deal leaves the samples in
    their order. The page shows the mean absolute error (MAE) of each fold, their mean, and the
    means of all earlier deals.

    Parameters
    ----------
    x : ndarray (n, features)
        The samples; of more than 500 the first 500 are taken, and the page says so.
    y : ndarray (n,)
        Their targets.
    names : sequence of str, optional
        The names of the features.
    k : int
        Folds to begin with, 2 to 10.
    unit : str
        The unit of `y`, such as "thousand dollars".

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit, or what to change.

    Examples
    --------
    >>> rng = np.random.default_rng(0)
    >>> folds(rng.normal(size=(40, 2)), rng.normal(size=40), names=["rooms", "age"])
    Playable figure: Deal the samples into folds
    """
    x, y = (style.numbers(name, values) for name, values in (("x", x), ("y", y)))
    _check(x, y, k)
    names = [*map(str, range(x.shape[1]) if names is None else names)]
    if len(names) != x.shape[1]:
        raise ValueError(f"{x.shape[1]} features need as many names, not {len(names)}")
    given, x, y = len(x), x[:MOST], y[:MOST]
    data = {
        "x": packed(x.astype("<f8").tobytes()),
        "y": packed(y.astype("<f8").tobytes()),
        "names": names,
        "given": given,
        "k": int(k),
        "unit": unit,
        "seed": SEED,
    }
    title = "Deal the samples into folds"
    page = assembled(title, "folds", data, ("bytes", "controls", "chart", "least_squares"))
    if excess := too_large(page):
        raise ValueError(f"{excess}: give fewer features or fewer samples")
    scores = np.array([_scores(x, y, order, k) for order in _orders(len(x), DEALS)])
    twin = _static(scores, unit, title=f"{DEALS} deals into {k} folds: single folds and their mean")
    return Playable(title, page, twin, 640)


def _check(x: np.ndarray, y: np.ndarray, k: int) -> None:
    if x.ndim != 2 or y.shape != x.shape[:1] or not x.size:
        raise ValueError(
            f"samples (n, features) and a target for each, (n,), are asked for, not {x.shape} and "
            f"{y.shape}"
        )
    if not (np.isfinite(x).all() and np.isfinite(y).all()):
        raise ValueError("x or y has missing or infinite values: fill or drop them first")
    if k not in range(FEWEST_K, MOST_K + 1):
        raise ValueError(f"k is asked for as a whole number from {FEWEST_K} to {MOST_K}, not {k}")
    least = max(2 * (x.shape[1] + 2), 2 * MOST_K)  # two folds leave half of the samples to train on
    if min(len(x), MOST) < least:
        raise ValueError(
            f"{x.shape[1]} features need at least {least} samples, not {len(x)}: give more samples "
            f"(up to {MOST}) or fewer features"
        )


def _orders(n: int, deals: int) -> list[np.ndarray]:
    """The samples as they are, then shuffled by the page's generator, again and again."""
    orders, state = [np.arange(n)], SEED
    for _ in range(deals - 1):
        order = np.arange(n)
        for i in range(n - 1, 0, -1):
            state = state * FACTOR % MODULUS
            j = int(state / MODULUS * (i + 1))
            order[i], order[j] = order[j], order[i]
        orders.append(order)
    return orders


def _scores(x: np.ndarray, y: np.ndarray, order: np.ndarray, k: int) -> list[float]:
    """The mean absolute error of each fold."""
    parts, scores = np.array_split(order, k), []
    for i, validation in enumerate(parts):
        training = np.concatenate(parts[:i] + parts[i + 1 :])
        mean, spread = x[training].mean(axis=0), x[training].std(axis=0)
        z = (x - mean) / np.where(spread > 0, spread, 1)
        design = np.column_stack([z, np.ones(len(z))])
        weights = np.linalg.lstsq(design[training], y[training], rcond=None)[0]
        scores.append(float(np.abs(design[validation] @ weights - y[validation]).mean()))
    return scores


@style.styled
def _static(scores: np.ndarray, unit: str, title: str = "") -> style.Figure:
    """Scores of single folds (deals, k), and the mean of each deal.

    Examples
    --------
    >>> _static(np.array([[2.0, 4.0], [3.0, 3.5]]), "", title="Two deals")
    Figure: Two deals
    """
    label = "mean absolute error" + (f" ({unit})" if unit else "")
    figure, axes = style.figure_of(style.WIDEST, 3.3, title=title, xlabel="deal", ylabel=label)
    deals, means = np.arange(1, len(scores) + 1), scores.mean(axis=1)
    axes.vlines(deals, scores.min(axis=1), scores.max(axis=1), color="#BBBBBB", linewidth=1)
    dots = np.repeat(deals, scores.shape[1])
    axes.plot(dots, scores.ravel(), "o", color="#888888", markersize=4, label="a single fold")
    axes.plot(deals, means, "D", color=style.BLUE, markersize=6, label="the mean of a deal")
    axes.set(xlim=(0.3, len(scores) + 0.7), xticks=[1, *range(5, len(scores) + 1, 5)])
    style.legend(figure)
    (low, high), (least, most) = ((a.min(), a.max()) for a in (scores, means))
    said = [
        f"for each of {len(scores)} deals the scores of {scores.shape[1]} single folds, from "
        f"{number(low)} to {number(high)}",
        f"their means, from {number(least)} to {number(most)}",
    ]
    figure.alt = describe(f"Dot plot of the {label}", title, said)
    return figure
