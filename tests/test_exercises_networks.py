"""Exercises that ask for a network: judged by what it computes, in whatever form."""

import numpy as np
import pytest
from exercise_tools import assert_says

from course_utils.exercises import chapter02


def tagger(
    last="sigmoid", loss="binary_crossentropy", units=(64, 46), hidden="relu", words=10_000,
    logits=None, apart=False, batch=None,
):  # fmt: skip
    """The network of 02.4, with a mistake; `logits`: a loss object, told so or not."""
    import keras
    from keras import layers

    def dense(n, activation):
        if not apart:
            return [layers.Dense(n, activation=activation)]
        return [layers.Dense(n), layers.Activation(activation)]

    start = [keras.Input((words,), batch_size=batch)] if words else []
    rest = [layer for n in units[1:] for layer in dense(n, last)]
    model = keras.Sequential([*start, *dense(units[0], hidden), *rest])
    if loss:
        made = keras.losses.BinaryCrossentropy(from_logits=bool(logits))
        model.compile(loss=loss if logits is None else made)
    return model


def own_loss(y, p):
    import keras

    return keras.losses.binary_crossentropy(y, p, from_logits=True)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "right"),
        ({"loss": "bce"}, "right"),
        ({"loss": ["binary_crossentropy"]}, "right"),
        ({"logits": False}, "right"),
        ({"last": None, "logits": True}, "right"),
        ({"last": None, "loss": own_loss}, "right"),
        ({"apart": True}, "right"),
        ({"batch": 32}, "right"),
        ({"words": None}, "begin with keras.Input((10000,))"),
        ({"words": 46}, "the input shape is (46,), it should be (10000,)"),
        ({"units": (64,)}, "dense layers of 64 and 46 units are asked for, found [64]"),
        ({"units": (32, 46)}, "found [32, 46]"),
        ({"units": (64, 64, 46)}, "found [64, 64, 46]"),
        ({"hidden": None}, "the hidden layer has no relu"),
        ({"hidden": "tanh"}, "the hidden layer has no relu"),
        ({"hidden": "gelu"}, "each with a known activation"),
        ({"last": "softmax"}, "two true topics would get one half each"),
        ({"last": "softmax", "apart": True}, "two true topics would get one half each"),
        ({"loss": None}, "the network is not compiled"),
        ({"loss": "categorical_crossentropy"}, "this one is categorical_crossentropy"),
        ({"loss": "MeanSquaredError"}, "this one is MeanSquaredError"),
        ({"logits": True}, "sigmoid is applied twice"),
        ({"loss": own_loss}, "sigmoid is applied twice"),
        ({"last": None}, "the last layer has no activation"),
        ({"last": None, "logits": False}, "the last layer has no activation"),
        ({"last": "tanh"}, "tanh does not give each topic a probability"),
        ({"last": "relu", "logits": True}, "relu does not give each topic a probability"),
    ],
)
def test_the_tagger(settings, message, capsys):
    assert_says("02.4", lambda: tagger(**settings), message, capsys)


def test_an_unknown_loss_is_named(capsys):
    def build():
        model = tagger()
        model.loss = "binary_crossentropie"
        return model

    assert_says("02.4", build, "wrong: Keras knows no loss 'binary_crossentropie'", capsys)


def repaired(steps=True, outputs=1, length=6, last="sigmoid"):
    """A network for 02.6, on reviews in which word 5 decides: with its weights, or a mistake."""
    import keras
    from keras import layers

    table = np.zeros((10, 1), "float32")
    table[5] = 100
    model = keras.Sequential(
        [
            keras.Input((length,), dtype="int32"),
            layers.Embedding(10, 1),
            layers.GlobalAveragePooling1D(),
            layers.Dense(outputs, activation=last),
        ]
    )
    if steps:
        model.compile("sgd", "mse")
        model.fit(np.zeros((8, length)), np.zeros((8, outputs)), batch_size=4, verbose=0)
        model.set_weights([table, np.ones((1, outputs)), -np.ones(outputs)])
    return model


