"""A model as boxes and arrows: where they go, and the drawing."""

from graphlib import TopologicalSorter
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from course_utils.plots import style
from course_utils.plots.alt import describe

if TYPE_CHECKING:
    from keras import Layer, Model

_ARROW = {"arrowstyle": "-|>", "color": style.GREY, "shrinkA": 0, "shrinkB": 0}
_KINDS = {"Conv": "#CCE3F0", "Pool": "#CCECE3", "Dense": "#FAEBCC"}  # tints of the palette
Links = dict[str, list[str]]  # a box -> those that it gets its inputs from


class Box(NamedTuple):
    """One application of a layer."""

    layer: "Layer"
    shape: str
    again: bool


def read(model: "Model") -> tuple[dict[str, Box], Links]:
    """The layers of a built Keras model by name, and what each gets its inputs from.

    A layer that is applied again stands once more, as "name (2)". ValueError for a model whose
    input shape is not known yet.
    """
    if not getattr(model, "inputs", None):
        raise ValueError("the model has no input shape yet: start it with keras.Input(shape)")
    from keras import Model, tree

    model = Model(model.inputs, model.outputs)  # gives a Sequential its input layer
    config, links, shapes, again = model.get_config(), {}, {}, set()

    def key(name: str, node: int, *_: int) -> str:
        return f"{name} ({node + 1})" if node else name

    for layer in config["layers"]:
        for node, inbound in enumerate(layer["inbound_nodes"] or [()]):
            box = key(layer["name"], node)
            again |= {box} if node else set()
            tensors = _mentioned(inbound, "keras_history")
            sources = [key(*tensor["keras_history"]) for tensor in tensors]
            links[box] = list(dict.fromkeys(sources))
            shapes |= dict(zip(sources, (tensor["shape"] for tensor in tensors), strict=True))
    ends = tree.flatten(config["output_layers"])  # name, node, tensor, name, …
    for i, output in enumerate(model.outputs):
        shapes[key(*ends[3 * i : 3 * i + 2])] = output.shape
    boxes = {}
    for box in TopologicalSorter(links).static_order():
        layer = model.get_layer(box.rpartition(" (")[0] if box in again else box)
        sides = ["?" if n is None else f"{n:,}" for n in shapes[box][1:]]
        boxes[box] = Box(layer, " × ".join(sides), box in again)
    return boxes, links


def _mentioned(part: Any, key: str) -> list[dict]:
    """The dictionaries with that key in a configuration, nested as it is."""
    if isinstance(part, dict):
        return [part] if key in part else _mentioned([*part.values()], key)
    inner = part if isinstance(part, list | tuple) else []
    return [found for item in inner for found in _mentioned(item, key)]


def _window(layer: "Layer") -> str:
    """Size of a layer's window, and the stride of a convolution; empty where there is none."""
    kernel = getattr(layer, "kernel_size", None)
    size = kernel or getattr(layer, "pool_size", None)
    if size is None:
        return ""
    step = layer.strides[0] if kernel else 1
    return " " + " × ".join(map(str, size)) + (f", stride {step}" if step > 1 else "")


def positions(links: Links) -> dict[object, tuple[float, int]]:
    """Box -> (x in widths of a box, row); `links` in an order that puts parents first.

    A link from a to b that passes rows gets a position in each: (a, b, row) -> (x, row). Rows are
    centered under their parents, boxes keep their distance.
    """
    row: dict[Any, int] = {}
    for box, sources in links.items():
        row[box] = 1 + max((row[a] for a in sources), default=-1)
    parents: dict[Any, list[Any]] = {box: [] for box in links}
    for a, b in _pairs(links):
        chain = [a, *((a, b, r) for r in range(row[a] + 1, row[b])), b]
        for last, node in pairwise(chain):
            row.setdefault(node, row[last] + 1)
            parents.setdefault(node, []).append(last)
    x: dict[Any, float] = {}
    for r in range(max(row.values()) + 1):
        nodes = [node for node in row if row[node] == r]
        wish = {n: float(np.mean([x[p] for p in parents[n]] or [0.0])) for n in nodes}
        right = -np.inf
        for node in sorted(nodes, key=wish.__getitem__):
            half = 0.55 if node in links else 0.15
            x[node] = max(wish[node], right + half)
            right = x[node] + half
        shift = float(np.mean([wish[node] - x[node] for node in nodes]))
        x.update({node: x[node] + shift for node in nodes})
    return {node: (x[node], row[node]) for node in row}


