"""Max and average pooling, twice: place by place, and over all places at once.

Images are (n, h, w, c); `window` and `stride` are a number or a pair (down, across), and the
stride is the window's size unless told otherwise. Rows and columns that no whole window covers
are dropped, as with Keras's "valid" padding. Results have the floating dtype of the arrays
(integers count as float64). Shapes that do not belong together raise a ValueError that names them.
"""

import numpy as np

from course_utils.by_hand.windows import Layout, Pair, add_windows, floats, lay_out, pair, windows


def _laid_out(images: np.ndarray, window: int | Pair, stride: int | Pair | None) -> Layout:
    return lay_out(images.shape, pair("window", window), window if stride is None else stride)


def _laid_back(
    images: np.ndarray, d_output: np.ndarray, window: int | Pair, stride: int | Pair | None
) -> tuple[np.ndarray, np.ndarray, Layout]:
    """The two arrays in one dtype, and the places of the window; ValueError as the module says."""
    images, d_output = floats(images=images, d_output=d_output)
    layout = _laid_out(images, window, stride)
    expected = (len(images), *layout.places, images.shape[3])
    if d_output.shape != expected:
        raise ValueError(
            f"d_output {d_output.shape} is not {expected}, the output of images {images.shape} "
            f"and window {layout.window} with stride {layout.stride}"
        )
    return images, d_output, layout


def max_pool_loops(
    images: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """The largest value of each window, channel by channel: (n, places down, across, c)."""
    (images,) = floats(images=images)
    layout = _laid_out(images, window, stride)
    output = np.zeros((len(images), *layout.places, images.shape[3]), images.dtype)
    for n in range(len(images)):
        for i in range(layout.places[0]):
            for j in range(layout.places[1]):
                rows, columns = layout.at(i, j)
                for c in range(images.shape[3]):
                    output[n, i, j, c] = np.max(images[n, rows, columns, c])
    return output


def average_pool_loops(
    images: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """The mean of each window, channel by channel: (n, places down, places across, c)."""
    (images,) = floats(images=images)
    layout = _laid_out(images, window, stride)
    output = np.zeros((len(images), *layout.places, images.shape[3]), images.dtype)
    for n in range(len(images)):
        for i in range(layout.places[0]):
            for j in range(layout.places[1]):
                rows, columns = layout.at(i, j)
                for c in range(images.shape[3]):
                    output[n, i, j, c] = np.mean(images[n, rows, columns, c])
    return output


def max_pool_backward_loops(
    images: np.ndarray, d_output: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """Gradient with respect to the images: each window's goes to its (first) largest value."""
    images, d_output, layout = _laid_back(images, d_output, window, stride)
    d_images = np.zeros_like(images)
    for n in range(len(images)):
        for i in range(layout.places[0]):
            for j in range(layout.places[1]):
                rows, columns = layout.at(i, j)
                for c in range(images.shape[3]):
                    seen = images[n, rows, columns, c]
                    u, v = np.unravel_index(np.argmax(seen), seen.shape)
                    d_images[n, rows, columns, c][u, v] += d_output[n, i, j, c]
    return d_images


def average_pool_backward_loops(
    images: np.ndarray, d_output: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """Gradient with respect to the images: each window's is shared out evenly."""
    images, d_output, layout = _laid_back(images, d_output, window, stride)
    d_images = np.zeros_like(images)
    pixels = layout.window[0] * layout.window[1]
    for n in range(len(images)):
        for i in range(layout.places[0]):
            for j in range(layout.places[1]):
                rows, columns = layout.at(i, j)
                for c in range(images.shape[3]):
                    d_images[n, rows, columns, c] += d_output[n, i, j, c] / pixels
    return d_images


def _offsets(images: np.ndarray, layout: Layout) -> list[np.ndarray]:
    """The first pixel of all windows, then the second, …: each (n, places down, across, c)."""
    view = windows(images, layout.window, layout.stride)
    return [view[:, :, :, u, v] for u in range(layout.window[0]) for v in range(layout.window[1])]


def max_pool(
    images: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """What `max_pool_loops` gives, faster."""
    (images,) = floats(images=images)
    first, *others = _offsets(images, _laid_out(images, window, stride))
    output = first.copy()
    for other in others:
        np.maximum(output, other, out=output)
    return output


def average_pool(
    images: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """What `average_pool_loops` gives, faster."""
    (images,) = floats(images=images)
    first, *others = _offsets(images, _laid_out(images, window, stride))
    output = first.copy()
    for other in others:
        output += other
    output /= 1 + len(others)
    return output


def max_pool_backward(
    images: np.ndarray, d_output: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """What `max_pool_backward_loops` gives, faster."""
    images, d_output, layout = _laid_back(images, d_output, window, stride)
    view = windows(images, layout.window, layout.stride)
    pixels = layout.window[0] * layout.window[1]
    flat = view.reshape(*view.shape[:3], pixels, -1)
    largest = np.arange(pixels)[:, None] == flat.argmax(3)[:, :, :, None]
    d_view = np.where(largest, d_output[:, :, :, None], 0).reshape(view.shape)
    return add_windows(d_view, images.shape, layout.stride)


def average_pool_backward(
    images: np.ndarray, d_output: np.ndarray, window: int | Pair, stride: int | Pair | None = None
) -> np.ndarray:
    """What `average_pool_backward_loops` gives, faster."""
    images, d_output, layout = _laid_back(images, d_output, window, stride)
    share = d_output / (layout.window[0] * layout.window[1])
    (rows, columns), shape = layout.window, d_output.shape
    d_view = np.broadcast_to(share[:, :, :, None, None], (*shape[:3], rows, columns, shape[3]))
    return add_windows(d_view, images.shape, layout.stride)
