"""The playable figure of gradient descent on one weight: its arithmetic, its page, its faults."""

import re

import numpy as np
import pytest
from figure_tools import overlapping
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from play_tools import data_of, javascript

from course_utils import play

RNG = np.random.default_rng(0)
X = RNG.uniform(-1, 2, 20)
Y = 1.5 * X + RNG.normal(0, 0.4, 20)


def walked(x, y, start, rate, steps):
    """What parabola.js makes of the data: weights, losses, derivatives, constants."""
    expression = """{
        const curve = parabola(x, y), path = [start];
        for (let i = 0; i < steps; i++) path.push(stepped(curve, path[i], rate));
        return [path, path.map(curve.loss), path.map(curve.derivative),
                [curve.best, curve.second, curve.critical]];
    }"""
    given_names = {"x": list(x), "y": list(y), "start": start, "rate": rate, "steps": steps}
    return [np.array(part) for part in javascript(expression, "parabola", **given_names)]


numbers = st.floats(-5, 5, width=32)
rows = st.lists(st.tuples(numbers, numbers), min_size=1, max_size=12)


@settings(max_examples=15, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(rows, numbers, st.floats(0.01, 1.9))
def test_steps_are_those_of_keras(pairs, start, share):
    import keras

    x, y = (np.array(part, "float32") for part in zip(*pairs, strict=True))
    x[0] = 1.5  # some curvature
    rate = share / float(np.mean(x.astype(float) ** 2))
    w = keras.Variable(np.float32(start))
    sgd = keras.optimizers.SGD(rate)
    expected, losses = [start], []
    for _ in range(6):
        losses.append(float(keras.ops.mean((w * x - y) ** 2)))
        gradient = 2 * keras.ops.mean(x * (w * x - y))
        sgd.apply([gradient], [w])
        expected.append(float(w))
    path, found, derivatives, _ = walked(map(float, x), map(float, y), start, rate, 6)
    size = 1 + np.abs(expected).max()
    assert np.allclose(path, expected, atol=1e-4 * size)
    assert np.allclose(found[:-1], losses, rtol=1e-3, atol=1e-4 * size**2)
    h = 1e-4
    for at, derivative in zip(path, derivatives, strict=True):
        low, high = (np.mean(((at + move) * x - y) ** 2.0) for move in (-h, h))
        assert derivative == pytest.approx((high - low) / (2 * h), rel=1e-3, abs=1e-3 * size)


@pytest.mark.parametrize(("share", "kind", "factor"), [
    (0.02, "slow", 0.96), (0.3, "converges", 0.4), (0.5, "converges", 0.0),
    (0.95, "oscillates", -0.9), (1.0, "neither", -1.0), (1.06, "diverges", -1.12),
])  # fmt: skip
def test_the_verdict_is_what_happens(share, kind, factor):
    *_, (best, second, critical) = walked(X, Y, -1.0, 0.1, 1)
    assert critical == pytest.approx(1 / np.mean(X**2)) and critical == pytest.approx(2 / second)
    said = javascript("verdict(parabola(x, y), rate, 20)", "parabola",
                      x=X.tolist(), y=Y.tolist(), rate=share * critical)  # fmt: skip
    assert said["kind"] == kind and said["factor"] == pytest.approx(factor)
    path, *_ = walked(X, Y, -1.0, share * critical, 20)
    distance = np.abs(path - best)
    assert distance[-1] == pytest.approx(said["left"] * distance[0], abs=1e-9)
    assert (distance[-1] > distance[0]) == (kind == "diverges")


def test_the_page_has_four_learning_rates_and_the_twin_shows_them():
    figure = play.gradient_descent(X, Y, start=-1.0)
    presets = dict(data_of(figure.page)["presets"])
    critical = 1 / np.mean(X**2)
    assert [*presets] == ["too small", "right", "jumps across", "diverges"]
    assert presets["jumps across"] < critical < presets["diverges"]
    for name, rate in presets.items():
        assert f"{name}: {rate:.3g}" in figure.figure.alt
    assert [axes.get_title() for axes in figure.figure.axes] == [
        f"{name}: {rate:.3g}" for name, rate in presets.items()
    ]
    assert overlapping(figure.figure) == []
    assert len(figure.page.encode()) < 60_000 and not re.search(
        r"https?:|<link|@import", figure.page
    )
    assert repr(figure) == "Playable figure: Gradient descent on one weight"


def test_data_on_a_line_and_a_start_at_the_minimum_are_drawn():
    figure = play.gradient_descent(np.array([1.0, 2.0]), np.array([2.0, 4.0]), start=2.0, steps=1)
    assert "weight w 2 becomes 2" in figure.figure.alt


@pytest.mark.parametrize(("low", "high", "expected"), [
    (0, 10, [0, 2, 4, 6, 8, 10]), (-1, 1.5, [-1, -0.5, 0, 0.5, 1, 1.5]), (0.3, 0.31, None),
])  # fmt: skip
def test_ticks_are_round_and_inside(low, high, expected):
    found = np.array(javascript(f"ticks({low}, {high})", "chart"))
    assert 3 <= len(found) <= 7 and low - 1e-9 <= found.min() and found.max() <= high + 1e-9
    assert np.ptp(np.diff(found)) < 1e-9
    if expected:
        assert np.allclose(found, expected)


def test_ticks_of_a_log_scale_and_numerals():
    cases = [(0.01, 2000), (1e-9, 1e6), (1.4, 15), (3.1, 4)]
    narrow, wide, *few = [javascript(f"powers({a}, {b})", "chart") for a, b in cases]
    assert np.allclose(narrow, [0.01, 1, 100])
    assert 4 <= len(wide) <= 6 and few[0] == [2, 5, 10] and few[1] == [3.5, 4]
    texts = javascript("[0, -1.23456, 1e-14, 123456, -0.00012, 20].map(v => numeral(v))", "chart")
    assert texts == ["0", "−1.235", "0", "1.2e5", "−1.2e−4", "20"]


FAULTS = {
    "x and y of different lengths": lambda: play.gradient_descent(X, Y[:3]),
    "x as a table": lambda: play.gradient_descent(X[:, None], Y[:, None]),
    "no data": lambda: play.gradient_descent(X[:0], Y[:0]),
    "a missing value": lambda: play.gradient_descent(np.array([1.0, np.nan]), np.ones(2)),
    "every x is 0": lambda: play.gradient_descent(np.zeros(3), np.ones(3)),
    "no steps": lambda: play.gradient_descent(X, Y, steps=0),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_gradient_descent(case, fault):
    with pytest.raises(ValueError, match=r"asked for|give ") as error:
        FAULTS[case]()
    fault("playable figures", case, str(error.value))
