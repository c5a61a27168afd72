"""Networks are judged by what they compute, in whatever form: with weights drawn at random, or as
the reader has trained them, on images.
"""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, as_array, call, reported
from course_utils.precision import as_float32


def network(build: Any, input_shape: tuple[int, ...]) -> Any:
    """The Keras model that the reader's `build()` returns, in float32, for this input."""
    import keras

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        model = call(build)
    finally:
        keras.config.set_dtype_policy(policy)
    if isinstance(model, keras.callbacks.History):
        raise Wrong("that is what `fit` returns: return the model")
    if not isinstance(model, keras.Model):
        raise Wrong(f"a Keras model is asked for, this is of type {type(model).__name__}")
    found = getattr(model, "input_shape", None) if model.built else None
    if found is None:
        raise Wrong(f"the network has no input shape yet: begin with keras.Input({input_shape})")
    if not isinstance(found, tuple) or len(model.inputs) != 1:
        raise Wrong(f"one input is asked for, the network has {len(model.inputs)}")
    if len(input_shape) == 3 and found[1:] == (input_shape[2], *input_shape[:2]):
        raise Wrong(f"channels first: Keras expects {input_shape}, the channels last")
    if found[1:] != input_shape:
        raise Wrong(f"the input shape is {found[1:]}, it should be {input_shape}")
    return model


def layers_of(model: Any, *kinds: type) -> list[Any]:
    """The layers of these kinds, those of networks within the network among them."""
    found = []
    for layer in model.layers:
        inner = hasattr(layer, "layers")
        found += layers_of(layer, *kinds) if inner else [layer] * isinstance(layer, kinds)
    return found


def variant(
    model: Any, kernels: Sequence[tuple[int, ...]], forward: Callable, variants: Mapping
) -> Any:
    """Key of the first of `variants` that the model computes, None for another.

    `kernels` are the shapes of the weights, each with a bias, all of them different; a variant is
    the last arguments of `forward(x, weights, biases, …)`, which computes in `keras.ops`.
    """
    shapes = {*kernels, *((shape[-1],) for shape in kernels)}
    if sorted(tuple(v.shape) for v in model.weights) != sorted(shapes):
        return None
    before, rng = model.get_weights(), np.random.default_rng(0)
    try:
        signs = (1, -1) * 3  # outputs of either sign, the largest value at an edge
        rounds = [_computed(model, rng, sign) for sign in signs]
    finally:
        model.set_weights(before)
    for key, options in variants.items():
        if all(_alike(found, forward(*given, *options)) for found, given in rounds):
            return key
    return None


def _computed(model: Any, rng: np.random.Generator, sign: int) -> tuple[Any, tuple]:
    """What the model computes with weights drawn anew; its inputs, weights and biases."""
    weights, biases = {}, {}
    for variable in model.weights:
        shape = tuple(variable.shape)
        if len(shape) > 1:
            drawn = weights[shape] = rng.normal(0, np.prod(shape[:-1]) ** -0.5, shape)
        else:
            drawn = biases[shape[0]] = sign * rng.uniform(0.5, 1.5, shape)
            drawn[1::2] -= 6  # so low that a relu shows
        variable.assign(drawn)
    batch, *sizes = model.input_shape
    x = rng.normal(size=(batch or 3, *sizes)).astype("float32")
    weights, biases = ({k: v.astype("float32") for k, v in d.items()} for d in (weights, biases))
    return _outputs(model, x), (x, weights, biases)


def _outputs(model: Any, x: np.ndarray) -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns where the one input was given as a list
        return model(x, training=False)


