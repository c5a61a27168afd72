"""A small network that is trained in the page, on two classes of points in the plane."""

from typing import TYPE_CHECKING, Any

import numpy as np

from course_utils import plots
from course_utils.play.page import Playable, assembled, too_large

if TYPE_CHECKING:
    import keras

MOST_POINTS, MOST_LAYERS, MOST_UNITS = 500, 3, 32
ACTIVATIONS = ("relu", "tanh", "linear")
STAGES = (0, 30, 300, 3000)  # steps after which the static twin shows the plane


def train_in_plane(
    model: "keras.Sequential", points: np.ndarray, labels: np.ndarray, *,
    learning_rate: float = 0.1, batch_size: int | None = None,
) -> Playable:  # fmt: skip
    """A page that trains `model` by gradient descent, and shows its decision regions move.

    The page starts from the weights of `model` now, and trains as Keras's SGD does on the binary
    cross-entropy; it can also draw new weights, and change layers, units, and activation. `model`
    itself is not trained.

    Parameters
    ----------
    model : keras.Sequential
        Dense layers: two inputs, at most three hidden layers of at most 32 units with one
        activation (relu, tanh, or linear), and a single sigmoid output.
    points : ndarray (n, 2)
        At most 500.
    labels : ndarray (n,)
        0 or 1.
    learning_rate : float
        From 0.001 to 10.
    batch_size : int, optional
        All points in one batch where it is left out.

    Returns
    -------
    Playable
        Jupyter shows it; `save` writes it as a page.

    Raises
    ------
    ValueError
        Says in one sentence what does not fit.

    Examples
    --------
    >>> import keras
    >>> layers = [keras.layers.Dense(4, "relu"), keras.layers.Dense(1, "sigmoid")]
    >>> net = keras.Sequential([keras.Input((2,)), *layers])
    >>> train_in_plane(net, np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([0, 1]))
    Playable figure: Train a network in the plane
    """
    points, labels = np.asarray(points, float), np.asarray(labels)
    if points.ndim != 2 or points.shape[1] != 2 or labels.shape != points.shape[:1]:
        raise ValueError(
            f"points (n, 2) and a label for each are asked for, not {points.shape} and "
            f"{labels.shape}"
        )
    if not 2 <= len(points) <= MOST_POINTS or not np.isfinite(points).all():
        raise ValueError(
            f"from 2 to {MOST_POINTS} points of finite numbers are asked for: give a part of the "
            f"{len(points)}"
        )
    if not np.isin(labels, (0, 1)).all() or not np.abs(points).max() > 0:
        raise ValueError("labels of 0 and 1, and points that differ from (0, 0), are asked for")
    if not 0.001 <= learning_rate <= 10:
        raise ValueError(f"a learning rate from 0.001 to 10 is asked for, not {learning_rate}")
    if batch_size is not None and batch_size < 1:
        raise ValueError(f"a batch size of at least 1 is asked for, not {batch_size}")
    layers, labels = _layers(model), labels.astype(int)
    data = {
        "points": [[float(f"{value:.6g}") for value in point] for point in points],
        "labels": labels.tolist(),
        "layers": [_written(kernel, bias, name) for kernel, bias, name in layers],
        "rate": float(learning_rate),
        "batch": batch_size or 0,
        "end": 1.15 * float(np.abs(points).max()),
    }
    title = "Train a network in the plane"
    page = assembled(title, "plane", data, ("chart", "controls", "backprop"))
    if excess := too_large(page):
        raise ValueError(f"{excess}: give fewer points or fewer units")
    twin = _static(layers, points, labels, learning_rate, batch_size or len(points))
    return Playable(title, page, twin, 760)


Layer = tuple[np.ndarray, np.ndarray, str]  # kernel (inputs, units), bias (units,), activation


