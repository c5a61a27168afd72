"""Networks, losses and optimizers that behave differently have different fingerprints."""

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils.cache import fingerprint

layers = keras.layers


def built(make):
    keras.utils.set_random_seed(0)
    return fingerprint(make())


def dense(first="relu", second="linear", names=(None, None), width=3, **more):
    return keras.Sequential(
        [
            keras.Input((4,)),
            layers.Dense(width, first, name=names[0], **more),
            layers.Dense(2, second, name=names[1]),
        ]
    )


def branches(swap=False):
    inputs = keras.Input((4,))
    one, two = layers.Dense(3)(inputs), layers.Dense(3)(inputs)
    one = layers.Activation("relu")(one)
    return keras.Model(inputs, layers.Concatenate()([two, one] if swap else [one, two]))


def own_layer(by):
    class Times(keras.layers.Layer):
        def call(self, x):
            return x * by

    return lambda: keras.Sequential([keras.Input((2,)), Times()])


def own_initializer(by):
    class Constant(keras.initializers.Initializer):
        def __call__(self, shape, dtype=None):
            return keras.ops.full(shape, by, dtype or "float32")

        def get_config(self):
            return {}

    return lambda: dense(kernel_initializer=Constant())


def own_schedule(by):
    class Slow(keras.optimizers.schedules.LearningRateSchedule):
        def __call__(self, step):
            return by

        def get_config(self):
            return {}

    return lambda: keras.optimizers.SGD(Slow())


def scaled(by):
    def activation(x):
        return x * by

    return activation


def nested(activation):
    inner = lambda: keras.Sequential([keras.Input((4,)), layers.Dense(3, activation)])  # noqa: E731
    return lambda: keras.Sequential([keras.Input((4,)), inner(), layers.Dense(1)])


def pretrained(value):
    def build():
        model = dense()
        model.layers[0].set_weights([np.full((4, 3), value), np.zeros(3)])
        return model

    return build


APART = {
    "a width": (lambda: dense(), lambda: dense(width=4)),
    "an activation": (lambda: dense("relu"), lambda: dense("tanh")),
    "an activation that a layer is named after": (
        lambda: dense("relu", "relu", names=("relu", "b")),
        lambda: dense("tanh", "relu", names=("tanh", "b")),
    ),
    "the names a and relu": (
        lambda: dense("relu", "relu", names=("a", "relu")),
        lambda: dense("tanh", "relu", names=("a", "tanh")),
    ),
    "which branch goes where": (branches, lambda: branches(swap=True)),
    "an own layer": (own_layer(1), own_layer(2)),
    "an own initializer": (own_initializer(1), own_initializer(2)),
    "an own activation": (lambda: dense(scaled(1)), lambda: dense(scaled(2))),
    "a Lambda layer": (
        lambda: keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x + 1)]),
        lambda: keras.Sequential([keras.Input((2,)), layers.Lambda(lambda x: x + 2)]),
    ),
    "a nested network": (nested("relu"), nested("tanh")),
    "weights of its own": (pretrained(1.0), pretrained(2.0)),
    "what is trainable": (lambda: dense(), lambda: dense(trainable=False)),
    "a dropout seed": (
        lambda: keras.Sequential([keras.Input((2,)), layers.Dropout(0.5, seed=1)]),
        lambda: keras.Sequential([keras.Input((2,)), layers.Dropout(0.5, seed=2)]),
    ),
    "a regularizer": (
        lambda: dense(kernel_regularizer=keras.regularizers.L2(0.1)),
        lambda: dense(kernel_regularizer=keras.regularizers.L2(0.2)),
    ),
    "from_logits": (
        keras.losses.BinaryCrossentropy,
        lambda: keras.losses.BinaryCrossentropy(from_logits=True),
    ),
    "a learning rate": (lambda: keras.optimizers.SGD(0.1), lambda: keras.optimizers.SGD(0.2)),
    "a schedule": (
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 10)),
        lambda: keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-3, 11)),
    ),
    "an own schedule": (own_schedule(1), own_schedule(2)),
    "one unit more in a branch": (branches, lambda: dense()),
}


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("one", "other"), APART.values(), ids=APART)
def test_keras_objects_that_behave_differently_are_told_apart(one, other):
    assert built(one) == built(one) != built(other) == built(other)


@given(
    st.lists(st.sampled_from(["a", "relu", "tanh", "b", "linear"]), min_size=2, max_size=2,
             unique=True),
    st.sampled_from(["relu", "tanh", "linear"]),
    st.integers(1, 3),
)  # fmt: skip
@settings(max_examples=25, deadline=None)
def test_names_of_layers_do_not_count(names, activation, width):
    assert built(lambda: dense(activation, "relu", names, width)) == built(
        lambda: dense(activation, "relu", width=width)
    )


def test_functional_names_count_only_as_places():
    first = built(branches)
    layers.Dense(7), layers.Dense(7), branches()  # names are counted on
    assert built(branches) == first


def test_a_network_that_a_function_mentions_counts_with_its_weights():
    model = dense()

    def ask(x):
        return model(x)

    before = fingerprint(ask)
    assert fingerprint(ask) == before
    model.layers[0].set_weights([w + 1 for w in model.layers[0].get_weights()])
    assert fingerprint(ask) != before
