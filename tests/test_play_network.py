"""The arithmetic of playable figures: network.js against Keras, on networks drawn by chance."""

import keras
import numpy as np
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from keras import layers
from play_tools import data_of, lenet, round_kernels, volumes

from course_utils import datasets, play
from course_utils.play import network, page


def window(chance):
    return chance.randint(1, 3), chance.randint(1, 3)


def fits(size, padding, h, w):
    return padding == "same" or (size[0] <= h and size[1] <= w)


def convolution(chance, h, w, c):
    """A convolution of any kind, on maps of h by w with c channels; None where it is too large."""
    size, padding = window(chance), chance.choice(["same", "valid"])
    filters, step = chance.randint(1, 3), chance.randint(1, 2)
    options = {"padding": padding, "activation": chance.choice(network.ACTIVATIONS)}
    options["use_bias"] = chance.random() < 0.5
    kind = chance.choice(["plain", "groups", "dilation", "depthwise", "separable"])
    if kind == "depthwise":
        layer = layers.DepthwiseConv2D(size, step, depth_multiplier=filters, **options)
    elif kind == "separable":
        multiplier = chance.randint(1, 2)
        layer = layers.SeparableConv2D(filters, size, step, depth_multiplier=multiplier, **options)
    elif kind == "groups":
        layer = layers.Conv2D(c * filters, size, groups=c, strides=step, **options)
    elif kind == "dilation":
        layer = layers.Conv2D(filters, size, dilation_rate=2, **options)
        size = [2 * side - 1 for side in size]
    else:
        layer = layers.Conv2D(filters, size, strides=window(chance), **options)
    return layer if fits(size, padding, h, w) else None


def between(chance, h, w):
    """Any other layer on maps; None where its window is too large."""
    size, padding = window(chance), chance.choice(["same", "valid"])
    pooling = {"pool_size": size, "strides": window(chance), "padding": padding}
    choices = [
        lambda: layers.BatchNormalization(
            scale=chance.random() < 0.5, center=chance.random() < 0.5
        ),
        lambda: layers.Rescaling(chance.uniform(-2, 2), offset=chance.uniform(-1, 1)),
        lambda: layers.Activation(chance.choice(network.ACTIVATIONS)),
        lambda: layers.ReLU(),
        lambda: layers.Softmax(),
        lambda: layers.ZeroPadding2D(((0, 1), (2, 0))),
        lambda: layers.Dense(3, chance.choice(network.ACTIVATIONS)),
        lambda: layers.Dropout(0.5),
        lambda: layers.SpatialDropout2D(0.5),
        lambda: layers.GaussianNoise(1.0),
        lambda: layers.RandomFlip(),
        lambda: layers.RandomTranslation(0.2, 0.2),
        *3 * [lambda: layers.MaxPooling2D(**pooling), lambda: layers.AveragePooling2D(**pooling)],
    ]
    made = chance.choice(choices)()
    return made if not hasattr(made, "pool_size") or fits(size, padding, h, w) else None


def by_chance(chance):
    shape = chance.randint(4, 9), chance.randint(4, 9), chance.randint(1, 3)
    net = keras.Sequential([keras.Input(shape)])
    for _ in range(chance.randint(0, 4)):
        h, w, c = net.output_shape[1:] if net.layers else shape
        one = convolution(chance, h, w, c) if chance.random() < 0.5 else between(chance, h, w)
        if one is not None:
            net.add(one)
    ends = [layers.Flatten, layers.GlobalAveragePooling2D, layers.GlobalMaxPooling2D]
    net.add(chance.choice(ends)())
    activation = chance.choice(network.ACTIVATIONS)
    net.add(layers.Dense(chance.randint(1, 5), activation, use_bias=chance.random() < 0.5))
    net.add(layers.BatchNormalization())
    net.add(layers.Dense(4, "softmax"))
    return net


def given_weights(net, seed=0):
    """Weights of any sign, variances above 0."""
    rng = np.random.default_rng(seed)
    for weight in net.weights:
        low = 0.1 if "variance" in weight.path else -1
        weight.assign(rng.uniform(low, 1, weight.shape))
    return rng


