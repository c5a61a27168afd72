"""A network of the reader's own, saved by Keras, checked for what chapter 09 needs."""

import re
from typing import TYPE_CHECKING

from course_utils.choices import ChoiceError

if TYPE_CHECKING:
    import keras

    from course_utils.datasets import Dataset

PROBABILITIES = ("softmax", "sigmoid")


def load_model(file: str) -> "keras.Model":
    """Load a convolutional classifier that Keras has saved.

    Parameters
    ----------
    file : name of a `.keras` or `.h5` file

    Returns
    -------
    the network: one chain of layers, from one square image to a `Dense` layer (and its softmax).

    Raises
    ------
    ChoiceError, in one sentence, for a file that holds no such network.

    Examples
    --------
    >>> load_model("nothing.keras")
    Traceback (most recent call last):
    course_utils.choices.ChoiceError: the network in model_file is damaged or not saved by Keras ...
    """
    import keras

    try:
        model = keras.saving.load_model(file, compile=False)
    except Exception as error:  # Keras raises whatever its parts raise
        lacks = re.search(r"Could not locate (class|function) '(\w+)'", str(error))
        reason = (
            f"needs the {lacks[1]} {lacks[2]!r}: define and register it first (keras.saving)"
            if lacks
            else f"is damaged or not saved by Keras ({type(error).__name__})"
        )
        raise ChoiceError(f"the network in model_file {reason}") from error
    if lack := _lack(model):
        raise ChoiceError(f"the network in model_file {lack}")
    return model


def _lack(model: "keras.Model") -> str | None:
    """What of the needed the network has not; None where nothing is missing."""
    from keras import Model, layers

    if not isinstance(model, Model) or len(getattr(model, "inputs", None) or []) != 1:
        return "takes more or less than one input, not one image"
    shape = model.inputs[0].shape[1:]
    if len(shape) != 3 or None in shape or shape[0] != shape[1] or shape[0] < 16:
        return f"takes {shape}, not a square image of 16 pixels or more"
    if nested := [layer.name for layer in model.layers if isinstance(layer, Model)]:
        return f"holds another network as one layer ({nested[0]}): put its layers side by side"
    if _branches(model):
        return "is no single chain of layers: it has branches"
    if not any(isinstance(layer, layers.Conv2D) for layer in model.layers):
        return "has no Conv2D layer, so there are no feature maps to look at"
    ends = [
        layer for layer in model.layers if not isinstance(layer, layers.Softmax | layers.Activation)
    ]
    if not isinstance(ends[-1], layers.Dense):
        return f"ends in {type(ends[-1]).__name__}: it has to end in a Dense layer and its softmax"
    last = model.layers[-1]
    if not isinstance(last, layers.Softmax) and last.activation.__name__ not in PROBABILITIES:
        return f"gives no probabilities: it has to end in {' or '.join(PROBABILITIES)}"
    return None


def _branches(model: "keras.Model") -> bool:
    def several(layer: "keras.Layer") -> bool:
        return isinstance(layer.input, list) and len(layer.input) > 1

    uses = [one.get("inbound_nodes", ()) for one in model.get_config()["layers"]]
    return len(model.outputs) > 1 or any(map(several, model.layers)) or max(map(len, uses)) > 1


def check_fit(model: "keras.Model", data: "Dataset") -> None:
    """Raise where a network cannot classify the images of a data set.

    Parameters
    ----------
    model : the network
    data : the data set, as loaded

    Raises
    ------
    ChoiceError, in one sentence, for images of another size or another number of classes.

    Examples
    --------
    >>> import keras
    >>> from course_utils import datasets
    >>> small = keras.Sequential([keras.Input((64, 64, 1)), keras.layers.Flatten()])
    >>> check_fit(small, datasets.load("mnist", "synthetic", train=10, test=10))
    Traceback (most recent call last):
    course_utils.choices.ChoiceError: the network takes 64 × 64 × 1, mnist has 28 × 28 × 1: name ...
    """
    takes = tuple(model.input_shape[1:])
    has = (*data.x_test.shape[1:], 1)[:3]
    if takes != has:
        network, images = (" × ".join(map(str, shape)) for shape in (takes, has))
        raise ChoiceError(
            f"the network takes {network}, {data.name} has {images}: name the data_set it is for"
        )
    units, classes = model.output_shape[-1], len(data.class_names)
    if units != classes and (units, classes) != (1, 2):
        raise ChoiceError(f"the network knows {units} classes, {data.name} has {classes}")