def _alike(found: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return all(_alike(found[key], wanted[key]) for key in wanted)
    a, b = map(as_float32, (found, wanted))
    low = "float32" not in str(getattr(found, "dtype", ""))  # a network built elsewhere
    return a.shape == b.shape and np.allclose(a, b, *((0.02, 0.05) if low else (1e-5, 1e-4)))


def check_parameters(model: Any, right: int) -> None:
    """Wrong if the number of parameters is another."""
    if model.count_params() != right:
        raise Wrong(
            f"the network has {model.count_params():,} parameters, it should have {right:,}"
        )


def check_small(model: Any, most: int) -> None:
    """Wrong if the network has more than `most` parameters, or no convolution."""
    from keras import layers

    if model.count_params() > most:
        largest = max(model.layers, key=lambda layer: layer.count_params())
        raise Wrong(
            f"the network has {model.count_params():,} parameters, at most {most:,} are asked "
            f"for; {largest.count_params():,} are in the layer {largest.name}"
        )
    if not layers_of(model, layers.Conv2D, layers.SeparableConv2D, layers.DepthwiseConv2D):
        raise Wrong("a convolutional network is asked for, this one has no Conv2D")


def steps_of(model: Any) -> int:
    """Steps of gradient descent that the model's optimizer has taken; 0 where it has none."""
    optimizer = getattr(model, "optimizer", None)
    return 0 if optimizer is None else int(optimizer.iterations)


def check_reached(model: Any, name: str, reached: float, least: float) -> None:
    """Wrong where a trained model has `reached` less than `least` of the metric `name`."""
    if reached >= least:
        return
    if not (steps := steps_of(model)):
        raise Wrong(f"its {name} is {reached:.2f}: was it trained before it was returned?")
    raise Wrong(
        f"its {name} is {reached:.2f} after {steps:,} steps of gradient descent, at least {least} "
        "is asked for"
    )


def check_accuracy(model: Any, x: np.ndarray, y: np.ndarray, least: float) -> None:
    """Wrong where the trained `model` classifies fewer than `least` of the digits `x` correctly."""
    x, y = as_array(x), as_array(y)
    if x.shape[1:] != model.input_shape[1:] or y.shape != x.shape[:1] or not len(x):
        raise Wrong(f"no images to try it on: x has the shape {x.shape}, y the shape {y.shape}")
    shape = model.output_shape
    if not isinstance(shape, tuple) or shape[1:] != (10,):
        raise Wrong(f"the output shape is {shape}, it should be (None, 10): one number a digit")
    outputs = outputs_of(model, x)
    if not (finite := np.isfinite(outputs)).all():
        odd = outputs[~finite][0]
        raise Wrong(f"its outputs are {odd}: did the loss become so, too? Shorter steps help")
    predicted = outputs.argmax(axis=1)
    hits = int(np.sum(predicted == y))
    if (accuracy := hits / len(y)) >= least:
        return
    chance = np.unique(y, return_counts=True)[1].max() / len(y)
    steps = steps_of(model)
    said = f"its accuracy is {100 * hits // len(y) / 100:.2f}"
    if accuracy > chance + 3 * np.sqrt(chance * (1 - chance) / len(y)):
        after = f" after {steps:,} steps of gradient descent" if steps else ""
        raise Wrong(f"{said}{after}, at least {least} is asked for")
    if not steps:
        why = "was it trained, by `fit`, before it was returned?"
    elif np.ptp(outputs, axis=0).max() < 1e-6:
        why = "its outputs are the same for every image"
    else:
        why = f"{steps:,} steps of gradient descent have taught it nothing; does the loss fall?"
    raise Wrong(f"{said}, the chance level: {why}")


def outputs_of(model: Any, x: np.ndarray) -> np.ndarray:
    """Outputs for `x` (n, …), in float32, of as many at a time as the model takes."""
    n = model.input_shape[0] or min(500, len(x))
    filled = np.resize(x, (-(-len(x) // n) * n, *x.shape[1:]))  # begins again where `x` ends
    with reported("your network stops with"):
        parts = [_outputs(model, filled[i : i + n]) for i in range(0, len(filled), n)]
        arrays = [as_float32(part) for part in parts]
    return np.concatenate(arrays)[: len(x)]
