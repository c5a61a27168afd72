"""Exercises of the lab 07_record: what is right, and each slip."""

import numpy as np
import pytest
from exercise_tools import assert_says, rows, said


def whiten(by=np.sqrt, rotate=True, scale=True, center=False, part=None):
    """Whitening, with a mistake built in."""

    def answer(rows):
        variance, direction = np.linalg.eigh(np.cov(rows, rowvar=False))
        if not rotate:
            variance, direction = rows.var(axis=0, ddof=1), np.eye(rows.shape[1])
        rows = rows - rows.mean(axis=0) if center else rows
        return (rows @ direction / (by(variance) if scale else 1))[:, :part]

    return answer


def rows_for_columns(rows):
    variance, direction = np.linalg.eigh(np.cov(rows, rowvar=False))
    return rows @ direction.T / np.sqrt(variance)


def zca(rows):
    """Turned back after the scaling: another whitening."""
    variance, direction = np.linalg.eigh(np.cov(rows, rowvar=False))
    return rows @ (direction / np.sqrt(variance)) @ direction.T


ANSWERS = {
    "07_record.1": [
        (whiten(), "right"),
        (whiten(center=True), "right"),
        (zca, "right"),
        (whiten(by=lambda v: v), "one divides by the standard deviation"),
        (whiten(scale=False), "now divide each column"),
        (whiten(rotate=False), "they are still correlated: rotate the axes"),
        (rows_for_columns, "multiply by the directions, a column each"),
        (whiten(by=lambda v: 2 * np.sqrt(v)), "each should be 1"),
        (whiten(part=1), "columns"),
        (lambda rows: rows * np.nan, "wrong"),
    ],
}


@rows(ANSWERS)
def test_record(name, answer, message, capsys):
    assert_says(name, answer, message, capsys)


def classifier(trained=True, normalized=False, nan=False):
    """A network that tells images of ten brightnesses apart, or does not."""
    import keras
    from keras import layers

    def build():
        middle = [layers.BatchNormalization()] if normalized else []
        bright = [keras.Input((32, 32, 3), dtype="uint8"), layers.GlobalAveragePooling2D()]
        last = layers.Dense(10, kernel_initializer="zeros")
        model = keras.Sequential([*bright, *middle, last])
        levels = 25.0 * np.arange(10, dtype="float32")
        weights = np.tile(levels / 3, (3, 1)), -(levels**2) / 2
        if trained:
            last.set_weights(weights)
        if nan:
            last.set_weights([array * np.nan for array in weights])
        return model

    return build


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, "right"),
        ({"trained": False}, "was it trained"),
        ({"normalized": True}, "the exercise is to do without it"),
        ({"nan": True}, "its outputs are nan"),
    ],
)
def test_a_network_without_batch_normalization(settings, message, capsys):
    y = np.arange(200) % 10
    x = np.broadcast_to(25 * y[:, None, None, None], (200, 32, 32, 3)).astype("uint8")
    assert message in said("07_record.2", (classifier(**settings), x, y), capsys)