def limit(net):
    """1e-4; more where the page rounds the product of two kernels, which Keras does not have."""
    return 1e-3 if any(isinstance(one, layers.SeparableConv2D) for one in net.layers) else 1e-4


def compared(net, inputs):
    """The largest difference between network.js and Keras, over all layers and `inputs`.

    Where a layer's outputs are larger than 1, the difference is a share of the largest.
    """
    written = [network.written(net, x[None]) for x in inputs]
    found = volumes(written[0].layers, page.packed(written[0].weights), inputs)
    ends = np.asarray(net(inputs, training=False))
    worst = np.abs(ends.reshape(len(inputs), -1) - [outputs[-1] for outputs in found]).max()
    for outputs, (_, expected, _) in zip(found, written, strict=True):
        for ours, theirs in zip(outputs, expected, strict=True):
            away = np.abs(np.array(ours) - theirs.ravel()).max()
            worst = max(worst, away / max(1, np.abs(theirs).max()))
    return worst


@pytest.mark.filterwarnings("ignore:.*softmax over axis:UserWarning")  # of one channel
@settings(max_examples=25, deadline=None, phases=[Phase.reuse, Phase.generate])
@given(st.randoms(use_true_random=False))
def test_networks_by_chance(chance):
    net = by_chance(chance)
    rng = given_weights(net, chance.randint(0, 99))
    round_kernels(net)
    inputs = rng.normal(size=(2, *net.input_shape[1:])).astype("float32")
    assert compared(net, inputs) < limit(net)


WINDOWS = {
    "max": lambda size, strides, padding: layers.MaxPooling2D(size, strides, padding),
    "average": lambda size, strides, padding: layers.AveragePooling2D(size, strides, padding),
    "convolution": lambda size, strides, padding: layers.Conv2D(3, size, strides, padding),
    "groups": lambda size, strides, padding: layers.Conv2D(4, size, strides, padding, groups=2),
    "depthwise": lambda size, strides, padding: layers.DepthwiseConv2D(size, strides, padding, 2),
    "separable": lambda size, strides, padding: layers.SeparableConv2D(3, size, strides, padding),
}


@pytest.mark.parametrize("kind", WINDOWS)
def test_windows_at_the_borders(kind):
    """Sizes, strides and paddings under which a window reaches out on one side or on both."""
    for size, strides in ((2, 2), (3, 1), (3, 2), ((3, 2), 3)):
        for padding in ("same", "valid"):
            net = chain(WINDOWS[kind](size, strides, padding), layers.Flatten(), shape=(7, 6, 2))
            rng = given_weights(net)
            round_kernels(net)
            case = (kind, size, strides, padding)
            assert compared(net, 1 + rng.normal(size=(1, 7, 6, 2))) < limit(net), case


@pytest.mark.parametrize("padding", ["same", "valid"])
def test_dilation(padding):
    net = chain(layers.Conv2D(2, (2, 3), padding=padding, dilation_rate=(3, 2)))
    rng = given_weights(net)
    round_kernels(net)
    assert compared(net, rng.normal(size=(1, 8, 8, 2))) < 1e-4


def test_lenet_fits_a_page_and_agrees_with_keras():
    """61,706 weights that deflate makes hardly smaller, and a hundred digits."""
    mnist = datasets.load("mnist", "synthetic", train=1, test=120)
    net = lenet()
    drawn = play.draw_digit(net, mnist.x_test, mnist.y_test)
    assert net.count_params() == 61_706
    assert 150_000 < len(drawn.page.encode()) <= 200_000
    data = data_of(drawn.page)
    inputs = mnist.x_test[:20, ..., None] / np.float32(255)
    probabilities = [v[-1] for v in volumes(data["layers"], data["weights"], inputs)]
    exact = np.asarray(net(inputs))
    assert exact.max() > 0.5, "a network that is sure of something"
    assert np.abs(probabilities - exact).max() < 1e-4  # 16 bits a weight
    round_kernels(net)
    assert np.abs(probabilities - np.asarray(net(inputs))).max() < 1e-5


