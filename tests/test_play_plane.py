"""The playable figure that trains a network in the plane: its arithmetic against Keras, faults."""

import re

import keras
import numpy as np
import pytest
from figure_tools import overlapping
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from keras import layers
from play_tools import data_of, javascript

from course_utils import play
from course_utils.play import plane

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(40, 2))
LABELS = (POINTS[:, 0] * POINTS[:, 1] > 0).astype(int)


def network(*hidden, activation="relu", seed=0):
    keras.utils.set_random_seed(seed)
    stack = [layers.Dense(units, activation) for units in hidden]
    return keras.Sequential([keras.Input((2,)), *stack, layers.Dense(1, "sigmoid")])


def trained(page, steps, rate):
    """The weights after `steps` in backprop.js, from those of a page, and the mean loss."""
    expression = """{
        const net = DATA.layers.map(o => dense(o.inputs, o.units, o.activation, o.kernel, o.bias));
        const everything = DATA.points.map((_, i) => i);
        for (let i = 0; i < steps; i++) {
            descend(net, DATA.points, DATA.labels, everything, rate);
        }
        const {loss, accuracy} = evaluated(net, DATA.points, DATA.labels);
        return [net.map(o => [Array.from(o.kernel), Array.from(o.bias)]).flat(), loss, accuracy];
    }"""
    given_names = {"DATA": data_of(page), "steps": steps, "rate": rate}
    return javascript(expression, "backprop", **given_names)


networks = st.tuples(
    st.lists(st.integers(1, 6), max_size=3), st.sampled_from(plane.ACTIVATIONS), st.integers(0, 999)
)


@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(networks, st.floats(0.01, 0.8), st.integers(1, 12))
def test_full_batch_steps_are_those_of_keras(form, rate, steps):
    hidden, activation, seed = form
    net = network(*hidden, activation=activation, seed=seed)
    page = play.train_in_plane(net, POINTS, LABELS, learning_rate=rate).page
    net.compile(keras.optimizers.SGD(rate), "binary_crossentropy", run_eagerly=True)
    start = [(*layer.get_weights(), activation) for layer in net.layers]
    for _ in range(steps):
        net.train_on_batch(POINTS, LABELS)
    expected, p = net.get_weights(), np.asarray(net(POINTS))[:, 0]
    found, loss, accuracy = trained(page, steps, rate)
    for one, other in zip(found, expected, strict=True):
        assert np.abs(one - other.ravel()).max() < 1e-4
    assert loss == pytest.approx(-np.log(np.where(LABELS, p, 1 - p)).mean(), abs=1e-4)
    assert accuracy == pytest.approx(np.mean((p > 0.5) == LABELS), abs=0.026)
    start[-1] = (*start[-1][:2], "linear")
    for _ in range(steps):
        start = plane.descended(start, POINTS, LABELS, rate)
    for (kernel, bias, _), *other in zip(start, expected[::2], expected[1::2], strict=True):
        assert np.abs(kernel - other[0]).max() < 1e-4 and np.abs(bias - other[1]).max() < 1e-4
    assert np.allclose(plane.probabilities(start, POINTS), p, atol=1e-4)


@pytest.mark.parametrize("activation", plane.ACTIVATIONS)
def test_derivatives_are_finite_differences(activation):
    page = play.train_in_plane(network(3, 2, activation=activation), POINTS, LABELS).page
    expression = """{
        const net = DATA.layers.map(o => dense(o.inputs, o.units, o.activation, o.kernel, o.bias));
        net.forEach(o => o.bias.forEach((_, j) => { o.bias[j] = 0.1 * (j + 1); }));
        const all = DATA.points.map((_, i) => i), h = 1e-6, pairs = [];
        derivatives(net, DATA.points, DATA.labels, all);
        const wanted = net.map(o => [Array.from(o.dKernel), Array.from(o.dBias)]).flat(2);
        const found = net.map(o => [o.kernel, o.bias].map(w => Array.from(w, (_, i) => {
            const at = v => { w[i] += v; return evaluated(net, DATA.points, DATA.labels).loss; };
            const high = at(h), low = at(-2 * h);
            at(h);
            return (high - low) / (2 * h);
        }))).flat(2);
        return [wanted, found];
    }"""
    wanted, found = javascript(expression, "backprop", DATA=data_of(page))
    assert len(wanted) == 9 + 8 + 3 and np.allclose(wanted, found, atol=1e-6)
    assert np.abs(wanted).max() > 0.01


