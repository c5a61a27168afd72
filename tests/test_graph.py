"""A model as boxes and arrows: each layer and connection is there, and nothing overlaps."""

from itertools import pairwise

import numpy as np
import pytest
from figure_tools import overlapping, texts
from matplotlib.patches import FancyBboxPatch

from course_utils import plots
from course_utils.plots import graph


def lenet():
    import keras
    from keras import layers

    stack = [layers.Conv2D(20, 5, padding="same"), layers.MaxPooling2D(), layers.Flatten()]
    return keras.Sequential([keras.Input((28, 28, 1)), *stack, layers.Dense(10)])


def branched():
    import keras
    from keras import layers

    inputs = keras.Input((8, 8, 3), name="in")
    stem = layers.Conv2D(4, 3, padding="same", name="stem")(inputs)
    side = layers.Conv2D(4, 3, padding="same", name="side")(stem)
    side = layers.ReLU(name="relu")(side)
    merged = layers.Add(name="merge")([stem, side])
    return keras.Model(inputs, layers.Dense(2, name="out")(layers.Flatten(name="flat")(merged)))


@pytest.mark.parametrize(
    ("build", "wanted"),
    [
        (lenet, None),
        (branched, "in→stem stem→side side→relu stem→merge relu→merge merge→flat flat→out"),
    ],
)
def test_model_graph_has_a_box_a_layer_and_an_arrow_a_connection(build, wanted):
    model = build()
    names = [layer["config"]["name"] for layer in model.get_config()["layers"]]
    chain = set(pairwise(names))
    links = {tuple(pair.split("→")) for pair in wanted.split()} if wanted else chain
    figure = plots.model_graph(model, "The network")
    axes = figure.axes[0]
    boxes = {p.get_gid(): p for p in axes.patches if isinstance(p, FancyBboxPatch)}
    assert sorted(boxes) == sorted(names)
    drawn = {arrow.get_gid(): arrow for arrow in axes.get_lines()}
    assert set(drawn) == {f"{a} → {b}" for a, b in links}
    assert sum(t.arrow_patch is not None for t in axes.texts if hasattr(t, "arrow_patch")) == len(
        links
    )
    for a, b in links:  # from the lower edge of one box to the upper edge of the other
        x, y = drawn[f"{a} → {b}"].get_data()
        above, below = boxes[a].get_bbox(), boxes[b].get_bbox()
        assert (x[0], y[0]) == pytest.approx(((above.x0 + above.x1) / 2, above.y1))
        assert (x[-1], y[-1]) == pytest.approx(((below.x0 + below.x1) / 2, below.y0))
        crossed = [n for n, box in boxes.items() if n not in (a, b) and _crosses(x, y, box)]
        assert crossed == []
    shown = texts(figure)
    for layer in model.layers:
        shape = " × ".join(map(str, layer.output.shape[1:])).replace("3920", "3,920")
        assert type(layer).__name__ in shown
        assert f"{shape}  ·  {layer.count_params():,} parameters" in shown
    assert f"{model.count_params():,} parameters in all" in shown
    assert overlapping(figure) == []


def test_model_graph_with_windows_and_without_a_total():
    import keras
    from keras import layers

    inputs = keras.Input((32, 32, 3))
    stack = [layers.Conv2D(4, (5, 3)), layers.Conv2D(4, 3, strides=2), layers.AveragePooling2D(3)]
    model = keras.Sequential([inputs, *stack, layers.Dense(2)])
    shown = texts(plots.model_graph(model, windows=True, total=False))
    assert {"Conv2D 5 × 3", "Conv2D 3 × 3, stride 2", "AveragePooling2D 3 × 3", "Dense"} < {*shown}
    assert not any("in all" in text for text in shown)


def test_model_graph_names_outputs_that_have_names():
    import keras
    from keras import layers

    inputs = keras.Input((4,))
    heads = {name: layers.Dense(2, name=name)(inputs) for name in ("colour", "shape")}
    shown = texts(plots.model_graph(keras.Model(inputs, heads)))
    assert {"Dense “colour”", "Dense “shape”", "InputLayer"} < {*shown}


def _crosses(x, y, box):
    """Whether the line passes through the box of another layer."""
    t = np.linspace(0, len(x) - 1, 400)
    x, y = np.interp(t, range(len(x)), x), np.interp(t, range(len(y)), y)
    bounds = box.get_bbox()
    return bool(((bounds.x0 < x) & (x < bounds.x1) & (bounds.y0 < y) & (y < bounds.y1)).any())


def test_boxes_of_one_row_keep_their_distance():
    links = {"in": [], **{name: ["in"] for name in "abcd"}, "out": [*"abcd", "in"]}
    place = graph.positions(links)
    row = sorted(x for key, (x, r) in place.items() if r == 1 and key in links)
    assert len(row) == 4 and min(np.diff(row)) >= 1.1 - 1e-9
    assert place["in"][1] == 0 and place["out"][1] == 2 and ("in", "out", 1) in place


def test_fault_a_layer_that_is_applied_again_has_one_more_box(fault):
    import keras
    from keras import layers

    inputs = keras.Input((8,), name="in")
    twice = layers.Dense(8, name="twice")
    first = layers.ReLU(name="relu")(twice(inputs))
    model = keras.Model(inputs, layers.Add(name="add")([inputs, twice(first)]))
    figure = plots.model_graph(model)
    links = {line.get_gid() for line in figure.axes[0].get_lines()}
    assert links == {
        "in → twice",
        "twice → relu",
        "relu → twice (2)",
        "in → add",
        "twice (2) → add",
    }
    shown = texts(figure)
    assert {"8  ·  72 parameters", "8  ·  the same parameters", "72 parameters in all"} <= {*shown}
    assert shown.count("Dense") == 2 and overlapping(figure) == []
    fault("figures", "a network with a layer that is applied twice", figure.alt)


def test_two_inputs_through_one_layer():
    import keras

    a, b = keras.Input((4,), name="a"), keras.Input((4,), name="b")
    shared = keras.layers.Dense(3, name="shared")
    model = keras.Model([a, b], [shared(a), shared(b)])
    links = {line.get_gid() for line in plots.model_graph(model).axes[0].get_lines()}
    assert links == {"a → shared", "b → shared (2)"}
