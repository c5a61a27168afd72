"""Where the boxes of a model's graph go: what `plots.model_graph` draws."""

from collections.abc import Hashable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from keras import Model


class Box(NamedTuple):
    kind: str
    shape: tuple[int | None, ...]
    parameters: int


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
        boxes[layer.name] = Box(type(layer).__name__, output.shape[1:], layer.count_params())
    links = {
        (source, layer["name"]): None
        for layer in model.get_config()["layers"]
        for source in _sources(layer["inbound_nodes"])
    }
    return boxes, list(links)


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
