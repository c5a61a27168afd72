"""Figures of the course. Each function returns a Matplotlib figure that Jupyter shows once.

Figures are made without pyplot: nothing stays open, and a cell that ends in one has exactly one
PNG (100 dpi, white background). Colours are those of Okabe and Ito (2008, "Color universal
design"), told apart by readers with any colour vision; diverging maps are symmetric around zero.
"""

import base64
import functools
import io
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import graph

if TYPE_CHECKING:
    from keras import Model
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

PALETTE = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
BLUE, VERMILION, GREY, MARKERS = PALETTE[0], PALETTE[1], "#666666", "osD^vPX"
_WIDEST = 8.4  # inches: what JupyterLab shows unscaled beside its file browser
_UNITS = {"accuracy": "accuracy (share of samples)", "loss": "loss (mean over samples)"}
_STYLE = {
    "axes.axisbelow": True, "axes.spines.top": False, "axes.spines.right": False,
    "grid.color": "#DDDDDD", "image.interpolation": "nearest",
    "legend.fontsize": 9, "legend.title_fontsize": 9, "legend.frameon": False,
}  # fmt: skip
_MIDDLE = {"ha": "center", "va": "center"}
_ARROW = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
_KINDS = {"Conv": "#CCE3F0", "Pool": "#CCECE3", "Dense": "#FAEBCC"}  # tints of the palette


def use_style() -> None:
    """Give figures that a reader draws with pyplot the look of this module."""
    import matplotlib
    from cycler import cycler

    matplotlib.rcParams.update({**_STYLE, "axes.prop_cycle": cycler(color=PALETTE)})


@functools.cache
def _figure_class() -> type:
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


def _styled(draw: Callable[..., "Figure"]) -> Callable[..., "Figure"]:
    @functools.wraps(draw)
    def styled(*args: Any, **kwargs: Any) -> "Figure":
        from matplotlib import style

        with style.context(["default", _STYLE]):  # whatever the reader has set
            return draw(*args, **kwargs)

    return styled


def _figure(width: float, height: float) -> tuple["Figure", "Axes"]:
    figure = _figure_class()(figsize=(min(width, _WIDEST), height), layout="constrained")
    return figure, figure.subplots()


