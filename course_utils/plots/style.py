"""What every figure shares: palette, style, and a Figure that Jupyter shows exactly once.

Figures are made without pyplot: nothing stays open, and a cell that ends in one has exactly one
PNG (100 dpi, white background) with an alternative text.
"""

import base64
import functools
import inspect
import io
import sys
from collections.abc import Callable, Iterator, Sized
from contextlib import AbstractContextManager
from itertools import cycle
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.plots.alt import of_figure

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
else:  # Matplotlib is imported when something is drawn
    Axes = Figure = Any

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
BLUE, VERMILION, GREY, MARKERS = PALETTE[0], PALETTE[1], "#666666", "osD^vPX"
WIDEST = 8.4  # inches: what JupyterLab shows unscaled beside its file browser
STYLE = "course_utils.plots.course"  # course.mplstyle
MIDDLE = {"ha": "center", "va": "center"}
SHARED = """
    {texts} : str
        What stands at the axes and above the figure.
    alt : str, optional
        What the figure shows, for those who do not see it, in place of the text made of its data.

    Returns
    -------
    Figure
        Jupyter shows it as one image.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit, or that there is nothing to draw.

"""


def use_style() -> None:
    """Give figures that a reader draws with pyplot the look of this module, and an alt text.

    The text is `figure.alt` where it is set, else it is made of the figure's titles and lines.

    Examples
    --------
    >>> use_style()
    """
    from matplotlib import style

    style.use(STYLE)
    ipython = sys.modules.get("IPython")
    if shell := ipython and ipython.get_ipython():
        bundles = shell.display_formatter.mimebundle_formatter
        bundles.for_type_by_name("matplotlib.figure", "Figure", _with_alt)


def _with_alt(figure: Figure) -> tuple[dict[str, str], dict[str, Any]]:
    """What IPython shows of any figure: the PNG is the inline backend's, with metadata."""
    if isinstance(figure, figure_class()):
        return figure._repr_mimebundle_()
    alt = getattr(figure, "alt", "") or of_figure(figure)
    return {}, {"image/png": {"alt": alt}} if figure.axes else {}


@functools.cache
def figure_class() -> type:
    """A Figure that Jupyter shows as one PNG, names by its title and describes by `alt`."""
    from matplotlib.figure import Figure

    class CourseFigure(Figure):
        alt = ""

        def __repr__(self) -> str:
            titles = [self.get_suptitle(), *(axes.get_title() for axes in self.axes)]
            return f"Figure: {next(filter(None, titles), 'untitled')}"

        def png(self) -> bytes:
            file = io.BytesIO()
            options = {"facecolor": "white", "metadata": {"Software": None}}
            self.savefig(file, dpi=100, bbox_inches="tight", **options)
            return file.getvalue()

        def _repr_mimebundle_(self, **_: Any) -> tuple[dict[str, str], dict[str, Any]]:
            return bundle(self.png(), repr(self), self.alt or repr(self))

    return CourseFigure


def bundle(png: bytes, text: str, alt: str) -> tuple[dict[str, str], dict[str, Any]]:
    """What Jupyter shows of a picture: its data, and its alternative text as their metadata."""
    picture = base64.b64encode(png).decode()
    return {"image/png": picture, "text/plain": text}, {"image/png": {"alt": alt}}


def in_force() -> AbstractContextManager[None]:
    """In its `with` block figures are drawn in the course's style, and texts shown as they are."""
    from matplotlib import style

    return style.context(["default", STYLE, {"text.parse_math": False}])


def styled(draw: Callable[..., Figure]) -> Callable[..., Figure]:
    """A decorator: `draw` works in the course's style, whatever is set, and takes `alt` as well.

    Texts are shown as they are: a file name with two $ is no formula.
    """

    @functools.wraps(draw)
    def in_style(*args: Any, alt: str | None = None, **kwargs: Any) -> Figure:
        with in_force():
            figure = draw(*args, **kwargs)
        figure.alt = alt or figure.alt
        return figure

    signature, kind = inspect.signature(draw), inspect.Parameter.KEYWORD_ONLY
    alt = inspect.Parameter("alt", kind, default=None, annotation=str | None)
    in_style.__signature__ = signature.replace(parameters=[*signature.parameters.values(), alt])
    texts = ", ".join(n for n in ("xlabel", "ylabel", "title") if n in signature.parameters)
    head, examples = draw.__doc__.split("\n\n    Examples\n")
    in_style.__doc__ = f"{head}{SHARED.format(texts=texts)}    Examples\n{examples}"
    return in_style


def filled(what: str, things: Sized) -> None:
    """ValueError where there is nothing to draw."""
    if not len(things):
        raise ValueError(f"there is nothing to draw: no {what}")


def numbers(label: str, values: Any) -> np.ndarray:
    """`values` as floats; ValueError, naming them, where they are anything else."""
    try:
        return np.asarray(values, float)
    except (TypeError, ValueError):
        raise ValueError(f"{label!r} holds something else than numbers in rows alike") from None


def looks() -> Iterator[tuple[str, str]]:
    """Colors and markers, one pair a series, without end."""
    return zip(cycle(PALETTE), cycle(MARKERS), strict=False)


def figure_of(width: float, height: float, **labels: Any) -> tuple[Figure, Axes]:
    """A figure of that size in inches, no wider than a cell, and its axes with these labels."""
    figure = figure_class()(figsize=(min(width, WIDEST), height), layout="constrained")
    axes = figure.subplots()
    axes.set(**labels)
    axes.grid(axis="y")
    return figure, axes


def legend(figure: Figure, **options: Any) -> None:
    """A legend below the axes, where it covers nothing, in as many columns as fit."""
    labels = [text.get_text() for text in figure.legend(**options).get_texts()]
    figure.legends.clear()
    columns = min(len(labels), max(1, 100 // (8 + max(map(len, labels)))))
    figure.legend(loc="outside lower center", ncols=columns, **options)


def blank(width: float, height: float, title: str) -> Figure:
    """A figure without axes, its title at the upper left."""
    figure = figure_class()(figsize=(width, height))
    figure.suptitle(title, size=12, x=0.03 / width, y=1, ha="left", va="top")
    return figure


def panel(figure: Figure, left: float, low: float, width: float, height: float) -> Axes:
    """Axes without ticks, placed in inches from the lower left corner of the figure."""
    w, h = figure.get_size_inches()
    axes = figure.add_axes((left / w, low / h, width / w, height / h))
    axes.set(xticks=[], yticks=[])
    axes.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.6)
    return axes
