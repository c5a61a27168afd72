"""Pooling."""

import numpy as np

from course_utils.by_hand.windows import Pair, floats, lay_out, pair, windows


def _windows(images: np.ndarray, window: int | Pair, stride: int | Pair | None) -> np.ndarray:
    window = pair("window", window)
    return windows(images, lay_out(images.shape, window, window if stride is None else stride))


def max_pool(
    images: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """The largest value of each window, channel by channel: (n, positions down, across, c).

    Images are (n, h, w, c); the stride is the window's size unless told otherwise. Rows and columns
    that no whole window covers are dropped, as with Keras's "valid" padding. The result has the
    floating dtype of the images (integers count as float64).
    """
    dtype, (images,) = floats(images=images)
    return _windows(images, window, stride).max((3, 4)).astype(dtype)


def average_pool(
    images: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """The mean of each window; all else as in `max_pool`."""
    dtype, (images,) = floats(images=images)
    return _windows(images, window, stride).mean((3, 4), dtype=np.float64).astype(dtype)