def test_batches_hold_every_point_once_in_a_new_order():
    expression = (
        "[0, 7, 40, 1].map(n => [batches(40, n, generator(3)), batches(40, n, generator(4))])"
    )
    for size, two in zip((0, 7, 40, 1), javascript(expression, "backprop"), strict=True):
        for order in two:
            assert [len(part) for part in order[:-1]] == [size] * (len(order) - 1)
            assert sorted(at for part in order for at in part) == [*range(40)]
        assert (two[0] == two[1]) == (size in (0, 40))


def test_random_weights_come_from_their_seed_and_are_glorot_uniform():
    kernels = "initialized([30, 20], 'tanh', seed).map(o => Array.from(o.kernel))"
    first, again, other = (javascript(kernels, "backprop", seed=seed) for seed in (5, 5, 6))
    assert first == again != other
    for values, inputs, units in zip(first, (2, 30, 20), (30, 20, 1), strict=True):
        limit = np.sqrt(6 / (inputs + units))
        assert len(values) == inputs * units and np.abs(values).max() < limit
    assert abs(np.std(first[1]) - limit_of(30, 20) / np.sqrt(3)) < 0.02


def limit_of(inputs, units):
    return np.sqrt(6 / (inputs + units))


def test_the_page_starts_from_the_weights_of_the_model_and_leaves_them():
    net = network(8, 4, activation="tanh", seed=3)
    before = [w.copy() for w in net.get_weights()]
    figure = play.train_in_plane(net, POINTS, LABELS, learning_rate=0.5, batch_size=8)
    data = data_of(figure.page)
    assert (data["rate"], data["batch"]) == (0.5, 8)
    assert [one["activation"] for one in data["layers"]] == ["tanh", "tanh", "linear"]
    for one, kernel in zip(data["layers"], before[::2], strict=True):
        assert np.allclose(np.reshape(one["kernel"], kernel.shape), kernel, atol=1e-7)
    assert all(np.array_equal(a, b) for a, b in zip(before, net.get_weights(), strict=True))
    titles = [axes.get_title() for axes in figure.figure.axes]
    assert titles == ["at the start", "after 30 steps", "after 300 steps", "after 3,000 steps"]
    assert len(figure.figure.alt) > 60 and overlapping(figure.figure) == []
    assert len(figure.page.encode()) < 100_000 and not re.search(
        r"https?:|<link|@import", figure.page
    )


def test_no_hidden_layer_and_the_largest_network_fit():
    assert len(data_of(play.train_in_plane(network(), POINTS, LABELS).page)["layers"]) == 1
    points = RNG.normal(size=(500, 2))
    figure = play.train_in_plane(network(32, 32, 32), points, (points[:, 0] > 0) * 1)
    assert len(figure.page.encode()) < 200_000


def made(*stack):
    return keras.Sequential([keras.Input((2,)), *stack])


def trains(model=None, points=POINTS, labels=LABELS, **options):
    return lambda: play.train_in_plane(model or network(2), points, labels, **options)


FAULTS = {
    "three inputs": trains(keras.Sequential([keras.Input((3,)), layers.Dense(1, "sigmoid")])),
    "a softmax": trains(made(layers.Dense(2, "softmax"))),
    "logits": trains(made(layers.Dense(1))),
    "a sigmoid inside": trains(network(2, activation="sigmoid")),
    "two activations": trains(made(*[layers.Dense(2, a) for a in ("relu", "tanh", "sigmoid")])),
    "four hidden layers": trains(network(2, 2, 2, 2)),
    "33 units": trains(network(33)),
    "dropout": trains(made(layers.Dropout(0.5), layers.Dense(1, "sigmoid"))),
    "a layer without bias": trains(made(layers.Dense(1, "sigmoid", use_bias=False))),
    "no model": trains("network"),
    "an unbuilt model": trains(keras.Sequential([layers.Dense(1, "sigmoid")])),
    "points in space": trains(points=np.ones((40, 3))),
    "501 points": trains(points=np.ones((501, 2)), labels=np.ones(501)),
    "fewer labels": trains(labels=LABELS[:3]),
    "three classes": trains(labels=LABELS + 1),
    "a missing value": trains(points=np.where(POINTS > 2, np.nan, POINTS / np.abs(POINTS) * 3)),
    "a learning rate of 0": trains(learning_rate=0),
    "an empty batch": trains(batch_size=0),
}  # fmt: skip


@pytest.mark.parametrize("case", FAULTS)
def test_fault_of_a_network_in_the_plane(case, fault):
    with pytest.raises(ValueError, match=r"asked for|give ") as error:
        FAULTS[case]()
    fault("playable figures", case, str(error.value))
