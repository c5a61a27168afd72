"""A small Keras network written out for network.js."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from course_utils.precision import as_float32

if TYPE_CHECKING:
    import keras

ACTIVATIONS = ("linear", "relu", "tanh", "sigmoid", "softmax")
SUPPORTED = (
    "Conv2D, DepthwiseConv2D, SeparableConv2D, max, average and global pooling, Dense, "
    "BatchNormalization, Rescaling, ZeroPadding2D, Flatten, Reshape, and the activations relu, "
    "tanh, sigmoid and softmax"
)


class Written(NamedTuple):
    """What `written` gives."""

    layers: list[dict[str, Any]]  # what network.js computes, one after the other
    volumes: list[np.ndarray]  # (height, width, channels): Keras's output of each of them
    weights: bytes


def written(model: "keras.Model", x: np.ndarray, bits: int = 16) -> Written:
    """Write `model`, a chain of layers, as layers and weights for network.js.

    Kernels are rounded to whole numbers, with a scale for each filter; all other weights are
    float32. Dropout and augmentation, which do nothing at inference, are left out.

    Parameters
    ----------
    model : keras.Model
        Sequential or functional, built.
    x : ndarray (1, …)
        An input, on which the layers are tried.
    bits : int
        At most 16, of each number in the largest kernel: fewer make a smaller page and a coarser
        network. Smaller kernels, whose errors count as much, have more, up to 16.

    Returns
    -------
    Written

    Raises
    ------
    ValueError
        Names the layer that cannot be played, and says what can.

    Examples
    --------
    >>> import keras
    >>> net = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.MaxPooling2D(2)])
    >>> written(net, np.ones((1, 4, 4, 1))).layers
    [{'kind': 'maximum', 'size': [2, 2], 'strides': [2, 2], 'padding': 'valid'}]
    """
    found, weights = Written([], [], b""), _Weights()
    y: Any = np.asarray(x, "float32")
    for layer in _chain(model):
        if step := _step(layer, y.shape, weights):
            y = layer(y)
            found.layers.append(step)
            found.volumes.append(as_float32(y).reshape(volume(y.shape)))
    expected = as_float32(model(x, training=False))
    if y.shape != expected.shape or not np.allclose(as_float32(y), expected, rtol=0.01, atol=0.01):
        raise ValueError(f"the network {model.name} is no single chain: use each layer once")
    return found._replace(weights=weights.bytes(bits))


def volume(shape: tuple[int, ...]) -> list[int]:
    """Rows, columns and channels of an array (1, …), as network.js has them.

    Examples
    --------
    >>> volume((1, 28, 28, 6)), volume((1, 28, 28)), volume((1, 784))
    ([28, 28, 6], [28, 1, 28], [1, 1, 784])
    """
    sides = list(shape[1:])
    return sides[:-1] + [1] * (3 - len(sides)) + sides[-1:]


def names_of(
    probabilities: np.ndarray, labels: np.ndarray, class_names: Sequence[str] | None
) -> list[str]:
    """The names of the classes; ValueError where outputs, names and labels do not fit together.

    Examples
    --------
    >>> names_of(np.full((1, 1, 2), 0.5), np.array([0, 1, 1]), None)
    ['0', '1']
    """
    single = probabilities.shape[:2] == (1, 1) and probabilities.min() >= 0
    if not single or abs(probabilities.sum() - 1) > 0.02:
        raise ValueError(
            "the network does not end in probabilities: put a Softmax behind it, "
            "keras.Sequential([model, keras.layers.Softmax()])"
        )
    names = [*map(str, range(probabilities.size) if class_names is None else class_names)]
    if len(names) != probabilities.size or labels.min() < 0 or labels.max() >= len(names):
        raise ValueError(
            f"{probabilities.size} probabilities, {len(names)} class names and labels from "
            f"{labels.min()} to {labels.max()} do not fit together"
        )
    return names


def _chain(model: "keras.Model") -> list[Any]:
    import keras

    if not isinstance(model, keras.Model) or not model.built or not hasattr(model, "inputs"):
        raise ValueError("a Sequential or functional network with an Input is asked for")
    # Functional networks may hold operations such as `x / 255` that are no layers.
    sequential = isinstance(model, keras.Sequential)
    found: list[Any] = []
    for one in model.layers if sequential else model.operations:
        if isinstance(one, keras.Model):
            found += _chain(one)
        elif not isinstance(one, keras.layers.InputLayer):
            found.append(one)
    return found


def _unsupported(layer: Any) -> ValueError:
    return ValueError(
        f"the layer {layer.name} ({type(layer).__name__}) cannot be played as it is set: build the "
        f"network of {SUPPORTED}"
    )


def _step(layer: Any, shape: tuple[int, ...], weights: "_Weights") -> dict[str, Any] | None:
    """What network.js does for `layer` on an input of `shape`; None where it does nothing."""
    from keras import layers

    kind = type(layer).__name__
    ours = type(layer).__module__.startswith("keras.")  # a reader's own class computes what it will
    last = getattr(layer, "data_format", "channels_last") == "channels_last"
    match layer if ours and last else None:
        case layers.Conv2D() | layers.DepthwiseConv2D() | layers.SeparableConv2D():
            return _convolution(layer, weights)
        case layers.Dense():
            kernel, *bias = layer.get_weights()
            weights.add_kernel(kernel[None, None], bias)
            window = {"strides": [1, 1], "padding": "valid", "activation": _activation(layer)}
            return {"kind": "convolution", "shape": [1, 1, *kernel.shape], **window}
        case layers.MaxPooling2D() | layers.AveragePooling2D():
            window = {"strides": list(layer.strides), "padding": layer.padding}
            return {"kind": _pooling(kind), "size": list(layer.pool_size), **window}
        case layers.GlobalMaxPooling2D() | layers.GlobalAveragePooling2D():
            window = {"strides": [1, 1], "padding": "valid"}
            return {"kind": _pooling(kind), "size": list(shape[1:3]), **window}
        case layers.Flatten() | layers.Reshape():
            return {"kind": "reshape", "shape": volume(layer.compute_output_shape(shape))}
        case layers.ZeroPadding2D():
            return {"kind": "padding", "pad": [side for pair in layer.padding for side in pair]}
        case layers.BatchNormalization() if layer.axis in (-1, len(shape) - 1):
            return weights.add_scale(*_normalization(layer), shape[-1])
        case layers.Rescaling():
            return weights.add_scale(layer.scale, layer.offset, shape[-1])
        case layers.Activation():
            return {"kind": "activation", "activation": _activation(layer)}
        case layers.ReLU() if not (layer.max_value or layer.negative_slope or layer.threshold):
            return {"kind": "activation", "activation": "relu"}
        case layers.Softmax() if layer.axis in (-1, len(shape) - 1):
            return {"kind": "activation", "activation": "softmax"}
        case layers.Dropout() | layers.SpatialDropout2D() | layers.GaussianNoise():
            return None
    if ours and kind.startswith("Random") and kind != "RandomCrop":  # that one crops at inference
        return None
    raise _unsupported(layer)


def _pooling(kind: str) -> str:
    return "maximum" if "Max" in kind else "average"


def _convolution(layer: Any, weights: "_Weights") -> dict[str, Any]:
    """Every convolution as a plain one: zeros stand where groups and dilation leave gaps."""
    kernel, *rest = layer.get_weights()
    groups = getattr(layer, "groups", 1)
    if hasattr(layer, "depth_multiplier"):
        groups, kernel = kernel.shape[2], kernel.reshape(*kernel.shape[:2], 1, -1)
    height, width, channels, filters = kernel.shape
    full = np.zeros((height, width, channels * groups, filters), "float32")
    for i in range(groups):
        own = slice(i * filters // groups, (i + 1) * filters // groups)
        full[:, :, i * channels : (i + 1) * channels, own] = kernel[..., own]
    if type(layer).__name__ == "SeparableConv2D":
        full, rest = full @ rest[0][0, 0].astype("float32"), rest[1:]
    dy, dx = layer.dilation_rate
    shape = ((height - 1) * dy + 1, (width - 1) * dx + 1, *full.shape[2:])
    dilated = np.zeros(shape, "float32")
    dilated[::dy, ::dx] = full
    weights.add_kernel(dilated, rest)
    window = {"strides": list(layer.strides), "padding": layer.padding}
    return {"kind": "convolution", "shape": [*shape], **window, "activation": _activation(layer)}


def _normalization(layer: Any) -> tuple[np.ndarray, np.ndarray]:
    mean, variance = as_float32(layer.moving_mean), as_float32(layer.moving_variance)
    factor = (1 if layer.gamma is None else as_float32(layer.gamma)) / np.sqrt(
        variance + layer.epsilon
    )
    return factor, (0 if layer.beta is None else as_float32(layer.beta)) - mean * factor


def _activation(layer: Any) -> str:
    import keras

    for name in ACTIVATIONS:
        if layer.activation is getattr(keras.activations, name):
            return name
    raise _unsupported(layer)


class _Weights:
    """The weights in the order of the layers: kernels of 16 bits at most, vectors of 32."""

    def __init__(self) -> None:
        self.kernels: list[np.ndarray] = []
        self.vectors: list[np.ndarray | int] = []  # a number: the steps of that kernel

    def add_kernel(self, kernel: np.ndarray, bias: list[np.ndarray]) -> None:
        self.vectors += [len(self.kernels), bias[0] if bias else np.zeros(kernel.shape[-1])]
        self.kernels.append(kernel.astype("float32"))

    def add_scale(self, factor: Any, offset: Any, channels: int) -> dict[str, Any]:
        self.vectors += [np.broadcast_to(vector, channels) for vector in (factor, offset)]
        return {"kind": "scale", "channels": channels}

    def bytes(self, bits: int) -> bytes:
        """High bytes, which deflate makes smaller, then low bytes, then the vectors."""
        most = max((kernel.size for kernel in self.kernels), default=1)
        more = [round(np.log2(most / kernel.size) / 2) for kernel in self.kernels]
        pairs = [_whole(*one) for one in zip(self.kernels, bits + np.array(more), strict=True)]
        wholes = [np.zeros(0, "<i2"), *(whole.ravel() for whole, _ in pairs)]
        low, high = np.concatenate(wholes).view("u1").reshape(-1, 2).T
        vectors = [pairs[one][1] if isinstance(one, int) else one for one in self.vectors]
        return high.tobytes() + low.tobytes() + b"".join(v.astype("<f4").tobytes() for v in vectors)


def _whole(kernel: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """Whole numbers of 16 bits, of which the last are 0 where `bits` is less, and their steps."""
    apart = 2 ** (16 - min(bits, 16))
    largest = np.abs(kernel).max(axis=(0, 1, 2))
    step = np.where(largest > 0, largest / (2**15 - apart), 1).astype("float32")
    return (apart * np.round(kernel / (apart * step))).astype("<i2"), step