@pytest.mark.parametrize("precision", ["mixed_bfloat16", "mixed_float16", "bfloat16"])
def test_other_precisions_play_in_float32(precision):
    """The page computes in float32 with the weights as they are."""
    shape = (8, 8, 1)

    def build(dtype):
        stack = [layers.Conv2D(3, 3, activation="relu", dtype=dtype)]
        stack += [layers.BatchNormalization(dtype=dtype), layers.Flatten(dtype=dtype)]
        return keras.Sequential([keras.Input(shape), *stack, layers.Dense(4, dtype=dtype)])

    net, exact = build(precision), build("float32")
    given_weights(net)
    exact.set_weights([np.asarray(w, "float32") for w in net.get_weights()])
    x = np.random.default_rng(0).normal(size=(2, *shape)).astype("float32")
    written = network.written(net, x[:1])
    assert all(volume.dtype == np.float32 for volume in written.volumes)
    found = volumes(written.layers, page.packed(written.weights), x)
    assert np.allclose([v[-1] for v in found], exact(x), rtol=1e-3, atol=1e-3)


def test_functional_and_nested_networks():
    x = keras.Input((6, 6, 1))
    base = keras.Sequential([keras.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.ReLU()])
    y = layers.Dense(3, "softmax")(layers.Flatten()(base(layers.Rescaling(0.5)(x))))
    net = keras.Model(x, y)
    given_weights(net)
    written = network.written(net, np.ones((1, 6, 6, 1)))
    kinds = ["scale", "convolution", "activation", "reshape", "convolution"]
    assert [layer["kind"] for layer in written.layers] == kinds
    assert compared(net, np.random.default_rng(1).normal(size=(2, 6, 6, 1))) < 1e-4


def chain(*stack, shape=(8, 8, 2)):
    return keras.Sequential([keras.Input(shape), *stack])


class Doubled(layers.Dense):
    def call(self, inputs):
        return 2 * super().call(inputs)


class Own(keras.Model):
    def call(self, x):
        return x


def joined(how):
    x = keras.Input((8, 8, 2))
    return keras.Model(x, how(x))


def shared(x):
    layer = layers.Conv2D(2, 3, padding="same", bias_initializer="ones")
    return layers.ReLU()(layer(layer(x)))


UNSUPPORTED = {
    "an unknown layer": lambda: chain(layers.Conv2DTranspose(2, 3)),
    "an activation": lambda: chain(layers.Conv2D(2, 3, activation="gelu")),
    "an activation of one's own": lambda: chain(layers.Dense(2, lambda x: 2 * x)),
    "relu with a ceiling": lambda: chain(layers.ReLU(max_value=6)),
    "a leaky relu": lambda: chain(layers.LeakyReLU()),
    "softmax over rows": lambda: chain(layers.Softmax(axis=1)),
    "normalization over rows": lambda: chain(layers.BatchNormalization(axis=1)),
    "channels first": lambda: chain(layers.MaxPooling2D(2, data_format="channels_first")),
    "a layer of one's own": lambda: chain(Doubled(3)),
    "a crop at inference": lambda: chain(layers.RandomCrop(4, 4)),
    "two branches": lambda: joined(lambda x: layers.Add()([x, layers.ReLU()(x)])),
    "an operation": lambda: joined(lambda x: x / 255),
    "a layer used twice": lambda: joined(shared),
    "no layers that Keras knows": lambda: Own(),
    "no input yet": lambda: keras.Sequential([layers.Dense(3)]),
}


@pytest.mark.parametrize("case", UNSUPPORTED)
def test_fault_unsupported(case, fault):
    with pytest.raises(ValueError, match=r"cannot be played|single chain|is asked for") as error:
        network.written(UNSUPPORTED[case](), np.random.default_rng(0).normal(size=(1, 8, 8, 2)))
    fault("playable figures", f"a network with {case}", str(error.value))
