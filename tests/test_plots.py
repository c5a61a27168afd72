"""Figures: what is drawn, where, in which direction; not pixels."""

from itertools import pairwise

import numpy as np
import pytest
from matplotlib.colors import to_hex
from matplotlib.patches import FancyBboxPatch
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from sklearn.metrics import confusion_matrix

from course_utils import graph, plots

# Okabe and Ito (2008), typed here again: the palette must not drift with the module
OKABE_ITO = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}


def texts(figure):
    import matplotlib.text

    figure.draw_without_rendering()
    return [t.get_text() for t in figure.findobj(matplotlib.text.Text) if t.get_visible()]


def line(figure, label):
    (found,) = [a for a in figure.axes[0].get_lines() if a.get_label() == label]
    return found


def overlapping(figure):
    """Pairs of visible texts of one figure whose boxes share more than a pixel."""
    import matplotlib.text
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    figure.draw(renderer)
    found = [t for t in figure.findobj(matplotlib.text.Text) if t.get_visible() and t.get_text()]
    boxes = [(t.get_text(), t.get_window_extent(renderer)) for t in found]
    return [
        (a, b)
        for i, (a, one) in enumerate(boxes)
        for b, two in boxes[i + 1 :]
        if min(one.x1, two.x1) - max(one.x0, two.x0) > 1
        and min(one.y1, two.y1) - max(one.y0, two.y0) > 1
    ]


def test_images_stand_upright_in_order_on_one_scale():
    rng = np.random.default_rng(0)
    pictures = rng.integers(0, 256, (11, 28, 28), dtype=np.uint8)
    figure = plots.images(pictures, titles=range(11), columns=9, title="Eleven")
    assert len(figure.axes) == 11
    for i, axes in enumerate(figure.axes):
        (shown,) = axes.get_images()
        np.testing.assert_array_equal(shown.get_array(), pictures[i])
        assert (shown.origin, shown.get_clim()) == ("upper", (0, 255))
        assert axes.get_title() == str(i)
    places = [axes.get_position() for axes in figure.axes]
    assert places[0].x0 < places[8].x0 and places[0].y0 == places[8].y0
    assert places[9].y1 < places[0].y0 and places[9].x0 == places[0].x0
    ink = figure.axes[0].get_images()[0].cmap
    assert sum(ink(0.0)[:3]) == 3 and sum(ink(1.0)[:3]) == 0  # dark ink on a white page


@pytest.mark.parametrize("shape", [(4, 8, 8, 1), (4, 8, 8, 3)])
def test_images_with_channels_and_floats(shape):
    pictures = np.linspace(0, 1, np.prod(shape)).reshape(shape)
    figure = plots.images(pictures)
    np.testing.assert_array_equal(figure.axes[2].get_images()[0].get_array(), pictures[2].squeeze())
    assert figure.axes[0].get_images()[0].get_clim() == (0, 1)


@pytest.mark.parametrize(
    ("shape", "titles", "words"),
    [
        ((0, 28, 28), None, "number of images is 0"),
        ((28, 28), None, r"\(28, 28\)"),
        ((2, 28, 28, 4), None, r"\(2, 28, 28, 4\)"),
        ((2, 28, 28), ["one"], "2 images but 1 titles"),
    ],
)
def test_images_refuses(shape, titles, words):
    with pytest.raises(ValueError, match=words):
        plots.images(np.zeros(shape), titles=titles)


def test_sixty_wrong_digits_do_not_overlap():
    titles = [f"{i % 10} → {(i + 3) % 10}" for i in range(60)]
    figure = plots.images(np.zeros((60, 28, 28)), titles=titles, columns=10, title="Wrong")
    assert overlapping(figure) == [] and figure.get_figwidth() <= 9


def test_curves_mark_the_best_validation_epoch():
    history = {"accuracy": [0.5, 0.9, 0.95], "val_accuracy": [0.6, 0.8, 0.7]}
    losses = {"loss": [2.0, 1.0, 0.5], "val_loss": [1.0, 0.7, 0.8]}
    figure = plots.curves({"LeNet": history, "dense": history}, title="Two networks")
    dashed, solid, mark = figure.axes[0].get_lines()[:3]
    assert (dashed.get_linestyle(), solid.get_linestyle()) == ("--", "-")
    np.testing.assert_array_equal(dashed.get_xdata(), [1, 2, 3])
    np.testing.assert_array_equal(solid.get_ydata(), history["val_accuracy"])
    assert (mark.get_xdata()[0], mark.get_ydata()[0]) == (2, 0.8)
    assert "LeNet, best 0.8000 in epoch 2" in texts(figure)
    assert {"epoch", "accuracy (share of samples)", "training", "validation"} <= set(texts(figure))
    assert "LeNet, best 0.7000 in epoch 2" in texts(plots.curves({"LeNet": losses}, "loss"))


