"""Networks are judged by what they compute, with weights drawn at random, in whatever form."""

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from course_utils.exercises.framework import Wrong, call


def network(build: Any, input_shape: tuple[int, ...]) -> Any:
    """The Keras model that the reader's `build()` returns, in float32, for this input."""
    import keras

    policy = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float32")
    try:
        model = call(build)
    finally:
        keras.config.set_dtype_policy(policy)
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
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # Keras warns where the one input was given as a list
        return model(x, training=False), (x, weights, biases)


def _alike(found: Any, wanted: Any) -> bool:
    import keras

    if isinstance(wanted, dict):
        return all(_alike(found[key], wanted[key]) for key in wanted)
    a, b = (keras.ops.convert_to_numpy(keras.ops.cast(v, "float32")) for v in (found, wanted))
    low = "float32" not in str(getattr(found, "dtype", ""))  # a network built elsewhere
    return a.shape == b.shape and np.allclose(a, b, *((0.02, 0.05) if low else (1e-5, 1e-4)))


def check_parameters(model: Any, right: int) -> None:
    """Wrong if the number of parameters is another."""
    if model.count_params() != right:
        raise Wrong(
            f"the network has {model.count_params():,} parameters, it should have {right:,}"
        )
