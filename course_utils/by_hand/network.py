"""The forward pass of a small Keras model, layer by layer, with the arithmetic of this package."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.by_hand.convolution import convolve
from course_utils.by_hand.dense import dense, relu, sigmoid, softmax
from course_utils.by_hand.pooling import average_pool, max_pool

if TYPE_CHECKING:
    import keras


def _activation(layer: "keras.Layer", x: np.ndarray) -> np.ndarray:
    from keras import activations

    known: dict[Any, Callable[[np.ndarray], np.ndarray]] = {
        activations.linear: lambda x: x,
        activations.relu: relu,
        activations.sigmoid: sigmoid,
        activations.softmax: softmax,
        activations.tanh: np.tanh,
    }
    if layer.activation not in known:
        name = getattr(layer.activation, "__name__", layer.activation)
        raise ValueError(f"layer {layer.name}: activation {name} is not supported")
    return known[layer.activation](x)


def _require(layer: "keras.Layer", **settings: Any) -> None:
    for name, value in settings.items():
        if getattr(layer, name) != value:
            raise ValueError(
                f"layer {layer.name}: {name}={getattr(layer, name)!r} is not supported, "
                f"only {value!r}"
            )


def _convolution(layer: "keras.layers.Conv2D", x: np.ndarray) -> np.ndarray:
    _require(layer, data_format="channels_last", groups=1)
    output = convolve(
        x,
        layer.kernel.numpy(),
        layer.bias.numpy() if layer.use_bias else None,
        layer.strides,
        layer.dilation_rate,
        layer.padding,
    )
    return _activation(layer, output)


def _dense(layer: "keras.layers.Dense", x: np.ndarray) -> np.ndarray:
    bias = layer.bias.numpy() if layer.use_bias else None
    return _activation(layer, dense(x, layer.kernel.numpy(), bias))


def _pooling(pool: Callable[..., np.ndarray]) -> Callable[..., np.ndarray]:
    def pooled(layer: "keras.Layer", x: np.ndarray) -> np.ndarray:
        _require(layer, data_format="channels_last", padding="valid")
        return pool(x, layer.pool_size, layer.strides)

    return pooled


def _global_average(layer: "keras.layers.GlobalAveragePooling2D", x: np.ndarray) -> np.ndarray:
    _require(layer, data_format="channels_last", keepdims=False)
    return x.mean((1, 2))


def _flat(layer: "keras.layers.Flatten", x: np.ndarray) -> np.ndarray:
    _require(layer, data_format="channels_last")
    return x.reshape(len(x), -1)


def forward(model: "keras.Sequential", x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """What each layer of a built Sequential model makes of the images or samples `x`.

    Returns (name of the layer, its output) in order, as at prediction: Dropout passes its input
    on. Supported are Conv2D, MaxPooling2D, AveragePooling2D, GlobalAveragePooling2D, Flatten,
    Dense, Activation and Dropout in float32 or float64, channels last, with linear, relu, sigmoid,
    softmax or tanh; a ValueError names anything else, and both shapes where x does not fit.
    """
    from keras import Sequential, layers

    known = {
        layers.Activation: _activation,
        layers.AveragePooling2D: _pooling(average_pool),
        layers.Conv2D: _convolution,
        layers.Dense: _dense,
        layers.Dropout: lambda layer, x: x,
        layers.Flatten: _flat,
        layers.GlobalAveragePooling2D: _global_average,
        layers.MaxPooling2D: _pooling(max_pool),
    }
    if not isinstance(model, Sequential) or not model.built:
        raise ValueError(f"a built Sequential model is asked for, this is {model!r}")
    x = np.asarray(x)
    expected = model.input_shape
    if x.ndim != len(expected) or any(
        e not in (None, size) for e, size in zip(expected, x.shape, strict=True)
    ):
        raise ValueError(f"x {x.shape} does not fit the input of model {model.name}, {expected}")
    outputs = []
    for layer in model.layers:
        kind = type(layer)
        if kind not in known:
            raise ValueError(f"layer {layer.name}: {kind.__name__} is not supported")
        if layer.dtype_policy.name not in ("float32", "float64"):
            raise ValueError(
                f"layer {layer.name}: dtype {layer.dtype_policy.name} is not supported"
            )
        x = known[kind](layer, x.astype(layer.compute_dtype, copy=False))
        outputs.append((layer.name, x))
    return outputs
