"""A dense layer, the usual activations and the cross-entropy, forward and backward.

The last axis holds features or classes, the axes before it samples; `labels` (n,) are integers.
`…_backward` takes what the forward function takes, then the gradient of its result. Results have
the floating dtype of the arrays (integers count as float64). Shapes that do not belong together
raise a ValueError that names them.
"""

import numpy as np

from course_utils.by_hand.windows import floats


def dense(x: np.ndarray, weights: np.ndarray, bias: np.ndarray | None = None) -> np.ndarray:
    """x @ weights + bias: (…, d_in) and (d_in, d_out) give (…, d_out)."""
    if bias is None:
        x, weights = floats(x=x, weights=weights)
    else:
        x, weights, bias = floats(x=x, weights=weights, bias=bias)
    _check_dense(x, weights)
    output = x @ weights
    if bias is not None:
        if bias.shape != weights.shape[1:]:
            raise ValueError(
                f"bias {bias.shape} is not {weights.shape[1:]}: one for each column of "
                f"weights {weights.shape}"
            )
        output += bias
    return output


def dense_backward(
    x: np.ndarray, weights: np.ndarray, d_output: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Gradients with respect to x, weights and bias."""
    x, weights, d_output = floats(x=x, weights=weights, d_output=d_output)
    _check_dense(x, weights)
    _check_same("d_output", d_output, "the output", (*x.shape[:-1], weights.shape[1]))
    samples, d_rows = x.reshape(-1, x.shape[-1]), d_output.reshape(-1, weights.shape[1])
    return d_output @ weights.T, samples.T @ d_rows, d_rows.sum(0)


def _check_dense(x: np.ndarray, weights: np.ndarray) -> None:
    if weights.ndim != 2 or x.ndim < 2 or 0 in weights.shape:
        raise ValueError(
            f"x {x.shape} and weights {weights.shape} are not (…, d_in), (d_in, d_out)"
        )
    if x.shape[-1] != weights.shape[0]:
        raise ValueError(
            f"x {x.shape} has {x.shape[-1]} features, weights {weights.shape} "
            f"expect {weights.shape[0]}"
        )


def _check_same(name: str, array: np.ndarray, other: str, shape: tuple[int, ...]) -> None:
    if array.shape != shape:
        raise ValueError(f"{name} {array.shape} is not of the shape of {other}, {shape}")


def relu(x: np.ndarray) -> np.ndarray:
    """x where it is positive, else 0."""
    (x,) = floats(x=x)
    return np.maximum(x, 0)


def relu_backward(x: np.ndarray, d_output: np.ndarray) -> np.ndarray:
    """Gradient with respect to x: that of the output where x is positive, else 0."""
    x, d_output = floats(x=x, d_output=d_output)
    _check_same("d_output", d_output, "x", x.shape)
    return np.where(x > 0, d_output, 0)


def sigmoid(x: np.ndarray) -> np.ndarray:
    """1 / (1 + e^−x), written with tanh, which no x makes overflow."""
    (x,) = floats(x=x)
    return (1 + np.tanh(x / 2)) / 2


def softmax(logits: np.ndarray) -> np.ndarray:
    """e^x / Σ e^x over the last axis; the largest x is subtracted first, which changes nothing."""
    (logits,) = floats(logits=logits)
    powers = np.exp(logits - logits.max(-1, keepdims=True))
    return powers / powers.sum(-1, keepdims=True)


def softmax_backward(logits: np.ndarray, d_output: np.ndarray) -> np.ndarray:
    """Gradient with respect to the logits: p · (d − Σ p d)."""
    logits, d_output = floats(logits=logits, d_output=d_output)
    _check_same("d_output", d_output, "logits", logits.shape)
    probabilities = softmax(logits)
    return probabilities * (d_output - (probabilities * d_output).sum(-1, keepdims=True))


def _labelled(name: str, scores: np.ndarray, labels: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Scores (n, classes) as floats and labels (n,), checked."""
    (scores,), labels = floats(**{name: scores}), np.asarray(labels)
    if scores.ndim != 2 or 0 in scores.shape or labels.shape != scores.shape[:1]:
        raise ValueError(
            f"{name} {scores.shape} and labels {labels.shape} are not (n, classes), (n,)"
        )
    if labels.dtype.kind not in "iu":
        raise ValueError(f"labels {labels.shape} have dtype {labels.dtype}, integers are asked for")
    wrong = labels[(labels < 0) | (labels >= scores.shape[1])]
    if wrong.size:
        raise ValueError(
            f"labels {labels.shape} hold {wrong[0]}, "
            f"{name} {scores.shape} are for 0 to {scores.shape[1] - 1}"
        )
    return scores, labels


def cross_entropy(probabilities: np.ndarray, labels: np.ndarray) -> np.floating:
    """Mean over the samples of −log of the label's probability; infinite where that is 0."""
    probabilities, labels = _labelled("probabilities", probabilities, labels)
    with np.errstate(divide="ignore"):
        return -np.log(probabilities[np.arange(len(labels)), labels]).mean()


def cross_entropy_backward(probabilities: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Gradient with respect to the probabilities: −1 / (n p) at the label, else 0."""
    probabilities, labels = _labelled("probabilities", probabilities, labels)
    rows = np.arange(len(labels))
    d_probabilities = np.zeros_like(probabilities)
    with np.errstate(divide="ignore"):
        d_probabilities[rows, labels] = -1 / (len(labels) * probabilities[rows, labels])
    return d_probabilities


def softmax_cross_entropy(logits: np.ndarray, labels: np.ndarray) -> np.floating:
    """`cross_entropy` of `softmax` in one step: finite where the probability would round to 0."""
    logits, labels = _labelled("logits", logits, labels)
    shifted = logits - logits.max(-1, keepdims=True)
    losses = np.log(np.exp(shifted).sum(-1)) - shifted[np.arange(len(labels)), labels]
    return losses.mean()


def softmax_cross_entropy_backward(logits: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Gradient with respect to the logits: (probability − 1 at the label) / n."""
    logits, labels = _labelled("logits", logits, labels)
    d_logits = softmax(logits)
    d_logits[np.arange(len(labels)), labels] -= 1
    return d_logits / len(labels)
