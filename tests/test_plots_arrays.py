"""Arrays as cells, windows where they belong, responses of filters and the explorer."""

import base64
import re

import nbformat
import notebook_tools as tools
import numpy as np
import pytest
from figure_tools import overlapping, texts
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle

from course_utils.plots import arrays
from course_utils.plots.interactive import OWN, explorer
from course_utils.plots.style import GREY

IMAGE = np.arange(1, 17).reshape(4, 4)
KERNEL = np.array([[1, 2], [3, 4]])
OUTPUT = np.array([[44, 54, 64], [84, 94, 104], [124, 134, 144]])


def frames(axes):
    """(row, column, height, width) and colour of each unfilled frame but the grey ones."""
    found = []
    for patch in axes.patches:
        if isinstance(patch, Rectangle) and not patch.get_fill() and patch.get_linewidth() > 2:
            (x, y), w, h = patch.get_xy(), patch.get_width(), patch.get_height()
            found.append(((round(y), round(x), round(h), round(w)), to_hex(patch.get_edgecolor())))
    return found


def cell(axes, row, column):
    (text,) = [t for t in axes.texts if t.get_position() == (column, row)]
    return text


def test_each_number_stands_in_its_cell_rows_downwards():
    (axes,) = arrays.matrix(np.array([[1, 2, 3], [4, 5, 6]]), title="Six").axes
    assert [[cell(axes, i, j).get_text() for j in range(3)] for i in range(2)] == [
        ["1", "2", "3"],
        ["4", "5", "6"],
    ]
    low, high = axes.get_ylim()
    assert low > high, "row 0 is at the top"


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(-1.5, 1, "−1.5"), (0.25, 2, "0.25"), (-0.001, 2, "0.00"), (1000.0, 2, "1000")],
)
def test_numbers_are_written_as_asked(value, digits, text):
    (axes,) = arrays.matrix(np.array([[value, value]]), digits=digits).axes
    assert cell(axes, 0, 1).get_text() == text


def test_a_window_and_what_it_gives_have_frames_of_one_colour():
    figure = arrays.sliding(IMAGE, KERNEL, OUTPUT, [(0, 0), (1, 2)], title="Slide")
    image, kernel, output = figure.axes
    (first, color), (second, other) = frames(image)
    assert [first, second] == [(0, 0, 2, 2), (1, 2, 2, 2)]
    assert frames(output) == [((0, 0, 1, 1), color), ((1, 2, 1, 1), other)] and color != other
    assert [axes.get_title() for axes in figure.axes] == ["image", "filter", "output"]
    assert not frames(kernel) and not overlapping(figure)
    assert "Slide" in texts(figure)


def test_stride_padding_and_dilation_move_and_spread_the_window():
    strided = arrays.sliding(IMAGE, KERNEL, np.zeros((3, 3)), [(1, 2)], stride=2, padding=1)
    assert [where for where, _ in frames(strided.axes[0])] == [(2, 4, 2, 2)]
    border, inside = cell(strided.axes[0], 0, 0), cell(strided.axes[0], 1, 1)
    assert (border.get_text(), border.get_color()) == ("0", GREY) and inside.get_text() == "1"
    dilated = arrays.sliding(IMAGE, KERNEL, np.zeros((2, 2)), [(1, 1)], dilation=2)
    assert [where for where, _ in frames(dilated.axes[0])] == [(1, 1, 3, 3)]
    (read,) = [line for line in dilated.axes[0].lines if line.get_marker() == "s"]
    assert sorted(zip(read.get_ydata(), read.get_xdata(), strict=True)) == [
        (1, 1), (1, 3), (3, 1), (3, 3),
    ]  # fmt: skip


def test_signals_have_a_panel_each():
    x = np.linspace(0, 1, 5)
    figure = arrays.signals(x, {"sound": x**2, "response": -x}, "time (s)", title="Two")
    assert [axes.get_title(loc="left") for axes in figure.axes] == ["sound", "response"]
    np.testing.assert_array_equal(figure.axes[1].lines[0].get_ydata(), -x)
    assert figure.axes[1].get_xlabel() == "time (s)"


@pytest.fixture(scope="module")
def chapter():
    """Names that the chapter defines for its detectors, by running those cells as they stand."""
    wanted = ["flip", "detectors", "pictures"]
    nb = nbformat.read(tools.FOLDER / "04_convolution_by_hand.ipynb", as_version=4)
    by_id = {cell.id: cell.source for cell in tools.code(nb)}
    names = {"np": np, "image": IMAGE, "kernel": KERNEL}
    for name in wanted:
        exec(compile(by_id[name], name, "exec"), names)
    return names


