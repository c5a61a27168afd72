"""A small network as a spreadsheet: from the pixels to the softmax, every number a live formula.

One sheet a layer; pixels, weights and biases are numbers to change, all else is computed from them
with functions that Excel and LibreOffice share (SUMPRODUCT, MAX, AVERAGE, EXP, SUM).
"""

import io
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import config
from course_utils.spreadsheet import layers

if TYPE_CHECKING:
    import keras

MAX_FORMULAS = 5_000  # more is nothing to read
MAX_NUMBERS = 20_000  # pixels, weights and biases
# How each layer must be set: the sheets know one way only.
CHANNELS_LAST = {"data_format": "channels_last"}
VALID = {"padding": "valid", **CHANNELS_LAST}
SETTINGS: dict[str, dict[str, Any]] = {
    "Conv2D": {"strides": (1, 1), "dilation_rate": (1, 1), "groups": 1, **VALID},
    "MaxPooling2D": VALID,
    "AveragePooling2D": VALID,
    "Flatten": CHANNELS_LAST,
    "Dense": {},
}


class NotWritten(OSError):
    """The file cannot be written; a notebook shows the sentence without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def write(model: "keras.Sequential", image: np.ndarray, path: str | Path) -> Path:
    """Write `model`, applied to `image`, as an `.xlsx` workbook of live formulas; return its path.

    `model`: built Sequential of Conv2D (stride 1, valid; relu or linear), MaxPooling2D and
    AveragePooling2D (valid), Flatten and Dense (relu or linear; the last may be a softmax).
    `image`: (height, width, channels), or (height, width) where there is one channel.
    Sheets: a read-me, the input, and one for each layer with its weights, biases and outputs; the
    first outputs stand above each of them, over the values that Keras computes now. Numbers are
    the float32 values to the last bit; the sheets compute in float64.
    The workbook holds no results: a spreadsheet program computes them when it opens the file, a
    mere previewer shows empty cells. The file appears complete or not at all.
    Raises ValueError for any other layer, setting or shape and for a network too large to be read
    as a spreadsheet, NotWritten (an OSError) where the file cannot be written.
    """
    path = Path(path)
    if path.suffix.lower() != ".xlsx":
        raise ValueError(f"the name of a workbook ends in .xlsx, not {path.name!r}")
    _check(model)
    file = io.BytesIO()
    layers.workbook(model.layers, _picture(model, image)).save(file)
    try:
        config.write_beside(path, lambda beside: beside.write_bytes(file.getvalue()))
    except OSError as error:
        raise NotWritten(
            f"{path.name} cannot be written ({error.strerror or type(error).__name__}): close it "
            "where it is open, or choose another folder"
        ) from None
    return path


def _check(model: Any) -> None:
    """ValueError names the first thing about `model` that cannot be written."""
    import keras

    if not isinstance(model, keras.Sequential):
        raise ValueError(f"a Sequential network is asked for, this is {type(model).__name__}")
    if not model.built or not model.layers:
        raise ValueError("the network is not built: begin it with keras.Input and add layers")
    shape = model.input_shape[1:]
    if len(shape) != 3 or None in shape:
        raise ValueError(
            f"a network for pictures (height, width, channels) is asked for, not for {shape}"
        )
    for layer in model.layers:
        _check_layer(layer, last=layer is model.layers[-1])
    formulas = sum(map(layers.formulas, model.layers))
    numbers = math.prod(shape) + model.count_params()
    if formulas > MAX_FORMULAS or numbers > MAX_NUMBERS:
        raise ValueError(
            f"the network needs {formulas:,} formulas (at most {MAX_FORMULAS:,}) and {numbers:,} "
            f"pixels and weights (at most {MAX_NUMBERS:,}): take a smaller picture or fewer units"
        )


def _check_layer(layer: Any, last: bool) -> None:
    import keras

    kind = type(layer).__name__
    name = f"the layer {layer.name!r} ({kind})"
    if kind not in SETTINGS or type(layer) is not getattr(keras.layers, kind):
        raise ValueError(f"{name} cannot be written, only {', '.join(SETTINGS)}")
    for setting, wanted in SETTINGS[kind].items():
        if (found := getattr(layer, setting)) != wanted:
            raise ValueError(f"{name} has {setting}={found!r}: only {wanted!r} can be written")
    if (kind == "Dense") != (len(layer.input.shape) == 2):
        raise ValueError(f"{name} must stand {'after' if kind == 'Dense' else 'before'} a Flatten")
    allowed = [a for a in layers.STEPS if a != "softmax" or (last and kind == "Dense")]
    if layers.activation(layer) not in allowed:
        found = getattr(layer.activation, "__name__", layer.activation)
        raise ValueError(f"{name} has activation={found!r}: only {' or '.join(allowed)} here")
    if not all(np.isfinite(weights).all() for weights in layer.get_weights()):
        raise ValueError(f"{name} has weights that are not finite")


def _picture(model: Any, image: np.ndarray) -> np.ndarray:
    """`image` as float32 (height, width, channels)."""
    wanted = model.input_shape[1:]
    picture = np.asarray(image, "float32")
    if picture.shape != wanted and (*picture.shape, 1) != wanted:
        raise ValueError(f"the network takes a picture of shape {wanted}, not {picture.shape}")
    if not np.isfinite(picture).all():
        raise ValueError("the picture has pixels that are not finite")
    return picture.reshape(wanted)
