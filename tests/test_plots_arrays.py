"""Arrays as cells, windows where they belong, responses of filters."""

import nbformat
import notebook_tools as tools
import numpy as np
import pytest
from figure_tools import overlapping, texts
from matplotlib.colors import to_hex
from matplotlib.patches import Rectangle
from scipy.signal import correlate2d

from course_utils.plots import arrays
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


def test_each_array_beside_others_has_its_own_frames():
    windows = [[(1, 0, 1, 2)], [(0, 1, 2, 1)], []]
    eye = np.eye(2)
    figure = arrays.matrices([eye] * 3, ["a", "b", "c"], signs="@=", windows=windows)
    assert [[at for at, _ in frames(axes)] for axes in figure.axes] == windows


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


@pytest.fixture(scope="module")
def detectors():
    """Those of chapter 04, by running its cell as it stands."""
    nb = nbformat.read(tools.FOLDER / "04_convolution_by_hand.ipynb", as_version=4)
    (source,) = [cell.source for cell in tools.code(nb) if cell.id == "detectors"]
    names = {"np": np}
    exec(compile(source, "detectors", "exec"), names)
    return names["detectors"]


def respond(picture, weights):
    return correlate2d(picture, weights, "valid")


@pytest.mark.parametrize(
    ("name", "step"),
    [("horizontal", (0, 1)), ("vertical", (1, 0)), ("down-right", (1, 1)), ("up-right", (-1, 1))],
)
def test_a_detector_lights_up_lines_of_its_own_name(detectors, name, step):
    """`step`: rows downwards and columns to the right from one pixel of the line to the next."""
    picture = np.zeros((21, 21))
    for i in range(-6, 7):
        picture[10 + i * step[0], 10 + i * step[1]] = 1
    response = {n: respond(picture, k) for n, k in detectors.items()}
    assert max(response, key=lambda n: response[n][9, 9]) == name
    on_line = [response[name][9 + i * step[0], 9 + i * step[1]] for i in range(-4, 5)]
    assert np.ptp(on_line) == 0 and on_line[0] == response[name].max() == 6


@pytest.mark.parametrize("relu", [False, True])
def test_the_figure_draws_the_response_under_its_filter_and_upright(detectors, relu):
    level = np.zeros((12, 16))
    level[3, 2:12] = 1
    least = 0 if relu else -np.inf
    figure = arrays.responses(
        {"level": level}, detectors, lambda p, k: np.maximum(respond(p, k), least)
    )
    heads = [axes for axes in figure.axes if axes.get_title()]
    panels = {
        head.get_title(): axes
        for head in heads
        for axes in figure.axes
        if axes is not head and abs(axes.get_position().x0 - head.get_position().x0) < 0.05
    }
    shown = {name: axes.images[0].get_array() for name, axes in panels.items()}
    assert list(shown) == ["horizontal", "down-right", "vertical", "up-right"]
    assert max(shown, key=lambda name: shown[name][2, 2:10].mean()) == "horizontal"
    (image,) = panels["horizontal"].images
    assert image.origin == "upper", "row 0 on top"
    assert image.cmap.name == ("gray_r" if relu else "RdBu_r"), "dark is strong, the sign is kept"
    assert relu or image.norm.vmin == -image.norm.vmax
