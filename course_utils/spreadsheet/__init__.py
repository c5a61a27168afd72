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
from course_utils.spreadsheet.calculation import calculate
from course_utils.spreadsheet.picture import picture

if TYPE_CHECKING:
    import keras

__all__ = ["NotWritten", "calculate", "picture", "write"]
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
    """Write a small network, applied to an image, as an `.xlsx` workbook of live formulas.

    Sheets: a read-me, the input, and one for each layer with its weights, biases and outputs; the
    first outputs stand above each of them, over the values that Keras computes now. Numbers are
    the float32 values to the last bit; the sheets compute in float64. A spreadsheet program
    computes the results when it opens the file; a mere previewer shows empty cells.

    Parameters
    ----------
    model : keras.Sequential
        Of Conv2D (stride 1, valid; relu or linear), MaxPooling2D and AveragePooling2D (valid),
        Flatten and Dense (relu or linear; the last may be a softmax).
    image : ndarray (height, width, channels), or (height, width) where there is one channel
    path : str or Path
        The file appears complete or not at all.

    Returns
    -------
    Path

    Raises
    ------
    ValueError
        Names any other layer, setting or shape; or the network is too large to be read like this.
    NotWritten
        The file cannot be written (an OSError).

    Examples
    --------
    >>> import keras, tempfile
    >>> model = keras.Sequential([keras.Input((3, 3, 1)), keras.layers.Conv2D(1, 2)])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write(model, np.eye(3), Path(folder) / "tiny.xlsx").name
    'tiny.xlsx'
    """
    path, file = Path(path), io.BytesIO()
    if path.suffix.lower() != ".xlsx":
        raise ValueError(f"the name of a workbook ends in .xlsx, not {path.name!r}")
    _check(model)
    layers.workbook(model.layers, _as_input(model, image)).save(file)
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
            f"a network for images (height, width, channels) is asked for, not for {shape}"
        )
    for layer in model.layers:
        if fault := _fault(layer, last=layer is model.layers[-1]):
            raise ValueError(f"the layer {layer.name!r} ({type(layer).__name__}) {fault}")
    formulas = sum(map(layers.formulas, model.layers))
    numbers = math.prod(shape) + model.count_params()
    if formulas > MAX_FORMULAS or numbers > MAX_NUMBERS:
        raise ValueError(
            f"the network needs {formulas:,} formulas (at most {MAX_FORMULAS:,}) and {numbers:,} "
            f"pixels and weights (at most {MAX_NUMBERS:,}): take a smaller image or fewer units"
        )


def _fault(layer: Any, last: bool) -> str:
    """Why a layer cannot be written, "" where it can."""
    import keras

    kind = type(layer).__name__
    if kind not in SETTINGS or type(layer) is not getattr(keras.layers, kind):
        return f"cannot be written, only {', '.join(SETTINGS)}"
    for setting, wanted in SETTINGS[kind].items():
        if (found := getattr(layer, setting)) != wanted:
            return f"has {setting}={found!r}: only {wanted!r} can be written"
    if (kind == "Dense") != (len(layer.input.shape) == 2):
        return f"must stand {'after' if kind == 'Dense' else 'before'} a Flatten"
    allowed = [a for a in layers.STEPS if a != "softmax" or (last and kind == "Dense")]
    if layers.activation(layer) not in allowed:
        found = getattr(layer.activation, "__name__", layer.activation)
        return f"has activation={found!r}: only {' or '.join(allowed)} here"
    finite = all(np.isfinite(weights).all() for weights in layer.get_weights())
    return "" if finite else "has weights that are not finite"


def _as_input(model: Any, image: np.ndarray) -> np.ndarray:
    """`image` as float32 (height, width, channels)."""
    wanted, image = model.input_shape[1:], np.asarray(image, "float32")
    if image.shape != wanted and (*image.shape, 1) != wanted:
        raise ValueError(f"the network takes an image of shape {wanted}, not {image.shape}")
    if not np.isfinite(image).all():
        raise ValueError("the image has pixels that are not finite")
    return image.reshape(wanted)