def test_curves_without_validation_promise_none():
    figure = plots.curves({"LeNet": {"accuracy": [0.5]}})
    assert "validation" not in texts(figure) and "LeNet" in texts(figure)


def test_confusion_rows_are_true_columns_predicted():
    y_true, y_pred = np.array([0, 0, 0, 1, 2]), np.array([0, 1, 1, 1, 0])
    figure = plots.confusion(y_true, y_pred, ["cat", "dog", "eel", "fox"], "Four animals")
    axes = figure.axes[0]
    cells = {t.get_position(): t.get_text() for t in axes.texts}
    wanted = confusion_matrix(y_true, y_pred, labels=range(4))
    assert cells == {(c, r): str(wanted[r, c]) for r in range(4) for c in range(4)}
    assert cells[1, 0] == "2"  # two cats (row 0) taken for dogs (column 1)
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("predicted class", "true class")
    share = axes.get_images()[0]
    assert share.origin == "upper"
    np.testing.assert_allclose(share.get_array()[0], [1 / 3, 2 / 3, 0, 0])
    np.testing.assert_array_equal(share.get_array()[3], 0)  # no fox: nothing divided by zero
    assert figure.axes[1].get_ylabel() == "share of the true class"


def test_confusion_counts_fit_their_cells():
    labels = np.repeat(np.arange(10), 1135)
    figure = plots.confusion(labels, labels, [str(i) for i in range(10)])
    assert overlapping(figure) == [] and figure.get_figwidth() <= 9


def test_against_shows_mean_and_range():
    rng = np.random.default_rng(1)
    x, lenet, dense = [300, 600, 1800, 3000, 5900], rng.random((5, 10)), rng.random((5, 10))
    figure = plots.against(x, {"LeNet": lenet, "dense": dense}, "images", "accuracy", "T", log=True)
    axes = figure.axes[0]
    for label, table, band in zip(
        ["LeNet", "dense"], [lenet, dense], axes.collections, strict=True
    ):
        np.testing.assert_allclose(line(figure, label).get_ydata(), table.mean(axis=1))
        corners = band.get_paths()[0].vertices
        for at, row in zip(x, table, strict=True):
            here = corners[corners[:, 0] == at, 1]
            assert (here.min(), here.max()) == (row.min(), row.max())
    assert axes.get_xscale() == "log"
    assert [t.get_text() for t in axes.get_xticklabels()] == [
        "300",
        "600",
        "1,800",
        "3,000",
        "5,900",
    ]
    assert "mean and range over 10 seeds" in texts(figure)
    assert overlapping(figure) == []


def test_against_one_seed_and_negative_x():
    figure = plots.against(range(-4, 5), {"shifted": np.arange(9) / 9})
    np.testing.assert_allclose(line(figure, "shifted").get_ydata(), np.arange(9) / 9)
    assert figure.axes[0].get_xticklabels()[0].get_text() == "−4"
    assert "one seed" in texts(figure)


@pytest.mark.parametrize("shape", [(3, 2), (4,), (2, 0), (2, 2, 2)])
def test_against_names_the_series_of_another_shape(shape):
    with pytest.raises(ValueError, match="'odd' needs"):
        plots.against([1, 2], {"odd": np.zeros(shape)})


def test_ladder_dots_ranges_and_literature():
    measured = {"softmax": [0.91, 0.93, 0.92], "LeNet 20–50–500": [0.991, 0.993, 0.992]}
    figure = plots.ladder(measured, "accuracy", "Ladder", reference={"LeNet 20–50–500": 0.9906})
    axes = figure.axes[0]
    first, second, dots, diamonds = axes.get_lines()
    assert list(first.get_xdata()) == [0.91, 0.93] and list(second.get_xdata()) == [0.991, 0.993]
    np.testing.assert_allclose(dots.get_xdata(), [0.92, 0.992])
    assert list(dots.get_ydata()) == [0, 1] and axes.yaxis_inverted()  # the first name on top
    assert (diamonds.get_xdata()[0], diamonds.get_ydata()[0]) == (0.9906, 1)
    assert (diamonds.get_marker(), diamonds.get_markerfacecolor()) == ("D", "none")
    assert [t.get_text() for t in axes.get_yticklabels()] == list(measured)
    shown = texts(figure)
    assert {"0.9200", "0.9920", "literature", "measured, mean and range over 3 seeds"} <= set(shown)


def test_ladder_refuses_literature_without_a_measurement():
    with pytest.raises(ValueError, match="measured row: LeNet"):
        plots.ladder({"dense": [0.9]}, reference={"LeNet": 0.99})


def test_counts_have_a_bar_for_every_class():
    figure = plots.counts(np.array([[0], [2], [2]]), ["a", "b", "c"], "Balance", unit="clips")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [1, 0, 2]
    assert {"1", "0", "2", "class", "number of clips", "Balance"} <= set(texts(figure))


