"""Where a window lies on images: its places, what it covers, how far a stack of them sees."""

import operator
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

Pair = tuple[int, int]
Padding = str | int


def whole(name: str, value: Any, least: int) -> int:
    """`value` as an int; ValueError where it is not a whole number of at least `least`."""
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or number < least:
        raise ValueError(f"{name} is {value!r}: a whole number of at least {least} is asked for")
    return number


def pair(name: str, value: int | Sequence[int]) -> Pair:
    """Down and across: a number of at least 1 stands for both. ValueError for anything else."""
    both = tuple(value) if isinstance(value, (tuple, list, np.ndarray)) else (value, value)
    if len(both) != 2:
        raise ValueError(f"{name} is {value!r}: a number or a pair of numbers is asked for")
    return whole(name, both[0], 1), whole(name, both[1], 1)


def floats(**arrays: Any) -> list[np.ndarray]:
    """The arrays in one dtype: that of the floating ones among them, float64 if there is none.

    ValueError where an array holds something else than real numbers.
    """
    found = {name: np.asarray(array) for name, array in arrays.items()}
    for name, array in found.items():
        if array.dtype.kind not in "biuf":
            raise ValueError(f"{name} {array.shape} have dtype {array.dtype}, not real numbers")
    floating = [array.dtype for array in found.values() if array.dtype.kind == "f"]
    dtype = np.result_type(*floating) if floating else np.dtype(np.float64)
    return [array.astype(dtype, copy=False) for array in found.values()]


def output_size(n: int, k: int, stride: int = 1, padding: int = 0, dilation: int = 1) -> int:
    """Places of a window of `k` pixels along `n` pixels: ⌊(n + 2p − d(k − 1) − 1) / s⌋ + 1.

    `padding` p is the number of pixels added on each side. ValueError where the window does not
    fit, or where a number is too small to make sense.
    """
    n, k = whole("n", n, 1), whole("k", k, 1)
    stride, dilation = whole("stride", stride, 1), whole("dilation", dilation, 1)
    room = n + 2 * whole("padding", padding, 0) - dilation * (k - 1) - 1
    if room < 0:
        raise ValueError(
            f"a window of {k} with dilation {dilation} covers {dilation * (k - 1) + 1} pixels, "
            f"{n} with padding {padding} on each side are {n + 2 * padding}"
        )
    return room // stride + 1


def receptive_field(layers: Sequence[Sequence[int]]) -> int:
    """Input pixels, along one axis, that one value after the last layer depends on.

    `layers` are (kernel, stride) or (kernel, stride, dilation), first layer first, pooling
    included. ValueError where one is something else.
    """
    size, step = 1, 1  # step: how far apart in the input two neighbouring values look
    for layer in layers:
        if len(layer) not in (2, 3):
            raise ValueError(f"layer {layer!r} is not (kernel, stride) or with a dilation")
        kernel, stride, dilation = (
            whole(name, value, 1)
            for name, value in zip(("kernel", "stride", "dilation"), (*layer, 1), strict=False)
        )
        size += dilation * (kernel - 1) * step
        step *= stride
    return size


class Layout(NamedTuple):
    """The places of a window on padded images; all pairs are (down, across)."""

    window: Pair
    stride: Pair
    dilation: Pair
    padding: tuple[Pair, Pair]  # zeros added (above, below) and (left, right)
    places: Pair

    def at(self, i: int, j: int) -> tuple[slice, slice]:
        """Rows and columns that the window covers at place (i, j)."""
        return tuple(
            slice(place * stride, place * stride + size * dilation, dilation)
            for place, size, stride, dilation in zip((i, j), *self[:3], strict=True)
        )

    def below(self, u: int, v: int) -> tuple[slice, slice]:
        """Rows and columns that the window's own pixel (u, v) meets, from place to place."""
        return tuple(
            slice(pixel * dilation, pixel * dilation + places * stride, stride)
            for pixel, stride, dilation, places in zip(
                (u, v), self.stride, self.dilation, self.places, strict=True
            )
        )


