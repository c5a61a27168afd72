"""Histograms and lines: every value where it belongs, names, units, the lowest point."""

import numpy as np
import pytest

from course_utils.plots import histogram, lines


def heights(figure, label):
    """Numbers in the bins of the outlined series `label`, and the edges of the bins."""
    patches = {patch.get_label(): patch for patch in figure.axes[0].patches}
    outline = patches[label].get_xy()
    return outline[1:-1:2, 1], np.unique(outline[:, 0])


def test_each_value_is_counted_in_the_same_bins():
    rng = np.random.default_rng(0)
    series = {"one": rng.normal(size=200), "many": rng.normal(size=500) + 2}
    figure = histogram(series)
    (one, bins), (many, same) = (heights(figure, label) for label in series)
    assert (one.sum(), many.sum()) == (200, 500)
    assert len(bins) == 31 and np.array_equal(bins, same)
    everything = np.concatenate(list(series.values()))
    assert (bins[0], bins[-1]) == pytest.approx((everything.min(), everything.max()))


def test_marks_are_upright_lines_with_names():
    marks = {"low": 1.5, "middle": 2.0, "high": 2.5, "beyond": 4.0}
    axes = histogram({"one": [1, 2, 3]}, marks=marks).axes[0]
    drawn = {line.get_label(): list(line.get_xdata()) for line in axes.lines}
    assert drawn == {name: [value, value] for name, value in marks.items()}


def test_curves_hold_their_values_and_the_lowest_point_is_named():
    axes = lines([11, 12, 13], {"a": [3, 1, 2], "b": [5, 4, 3.5]}, lowest=True).axes[0]
    low, curve, end, other = axes.lines
    assert [curve.get_ydata().tolist(), other.get_ydata().tolist()] == [[3, 1, 2], [5, 4, 3.5]]
    assert [low.get_xdata().tolist(), end.get_xdata().tolist()] == [[12], [13]]
    assert curve.get_label() == "a, lowest at 12: 1.000"
    assert curve.get_linestyle() != other.get_linestyle()


def test_without_lowest_there_are_only_the_curves():
    axes = lines([1, 2], {"a": [3, 1]}).axes[0]
    assert [line.get_label() for line in axes.lines] == ["a"]


@pytest.mark.parametrize(
    "draw",
    [
        lambda *words: histogram({"one": [1, 2, 3]}, *words),
        lambda *words: lines([1, 2], {"one": [1, 2]}, *words),
    ],
)
def test_title_and_axes_are_named(draw):
    axes = draw("error (USD)", "splits", "A title").axes[0]
    shown = [axes.get_xlabel(), axes.get_ylabel(), axes.get_title()]
    assert shown == ["error (USD)", "splits", "A title"]


@pytest.mark.parametrize("values", [[], [[1, 2], [3, 4]], 3.0])
def test_another_shape_is_named(values):
    with pytest.raises(ValueError, match="'one' needs"):
        histogram({"one": values})
    with pytest.raises(ValueError, match="'one' needs"):
        lines([1, 2, 3], {"one": values})
