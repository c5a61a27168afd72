"""Activations, whole networks and sizes of the arithmetic by hand."""

import re

import numpy as np
import pytest
from by_hand_tools import ROUNDING, by_framework, close, taped
from hypothesis import given, settings
from hypothesis import strategies as st

from course_utils import by_hand
from course_utils.by_hand import layers as by_layers

SEEDS = st.integers(0, 2**32 - 1)
SMALL = st.integers(1, 4)
CLASSES = st.integers(2, 5)  # Keras warns of a softmax over one
FLOATS = st.sampled_from(sorted(ROUNDING))


@pytest.mark.parametrize("name", ["relu", "sigmoid", "softmax"])
@settings(max_examples=40, deadline=None)
@given(seed=SEEDS, n=SMALL, width=CLASSES, dtype=FLOATS, scale=st.sampled_from([1, 30, 1000]))
def test_activations_equal_keras(name, seed, n, width, dtype, scale):
    import keras

    x = (np.random.default_rng(seed).uniform(-1, 1, (n, width)) * scale).astype(dtype)
    found = getattr(by_layers, name)(x)
    expected = getattr(keras.activations, name)(keras.ops.convert_to_tensor(x)).numpy()
    assert found.dtype == dtype
    close(found, expected, max(scale, 1) if name == "relu" else 1, ROUNDING[dtype])


@pytest.mark.parametrize("dtype", sorted(ROUNDING))
def test_large_logits_overflow_nothing(dtype):
    logits = np.array([[1e4, 0, -1e4], [-1e4, -1e4, 0]], dtype)
    assert by_layers.softmax(logits).tolist() == [[1, 0, 0], [0, 0, 1]]
    assert by_layers.sigmoid(logits[0]).tolist() == [1, 0.5, 0]


def models():
    from keras import Input, layers

    def convolution(filters, size, activation="relu", **options):
        return layers.Conv2D(filters, size, activation=activation, **options)

    return {
        "tiny": [
            Input((4, 4, 1)),
            convolution(1, 3),
            layers.MaxPooling2D(2),
            layers.Flatten(),
            layers.Dense(10, activation="relu"),
            layers.Dense(2, activation="softmax"),
        ],
        "lenet": [
            layers.InputLayer((12, 12, 3)),
            convolution(9, 5, padding="same"),
            layers.MaxPooling2D(),
            convolution(4, (3, 2), None, use_bias=False),
            layers.Activation("tanh"),
            layers.AveragePooling2D((2, 3), strides=1),
            layers.Dropout(0.5),
            layers.Flatten(),
            layers.Dense(5, use_bias=False),
            layers.Activation("softmax"),
        ],
        "strided": [
            Input((11, 14, 2)),
            convolution(3, (3, 4), "tanh", strides=(2, 3), padding="same"),
            convolution(4, 3, "sigmoid", padding="same", dilation_rate=2),
            layers.GlobalAveragePooling2D(),
            layers.Dense(1, activation="sigmoid"),
        ],
        "any size": [
            Input((None, None, 1)),
            convolution(8, 2, "linear", dilation_rate=(1, 2)),
            layers.MaxPooling2D(3, strides=2),
            layers.Dense(3),
            layers.GlobalAveragePooling2D(),
        ],
    }


@pytest.mark.parametrize("name", ["tiny", "lenet", "strided", "any size"])
@pytest.mark.parametrize("dtype", ["float32", "uint8"])
def test_forward_equals_predict_layer_by_layer(name, dtype):
    import keras

    keras.utils.set_random_seed(1)
    model = keras.Sequential(models()[name])
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0, 0.3, w.shape) for w in model.get_weights()])
    shape = [5, *(size or 13 for size in model.input_shape[1:])]
    x = (rng.random(shape) * (1 if dtype == "float32" else 4)).astype(dtype)
    found = by_hand.forward(model, x)
    every = keras.Model(model.inputs, [layer.output for layer in model.layers])
    expected = every.predict(x, verbose=0)
    assert [name for name, _ in found] == [layer.name for layer in model.layers]
    for (_, output), other in zip(found, expected, strict=True):
        assert output.dtype == np.float32
        close(output, other, max(abs(other).max(), 1e-3), 1e-5)
    close(found[-1][1], model.predict(x, verbose=0), 1, 1e-5)