def lay_out(
    shape: tuple[int, ...],
    window: Pair,
    stride: int | Pair = 1,
    dilation: int | Pair = 1,
    padding: Padding = "valid",
    name: str | None = None,
) -> Layout:
    """Where `window` lies on images of this `shape` (n, h, w, channels).

    `padding` is "valid" (none), "same" (as Keras: ⌈size / stride⌉ places, an odd zero below and
    to the right) or a number of zeros on each side. ValueError where an axis is missing or empty,
    where the window does not fit (`name` is what it is called there) or a number is too small.
    """
    if len(shape) != 4 or 0 in shape[1:]:
        raise ValueError(f"images {shape} are not (n, height, width, channels)")
    window, stride = pair("window", window), pair("stride", stride)
    dilation = pair("dilation", dilation)
    reach = tuple(d * (k - 1) + 1 for k, d in zip(window, dilation, strict=True))
    if padding == "same":
        needed = [
            max((-(-size // s) - 1) * s + r - size, 0)
            for size, s, r in zip(shape[1:3], stride, reach, strict=True)
        ]
        zeros = tuple((total // 2, total - total // 2) for total in needed)
    elif isinstance(padding, str) and padding != "valid":
        raise ValueError(f'padding is {padding!r}: "valid", "same" or a number is asked for')
    else:
        each = 0 if padding == "valid" else whole("padding", padding, 0)
        zeros = ((each, each), (each, each))
    padded = tuple(size + sum(z) for size, z in zip(shape[1:3], zeros, strict=True))
    if reach[0] > padded[0] or reach[1] > padded[1]:
        raise ValueError(
            f"images {shape} with padding {padding!r} have {padded} pixels, fewer than the {reach} "
            f"under {name or f'window {window}'} with dilation {dilation}"
        )
    places = tuple(
        output_size(*numbers, padding=0, dilation=d)
        for *numbers, d in zip(padded, window, stride, dilation, strict=True)
    )
    return Layout(window, stride, dilation, zeros, places)


def windows(
    images: np.ndarray, size: int | Pair, stride: int | Pair = 1, dilation: int | Pair = 1
) -> np.ndarray:
    """Everything a window sees, place by place: the step known as im2col.

    `images` (n, h, w, c) give a read-only view (n, places down, places across, rows, columns, c)
    without a copy. ValueError where a window does not fit.
    """
    images = np.asarray(images)
    layout = lay_out(images.shape, pair("size", size), stride, dilation)
    (sh, sw), (dh, dw) = layout.stride, layout.dilation
    reach = [d * (k - 1) + 1 for k, d in zip(layout.window, layout.dilation, strict=True)]
    every = np.lib.stride_tricks.sliding_window_view(images, reach, axis=(1, 2))
    return every[:, ::sh, ::sw, :, ::dh, ::dw].transpose(0, 1, 2, 4, 5, 3)


def add_windows(
    values: np.ndarray, shape: tuple[int, ...], stride: int | Pair = 1, dilation: int | Pair = 1
) -> np.ndarray:
    """Put windows back where they were cut: images of this `shape`, overlapping windows added up.

    `values` are shaped as `windows` gives them. The gradient of `windows`; col2im. ValueError
    where the shapes do not belong together.
    """
    values = np.asarray(values)
    if values.ndim != 6:
        raise ValueError(f"windows {values.shape} do not have 6 axes")
    layout = lay_out(shape, values.shape[3:5], stride, dilation)
    expected = (shape[0], *layout.places, *layout.window, shape[3])
    if values.shape != expected:
        raise ValueError(f"windows {values.shape}: images {shape} have windows {expected}")
    images = np.zeros(shape, values.dtype)
    for u in range(layout.window[0]):
        for v in range(layout.window[1]):
            rows, columns = layout.below(u, v)
            images[:, rows, columns] += values[..., u, v, :]
    return images
