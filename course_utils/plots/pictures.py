"""Images in a grid, the kernels of a convolution."""

from collections.abc import Sequence

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe, number, shape_of


def _grid(
    count: int, columns: int, size: float, above: float, title: str, below: float = 0.0
) -> tuple[style.Figure, list[style.Axes]]:
    """A figure and `count` axes without ticks, `size` inches square, `above` left for titles."""
    columns = max(1, min(columns, count))
    step = min(size + 0.06, style.WIDEST / columns)
    size, top = step - 0.06, 0.28 if title else 0.0
    height = -(-count // columns) * (size + above) + top + below
    figure = style.blank(columns * step, height, title)
    for i in range(count):
        row, column = divmod(i, columns)
        low = height - top - (row + 1) * (size + above)
        style.panel(figure, column * step + 0.03, low, size, size)
    return figure, figure.axes


@style.styled
def images(
    images: np.ndarray | Sequence[np.ndarray], titles: Sequence[object] | None = None,
    columns: int = 9, title: str = "", cmap: str = "gray_r", size: float = 1.0,
) -> style.Figure:  # fmt: skip
    """A grid of images.

    Bytes run over 0–255; other values over 0–1, or from the lowest to the highest value where that
    is wider; in a list of different shapes, each image from its own lowest to its own highest.

    Parameters
    ----------
    images : ndarray (n, h, w), (n, h, w, 1) or (n, h, w, 3), or a list of such images
    titles : sequence, optional
        One for each image.
    columns, size
        Images in a row, and the side of one in inches, less where `columns` need it.
    cmap : str
        Color map of images with one channel.

    Examples
    --------
    >>> images(np.zeros((3, 28, 28)), titles=["0", "1", "2"], title="Three digits")
    Figure: Three digits
    """
    images = [np.asarray(image) for image in images]
    style.filled("images", images)
    images = [image[..., 0] if image.shape[2:] == (1,) else image for image in images]
    shapes = {image.shape for image in images}
    if odd := [s for s in shapes if 0 in s or (len(s) != 2 and s[2:] != (3,))]:
        raise ValueError(f"each image must be (h, w), (h, w, 1) or (h, w, 3), not {odd[0]}")
    titles = titles if titles is None else [*map(str, titles)]
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(images)} images but {len(titles)} titles")
    figure, panels = _grid(len(images), columns, size, 0.06 if titles is None else 0.24, title)
    low, high = min(0.0, *map(np.min, images)), max(1.0, *map(np.max, images))
    scale = {"vmin": low, "vmax": 255 if images[0].dtype == np.uint8 else high}
    for i, axes in enumerate(panels):
        axes.imshow(images[i], cmap=cmap, **(scale if len(shapes) == 1 else {}))
        if titles is not None:
            axes.set_title(titles[i], fontsize=9, pad=3)
    sides = f" of {shape_of(images[0][..., 0] if images[0].ndim == 3 else images[0])} pixels"
    rows = f"{min(columns, len(images))} in a row" if len(images) > 1 else "shown large"
    what = f"{len(images)} image{'s' * (len(images) > 1)}{sides * (len(shapes) == 1)}, {rows}"
    said = [f"from the first to the last: {', '.join(titles)}"] if titles else []
    figure.alt = describe(what, title, said, titles or ())
    return figure


@style.styled
def kernels(weights: np.ndarray, title: str = "") -> style.Figure:
    """The first fifty kernels of a convolution, numbered from 0; of many channels the mean.

    Red is positive, blue negative, white zero, on one scale for all.

    Parameters
    ----------
    weights : ndarray (height, width, in, out)

    Examples
    --------
    >>> kernels(np.zeros((5, 5, 1, 20)), title="First convolution")
    Figure: First convolution
    """
    weights = np.asarray(weights)
    if weights.ndim != 4 or 0 in weights.shape:
        raise ValueError(f"kernels need shape (height, width, in, out), not {weights.shape}")
    title += f" (mean of {weights.shape[2]} channels)" if weights.shape[2] > 1 else ""
    shown = weights.mean(axis=2)[..., :50]
    figure, panels = _grid(shown.shape[-1], 10, 0.72, 0.24, title, below=0.62)
    end = float(np.abs(shown).max()) or 1.0
    for i, axes in enumerate(panels):
        picture = axes.imshow(shown[..., i], cmap="RdBu_r", vmin=-end, vmax=end)
        axes.set_title(str(i), fontsize=8, pad=2)
    scale = figure.add_axes((0.2, 0.4 / figure.get_figheight(), 0.6, 0.1 / figure.get_figheight()))
    bar = figure.colorbar(picture, cax=scale, orientation="horizontal", label="weight")
    bar.set_ticks([-end, end], labels=[f"−{end:.2g}", f"{end:.2g}"])
    what = f"{shown.shape[-1]} kernels of {shape_of(shown[..., 0])} weights, red where positive, "
    spread = f"the weights go from {number(shown.min())} to {number(shown.max())}"
    figure.alt = describe(what + "blue where negative", title, [spread])
    return figure
