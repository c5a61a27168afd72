"""What every figure shares: palette, style, and a Figure that Jupyter shows exactly once.

Figures are made without pyplot: nothing stays open, and a cell that ends in one has exactly one
PNG (100 dpi, white background). Colours are those of Okabe and Ito (2008, "Color universal
design"), told apart by readers with any colour vision; diverging maps are symmetric around zero.
"""

import base64
import functools
import io
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
BLUE, VERMILION, GREY, MARKERS = PALETTE[0], PALETTE[1], "#666666", "osD^vPX"
WIDEST = 8.4  # inches: what JupyterLab shows unscaled beside its file browser
STYLE = {
    "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
    "grid.color": "#DDDDDD", "image.interpolation": "nearest",
    "legend.fontsize": 9, "legend.title_fontsize": 9, "legend.frameon": False,
}  # fmt: skip
MIDDLE = {"ha": "center", "va": "center"}


def use_style() -> None:
    """Give figures that a reader draws with pyplot the look of this module."""
    import matplotlib
    from cycler import cycler

    matplotlib.rcParams.update({**STYLE, "axes.prop_cycle": cycler(color=PALETTE)})


@functools.cache
def figure_class() -> type:
    """A Figure that Jupyter shows as one PNG and names by its title."""
    from matplotlib.figure import Figure

    class CourseFigure(Figure):
        def __repr__(self) -> str:
            titles = [self.get_suptitle(), *(axes.get_title() for axes in self.axes)]
            return f"Figure: {next(filter(None, titles), 'untitled')}"

        def _repr_mimebundle_(self, **_: Any) -> dict[str, str]:
            file = io.BytesIO()
            options = {"facecolor": "white", "metadata": {"Software": None}}
            self.savefig(file, dpi=100, bbox_inches="tight", **options)
            picture = base64.b64encode(file.getvalue()).decode()
            return {"image/png": picture, "text/plain": repr(self)}

    return CourseFigure


def styled(draw: Callable[..., "Figure"]) -> Callable[..., "Figure"]:
    """A decorator: `draw` works in the course's style, whatever the reader has set."""

    @functools.wraps(draw)
    def in_style(*args: Any, **kwargs: Any) -> "Figure":
        from matplotlib import style

        with style.context(["default", STYLE]):
            return draw(*args, **kwargs)

    return in_style


def figure_of(width: float, height: float) -> tuple["Figure", "Axes"]:
    """A figure of that size in inches, no wider than a cell, and its axes."""
    figure = figure_class()(figsize=(min(width, WIDEST), height), layout="constrained")
    return figure, figure.subplots()


def legend(figure: "Figure", **options: Any) -> None:
    """A legend below the axes, where it covers nothing, in as many columns as fit."""
    labels = [text.get_text() for text in figure.legend(**options).get_texts()]
    figure.legends.clear()
    columns = min(len(labels), max(1, 100 // (8 + max(map(len, labels)))))
    figure.legend(loc="outside lower center", ncols=columns, **options)


def grid(
    number: int, columns: int, size: float, above: float, title: str, below: float = 0.0
) -> tuple["Figure", list["Axes"]]:
    """A figure and `number` axes without ticks, `size` inches square, `above` left for titles."""
    if number < 1:
        raise ValueError("there is nothing to draw: the number of images is 0")
    columns = max(1, min(columns, number))
    step = min(size + 0.06, WIDEST / columns)
    size, top = step - 0.06, 0.28 if title else 0.0
    width, height = columns * step, -(-number // columns) * (size + above) + top + below
    figure = figure_class()(figsize=(width, height))
    figure.suptitle(title, size=12, x=0.03 / width, y=1, ha="left", va="top")
    for i in range(number):
        row, column = divmod(i, columns)
        left, low = column * step + 0.03, height - top - (row + 1) * (size + above)
        axes = figure.add_axes((left / width, low / height, size / width, size / height))
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.6)
    return figure, figure.axes
