"""A short film of images and what a network predicts for each, as one animated PNG."""

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe

if TYPE_CHECKING:
    from PIL.Image import Image

MILLISECONDS = 220  # a frame


class Film:
    """An animated PNG: browsers, JupyterLab and GitHub play it; elsewhere its first frame stands.

    Attributes
    ----------
    alt : what it shows, for those who do not see it
    """

    def __init__(self, png: bytes, title: str, alt: str) -> None:
        self._png, self._title, self.alt = png, title, alt

    def __repr__(self) -> str:
        return f"Figure: {self._title or 'untitled'}"

    def png(self) -> bytes:
        """The file's bytes."""
        return self._png

    def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
        return style.bundle(self._png, repr(self), self.alt)


def film(
    images: np.ndarray, probabilities: np.ndarray, class_names: Sequence[str],
    titles: Sequence[str] | None = None, title: str = "", alt: str | None = None,
) -> Film:  # fmt: skip
    """Each image with a bar for the probability of each class, one frame after the other.

    Parameters
    ----------
    images : ndarray (n, h, w)
        Gray, 0 (paper) to 1 (ink).
    probabilities : ndarray (n, classes)
    class_names : sequence
    titles : sequence, optional
        One for each frame.
    title : str
        What stands above the film.
    alt : str, optional
        What the film shows, in place of the text made of its data.

    Returns
    -------
    Film
        Jupyter shows it as one image.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit.

    Examples
    --------
    >>> film(np.zeros((2, 4, 4)), np.eye(2), ["cat", "dog"], title="Two frames")
    Figure: Two frames
    """
    images, probabilities = style.numbers("images", images), np.asarray(probabilities, float)
    style.filled("images", images)
    titles = [""] * len(images) if titles is None else [*titles]
    if images.ndim != 3 or probabilities.shape != (len(images), len(class_names)):
        raise ValueError(
            f"a film needs images (n, h, w) and probabilities (n, {len(class_names)}), "
            f"not {images.shape} and {probabilities.shape}"
        )
    if len(titles) != len(images):
        raise ValueError(f"{len(images)} frames but {len(titles)} titles")
    frames = [*_frames(images, probabilities, [*map(str, class_names)], titles, title)]
    file = io.BytesIO()
    frames[0].save(file, "PNG", save_all=True, append_images=frames[1:], loop=0,
                   duration=MILLISECONDS, optimize=True)  # fmt: skip
    said = [
        f"{name or f'frame {i}'}: {class_names[p.argmax()]} with probability {p.max():.2f}"
        for i, (name, p) in enumerate(zip(titles, probabilities, strict=True))
    ]
    made = describe(f"Film of {len(images)} frames", title, said[:: max(1, len(said) // 8)])
    return Film(file.getvalue(), title, alt or made)


def _frames(
    images: np.ndarray, probabilities: np.ndarray, names: list[str], titles: list[str], title: str
) -> Iterator["Image"]:
    """Each frame as a picture of 64 colors, all of one size."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from PIL import Image

    with style.in_force():
        figure = style.figure_class()(figsize=(6.4, 3.1), dpi=80, layout="constrained")
        canvas = FigureCanvasAgg(figure)
        figure.suptitle(title)
        left, right = figure.subplots(1, 2, width_ratios=(1, 1.25))
        picture = left.imshow(images[0], cmap="gray_r", vmin=0, vmax=1)
        left.set(xticks=[], yticks=[])
        left.grid(False)
        bars = right.barh(names, probabilities[0], color=style.GREY)
        right.set(xlim=(0, 1), xlabel="probability", ylabel="class")
        right.set_yticks(range(len(names)), names)
        right.invert_yaxis()
        for image, row, text in zip(images, probabilities, titles, strict=True):
            picture.set_data(image)
            left.set_title(text, fontsize=10)
            right.set_title(f"predicted: {names[row.argmax()]}", fontsize=10)
            for i, (bar, p) in enumerate(zip(bars, row, strict=True)):
                bar.set(width=p, color=style.BLUE if i == row.argmax() else style.GREY)
            canvas.draw()
            frame = Image.fromarray(np.asarray(canvas.buffer_rgba())).convert("RGB")
            yield frame.quantize(64, dither=Image.Dither.NONE)