def refused():
    from keras import layers

    pooled = {"strides": 1, "padding": "same"}
    return {
        "BatchNormalization is not supported": layers.BatchNormalization(name="odd"),
        "Rescaling is not supported": layers.Rescaling(1 / 255, name="odd"),
        "groups=2 (only 1) is not supported": layers.Conv2D(4, 2, groups=2, name="odd"),
        "data_format='channels_first' (only 'channels_last') is not supported": layers.Conv2D(
            4, 1, data_format="channels_first", name="odd"
        ),
        "activation gelu is not supported": layers.Conv2D(4, 2, activation="gelu", name="odd"),
        "activation elu is not supported": layers.Activation("elu", name="odd"),
        "padding='same' (only 'valid') is not supported": layers.MaxPooling2D(
            2, **pooled, name="odd"
        ),
        "keepdims=True (only False) is not supported": layers.GlobalAveragePooling2D(
            keepdims=True, name="odd"
        ),
        "dtype mixed_bfloat16 is not supported": layers.Dense(
            2, dtype="mixed_bfloat16", name="odd"
        ),
    }


def test_fault_forward_names_the_layer_that_it_does_not_support(fault):
    import keras

    for message, layer in refused().items():
        model = keras.Sequential([keras.Input((4, 4, 2)), layer])
        with pytest.raises(ValueError, match=rf"^layer odd: {re.escape(message)}$") as error:
            by_hand.forward(model, np.zeros((1, 4, 4, 2), np.float32))
        fault("arithmetic", f"forward: {message}", str(error.value))


def test_fault_forward_names_a_model_or_images_that_do_not_fit(fault):
    import keras

    unbuilt = keras.Sequential([keras.layers.Flatten()])
    functional = keras.Model(*2 * [keras.Input((4,))])
    for model in (unbuilt, functional, 3):
        with pytest.raises(ValueError, match="a built Sequential model is asked for, this is "):
            by_hand.forward(model, np.zeros((1, 4)))
    model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten()], name="net")
    for shape in ((4, 4, 1), (2, 1, 4, 4), (2, 16)):
        message = f"x {shape} does not fit the input of model net, (None, 4, 4, 1)"
        with pytest.raises(ValueError, match=f"^{re.escape(message)}$") as error:
            by_hand.forward(model, np.zeros(shape))
        fault("arithmetic", f"forward: images {shape}", str(error.value))


@settings(max_examples=80, deadline=None)
@given(
    n=st.integers(1, 12),
    k=SMALL,
    stride=SMALL,
    padding=st.integers(0, 3),
    dilation=st.integers(1, 3),
)
def test_output_size_is_that_of_the_framework(n, k, stride, padding, dilation):
    reach = dilation * (k - 1) + 1
    if reach > n + 2 * padding:
        with pytest.raises(ValueError, match=f"covers {reach} pixels, {n} with padding {padding}"):
            by_hand.output_size(n, k, stride, padding, dilation)
        return
    image, kernel = np.zeros((1, n, n, 1), np.float32), np.zeros((k, k, 1, 1), np.float32)
    real = by_framework(image, kernel, stride, dilation, padding).shape
    assert real[1] == by_hand.output_size(n, k, stride, padding, dilation)


def test_sizes_of_the_chapter():
    sizes = [28]
    for k, stride in ((3, 1), (2, 2), (3, 1), (2, 2)):
        sizes.append(by_hand.output_size(sizes[-1], k, stride))
    assert sizes == [28, 26, 13, 11, 5]
    assert by_hand.output_size(28, 5) == 24
    assert by_hand.receptive_field([(3, 1)] * 3) == 7
    assert by_hand.receptive_field([(3, 1), (2, 2), (3, 1), (2, 2), (3, 1)]) == 18
    assert by_hand.receptive_field([]) == 1


LAYERS = st.one_of(st.tuples(SMALL, st.integers(1, 3)), st.tuples(SMALL, st.just(1), SMALL))


@settings(max_examples=40, deadline=None)
@given(st.lists(LAYERS, min_size=1, max_size=3))
def test_receptive_field_is_the_reach_of_the_gradient(layers):
    """Of the centre of the last output, all weights being one, so that nothing cancels out."""

    def centre(x):
        for kernel, stride, *dilation in layers:
            weights = np.ones((kernel, 1, 1, 1))
            x = by_framework(x, weights, (stride, 1), (*(dilation or [1]), 1), "valid")
        return x[0, x.shape[1] // 2, 0, 0]

    (gradient,) = taped(centre, np.zeros((1, 120, 1, 1)), np.ones(()))
    reached = np.flatnonzero(gradient)
    assert reached[-1] - reached[0] + 1 == by_hand.receptive_field(layers)
