"""A convolution layer as frameworks compute it, twice: as its formula, and as a matrix product.

At place (i, j), filter f gives the sum over u, v, c of

    images[n, i·stride + u·dilation, j·stride + v·dilation, c] · kernels[u, v, c, f]

plus bias[f]: a cross-correlation, since the kernel is not flipped. Images are (n, h, w, c_in),
kernels (kh, kw, c_in, c_out), bias (c_out,) or None. `stride` and `dilation` are a number or a
pair (down, across); `padding` is "valid", "same" (as Keras defines it) or a number of zeros on
each side. Results have the floating dtype of the arrays (integers count as float64). Shapes that
do not belong together raise a ValueError that names them.
"""

import numpy as np

from course_utils.by_hand.windows import (
    Layout,
    Padding,
    Pair,
    add_windows,
    floats,
    lay_out,
    windows,
)

FEW = 8  # channels


def _laid_out(
    images: np.ndarray,
    kernels: np.ndarray,
    stride: int | Pair,
    dilation: int | Pair,
    padding: Padding,
) -> tuple[np.ndarray, Layout]:
    """The padded images and the places of the kernels on them."""
    if kernels.ndim != 4 or 0 in kernels.shape:
        raise ValueError(f"kernels {kernels.shape} are not (height, width, c_in, c_out)")
    name = f"kernels {kernels.shape}"
    if images.ndim == 4 and images.shape[3] != kernels.shape[2]:
        raise ValueError(
            f"images {images.shape} have {images.shape[3]} channels, "
            f"{name} expect {kernels.shape[2]}"
        )
    layout = lay_out(images.shape, kernels.shape[:2], stride, dilation, padding, name)
    return np.pad(images, ((0, 0), *layout.padding, (0, 0))), layout


def _check_bias(bias: np.ndarray, kernels: np.ndarray) -> None:
    filters = kernels.shape[3]
    if bias.shape != (filters,):
        raise ValueError(
            f"bias {bias.shape} is not ({filters},): one for each filter of kernels {kernels.shape}"
        )


def _check_output(
    d_output: np.ndarray, images: np.ndarray, kernels: np.ndarray, layout: Layout
) -> None:
    expected = (len(images), *layout.places, kernels.shape[3])
    if d_output.shape != expected:
        raise ValueError(
            f"d_output {d_output.shape} is not {expected}, the output of "
            f"images {images.shape} and kernels {kernels.shape}"
        )


def _without(padded: np.ndarray, layout: Layout) -> np.ndarray:
    """Cut the padding off."""
    (top, bottom), (left, right) = layout.padding
    height, width = padded.shape[1:3]
    return padded[:, top : height - bottom, left : width - right]


def convolve_loops(
    images: np.ndarray,
    kernels: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
    padding: Padding = "valid",
) -> np.ndarray:
    """Outputs (n, places down, places across, c_out), each one a sum over its window."""
    if bias is None:
        bias = np.zeros(np.shape(kernels)[-1:], bool)
    images, kernels, bias = floats(images=images, kernels=kernels, bias=bias)
    padded, layout = _laid_out(images, kernels, stride, dilation, padding)
    _check_bias(bias, kernels)
    filters = kernels.shape[3]
    output = np.zeros((len(images), *layout.places, filters), images.dtype)
    for n in range(len(images)):
        for i in range(layout.places[0]):
            for j in range(layout.places[1]):
                rows, columns = layout.at(i, j)
                window = padded[n, rows, columns]
                for f in range(filters):
                    output[n, i, j, f] = np.sum(window * kernels[..., f]) + bias[f]
    return output


def convolve_backward_loops(
    images: np.ndarray,
    kernels: np.ndarray,
    d_output: np.ndarray,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
    padding: Padding = "valid",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients with respect to images, kernels and bias, given that of the output, `d_output`."""
    images, kernels, d_output = floats(images=images, kernels=kernels, d_output=d_output)
    padded, layout = _laid_out(images, kernels, stride, dilation, padding)
    _check_output(d_output, images, kernels, layout)
    filters = kernels.shape[3]
    d_padded, d_kernels = np.zeros_like(padded), np.zeros_like(kernels)
    d_bias = np.zeros(filters, images.dtype)
    for n in range(len(images)):
        for i in range(layout.places[0]):
            for j in range(layout.places[1]):
                rows, columns = layout.at(i, j)
                for f in range(filters):
                    d_padded[n, rows, columns] += d_output[n, i, j, f] * kernels[..., f]
                    d_kernels[..., f] += d_output[n, i, j, f] * padded[n, rows, columns]
                    d_bias[f] += d_output[n, i, j, f]
    return _without(d_padded, layout), d_kernels, d_bias


def _rows(view: np.ndarray) -> np.ndarray:
    """The patch matrix of `windows`: a row for each place, a column for each pixel of the window.

    The values are the same either way; with few channels, whole columns are longer runs of memory
    to copy than the pieces of a row.
    """
    columns = int(np.prod(view.shape[3:]))
    if view.shape[5] < FEW:
        return view.transpose(3, 4, 5, 0, 1, 2).reshape(columns, -1).T
    return view.reshape(-1, columns)


def convolve(
    images: np.ndarray,
    kernels: np.ndarray,
    bias: np.ndarray | None = None,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
    padding: Padding = "valid",
) -> np.ndarray:
    """What `convolve_loops` gives, hundreds of times faster: windows as rows, one product."""
    if bias is None:
        images, kernels = floats(images=images, kernels=kernels)
    else:
        images, kernels, bias = floats(images=images, kernels=kernels, bias=bias)
    padded, layout = _laid_out(images, kernels, stride, dilation, padding)
    view = windows(padded, layout.window, stride, dilation)
    filters = kernels.shape[3]
    output = _rows(view) @ kernels.reshape(-1, filters)
    if bias is not None:
        _check_bias(bias, kernels)
        output += bias
    return output.reshape(*view.shape[:3], filters)


def convolve_backward(
    images: np.ndarray,
    kernels: np.ndarray,
    d_output: np.ndarray,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
    padding: Padding = "valid",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What `convolve_backward_loops` gives: both factors of the matrix product, and the sum."""
    images, kernels, d_output = floats(images=images, kernels=kernels, d_output=d_output)
    padded, layout = _laid_out(images, kernels, stride, dilation, padding)
    _check_output(d_output, images, kernels, layout)
    view = windows(padded, layout.window, stride, dilation)
    filters = kernels.shape[3]
    d_rows = d_output.reshape(-1, filters)
    d_kernels = (_rows(view).T @ d_rows).reshape(kernels.shape)
    d_columns = kernels.reshape(-1, filters) @ d_rows.T
    d_view = d_columns.reshape(*view.shape[3:], *view.shape[:3]).transpose(3, 4, 5, 0, 1, 2)
    d_padded = add_windows(d_view, padded.shape, stride, dilation)
    return _without(d_padded, layout), d_kernels, d_rows.sum(0)
