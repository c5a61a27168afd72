"""Figures: what is drawn, where, in which direction; not pixels."""

import numpy as np
import pytest
from figure_tools import overlapping, texts
from matplotlib.colors import to_hex
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook
from sklearn.metrics import confusion_matrix

from course_utils import plots

# Okabe and Ito (2008), typed here again: the palette must not drift with the module
OKABE_ITO = {"#000000", "#e69f00", "#56b4e9", "#009e73", "#f0e442", "#0072b2", "#d55e00", "#cc79a7"}


def line(figure, label):
    (found,) = [a for a in figure.axes[0].get_lines() if a.get_label() == label]
    return found


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


def test_images_of_different_shapes_have_their_own_scales():
    pictures = [np.array([[0.0, 0.4]]), np.array([[-0.2], [0.1]]), np.eye(3)[..., None]]
    shown = [axes.get_images()[0] for axes in plots.images(pictures).axes]
    assert [picture.get_array().shape for picture in shown] == [(1, 2), (2, 1), (3, 3)]
    assert [picture.get_clim() for picture in shown] == [(0, 0.4), (-0.2, 0.1), (0, 1)]
    alike = [axes.get_images()[0] for axes in plots.images([np.eye(2) * 3, np.eye(2) - 1]).axes]
    assert [picture.get_clim() for picture in alike] == [(-1, 3), (-1, 3)]


@pytest.mark.parametrize(
    ("shape", "titles", "words"),
    [
        ((2, 28, 28, 4), None, r"not \(28, 28, 4\)"),
        ((2, 0, 28), None, r"not \(0, 28\)"),
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
    solid, mark, dashed = figure.axes[0].get_lines()[:3]
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


def test_range_shows_mean_and_range():
    rng = np.random.default_rng(1)
    x, lenet, dense = [300, 600, 1800, 3000, 5900], rng.random((5, 10)), rng.random((5, 10))
    figure = plots.plot_with_range(
        x, {"LeNet": lenet, "dense": dense}, "images", "accuracy", "T", log=True
    )
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


@pytest.mark.parametrize(("seeds", "says"), [((1,), True), ((), False)])
def test_range_one_seed_or_none_and_negative_x(seeds, says):
    values = np.arange(9).reshape(9, *seeds) / 9
    figure = plots.plot_with_range(range(-4, 5), {"shifted": values})
    np.testing.assert_allclose(line(figure, "shifted").get_ydata(), np.arange(9) / 9)
    assert figure.axes[0].get_xticklabels()[0].get_text() == "−4"
    assert ("one seed" in texts(figure)) == says


@pytest.mark.parametrize("shape", [(3, 2), (4,), (2, 0), (2, 2, 2)])
def test_range_names_the_series_of_another_shape(shape):
    with pytest.raises(ValueError, match="'odd' needs"):
        plots.plot_with_range([1, 2], {"odd": np.zeros(shape)})


def test_dot_plot_names_what_the_diamonds_are():
    named = plots.dot_plot({"a": [0.9]}, reference={"a": 0.8}, reference_name="control")
    assert "control" in texts(named) and "literature" not in texts(named)
    assert "control 0.8" in named.alt


def test_dot_plot_dots_ranges_and_literature():
    measured = {"softmax": [0.91, 0.93, 0.92], "LeNet 20–50–500": [0.991, 0.993, 0.992]}
    figure = plots.dot_plot(measured, "accuracy", "Ladder", reference={"LeNet 20–50–500": 0.9906})
    axes = figure.axes[0]
    dots, diamonds = axes.get_lines()
    ends = [sorted(set(bar.get_segments()[0][:, 0])) for bar in axes.collections]
    assert ends == [[0.91, 0.93], [0.991, 0.993]]
    np.testing.assert_allclose(dots.get_xdata(), [0.92, 0.992])
    assert list(dots.get_ydata()) == [0, 1] and axes.yaxis_inverted()  # the first name on top
    assert (diamonds.get_xdata()[0], diamonds.get_ydata()[0]) == (0.9906, 1)
    assert (diamonds.get_marker(), diamonds.get_markerfacecolor()) == ("D", "none")
    assert [t.get_text() for t in axes.get_yticklabels()] == list(measured)
    shown = texts(figure)
    assert {"0.9200", "0.9920", "literature", "measured, mean and range over 3 seeds"} <= set(shown)


def test_scatter_marks_each_point_and_names_it_beside():
    points = {"LeNet-5": (2.5, 0.59), "ResNet": (26.7, 0.67)}
    figure = plots.scatter(points, "work", "accuracy", "Seven networks", log=True)
    axes = figure.axes[0]
    marked = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.get_lines()]
    assert marked == list(points.values()) and axes.get_xscale() == "log"
    assert {note.get_text(): note.xy for note in axes.texts} == points
    assert {"work", "accuracy", "Seven networks"} <= set(texts(figure))
    assert plots.scatter(points).axes[0].get_xscale() == "linear"


def test_counts_have_a_bar_for_every_class():
    figure = plots.counts(np.array([[0], [2], [2]]), ["a", "b", "c"], "Balance", unit="clips")
    assert [bar.get_height() for bar in figure.axes[0].patches] == [1, 0, 2]
    assert {"1", "0", "2", "class", "number of clips", "Balance"} <= set(texts(figure))


def test_kernels_are_not_transposed():
    weights = np.random.default_rng(2).normal(size=(5, 3, 4, 60))
    weights[0, :, :, 0] = 9.0  # the upper edge
    mean = plots.kernels(weights, "Second")
    for i in range(50):
        shown = mean.axes[i].get_images()[0]
        np.testing.assert_allclose(shown.get_array(), weights[:, :, :, i].mean(axis=2))
        assert shown.origin == "upper" and shown.get_clim() == (-9, 9)
    assert len(mean.axes) == 51  # fifty kernels and the scale
    assert mean.get_suptitle() == "Second (mean of 4 channels)"
    assert {"−9", "9", "weight", "49"} <= set(texts(mean))
    assert overlapping(mean) == [] and mean.get_figwidth() <= 9


def test_kernels_of_one_channel_have_their_title():
    assert plots.kernels(np.zeros((5, 5, 1, 20)), "First").get_suptitle() == "First"
    with pytest.raises(ValueError, match=r"not \(5, 5\)"):
        plots.kernels(np.zeros((5, 5)))


def test_colours_are_safe_and_figures_complete():
    assert {color.lower() for color in plots.PALETTE} <= OKABE_ITO
    figure = plots.plot_with_range(
        [1, 2], {str(i): [i, i] for i in range(7)}, "x (s)", "y (m)", "title"
    )
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
    assert output.metadata["image/png"]["alt"].startswith("3 images of 28 × 28 pixels")
    assert len(output.data["image/png"]) < 20_000
    assert [o.output_type for o in notebook.cells[1].outputs] == ["execute_result"]