def _pairs(links: Links) -> list[tuple[str, str]]:
    return [(a, b) for b, sources in links.items() for a in sources]


@style.styled
def model_graph(
    model: "Model", title: str = "", *, windows: bool = False, total: bool = True
) -> style.Figure:
    """A built Keras model as boxes and arrows: one box a layer, one arrow a connection.

    A box says the layer's type, its output shape without the batch, and its parameters. A layer
    that is applied again has one more box, which shares its parameters.

    Parameters
    ----------
    model : keras.Model
    windows : bool
        Show the size and stride of the windows of convolutions and pools.
    total : bool
        Show the number of all parameters, which says nothing where a graph holds alternatives.

    Examples
    --------
    >>> import keras
    >>> model_graph(keras.Sequential([keras.Input((4,)), keras.layers.Dense(2)]), title="Small")
    Figure: Small
    """
    from matplotlib.patches import FancyBboxPatch

    boxes, links = read(model)
    style.filled("layers", boxes)
    links = {box: links[box] for box in boxes}  # parents first
    where = positions(links)
    low, high = (end(x for x, _ in where.values()) for end in (min, max))
    rows = 1 + max(row for _, row in where.values())
    width, height = (high - low + 1.1) * 2.6, rows * 0.66 + 0.7
    scale = min(1.0, style.WIDEST / width)
    figure = style.figure_class()(figsize=(width * scale, height * scale))
    axes = figure.add_axes((0, 0, 1, 1 - 0.35 / height))
    axes.set(xlim=(low - 0.55, high + 0.55), ylim=(rows - 0.1, -0.43))
    axes.axis("off")
    round_ = "round,pad=0,rounding_size=0.06"
    named = model.output if len(model.outputs) > 1 and isinstance(model.output, dict) else {}
    axes.set_title(title or model.name, size=12 * max(scale, 0.8), pad=2)
    said = []
    for name, (layer, shape, again) in boxes.items():
        x, row = where[name]
        kind = type(layer).__name__
        color = next((tint for part, tint in _KINDS.items() if part in kind), "#EEEEEE")
        at = (x - 0.48, row - 0.3)
        axes.add_patch(FancyBboxPatch(at, 0.96, 0.6, round_, gid=name, ec=style.GREY, fc=color))
        kind += (_window(layer) if windows else "") + (f" “{name}”" if name in named else "")
        axes.text(x, row - 0.12, kind, size=10 * scale, weight="bold", **style.MIDDLE)
        count = "the same" if again else f"{layer.count_params():,}"
        text = f"{shape}  ·  {count} parameters"
        axes.text(x, row + 0.14, text, size=8.5 * scale, **style.MIDDLE)
        said.append(f"{kind} {shape}")
    for a, b in _pairs(links):
        turns = [where[a, b, row] for row in range(where[a][1] + 1, where[b][1])]
        line = [where[a], *(point for turn in turns for point in (turn, turn)), where[b]]
        line = [(x, row + (-0.3, 0.3)[i % 2 == 0]) for i, (x, row) in enumerate(line)]
        look = {"color": style.GREY, "linewidth": 1.2 * scale, "gid": f"{a} → {b}"}
        axes.plot(*zip(*line, strict=True), **look)
        axes.annotate("", line[-1], line[-2], size=10 * scale, arrowprops=_ARROW)
    parameters = f"{model.count_params():,} parameters in all"
    if total:
        axes.text((low + high) / 2, rows - 0.4, parameters, size=9 * scale, **style.MIDDLE)
    what = f"Diagram of a network of {len(boxes)} layers and {len(_pairs(links))} connections"
    parts = [", then ".join(said), *[parameters] * total]
    figure.alt = describe(what, title or model.name, parts, said)
    return figure
