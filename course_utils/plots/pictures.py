"""Pictures: images in a grid, the kernels of a convolution."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from course_utils.plots.style import grid, styled

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def images(
    images: np.ndarray | Sequence[np.ndarray], titles: Sequence[object] | None = None,
    columns: int = 9, title: str = "", cmap: str = "gray_r", size: float = 1.0,
) -> "Figure":  # fmt: skip
    """A grid of images: (n, h, w), (n, h, w, 1) or (n, h, w, 3), or a list of such images.

    Bytes run over 0–255; other values over 0–1, or from the lowest to the highest value where that
    is wider; in a list of different shapes, each image from its own lowest to its own highest.
    `size` is the side of an image in inches, less where `columns` need it.
    Raises ValueError for another shape, for no images, or for a wrong number of titles.
    """
    images = [np.asarray(image) for image in images]
    images = [image[..., 0] if image.shape[2:] == (1,) else image for image in images]
    shapes = {image.shape for image in images}
    if odd := [shape for shape in shapes if len(shape) != 2 and shape[2:] != (3,)]:
        raise ValueError(f"each image must be (h, w), (h, w, 1) or (h, w, 3), not {odd[0]}")
    if titles is not None and len(titles) != len(images):
        raise ValueError(f"{len(images)} images but {len(titles)} titles")
    figure, places = grid(len(images), columns, size, 0.06 if titles is None else 0.24, title)
    low, high = min(0.0, *map(np.min, images)), max(1.0, *map(np.max, images))
    scale = {"vmin": low, "vmax": 255 if images[0].dtype == np.uint8 else high}
    for i, axes in enumerate(places):
        axes.imshow(images[i], cmap=cmap, **(scale if len(shapes) == 1 else {}))
        if titles is not None:
            axes.set_title(str(titles[i]), fontsize=9, pad=3)
    return figure


@styled
def kernels(
    weights: np.ndarray, title: str = "", limit: int = 50, channel: int | None = None
) -> "Figure":
    """The first `limit` kernels of `weights`, (height, width, in, out), numbered from 0.

    Of several input channels their mean is shown, or the one that `channel` names. Red is
    positive, blue negative, white zero, on one scale for all. Raises ValueError for another shape.
    """
    weights = np.asarray(weights)
    if weights.ndim != 4:
        raise ValueError(f"kernels need shape (height, width, in, out), not {weights.shape}")
    which = f"mean of {weights.shape[2]} channels" if channel is None else f"channel {channel}"
    title += f" ({which})" if weights.shape[2] > 1 else ""
    shown = (weights.mean(axis=2) if channel is None else weights[:, :, channel])[..., :limit]
    figure, places = grid(shown.shape[-1], 10, 0.72, 0.24, title, below=0.62)
    end = float(np.abs(shown).max()) or 1.0
    for i, axes in enumerate(places):
        picture = axes.imshow(shown[..., i], cmap="RdBu_r", vmin=-end, vmax=end)
        axes.set_title(str(i), fontsize=8, pad=2)
    place = figure.add_axes((0.2, 0.4 / figure.get_figheight(), 0.6, 0.1 / figure.get_figheight()))
    bar = figure.colorbar(picture, cax=place, orientation="horizontal", label="weight")
    bar.set_ticks([-end, end], labels=[f"−{end:.2g}", f"{end:.2g}"])
    return figure
