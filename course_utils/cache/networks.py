"""What defines a Keras object: its configuration, its own code, and weights that no seed drew."""

import types
import warnings
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils.cache.code import FingerprintError, is_library

if TYPE_CHECKING:
    import keras

_OWN = "own code, looked into by itself"


def configuration(thing: Any) -> Any:
    """The configuration of a layer, network, loss or optimizer, whatever its name.

    Names of layers count where one layer refers to another, as the number of that layer. Code of
    the reader's own is left out: `own_parts` has it.
    """
    import keras

    if isinstance(thing, keras.Sequential):
        return ["sequential", thing.input_shape if thing.built else None, thing.layers]
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "The object being serialized includes a `lambda`")
            config = dict(thing.get_config())
    except (NotImplementedError, OSError, TypeError, ValueError) as error:
        raise FingerprintError(
            f"a result that depends on {type(thing).__name__} cannot be kept: Keras cannot say how "
            f"it is configured ({error})"[:300]
        ) from error
    if isinstance(thing, keras.Model) and hasattr(thing, "operations"):
        return _wiring(thing, config)
    config.pop("name", None)
    return {key: _OWN if _is_own(getattr(thing, key, None)) else v for key, v in config.items()}


def _wiring(model: "keras.Model", config: dict[str, Any]) -> Any:
    numbers = {layer["name"]: i for i, layer in enumerate(config["layers"])}
    parts = {operation.name: operation for operation in model.operations}
    nodes = [_numbered(layer["inbound_nodes"], numbers) for layer in config["layers"]]
    ends = [_ends(config[name], numbers) for name in ("input_layers", "output_layers")]
    return ["functional", [parts[name] for name in numbers], nodes, ends]


def _numbered(part: Any, numbers: dict[str, int]) -> Any:
    """Arguments of a call of a layer; tensors in them as (layer's number, node, output)."""
    if isinstance(part, dict):
        if part.get("class_name") == "__keras_tensor__":
            name, node, output = part["config"]["keras_history"]
            return "tensor", numbers[name], node, output
        return {key: _numbered(value, numbers) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_numbered(value, numbers) for value in part]
    return part


def _ends(part: Any, numbers: dict[str, int]) -> Any:
    if isinstance(part, dict):
        return {key: _ends(value, numbers) for key, value in part.items()}
    if len(part) == 3 and isinstance(part[0], str):
        return numbers[part[0]], *part[1:]
    return [_ends(one, numbers) for one in part]


def own_parts(thing: Any) -> list[Any]:
    """What the object holds that was not written by a library: functions, objects, by attribute."""
    return [value for name, value in sorted(vars(thing).items()) if _is_own(value)]


def _is_own(value: Any) -> bool:
    code = types.FunctionType | types.MethodType
    return not is_library(value if isinstance(value, code) else type(value))


def weights(thing: Any) -> list[np.ndarray]:
    """Weights of a layer that stands alone; a network's are those of its layers."""
    import keras

    if isinstance(thing, keras.Sequential) or hasattr(thing, "operations"):
        return []
    return thing.get_weights() if isinstance(thing, keras.Layer) else []