@pytest.mark.parametrize(
    ("build", "flip", "message"),
    [
        (repaired, False, "right"),
        (repaired, True, "wrong: its accuracy is 0.00 after 2 steps of gradient descent"),
        (lambda: repaired(steps=False), False, "was it trained before it was returned?"),
        (lambda: repaired(outputs=2), False, "it should be (None, 1)"),
        (lambda: repaired(length=5), False, "the input shape is (5,), it should be (6,)"),
        (lambda: "network", False, "a Keras model is asked for"),
    ],
)
def test_the_network_on_word_numbers(build, flip, message, capsys):
    x = np.tile([[1, 4, 5, 7, 0, 0], [1, 4, 6, 7, 0, 0]], (10, 1))
    y = np.tile([1, 0], 10)
    chapter02.check_6(build, x, 1 - y if flip else y)
    verdict = capsys.readouterr().out.rstrip("\n").split("\n")[-1]
    assert message in verdict and (message == "right") == (verdict == "right"), verdict


def strided(
    shape=(28, 28, 1), filters=(16, 32), size=3, last="softmax", mean=True, pool=False, apart=False,
    batch=None, extra=(), **options,
):  # fmt: skip
    """The network of 05.3, with a mistake."""
    import keras
    from keras import layers

    options = {"strides": 2, "padding": "same", "activation": "relu", **options}
    end = [layers.GlobalAveragePooling2D() if mean else layers.Flatten()]
    end = [layers.MaxPooling2D(2), *end] if pool else end
    if apart:
        options["activation"] = None
    convolutions = [layers.Conv2D(n, size, **options) for n in filters]
    if apart:
        convolutions = [x for layer in convolutions for x in (layer, layers.ReLU())]
        end += [layers.Dense(10), layers.Softmax()]
    else:
        end += [layers.Dense(10, activation=last)]
    start = keras.Input(shape, batch_size=batch)
    return keras.Sequential([start, *convolutions, *(layers.ReLU() for _ in extra), *end])


def in_operations(relu=True):
    """The same in `keras.ops`, functional, the convolutions in a network within the network."""
    import keras
    from keras import layers, ops

    first, second = (layers.Conv2D(n, 3, strides=2, padding="same") for n in (16, 32))
    inner = keras.Sequential([keras.Input((28, 28, 1)), first, layers.ReLU(), second])
    inputs = keras.Input((28, 28, 1))
    x = inner(inputs)
    x = ops.mean(ops.relu(x) if relu else x, axis=(1, 2))
    return keras.Model(inputs, ops.softmax(layers.Dense(10)(x)))


def two_inputs():
    import keras

    inputs = [keras.Input((28, 28, 1)) for _ in range(2)]
    return keras.Model(inputs, keras.layers.Add()(inputs))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "right"),
        ({"apart": True}, "right"),
        ({"batch": 32}, "right"),
        ({"extra": "x"}, "right"),
        ({"strides": 1}, "moves by 1: set its stride to 2"),
        ({"padding": "valid"}, "after 16 filters the image is (13, 13), not (14, 14)"),
        ({"use_bias": False}, "the bias of the convolution with 16 filters is missing"),
        ({"shape": (28, 28, 3)}, "the input shape is (28, 28, 3)"),
        ({"shape": (1, 28, 28), "padding": "same"}, "channels first"),
        ({"filters": (16,)}, "16 and 32 filters are asked for, found [16]"),
        ({"size": 5}, "16 filters of 3×3 are asked for"),
        ({"last": None}, "should end in a softmax"),
        ({"last": "sigmoid"}, "sigmoid does not do that"),
        ({"last": "tanh"}, "these are not the layers asked for"),
        ({"mean": False}, "the global average is missing"),
        ({"activation": None}, "neither convolution has a relu"),
        ({"activation": "tanh"}, "these are not the layers asked for"),
        ({"pool": True}, "no pooling is asked for but the mean at the end"),
    ],
)
def test_the_strided_network(options, message, capsys):
    assert_says("05.3", lambda: strided(**options), message, capsys)


def test_a_network_in_operations_is_judged_by_what_it_computes(capsys):
    assert_says("05.3", in_operations, "right", capsys)
    assert_says("05.3", lambda: in_operations(relu=False), "with 32 filters has no relu", capsys)
    assert_says("05.3", two_inputs, "one input is asked for, the network has 2", capsys)
    assert_says("05.3", lambda: 3, "a Keras model is asked for, this is of type int", capsys)


@pytest.fixture
def bfloat16():
    import keras

    keras.config.set_dtype_policy("mixed_bfloat16")
    yield
    keras.config.set_dtype_policy("float32")