def _layers(model: Any) -> list[Layer]:
    import keras

    asked = (
        "a Sequential with an Input((2,)), at most "
        f"{MOST_LAYERS} hidden Dense layers of at most {MOST_UNITS} units, all with the same one "
        "of the activations relu, tanh, and linear, and Dense(1, activation='sigmoid') is asked for"
    )
    if not isinstance(model, keras.Sequential) or not model.built or not model.layers:
        raise ValueError(asked)
    found, names = [], []
    for layer in model.layers:
        if type(layer) is not keras.layers.Dense or not layer.use_bias:
            raise ValueError(f"{asked}; {layer.name} is a {type(layer).__name__} of another kind")
        kernel, bias = (np.asarray(w, float) for w in layer.get_weights())
        names.append(keras.activations.serialize(layer.activation))
        found.append((kernel, bias, names[-1]))
    hidden, sizes = found[:-1], [len(found[0][0]), *(len(bias) for _, bias, _ in found)]
    fits = sizes[0] == 2 and sizes[-1] == 1 and names[-1] == "sigmoid"
    same = len(set(names[:-1])) <= 1 and all(name in ACTIVATIONS for name in names[:-1])
    if not fits or not same or len(hidden) > MOST_LAYERS or max(sizes) > MOST_UNITS:
        told = ", ".join(f"{n} {name}" for n, name in zip(sizes[1:], names, strict=True))
        raise ValueError(f"{asked}, not {sizes[0]} inputs and layers of {told}")
    return [*hidden, (*found[-1][:2], "linear")]  # the loss takes the logit


def _written(kernel: np.ndarray, bias: np.ndarray, activation: str) -> dict[str, Any]:
    inputs, units = kernel.shape
    kernel, bias = ([float(f"{w:.8g}") for w in values.ravel()] for values in (kernel, bias))
    look = {"inputs": inputs, "units": units, "activation": activation}
    return look | {"kernel": kernel, "bias": bias}


def forward(layers: list[Layer], points: np.ndarray) -> list[np.ndarray]:
    """The points and what each layer makes of them; the last are logits (n, 1)."""
    values = [np.asarray(points, float)]
    for kernel, bias, activation in layers:
        z = values[-1] @ kernel + bias
        acts = {"relu": lambda z: np.maximum(z, 0), "tanh": np.tanh, "linear": lambda z: z}
        values.append(acts[activation](z))
    return values


def probabilities(layers: list[Layer], points: np.ndarray) -> np.ndarray:
    """Of class 1, one for each point."""
    return 0.5 * (1 + np.tanh(forward(layers, points)[-1][:, 0] / 2))


def descended(
    layers: list[Layer], points: np.ndarray, labels: np.ndarray, learning_rate: float
) -> list[Layer]:
    """The layers after one step of gradient descent on the mean binary cross-entropy."""
    values, after = forward(layers, points), []
    back = (probabilities(layers, points) - labels)[:, None] / len(points)
    for (kernel, bias, activation), before in zip(layers[::-1], values[-2::-1], strict=True):
        moved = kernel - learning_rate * before.T @ back, bias - learning_rate * back.sum(axis=0)
        after.append((*moved, activation))
        back = back @ kernel.T
        below = len(layers) - len(after) - 1
        if below >= 0:
            derivative = {"relu": before > 0, "tanh": 1 - before**2, "linear": 1.0}
            back = back * derivative[layers[below][2]]
    return after[::-1]


def _static(
    layers: list[Layer], points: np.ndarray, labels: np.ndarray, learning_rate: float, batch: int
) -> "plots.style.Figure":
    """The plane at the start and after 30, 300, and 3,000 steps."""
    rng, order, stages = np.random.default_rng(0), np.zeros(0, int), {}
    for step in range(STAGES[-1] + 1):
        if step in STAGES:
            stages[f"after {step:,} steps" if step else "at the start"] = layers
        if not len(order):
            order = rng.permutation(len(points))
        part, order = order[:batch], order[batch:]
        layers = descended(layers, points[part], labels[part], learning_rate)
    networks = {
        name: lambda plane, layers=layers: probabilities(layers, plane)
        for name, layers in stages.items()
    }
    return plots.regions(networks, points, labels, title="A network learns to separate two classes")