@pytest.mark.parametrize(
    ("name", "step"),
    [("horizontal", (0, 1)), ("vertical", (1, 0)), ("falling", (1, 1)), ("rising", (-1, 1))],
)
def test_a_detector_lights_up_lines_of_its_own_name(chapter, name, step):
    """`step`: rows downwards and columns to the right from one pixel of the line to the next."""
    picture = np.zeros((21, 21))
    for i in range(-6, 7):
        picture[10 + i * step[0], 10 + i * step[1]] = 1
    response = {n: chapter["ink_found"](picture, k) for n, k in chapter["detectors"].items()}
    assert max(response, key=lambda n: response[n][9, 9]) == name
    on_line = [response[name][9 + i * step[0], 9 + i * step[1]] for i in range(-4, 5)]
    assert np.ptp(on_line) == 0 and on_line[0] == response[name].max() == 6


def test_the_figure_draws_the_response_under_its_filter_and_upright(chapter):
    level = np.zeros((12, 16))
    level[3, 2:12] = 1
    figure = arrays.responses({"level": level}, chapter["detectors"], chapter["ink_found"])
    heads = [axes for axes in figure.axes if axes.get_title()]
    panels = {
        head.get_title(): axes
        for head in heads
        for axes in figure.axes
        if axes is not head and abs(axes.get_position().x0 - head.get_position().x0) < 0.05
    }
    shown = {name: axes.images[0].get_array() for name, axes in panels.items()}
    assert list(shown) == ["horizontal", "falling", "vertical", "rising"]
    assert max(shown, key=lambda name: shown[name][2, 2:10].mean()) == "horizontal"
    (image,) = panels["horizontal"].images
    assert image.origin == "upper" and image.cmap.name == "gray_r", "dark is strong, row 0 on top"


@pytest.fixture
def box(chapter):
    return explorer(
        {"drawing": chapter["drawing"], "photograph": chapter["photograph"]},
        chapter["detectors"],
        chapter["ink_found"],
        chapter["turned"],
    )


def weights(box):
    return np.array([field.value for field in box.fields]).reshape(3, 3)


def head(box):
    """What stands over the drawn filter."""
    return box.figure.axes[0].get_title()


def test_the_explorer_draws_what_its_widgets_say(chapter, box):
    assert box.filter.value == "horizontal" == head(box)
    np.testing.assert_array_equal(weights(box), chapter["detectors"]["horizontal"])
    first = box.shown.value
    box.turn.value = 2
    np.testing.assert_array_equal(weights(box), chapter["detectors"]["vertical"])
    assert box.shown.value != first and head(box) == "horizontal, turned 90°"
    box.turn.value = 0
    assert box.shown.value == first
    box.picture.value = "photograph"
    assert box.shown.value != first
    box.filter.value = "vertical"
    np.testing.assert_array_equal(weights(box), chapter["detectors"]["vertical"])
    assert repr(box) == "Explorer of filters"


def test_a_filter_of_ones_own_is_named_and_can_be_turned(chapter, box):
    box.turn.value = 2
    box.fields[0].value = 5.0
    own = weights(box)
    assert (box.filter.value, box.turn.value, head(box)) == (OWN, 0, OWN) and own[0, 0] == 5
    for steps in (1, 4):
        box.turn.value = steps
        np.testing.assert_array_equal(weights(box), chapter["turned"](own, steps))
        assert (box.filter.value, head(box)) == (OWN, f"{OWN}, turned {45 * steps}°")
    box.turn.value = 0
    np.testing.assert_array_equal(weights(box), own)
    box.filter.value = "vertical"
    np.testing.assert_array_equal(weights(box), chapter["detectors"]["vertical"])
    assert head(box) == "vertical"


def test_the_explorer_draws_once_a_change(chapter, monkeypatch, box):
    drawn = []
    box.shown.observe(lambda change: drawn.append(head(box)), "value")
    box.turn.value = 1  # changes eight fields as well
    box.filter.value = "vertical"
    box.fields[4].value = -9.0  # changes the menu and the slider as well
    assert drawn == ["horizontal, turned 45°", "vertical, turned 45°", OWN]


def test_the_explorer_describes_its_image_and_fits_narrow_windows(box):
    (alt,) = re.findall(r'alt="([^"]*)"', box.shown.value)
    assert alt == box.figure.alt.replace('"', "&quot;") and "horizontal" in alt
    assert "max-width: 100%" in box.shown.value
    parts = [box, *box.children, *box.children[0].children, *box.fields]
    widths = [part.layout.width for part in parts] + [part.layout.min_width for part in parts]
    assert not any(re.search("px|em", width or "") for width in widths)
    assert box.layout.flex_flow == "row wrap"


def test_without_a_kernel_the_explorer_is_its_image(box):
    """GitHub, nbconvert and a notebook that is not trusted show the image of the bundle."""
    data, metadata = box._repr_mimebundle_()
    assert {"image/png", "text/plain", "application/vnd.jupyter.widget-view+json"} == set(data)
    assert base64.b64decode(data["image/png"]) == box.figure.png()
    assert metadata["image/png"]["alt"] == box.figure.alt
    assert data["text/plain"] == "Explorer of filters"