def test_kernels_are_not_transposed():
    weights = np.random.default_rng(2).normal(size=(5, 3, 4, 60))
    weights[0, :, :, 0] = 9.0  # the upper edge
    mean, third = plots.kernels(weights, "Second"), plots.kernels(weights, "Second", channel=3)
    for i in range(50):
        shown = mean.axes[i].get_images()[0]
        np.testing.assert_allclose(shown.get_array(), weights[:, :, :, i].mean(axis=2))
        assert shown.origin == "upper" and shown.get_clim() == (-9, 9)
        np.testing.assert_array_equal(
            third.axes[i].get_images()[0].get_array(), weights[:, :, 3, i]
        )
    assert len(mean.axes) == 51  # `limit` kernels and the scale
    assert mean.get_suptitle() == "Second (mean of 4 channels)"
    assert third.get_suptitle() == "Second (channel 3)"
    assert {"−9", "9", "weight", "49"} <= set(texts(mean))
    assert overlapping(mean) == [] and mean.get_figwidth() <= 9


def test_kernels_of_one_channel_or_none():
    assert plots.kernels(np.zeros((5, 5, 1, 20)), "First").get_suptitle() == "First"
    with pytest.raises(ValueError, match=r"not \(5, 5\)"):
        plots.kernels(np.zeros((5, 5)))


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


def _crosses(x, y, box):
    """Whether the line passes through the box of another layer."""
    t = np.linspace(0, len(x) - 1, 400)
    x, y = np.interp(t, range(len(x)), x), np.interp(t, range(len(y)), y)
    bounds = box.get_bbox()
    return bool(((bounds.x0 < x) & (x < bounds.x1) & (bounds.y0 < y) & (y < bounds.y1)).any())


def test_boxes_of_one_row_keep_their_distance():
    names = ["in", "a", "b", "c", "d", "out"]
    links = [("in", n) for n in "abcd"] + [(n, "out") for n in "abcd"] + [("in", "out")]
    place = graph.places(names, links)
    row = sorted(x for key, (x, r) in place.items() if r == 1 and key in names)
    assert len(row) == 4 and min(np.diff(row)) >= 1.1 - 1e-9
    assert place["in"][1] == 0 and place["out"][1] == 2 and ("in", "out", 1) in place


def test_model_graph_needs_an_input_shape():
    import keras

    with pytest.raises(ValueError, match="no input shape yet"):
        plots.model_graph(keras.Sequential([keras.layers.Dense(3)]))


def test_colours_are_safe_and_figures_complete():
    assert {color.lower() for color in plots.PALETTE} <= OKABE_ITO
    figure = plots.against([1, 2], {str(i): [i, i] for i in range(7)}, "x (s)", "y (m)", "title")
    lines = figure.axes[0].get_lines()
    assert len({to_hex(a.get_color()) for a in lines} & OKABE_ITO) == 7
    assert len({a.get_marker() for a in lines}) == 7  # told apart in grey too
    axes = figure.axes[0]
    assert (axes.get_xlabel(), axes.get_ylabel(), axes.get_title()) == ("x (s)", "y (m)", "title")
    assert figure.get_facecolor() == (1, 1, 1, 1)


def test_figures_do_not_depend_on_the_readers_style():
    import matplotlib

    with matplotlib.style.context("dark_background"):
        before = dict(matplotlib.rcParams)
        figure = plots.counts([0, 1], ["a", "b"])
        assert to_hex(figure.axes[0].title.get_color()) == "#000000"
        assert to_hex(figure.get_facecolor()) == "#ffffff"
        assert dict(matplotlib.rcParams) == before


def test_use_style_sets_the_palette():
    import matplotlib

    with matplotlib.rc_context():
        plots.use_style()
        cycle = matplotlib.rcParams["axes.prop_cycle"].by_key()["color"]
    assert cycle == list(plots.PALETTE)


@pytest.mark.parametrize(
    "before", ["", "import matplotlib.pyplot as plt\nplt.plot([1])\nplt.close()\n"]
)
def test_jupyter_shows_each_figure_once(before):
    """In a real kernel: one PNG, a stable text for nbval, with and without pyplot."""
    code = "import numpy as np\nfrom course_utils import plots\nplots.use_style()\n"
    code += "plots.images(np.zeros((3, 28, 28)), title='Three')"
    notebook = new_notebook(cells=[new_code_cell(before + code), new_code_cell("1 + 1")])
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3"}
    NotebookClient(notebook, timeout=60).execute()
    (output,) = notebook.cells[0].outputs
    assert output.data["text/plain"] == "Figure: Three"
    assert output.data["image/png"].startswith("iVBORw0KGgo")
    assert set(output.data) == {"image/png", "text/plain"}
    assert len(output.data["image/png"]) < 20_000
    assert [o.output_type for o in notebook.cells[1].outputs] == ["execute_result"]
