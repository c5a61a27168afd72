"""What the arithmetic by hand is held against: Keras, TensorFlow and finite differences."""

import numpy as np

STEP = 2.0**-10  # of the finite differences
ROUNDING = {"float32": 1e-5, "float64": 1e-12}  # allowed, of the sum of absolute terms


def pair(value):
    return value if isinstance(value, tuple) else (value, value)


def close(found, expected, terms, rounding):
    """Same shape, and no further apart than this share of the sum of absolute terms."""
    assert found.shape == expected.shape
    assert (abs(found - expected) <= rounding * terms).all(), abs(found - expected).max()


def by_framework(images, kernels, stride, dilation, padding):
    """Keras; TensorFlow itself where Keras refuses a stride together with a dilation.

    On images of one channel TensorFlow 2.21 leaves outputs unwritten if the strides differ and
    the output is one column wide. (SciPy is right there.) An empty second channel avoids it.
    """
    import keras
    import tensorflow as tf

    if images.shape[-1] == 1 and len(set(pair(stride))) == 2:
        images = keras.ops.pad(images, ((0, 0), (0, 0), (0, 0), (0, 1)))
        kernels = keras.ops.pad(kernels, ((0, 0), (0, 0), (0, 1), (0, 0)))
    if isinstance(padding, int):
        images = keras.ops.pad(images, ((0, 0), (padding, padding), (padding, padding), (0, 0)))
        padding = "valid"
    if max(pair(stride)) == 1 or max(pair(dilation)) == 1:
        return keras.ops.conv(images, kernels, stride, padding, dilation_rate=dilation)
    return tf.nn.conv2d(images, kernels, stride, padding.upper(), dilations=dilation)


def taped(function, *arrays):
    """Gradients by TensorFlow of `function(*arrays)`, given the last of `arrays` as d_output."""
    import tensorflow as tf

    *inputs, d_output = map(tf.constant, arrays)
    with tf.GradientTape() as tape:
        tape.watch(inputs)
        output = function(*inputs)
    return [g.numpy() for g in tape.gradient(output, inputs, output_gradients=d_output)]


def differences(function, array, d_output):
    """Gradient of sum(function(array) · d_output), by central finite differences."""
    array = array.copy()
    gradient = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        before = array[index]
        array[index] = before + STEP
        above = (function(array) * d_output).sum()
        array[index] = before - STEP
        gradient[index] = (above - (function(array) * d_output).sum()) / (2 * STEP)
        array[index] = before
    return gradient
