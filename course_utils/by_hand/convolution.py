"""A convolution layer as frameworks compute it, twice: as its formula, and as a matrix product.

At position (i, j), filter f gives the sum over u, v, c of

    images[n, i·stride + u·dilation, j·stride + v·dilation, c] · kernels[u, v, c, f]

plus bias[f]: a cross-correlation, since the kernel is not flipped. `stride` and `dilation` are a
number or a pair (down, across); `padding` is "valid", "same" (as Keras defines it) or a number of
zeros on each side.
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


def _prepared(
    images: np.ndarray, kernels: np.ndarray, bias: np.ndarray | None, *settings: Pair | Padding
) -> tuple[np.dtype, np.ndarray, np.ndarray, np.ndarray, Layout]:
    """Dtype of the result, padded images, kernels, bias (zeros for None) and the layout."""
    bias = np.zeros(np.shape(kernels)[-1:], bool) if bias is None else bias
    dtype, (images, kernels, bias) = floats(images=images, kernels=kernels, bias=bias)
    if kernels.ndim != 4 or 0 in kernels.shape:
        raise ValueError(f"kernels {kernels.shape} are not (height, width, c_in, c_out)")
    name = f"kernels {kernels.shape}"
    if images.ndim == 4 and images.shape[3] != kernels.shape[2]:
        raise ValueError(
            f"images {images.shape} have {images.shape[3]} channels, "
            f"{name} expect {kernels.shape[2]}"
        )
    layout = lay_out(images.shape, kernels.shape[:2], *settings, name)
    if bias.shape != kernels.shape[3:]:
        raise ValueError(f"bias {bias.shape} is not {kernels.shape[3:]}: one a filter of {name}")
    return dtype, np.pad(images, ((0, 0), *layout.padding, (0, 0))), kernels, bias, layout


def convolve_loops(
    images: np.ndarray, kernels: np.ndarray, bias: np.ndarray | None = None,
    stride: int | Pair = 1, dilation: int | Pair = 1, padding: Padding = "valid",
) -> np.ndarray:  # fmt: skip
    """A convolution that reads like its formula: each output a sum over its window.

    Parameters, results and errors are those of `convolve`, which is hundreds of times faster.

    Examples
    --------
    >>> convolve_loops(np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)))[0, :, :, 0]
    array([[4., 4.],
           [4., 4.]])
    """
    settings = (stride, dilation, padding)
    dtype, padded, kernels, bias, layout = _prepared(images, kernels, bias, *settings)
    output = np.zeros((len(padded), *layout.positions, kernels.shape[3]), dtype)
    for n in range(len(padded)):
        for i in range(layout.positions[0]):
            for j in range(layout.positions[1]):
                rows, columns = layout.at(i, j)
                window = padded[n, rows, columns]
                for f in range(kernels.shape[3]):
                    output[n, i, j, f] = np.sum(window * kernels[..., f]) + bias[f]
    return output


def convolve(
    images: np.ndarray, kernels: np.ndarray, bias: np.ndarray | None = None,
    stride: int | Pair = 1, dilation: int | Pair = 1, padding: Padding = "valid",
) -> np.ndarray:  # fmt: skip
    """A convolution as one matrix product: the windows as rows, times the filters as columns.

    Parameters
    ----------
    images : ndarray (n, h, w, c_in)
    kernels : ndarray (kh, kw, c_in, c_out)
    bias : ndarray (c_out,), optional
    stride, dilation : int or (down, across)
    padding : "valid", "same" or int
        None, as Keras defines it, or so many zeros on each side.

    Returns
    -------
    ndarray (n, positions down, positions across, c_out)
        In the floating dtype of the arrays, float64 where all are integers.

    Raises
    ------
    ValueError
        Names the shapes that do not fit together.

    Examples
    --------
    >>> convolve(np.ones((2, 28, 28, 3)), np.ones((5, 5, 3, 20)), stride=2, padding="same").shape
    (2, 14, 14, 20)
    """
    settings = (stride, dilation, padding)
    dtype, padded, kernels, bias, layout = _prepared(images, kernels, bias, *settings)
    columns = kernels.reshape(-1, kernels.shape[3])
    output = windows(padded, layout).reshape(-1, len(columns)) @ columns + bias
    return output.reshape(len(padded), *layout.positions, -1).astype(dtype, copy=False)


def convolve_backward(
    images: np.ndarray, kernels: np.ndarray, d_output: np.ndarray,
    stride: int | Pair = 1, dilation: int | Pair = 1, padding: Padding = "valid",
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:  # fmt: skip
    """Gradients of a loss with respect to images, kernels and bias of a convolution.

    Parameters
    ----------
    images, kernels, stride, dilation, padding
        As for `convolve`.
    d_output : ndarray
        The gradient with respect to the output, of the output's shape.

    Returns
    -------
    d_images, d_kernels, d_bias : ndarray
        Of the shapes of images, kernels and bias.

    Raises
    ------
    ValueError
        Names the shapes that do not fit together.

    Examples
    --------
    >>> images, kernels, d_output = np.ones((1, 3, 3, 1)), np.ones((2, 2, 1, 1)), np.ones(4)
    >>> d_images, _, d_bias = convolve_backward(images, kernels, d_output.reshape(1, 2, 2, 1))
    >>> d_images[0, :, :, 0], d_bias
    (array([[1., 2., 1.],
           [2., 4., 2.],
           [1., 2., 1.]]), array([4.]))
    """
    dtype, arrays = floats(images=images, kernels=kernels, d_output=d_output)
    images, kernels, d_output = arrays
    prepared = _prepared(images, kernels, None, stride, dilation, padding)
    padded, layout, filters = prepared[1], prepared[4], kernels.shape[3]
    if d_output.shape != (expected := (len(images), *layout.positions, filters)):
        raise ValueError(
            f"d_output {d_output.shape} is not {expected}, the output of "
            f"images {images.shape} and kernels {kernels.shape}"
        )
    view = windows(padded, layout)
    d_rows = d_output.reshape(-1, filters)
    d_kernels = (view.reshape(len(d_rows), -1).T @ d_rows).reshape(kernels.shape)
    d_view = (d_rows @ kernels.reshape(-1, filters).T).reshape(view.shape)
    d_padded = add_windows(d_view, padded.shape, layout)
    (top, _), (left, _) = layout.padding
    d_images = d_padded[:, top : top + images.shape[1], left : left + images.shape[2]]
    return tuple(d.astype(dtype, copy=False) for d in (d_images, d_kernels, d_rows.sum(0)))
