"""Sheets, regions and walks: what is drawn and where."""

import numpy as np
import pytest
from figure_tools import overlapping, texts
from matplotlib.colors import to_hex

from course_utils.plots import descent, lines, regions, sheet

POINTS = np.array([[0.0, 0], [2, 0], [0, 2], [-2, 0], [1, -1]])
LABELS = np.array([0, 1, 1, 1, 0])
STAGES = {"as it is": lambda x: x, "turned": lambda x: x @ np.array([[0.0, 1], [-1, 0]])}


def scattered(axes):
    from matplotlib.collections import PathCollection

    return [c for c in axes.collections if isinstance(c, PathCollection)]


def paper(axes):
    from matplotlib.collections import LineCollection

    (ruled,) = [c for c in axes.collections if isinstance(c, LineCollection)]
    return ruled.get_segments()


def clashes(figure):
    """Pairs of texts that overlap, but for numbers beside the axes: those out of view count."""

    def is_number(text):
        return text.replace("−", "").replace(".", "").isdigit()

    return [pair for pair in overlapping(figure) if not any(map(is_number, pair))]


def test_a_sheet_and_its_points_go_through_each_stage():
    figure = sheet(STAGES, POINTS, LABELS, title="Two stages")
    assert [axes.get_title() for axes in figure.axes] == list(STAGES)
    for axes, stage in zip(figure.axes, STAGES.values(), strict=True):
        for label, dots in enumerate(scattered(axes)):
            np.testing.assert_allclose(dots.get_offsets(), stage(POINTS[label == LABELS]))
        assert axes.get_aspect() == 1
    flat, turned = (paper(axes) for axes in figure.axes)
    assert len(flat) == len(turned) == 34  # 17 lines each way around 16 squares
    np.testing.assert_allclose(STAGES["turned"](flat[3]), turned[3])
    assert np.abs(flat).max() == pytest.approx(2.2)
    assert {"class 0", "class 1", "Two stages"} <= set(texts(figure))
    assert clashes(figure) == []


def test_classes_of_a_sheet_have_their_colours_and_shapes():
    zero, one = scattered(sheet(STAGES, POINTS, LABELS).axes[0])
    colors = [to_hex(dots.get_facecolor()[0]).upper() for dots in (zero, one)]
    assert colors == ["#0072B2", "#D55E00"]
    assert len(zero.get_paths()[0].vertices) != len(one.get_paths()[0].vertices)


def test_the_line_of_a_stage_is_where_its_equation_says():
    figure = sheet(STAGES, POINTS, LABELS, lines={"turned": (2.0, -1.0, 3.0)})
    dashed = [[a for a in axes.get_lines() if a.get_linestyle() == "--"] for axes in figure.axes]
    assert [len(found) for found in dashed] == [0, 1]
    np.testing.assert_allclose(dashed[1][0].get_xydata() @ [2, -1], [-3, -3])


def test_a_folded_sheet_stays_in_sight_with_the_origin():
    figure = sheet({"far": lambda x: x + 50, "near": lambda x: x}, POINTS, LABELS)
    (x0, x1), (y0, y1) = figure.axes[0].get_xlim(), figure.axes[0].get_ylim()
    assert x0 < 0 < 52.2 < x1 and y0 < 0 < 52.2 < y1
    close = sheet({"wide": lambda x: x**3}, POINTS, LABELS, near=True).axes[0]
    assert 8 < close.get_xlim()[1] < 10  # the points end at 8, the paper at 10.6


def test_the_panels_of_a_sheet_have_one_scale_and_followed_points_carry_arrows():
    corner = {"P": (2.0, 0.0), "Q": (0.0, 0.0)}
    stages = {"at first": lambda x: x, "wider": lambda x: 3 * x, "gone": lambda x: 0 * x}
    figure = sheet(stages, POINTS, LABELS, followed=corner, columns=3)
    assert len({axes.get_xlim() for axes in figure.axes}) == 1
    names = [[t.get_text() for t in axes.texts if t.get_text()] for axes in figure.axes]
    assert names == [["P", "Q"], ["P", "Q"], ["P, Q"]]
    arrows = [[t for t in axes.texts if not t.get_text()] for axes in figure.axes]
    assert [len(of_one) for of_one in arrows] == [0, 1, 1]  # Q stays where it is
    np.testing.assert_allclose([*arrows[1][0].xyann, *arrows[1][0].xy], [2, 0, 6, 0])


def test_regions_are_tinted_by_the_network_and_cut_at_one_half():
    half = {"right half": lambda x: (x[:, 0] > 0.5) * 1.0, "undecided": lambda x: 0 * x[:, 0] + 0.2}
    figure = regions(half, POINTS, LABELS, title="Where")
    assert [axes.get_title() for axes in figure.axes] == list(half)
    cut, none = ([c for c in axes.collections if dashed(c)] for axes in figure.axes)
    assert len(cut) == 1 and none == []
    across = np.concatenate([path.vertices for path in cut[0].get_paths()])
    np.testing.assert_allclose(across[:, 0], 0.5, atol=0.04)
    for label, dots in enumerate(scattered(figure.axes[0])):
        np.testing.assert_allclose(dots.get_offsets(), POINTS[label == LABELS])
    assert clashes(figure) == []


def dashed(collection):
    return any(pattern for _, pattern in collection.get_linestyle())


def test_a_walk_is_drawn_on_the_curve_of_its_loss():
    walks = {"slow": [0.0, 1.0, 1.5], "fast": [0.0, 3.0]}
    figure = descent(lambda w: (w - 2) ** 2, walks, title="Down")
    assert [axes.get_title() for axes in figure.axes] == ["slow", "fast"]
    for axes, walk in zip(figure.axes, walks.values(), strict=True):
        curve, steps, start = (a.get_xydata() for a in axes.get_lines())
        np.testing.assert_allclose(steps, [[w, (w - 2) ** 2] for w in walk])
        np.testing.assert_allclose(start, steps[:1])
        np.testing.assert_allclose(curve[:, 1], (curve[:, 0] - 2) ** 2)
        assert curve[0, 0] < 0 and curve[-1, 0] > 3
    assert clashes(figure) == []


def test_lines_show_their_values_with_markers_where_there_is_room():
    few = lines([0, 1, 2], {"left": [1, 2, 3], "right": [3, 2, 1]}, ylabel="pressure")
    left, right = few.axes[0].get_lines()
    np.testing.assert_array_equal(left.get_ydata(), [1, 2, 3])
    assert left.get_marker() != right.get_marker() and left.get_color() != right.get_color()
    assert {"left", "right", "pressure"} <= set(texts(few))
    many = lines(range(200), {"loss": np.zeros(200)})
    assert many.axes[0].get_lines()[0].get_marker() == "" and not many.legends
