"""Checkers of the exercises of the lab 07_record."""
# fmt: off

from typing import Any

import numpy as np

from course_utils.exercises import framework as ex
from course_utils.exercises.framework import Wrong
from course_utils.exercises.networks import check_accuracy, network

IMAGE = (32, 32, 3)


@ex.examined
def check_1(whiten: Any) -> None:
    """`answer(rows)` -> rows whose covariance matrix is the identity."""
    rng = np.random.default_rng(0)
    for d in (2, 5):
        rows = rng.normal(size=(400, d)) @ rng.normal(size=(d, d)) + rng.normal(size=d)
        found = ex.real_numbers(ex.call(whiten, rows, untouched=True))
        if found.shape != rows.shape:
            raise Wrong(f"of {rows.shape} rows and columns {found.shape} are left")
        covariance = np.cov(found, rowvar=False)
        _identity(covariance, np.cov(rows, rowvar=False))


def _identity(covariance: np.ndarray, before: np.ndarray) -> None:
    """Wrong: in what a covariance matrix differs from the identity."""
    d = len(covariance)
    apart, along = covariance[~np.eye(d, dtype=bool)], np.diag(covariance)
    eigenvalues = np.linalg.eigvalsh(before)
    if np.abs(apart).max() > 1e-3 * np.abs(along).max():
        if np.allclose(along, 1, atol=1e-3):
            raise Wrong("each column has variance 1, but they are still correlated: rotate the "
                        "axes to the principal directions first")
        raise Wrong("the columns are still correlated: multiply by the directions, a column each")
    if np.allclose(np.sort(along), np.sort(eigenvalues)):
        raise Wrong("the axes are rotated; now divide each column by its standard deviation")
    if np.allclose(np.sort(along), np.sort(1 / eigenvalues)):
        raise Wrong("the variances are now 1 / variance: one divides by the standard deviation")
    if not np.allclose(along, 1, atol=1e-2):
        raise Wrong(f"the variances are {np.round(along, 3).tolist()}: each should be 1")


@ex.examined
def check_2(repaired: Any, x: np.ndarray, y: np.ndarray) -> None:
    """`answer()` -> a trained network without batch normalization, better than chance on `x`."""
    from keras import layers

    model = network(repaired, IMAGE)
    if any(isinstance(layer, layers.BatchNormalization) for layer in model.layers):
        raise Wrong("that network has batch normalization; the exercise is to do without it")
    check_accuracy(model, x, y, 0.25)


hint, score = ex.helpers(__name__, {
    1: ("What is the variance of a column that is divided by s?",
        "It is divided by s². Divide by the square roots of the eigenvalues."),
    2: ("The logits are nearly 0 for every image. What does a layer do to the size of its input?",
        "Small weights shrink it, layer by layer. Take another initialization, and 200 steps."),
})
