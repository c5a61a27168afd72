"""Where a window lies on images: its positions, and what it covers."""

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

Pair = tuple[int, int]
Padding = str | int


def _whole(name: str, value: Any, least: int) -> int:
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least:
        raise ValueError(f"{name} is {value!r}: a whole number of at least {least} is asked for")
    return number


def pair(name: str, value: int | Sequence[int]) -> Pair:
    """Down and across: a number of at least 1 stands for both. ValueError for anything else."""
    both = tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{name} is {value!r}: a number or a pair of numbers is asked for")
    return _whole(name, both[0], 1), _whole(name, both[1], 1)


def floats(**arrays: Any) -> tuple[np.dtype, list[np.ndarray]]:
    """The dtype of the result (float64 if all are integers), and the arrays in that to compute in.

    Sums of float16 are made in float32: beyond 2,048, a float16 plus 1 is itself. ValueError names
    an array that holds anything but real numbers.
    """
    found = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in found.items():
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} {array.shape} have dtype {array.dtype}, not real numbers")
    floating = [array.dtype for array in found.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floating) if floating else np.dtype(np.float64)
    wide = np.result_type(dtype, np.float32)
    return dtype, [array.astype(wide, copy=False) for array in found.values()]


class Layout(NamedTuple):
    """The positions of a window on padded images; all pairs are (down, across)."""

    window: Pair
    stride: Pair
    dilation: Pair
    padding: tuple[Pair, Pair]  # zeros added (above, below) and (left, right)
    positions: Pair

    def at(self, i: int, j: int) -> tuple[slice, slice]:
        """Rows and columns that the window covers at position (i, j)."""
        numbers = zip((i, j), self.window, self.stride, self.dilation, strict=True)
        return tuple(slice(at * s, at * s + k * d, d) for at, k, s, d in numbers)

    def below(self, u: int, v: int) -> tuple[slice, slice]:
        """Rows and columns that the window's own pixel (u, v) meets, from position to position."""
        numbers = zip((u, v), self.positions, self.stride, self.dilation, strict=True)
        return tuple(slice(at * d, at * d + n * s, s) for at, n, s, d in numbers)


def lay_out(
    shape: tuple[int, ...], window: int | Pair, stride: int | Pair = 1, dilation: int | Pair = 1,
    padding: Padding = "valid", name: str | None = None,
) -> Layout:  # fmt: skip
    """Where `window`, called `name` in errors, lies on images of this `shape`, (n, h, w, channels).

    "same" padding as in Keras: ⌈size / stride⌉ positions, an odd zero below and to the right.
    """
    if len(shape) != 4 or 0 in shape[1:]:
        raise ValueError(f"images {shape} are not (n, height, width, channels)")
    window, stride = pair("window", window), pair("stride", stride)
    dilation = pair("dilation", dilation)
    sizes = list(zip(shape[1:3], window, stride, dilation, strict=True))
    reach = tuple(d * (k - 1) + 1 for _, k, _, d in sizes)
    if padding == "same":
        needed = [max((n - 1) // s * s + d * (k - 1) + 1 - n, 0) for n, k, s, d in sizes]
        zeros = tuple((total // 2, total - total // 2) for total in needed)
    elif isinstance(padding, str) and padding != "valid":
        raise ValueError(f'padding is {padding!r}: "valid", "same" or a number is asked for')
    else:
        each = 0 if padding == "valid" else _whole("padding", padding, 0)
        zeros = ((each, each), (each, each))
    padded = tuple(size + sum(z) for size, z in zip(shape[1:3], zeros, strict=True))
    if reach[0] > padded[0] or reach[1] > padded[1]:
        raise ValueError(
            f"images {shape} with padding {padding!r} have {padded} pixels, fewer than the {reach} "
            f"under {name or f'window {window}'} with dilation {dilation}"
        )
    positions = tuple((n - r) // s + 1 for n, r, s in zip(padded, reach, stride, strict=True))
    return Layout(window, stride, dilation, zeros, positions)


def windows(images: np.ndarray, layout: Layout) -> np.ndarray:
    """Everything a window sees on the padded images (im2col), as a view without a copy.

    Its axes: (n, positions down, positions across, rows, columns, channels).
    """
    (sh, sw), (dh, dw) = layout.stride, layout.dilation
    reach = [d * (k - 1) + 1 for k, d in zip(layout.window, layout.dilation, strict=True)]
    every = np.lib.stride_tricks.sliding_window_view(images, reach, axis=(1, 2))
    return every[:, ::sh, ::sw, :, ::dh, ::dw].transpose(0, 1, 2, 4, 5, 3)


def add_windows(values: np.ndarray, shape: tuple[int, ...], layout: Layout) -> np.ndarray:
    """Put `windows` back where they were cut, overlapping ones added up: its gradient, col2im."""
    images = np.zeros(shape, values.dtype)
    for u, v in np.ndindex(layout.window):
        rows, columns = layout.below(u, v)
        images[:, rows, columns] += values[..., u, v, :]
    return images
