"""The forward pass of a small Keras model, layer by layer, with the arithmetic of this package."""

from typing import TYPE_CHECKING

import numpy as np

from course_utils.by_hand.convolution import convolve
from course_utils.by_hand.layers import average_pool, max_pool, relu, sigmoid, softmax

if TYPE_CHECKING:
    import keras

ACTIVATIONS = {
    "linear": np.asarray, "relu": relu, "sigmoid": sigmoid, "softmax": softmax, "tanh": np.tanh,
}  # fmt: skip
POOLS = {"MaxPooling2D": max_pool, "AveragePooling2D": average_pool}
ONLY = {"data_format": "channels_last", "groups": 1, "keepdims": False}
KINDS = (
    *POOLS, "Activation", "Conv2D", "Dense", "Dropout", "Flatten", "GlobalAveragePooling2D",
)  # fmt: skip


def _check(layer: "keras.Layer") -> None:
    """ValueError names what about a layer is not supported."""
    from keras import activations, layers

    kind, refused = type(layer).__name__, ""
    known = [getattr(activations, name) for name in ACTIVATIONS]
    only = ONLY | ({"padding": "valid"} if kind in POOLS else {})
    if kind not in KINDS or type(layer) is not getattr(layers, kind):
        refused = kind
    elif layer.dtype_policy.name not in ("float32", "float64"):
        refused = f"dtype {layer.dtype_policy.name}"
    elif getattr(layer, "activation", known[0]) not in known:
        refused = f"activation {getattr(layer.activation, '__name__', layer.activation)}"
    for name, value in only.items():
        if not refused and (found := getattr(layer, name, value)) != value:
            refused = f"{name}={found!r} (only {value!r})"
    if refused:
        raise ValueError(f"layer {layer.name}: {refused} is not supported")


def _apply(layer: "keras.Layer", x: np.ndarray) -> np.ndarray:
    kind = type(layer).__name__
    if kind in ("Conv2D", "Dense"):
        kernel, *bias = map(np.asarray, layer.get_weights())
        bias = bias[0] if bias else np.zeros(kernel.shape[-1:], kernel.dtype)
    if kind == "Conv2D":
        x = convolve(x, kernel, bias, layer.strides, layer.dilation_rate, layer.padding)
    elif kind == "Dense":
        x = x @ kernel + bias
    elif kind in POOLS:
        x = POOLS[kind](x, layer.pool_size, layer.strides)
    elif kind == "GlobalAveragePooling2D":
        x = x.mean((1, 2))
    elif kind == "Flatten":
        x = x.reshape(len(x), -1)
    name = getattr(getattr(layer, "activation", None), "__name__", "linear")
    return ACTIVATIONS[name](x)


def forward(model: "keras.Sequential", x: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """What each layer of a built Sequential model makes of the images or samples `x`.

    Parameters
    ----------
    model : keras.Sequential
        In float32 or float64, channels last, of the layers `KINDS` and `ACTIVATIONS`; Dropout
        passes its input on, as at prediction.
    x : ndarray
        One batch, as `model.predict` takes it.

    Returns
    -------
    list of (str, ndarray)
        Name and output of each layer, in order.

    Raises
    ------
    ValueError
        Names anything else in the model, or the shapes where `x` does not fit.

    Examples
    --------
    >>> import keras
    >>> model = keras.Sequential([keras.Input((4, 4, 1)), keras.layers.Flatten(name="flat")])
    >>> [(name, output.shape) for name, output in forward(model, np.zeros((2, 4, 4, 1)))]
    [('flat', (2, 16))]
    """
    from keras import Sequential

    if not isinstance(model, Sequential) or not model.built:
        raise ValueError(f"a built Sequential model is asked for, this is {model!r}")
    x, expected = np.asarray(x), model.input_shape
    pairs = zip(expected, x.shape, strict=False)
    if x.ndim != len(expected) or any(e not in (None, n) for e, n in pairs):
        raise ValueError(f"x {x.shape} does not fit the input of model {model.name}, {expected}")
    outputs = []
    for layer in model.layers:
        _check(layer)
        x = _apply(layer, x.astype(layer.compute_dtype, copy=False))
        outputs.append((layer.name, x))
    return outputs