def _legend(figure: "Figure", **options: Any) -> None:
    """A legend below the axes, where it covers nothing, in as many columns as fit."""
    labels = [text.get_text() for text in figure.legend(**options).get_texts()]
    figure.legends.clear()
    columns = min(len(labels), max(1, 100 // (8 + max(map(len, labels)))))
    figure.legend(loc="outside lower center", ncols=columns, **options)


def _grid(
    number: int, columns: int, size: float, above: float, title: str, below: float = 0.0
) -> tuple["Figure", list["Axes"]]:
    """A figure and `number` axes without ticks, `size` inches square, `above` left for titles."""
    if number < 1:
        raise ValueError("there is nothing to draw: the number of images is 0")
    columns = max(1, min(columns, number))
    step = min(size + 0.06, _WIDEST / columns)
    size, top = step - 0.06, 0.28 if title else 0.0
    width, height = columns * step, -(-number // columns) * (size + above) + top + below
    figure = _figure_class()(figsize=(width, height))
    figure.suptitle(title, size=12, x=0.03 / width, y=1, ha="left", va="top")
    for i in range(number):
        row, column = divmod(i, columns)
        left, low = column * step + 0.03, height - top - (row + 1) * (size + above)
        axes = figure.add_axes((left / width, low / height, size / width, size / height))
        axes.set(xticks=[], yticks=[])
        axes.spines[:].set(visible=True, color="#BBBBBB", linewidth=0.6)
    return figure, figure.axes


@_styled
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
    figure, grid = _grid(len(images), columns, size, 0.06 if titles is None else 0.24, title)
    low, high = min(0.0, *map(np.min, images)), max(1.0, *map(np.max, images))
    scale = {"vmin": low, "vmax": 255 if images[0].dtype == np.uint8 else high}
    for i, axes in enumerate(grid):
        axes.imshow(images[i], cmap=cmap, **(scale if len(shapes) == 1 else {}))
        if titles is not None:
            axes.set_title(str(titles[i]), fontsize=9, pad=3)
    return figure


@_styled
def curves(
    histories: Mapping[str, Mapping[str, Sequence[float]]], metric: str = "accuracy",
    title: str = "", ylabel: str | None = None,
) -> "Figure":  # fmt: skip
    """Training curves: each history maps a metric to its values, one an epoch.

    Training (`metric`) is dashed, validation (`val_<metric>`) solid, the best validation epoch
    marked with its value: the highest for metrics named after accuracy or AUC, else the lowest.
    """
    from matplotlib.lines import Line2D
    from matplotlib.ticker import MaxNLocator

    best = np.argmax if "acc" in metric or "auc" in metric else np.argmin
    (figure, axes), handles, drawn = _figure(7.5, 4.2), [], {}
    for i, (label, history) in enumerate(histories.items()):
        look = {"color": PALETTE[i % len(PALETTE)], "marker": ""}
        for key, dash, name in ((metric, "--", "training"), (f"val_{metric}", "-", "validation")):
            if values := list(history.get(key, ())):
                axes.plot(range(1, len(values) + 1), values, dash, **look)
                drawn[name] = Line2D([], [], color=GREY, linestyle=dash, label=name)
        if values := list(history.get(f"val_{metric}", ())):
            at, look["marker"] = int(best(values)), MARKERS[i % len(MARKERS)]
            label += f", best {values[at]:.4f} in epoch {at + 1}"
            axes.plot([at + 1], values[at], **look, markersize=8, mec="white", linestyle="")
        handles.append(Line2D([], [], **look, label=label))
    axes.set(xlabel="epoch", ylabel=ylabel or _UNITS.get(metric, metric), title=title)
    axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    axes.grid(axis="y")
    _legend(figure, handles=[*handles, *drawn.values()])
    return figure


@_styled
def confusion(
    y_true: np.ndarray, y_pred: np.ndarray, class_names: Sequence[str], title: str = ""
) -> "Figure":
    """Confusion matrix: rows are true classes, columns predicted ones, a count in every cell.

    `y_true` and `y_pred` are class indices of shape (n,). The colour is the share of the row, on
    a scale that lets rare errors be seen.
    """
    from matplotlib.colors import PowerNorm
    from sklearn.metrics import confusion_matrix

    table = confusion_matrix(y_true, y_pred, labels=range(number := len(class_names)))
    share = table / np.maximum(table.sum(axis=1, keepdims=True), 1)
    side = min(_WIDEST - 1.2, 1.8 + 0.46 * number)
    figure, axes = _figure(side + 1.2, side)
    picture = axes.imshow(share, cmap="Blues", norm=PowerNorm(0.4, 0, 1))
    size = min(9.5, 85 * side / number / max(3, len(f"{table.max():,}")))
    for (row, column), n in np.ndenumerate(table):
        color = "white" if share[row, column] > 0.25 else "black" if n else "#999999"
        axes.text(column, row, f"{n:,}", color=color, size=size, **_MIDDLE)
    axes.set_xticks(range(number), class_names)
    axes.tick_params(axis="x", rotation=90 if max(map(len, class_names)) > 3 else 0)
    axes.set_yticks(range(number), class_names)
    axes.set(xlabel="predicted class", ylabel="true class", title=title or "Confusion matrix")
    bar = figure.colorbar(picture, ax=axes, shrink=0.8, label="share of the true class")
    bar.set_ticks([0, 0.01, 0.05, 0.2, 0.5, 1], labels=["0", "0.01", "0.05", "0.2", "0.5", "1"])
    return figure


def _over_seeds(tables: Mapping[str, np.ndarray]) -> str:
    numbers = sorted({table.shape[-1] for table in tables.values()})
    if numbers == [1]:
        return "one seed"
    return f"mean and range over {' to '.join(map(str, numbers[:: len(numbers) - 1 or 1]))} seeds"


@_styled
def against(
    x: Sequence[float], series: Mapping[str, np.ndarray], xlabel: str = "", ylabel: str = "",
    title: str = "", log: bool = False,
) -> "Figure":  # fmt: skip
    """Something measured over seeds, against `x`: the mean as a line, min to max as a band.

    Each array is (len(x), seeds), or (len(x),) for one seed. `log`: a logarithmic x axis.
    Raises ValueError, naming the label, for another shape.
    """
    from matplotlib.ticker import NullLocator

    x, (figure, axes) = np.asarray(x), _figure(7.5, 4.4)
    tables = {label: np.atleast_2d(np.asarray(v, float).T).T for label, v in series.items()}
    for i, (label, table) in enumerate(tables.items()):
        if table.ndim != 2 or len(table) != len(x) or not table.size:
            raise ValueError(f"{label!r} needs ({len(x)}, seeds) values, not {table.shape}")
        color, marker = PALETTE[i % len(PALETTE)], MARKERS[i % len(MARKERS)]
        axes.plot(x, table.mean(axis=1), color=color, marker=marker, label=label)
        axes.fill_between(x, table.min(axis=1), table.max(axis=1), color=color, alpha=0.2, lw=0)
    axes.set(xlabel=xlabel, ylabel=ylabel, title=title, xscale="log" if log else "linear")
    if len(x) <= 12:
        axes.set_xticks(x, [f"{value:,}".replace("-", "−") for value in x.tolist()])
        axes.xaxis.set_minor_locator(NullLocator())
    axes.grid(axis="y")
    _legend(figure, title=_over_seeds(tables))
    return figure


@_styled
def ladder(
    measured: Mapping[str, Sequence[float]], xlabel: str = "", title: str = "",
    reference: Mapping[str, float] | None = None,
) -> "Figure":  # fmt: skip
    """One line a name, the first on top: a dot for the mean over seeds, a bar from min to max.

    `reference`: values from the literature by the same names, as hollow diamonds.
    Raises ValueError for a reference without a measured row.
    """
    names, reference = list(measured), reference or {}
    if stray := set(reference) - set(names):
        raise ValueError(f"reference values without a measured row: {', '.join(sorted(stray))}")
    figure, axes = _figure(8.0, 1.5 + 0.34 * len(names))
    tables = {name: np.asarray(values, float) for name, values in measured.items()}
    means, beside = [table.mean() for table in tables.values()], ("axes fraction", "data")
    for row, table in enumerate(tables.values()):
        axes.plot([table.min(), table.max()], [row, row], color=BLUE, linewidth=4, alpha=0.4)
        axes.annotate(f"{means[row]:.4f}", (1.01, row), xycoords=beside, va="center", size=9)
    label = f"measured, {_over_seeds(tables)}"
    axes.plot(means, range(len(names)), "o", color=BLUE, markersize=7, label=label)
    if reference:
        rows, look = [names.index(name) for name in reference], {"mfc": "none", "mec": VERMILION}
        axes.plot([*reference.values()], rows, "D", ms=9, mew=1.6, label="literature", **look)
    axes.set_yticks(range(len(names)), labels=names)
    axes.set(xlabel=xlabel, title=title, ylim=(len(names) - 0.4, -0.6))
    axes.grid()
    _legend(figure)
    return figure


@_styled
def counts(
    labels: np.ndarray, class_names: Sequence[str], title: str = "", unit: str = "images"
) -> "Figure":
    """Class balance: a bar for each class with its number; `labels` are indices of shape (n,)."""
    number = np.bincount(np.ravel(labels), minlength=len(class_names))
    figure, axes = _figure(2.2 + 0.56 * len(number), 3.2)
    bars = axes.bar(range(len(number)), number, color=BLUE, width=0.75)
    axes.bar_label(bars, fmt="{:,.0f}", fontsize=9, padding=2)
    turn = 90 if len(number) > 15 else 45 if max(map(len, class_names)) > 6 else 0
    axes.set_xticks(range(len(number)), class_names, rotation=turn)
    axes.yaxis.set_major_formatter("{x:,.0f}")
    axes.margins(y=0.12)
    axes.set(xlabel="class", ylabel=f"number of {unit}", title=title or "Class balance")
    return figure


@_styled
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
    figure, grid = _grid(shown.shape[-1], 10, 0.72, 0.24, title, below=0.62)
    end = float(np.abs(shown).max()) or 1.0
    for i, axes in enumerate(grid):
        picture = axes.imshow(shown[..., i], cmap="RdBu_r", vmin=-end, vmax=end)
        axes.set_title(str(i), fontsize=8, pad=2)
    place = figure.add_axes((0.2, 0.4 / figure.get_figheight(), 0.6, 0.1 / figure.get_figheight()))
    bar = figure.colorbar(picture, cax=place, orientation="horizontal", label="weight")
    bar.set_ticks([-end, end], labels=[f"−{end:.2g}", f"{end:.2g}"])
    return figure


@_styled
def model_graph(model: "Model", title: str = "") -> "Figure":
    """A built Keras model as boxes and arrows: one box a layer, one arrow a connection.

    A box names the layer's type, its output shape without the batch, and its parameters.
    Raises ValueError for a model whose input shape is not known yet.
    """
    from matplotlib.patches import FancyBboxPatch

    layers, links = graph.read(model)
    place = graph.places(list(layers), links)
    low, high = (end(x for x, _ in place.values()) for end in (min, max))
    rows = 1 + max(row for _, row in place.values())
    width, height = (high - low + 1.1) * 2.6, rows * 0.66 + 0.7
    scale = min(1.0, _WIDEST / width)
    figure = _figure_class()(figsize=(width * scale, height * scale))
    axes = figure.add_axes((0, 0, 1, 1 - 0.35 / height))
    axes.set(xlim=(low - 0.55, high + 0.55), ylim=(rows - 0.1, -0.43))
    axes.axis("off")
    style = "round,pad=0,rounding_size=0.06"
    axes.set_title(title or model.name, size=12 * max(scale, 0.8), pad=2)
    for name, layer in layers.items():
        x, row = place[name]
        color = next((tint for kind, tint in _KINDS.items() if kind in layer.kind), "#EEEEEE")
        at = (x - 0.48, row - 0.3)
        axes.add_patch(FancyBboxPatch(at, 0.96, 0.6, style, gid=name, ec=GREY, fc=color))
        axes.text(x, row - 0.12, layer.kind, size=10 * scale, weight="bold", **_MIDDLE)
        shape = " × ".join("?" if n is None else f"{n:,}" for n in layer.shape)
        text = f"{shape}  ·  {layer.parameters:,} parameters"
        axes.text(x, row + 0.14, text, size=8.5 * scale, **_MIDDLE)
    for a, b in links:
        turns = [place[a, b, row] for row in range(place[a][1] + 1, place[b][1])]
        line = [place[a], *(point for turn in turns for point in (turn, turn)), place[b]]
        line = [(x, row + (-0.3, 0.3)[i % 2 == 0]) for i, (x, row) in enumerate(line)]
        axes.plot(*zip(*line, strict=True), color=GREY, linewidth=1.2 * scale, gid=f"{a} → {b}")
        axes.annotate("", line[-1], line[-2], size=10 * scale, arrowprops=_ARROW)
    total = f"{model.count_params():,} parameters in all"
    axes.text((low + high) / 2, rows - 0.4, total, size=9 * scale, **_MIDDLE)
    return figure