def test_a_network_is_built_in_float32_and_the_policy_stays(bfloat16, capsys):
    import keras

    built = []
    assert_says("05.3", lambda: built.append(strided()) or built[0], "right", capsys)
    assert built[0].compute_dtype == "float32"
    assert keras.config.dtype_policy().name == "mixed_bfloat16"


def test_a_network_built_before_in_bfloat16_is_right_and_keeps_its_weights(bfloat16, capsys):
    for name, build in (("02.4", tagger), ("05.3", strided), ("10.6", three_heads)):
        model = build()
        before = model.get_weights()
        assert_says(name, lambda model=model: model, "right", capsys)
        assert all(map(np.array_equal, before, model.get_weights()))
    flat = strided(activation=None)
    assert_says("05.3", lambda: flat, "neither convolution has a relu", capsys)


def test_a_network_for_five_images_at_a_time_is_asked_for_five(capsys):
    def build():
        import keras

        model = strided(batch=5)
        return keras.Model(model.inputs, keras.ops.reshape(model.outputs[0], (5, 10)))

    assert_says("05.3", build, "right", capsys)


def three_heads(
    inputs=(28, 28, 3), filters=8, size=3, padding="same", relu="relu", trunks=1, largest=True,
    heads=(("colour", 6, "softmax"), ("shape", 5, "softmax"), ("span", 1, None)), listed=False,
    bias=True, strides=1, apart=False, ending=None, batch=None,
):  # fmt: skip
    """The network of 10.6, with a mistake."""
    import keras
    from keras import layers

    start = keras.Input(inputs, batch_size=batch)
    x = [
        layers.Conv2D(
            filters, size, padding=padding, activation=None if apart else relu, use_bias=bias,
            strides=strides,
        )(start)
        for _ in range(trunks)
    ]  # fmt: skip
    x = [layers.Activation("relu")(y) for y in x] if apart else x
    x = [layers.GlobalMaxPooling2D()(y) if largest else layers.Flatten()(y) for y in x]
    outputs = {
        name: layers.Dense(units, activation=end, name=name)(x[i % len(x)])
        for i, (name, units, end) in enumerate(heads)
    }
    if apart:
        outputs["shape"] = keras.ops.softmax(layers.Dense(5)(x[0]))
    if ending:
        outputs["span"] = ending(outputs["span"])
    return keras.Model(start, list(outputs.values()) if listed else outputs)


COLOR, SHAPE, SPAN = ("colour", 6, "softmax"), ("shape", 5, "softmax"), ("span", 1, None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "right"),
        ({"batch": 4}, "right"),
        ({"apart": True}, "right"),
        ({"heads": (SPAN, COLOR, SHAPE)}, "right"),
        ({"inputs": (3, 28, 28)}, "channels first"),
        ({"inputs": (28, 28, 1)}, "the input shape is (28, 28, 1)"),
        ({"listed": True}, "the outputs should be a dictionary"),
        ({"heads": (COLOR, SHAPE)}, "the heads are colour, shape; asked for are"),
        ({"heads": (COLOR, ("shape", 3, "softmax"), SPAN)}, "the output shape has shape (3,)"),
        ({"trunks": 3}, "one convolution for all heads is asked for, found 3"),
        ({"filters": 16}, "8 filters of 3 × 3 are asked for, these are 16 of (3, 3)"),
        ({"size": 5}, "these are 8 of (5, 5)"),
        ({"relu": None}, "the convolution has no relu"),
        ({"padding": "valid"}, "the convolution has no padding"),
        ({"largest": False}, "parameters, it should have 332"),
        ({"strides": 2}, "no stride is asked for"),
        ({"ending": lambda span: abs(span)}, "the head span is not one dense layer"),
        ({"heads": (COLOR, SHAPE, ("span", 1, "sigmoid"))}, "a length is no probability"),
        ({"heads": (COLOR, SHAPE, ("span", 1, "relu"))}, "a length is no probability"),
        ({"heads": (("colour", 6, None), SHAPE, SPAN)}, "colour should have softmax: its outputs"),
        ({"heads": (COLOR, ("shape", 5, "sigmoid"), SPAN)}, "the head shape should have softmax"),
        ({"bias": False}, "the network has 324 parameters, it should have 332"),
    ],
)
def test_the_three_heads(options, message, capsys):
    assert_says("10.6", lambda: three_heads(**options), message, capsys)


def test_a_network_that_is_none_is_named(capsys):
    assert_says("10.6", lambda: 3, "a Keras model is asked for, this is of type int", capsys)
