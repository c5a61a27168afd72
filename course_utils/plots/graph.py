"""A model as boxes and arrows: where they go, and the drawing."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from course_utils.plots.style import GREY, MIDDLE, WIDEST, figure_class, styled

if TYPE_CHECKING:
    from keras import Layer, Model
    from matplotlib.figure import Figure

_ARROW = {"arrowstyle": "-|>", "color": GREY, "shrinkA": 0, "shrinkB": 0}
_KINDS = {"Conv": "#CCE3F0", "Pool": "#CCECE3", "Dense": "#FAEBCC"}  # tints of the palette


class Box(NamedTuple):
    kind: str
    shape: tuple[int | None, ...]
    parameters: int
    window: str


def read(model: "Model") -> tuple[dict[str, Box], list[tuple[str, str]]]:
    """The layers of a built Keras model by name, parents first, and the pairs that it connects.

    Raises ValueError for a model whose input shape is not known yet.
    """
    if not getattr(model, "inputs", None):
        raise ValueError("the model has no input shape yet: start it with keras.Input(shape)")
    from keras import Model

    model = Model(model.inputs, model.outputs)  # gives a Sequential its input layer
    boxes = {}
    for layer in model.layers:
        output = layer.output[0] if isinstance(layer.output, list | tuple) else layer.output
        size = (type(layer).__name__, output.shape[1:], layer.count_params())
        boxes[layer.name] = Box(*size, _window(layer))
    links = {
        (source, layer["name"]): None
        for layer in model.get_config()["layers"]
        for source in _sources(layer["inbound_nodes"])
    }
    return boxes, list(links)


def _window(layer: "Layer") -> str:
    """Size of a layer's window, and the step of a convolution; empty where there is none."""
    kernel = getattr(layer, "kernel_size", None)
    size = kernel or getattr(layer, "pool_size", None)
    if size is None:
        return ""
    step = layer.strides[0] if kernel else 1
    return " " + " × ".join(map(str, size)) + (f", step {step}" if step > 1 else "")


def _sources(part: object) -> list[str]:
    """Names of the layers whose outputs a node's configuration mentions, nested as it is."""
    if isinstance(part, dict):
        if "keras_history" in part:
            return [part["keras_history"][0]]
        part = list(part.values())
    inner = part if isinstance(part, list | tuple) else []
    return [name for item in inner for name in _sources(item)]


def places(names: list[str], links: list[tuple[str, str]]) -> dict[Hashable, tuple[float, int]]:
    """Name -> (x in widths of a box, row); `names` in an order that puts parents first.

    A link from a to b that passes rows gets a place in each: (a, b, row) -> (x, row). Rows are
    centred under their parents, boxes keep their distance.
    """
    row: dict[Hashable, int] = {}
    for name in names:
        row[name] = 1 + max((row[a] for a, b in links if b == name), default=-1)
    parents: dict[Hashable, list[Hashable]] = {name: [] for name in names}
    for a, b in links:
        last: Hashable = a
        for r in range(row[a] + 1, row[b]):
            row[a, b, r], parents[a, b, r], last = r, [last], (a, b, r)
        parents[b].append(last)
    x: dict[Hashable, float] = {}
    for r in range(max(row.values()) + 1):
        nodes = [node for node in row if row[node] == r]
        wish = {n: float(np.mean([x[p] for p in parents[n]] or [0.0])) for n in nodes}
        right = -np.inf
        for node in sorted(nodes, key=wish.__getitem__):
            half = 0.55 if node in names else 0.15
            x[node] = max(wish[node], right + half)
            right = x[node] + half
        shift = float(np.mean([wish[node] - x[node] for node in nodes]))
        x.update({node: x[node] + shift for node in nodes})
    return {node: (x[node], row[node]) for node in row}


@styled
def model_graph(
    model: "Model", title: str = "", *, windows: bool = False, total: bool = True
) -> "Figure":
    """A built Keras model as boxes and arrows: one box a layer, one arrow a connection.

    A box names the layer's type, its output shape without the batch, and its parameters; with
    `windows` the size and step of a convolution's or pool's window, too, and with outputs that have
    names (a dictionary), the names of the layers that give them. `total`: whether all
    parameters stand below, which says nothing where a graph holds alternatives.
    Raises ValueError for a model whose input shape is not known yet.
    """
    from matplotlib.patches import FancyBboxPatch

    layers, links = read(model)
    place = places(list(layers), links)
    low, high = (end(x for x, _ in place.values()) for end in (min, max))
    rows = 1 + max(row for _, row in place.values())
    width, height = (high - low + 1.1) * 2.6, rows * 0.66 + 0.7
    scale = min(1.0, WIDEST / width)
    figure = figure_class()(figsize=(width * scale, height * scale))
    axes = figure.add_axes((0, 0, 1, 1 - 0.35 / height))
    axes.set(xlim=(low - 0.55, high + 0.55), ylim=(rows - 0.1, -0.43))
    axes.axis("off")
    style = "round,pad=0,rounding_size=0.06"
    named = model.output if len(model.outputs) > 1 and isinstance(model.output, dict) else {}
    axes.set_title(title or model.name, size=12 * max(scale, 0.8), pad=2)
    for name, layer in layers.items():
        x, row = place[name]
        color = next((tint for kind, tint in _KINDS.items() if kind in layer.kind), "#EEEEEE")
        at = (x - 0.48, row - 0.3)
        axes.add_patch(FancyBboxPatch(at, 0.96, 0.6, style, gid=name, ec=GREY, fc=color))
        kind = layer.kind + (layer.window if windows else "")
        kind += f" “{name}”" if name in named else ""
        axes.text(x, row - 0.12, kind, size=10 * scale, weight="bold", **MIDDLE)
        shape = " × ".join("?" if n is None else f"{n:,}" for n in layer.shape)
        text = f"{shape}  ·  {layer.parameters:,} parameters"
        axes.text(x, row + 0.14, text, size=8.5 * scale, **MIDDLE)
    for a, b in links:
        turns = [place[a, b, row] for row in range(place[a][1] + 1, place[b][1])]
        line = [place[a], *(point for turn in turns for point in (turn, turn)), place[b]]
        line = [(x, row + (-0.3, 0.3)[i % 2 == 0]) for i, (x, row) in enumerate(line)]
        axes.plot(*zip(*line, strict=True), color=GREY, linewidth=1.2 * scale, gid=f"{a} → {b}")
        axes.annotate("", line[-1], line[-2], size=10 * scale, arrowprops=_ARROW)
    if total:
        text = f"{model.count_params():,} parameters in all"
        axes.text((low + high) / 2, rows - 0.4, text, size=9 * scale, **MIDDLE)
    return figure
