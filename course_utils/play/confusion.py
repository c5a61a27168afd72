"""A confusion matrix whose cells show the images behind them."""

from collections.abc import Sequence

import numpy as np

from course_utils import plots
from course_utils.play.page import Playable, assembled, bytes_of, sprite, too_large

A_CELL = (8, 6, 4, 2, 1)  # images at most behind one cell: the first number that fits
ACROSS = 16  # images in a row of the sprite


def confusion_matrix(
    images: np.ndarray, y_true: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str]
) -> Playable:
    """A confusion matrix: a chosen cell shows images of it, with their probabilities.

    Of misclassified images the most confident come first, of the others the least confident; at
    most eight, and fewer where the page would be too large. Images in color are compressed.

    Parameters
    ----------
    images : ndarray (n, h, w), (n, h, w, 1) or (n, h, w, 3)
        The test images, bytes or numbers from 0 to 1.
    y_true : ndarray (n,)
        Their classes.
    probabilities : ndarray (n, classes)
        What the network predicts for each.
    class_names : sequence of str

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit together, or what to change.

    Examples
    --------
    >>> p = np.array([[0.9, 0.1], [0.8, 0.2]])
    >>> confusion_matrix(np.zeros((2, 4, 4)), np.array([0, 1]), p, ["cat", "dog"])
    Playable figure: Confusion matrix
    """
    images, y_true = bytes_of(images), np.asarray(y_true)
    probabilities, names = np.asarray(probabilities, float), [*map(str, class_names)]
    if images.ndim not in (3, 4) or images.shape[3:] not in ((), (1,), (3,)):
        raise ValueError(f"images (n, h, w), (n, h, w, 1 or 3) are asked for, not {images.shape}")
    if y_true.shape != images.shape[:1] or probabilities.shape != (len(images), len(names)):
        raise ValueError(
            f"{len(images)} images and {len(names)} class names need as many labels and "
            f"{len(images)} × {len(names)} probabilities, not {y_true.shape} and "
            f"{probabilities.shape}"
        )
    predicted = probabilities.argmax(axis=1)
    twin = plots.confusion(y_true, predicted, names)
    gray = images.shape[3:] != (3,)
    images = 255 - images.reshape(images.shape[:3]) if gray else images
    title, counts = "Confusion matrix", np.zeros((len(names), len(names)), int)
    np.add.at(counts, (y_true, predicted), 1)
    for most in A_CELL:
        chosen = _chosen(y_true, predicted, probabilities, most)
        data = {
            "names": names,
            "counts": counts.tolist(),
            "images": [_described(i, y_true[i], predicted[i], probabilities[i]) for i in chosen],
            "sprite": sprite(images[chosen], ACROSS),
            "height": images.shape[1],
            "width": images.shape[2],
            "across": ACROSS,
            "gray": gray,
        }
        page = assembled(title, "confusion", data, ())
        excess = too_large(page)
        if not excess:
            return Playable(title, page, twin, 430)
    raise ValueError(f"{excess}: give smaller images, or fewer of them")


def _chosen(
    y_true: np.ndarray, predicted: np.ndarray, probabilities: np.ndarray, most: int
) -> list[int]:
    """Numbers of the images that are shown, cell by cell."""
    chosen: list[int] = []
    for cell in np.ndindex(2 * probabilities.shape[1:]):
        inside = np.flatnonzero((y_true == cell[0]) & (predicted == cell[1]))
        sign = 1 if cell[0] == cell[1] else -1
        chosen += inside[np.argsort(sign * probabilities[inside, cell[1]])][:most].tolist()
    return chosen


def _described(number: int, true: int, predicted: int, p: np.ndarray) -> list[float]:
    """True and predicted class, number, probability, the other class to show, its probability."""
    other = int(true) if true != predicted else int(np.argsort(p)[-2])
    first, second = (round(float(p[k]), 4) for k in (predicted, other))
    return [int(true), int(predicted), int(number), first, other, second]
