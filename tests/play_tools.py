"""Playable figures, tried: their scripts in Node, networks to play, what a page holds."""

import json
import subprocess
from pathlib import Path

import numpy as np
import playwright

from course_utils.config import checkout

NODE = next((Path(playwright.__file__).parent / "driver").glob("node*"))
SCRIPTS = checkout() / "course_utils" / "play"


def javascript(expression, *scripts, **given):
    """What `expression` is in JavaScript, after `scripts`, with the names in `given`."""
    code = [(SCRIPTS / f"{name}.js").read_text(encoding="utf-8") for name in scripts]
    code += [f"const {name} = {json.dumps(value)};" for name, value in given.items()]
    code.append(
        f"(async () => {expression})().then(v => process.stdout.write(JSON.stringify(v)),"
        " e => { console.error(e); process.exitCode = 1; });"
    )
    text = "\n".join(['"use strict";', *code])
    done = subprocess.run(
        [NODE, "-"], input=text, capture_output=True, text=True, check=False, encoding="utf-8"
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def data_of(page):
    """The constant DATA of a page."""
    line = next(line for line in page.splitlines() if line.startswith("const DATA = "))
    return json.loads(line.removeprefix("const DATA = ").removesuffix(";"))


def volumes(layers, weights, inputs):
    """Of network.js, for each of the `inputs` (n, h, w, c): the output of every layer, flat.

    `weights` are packed, as a page has them.
    """
    n, *shape = inputs.shape
    expression = """{
        const forward = network(layers, await unpacked(weights));
        return inputs.map(x =>
            forward(Float32Array.from(x), ...shape).map(v => Array.from(v.data)));
    }"""
    given = {"layers": layers, "weights": weights, "shape": shape}
    inputs = np.asarray(inputs, "float64").reshape(n, -1).tolist()
    return javascript(expression, "bytes", "network", inputs=inputs, **given)


def round_kernels(model):
    """Give the convolutions and dense layers of `model` the kernels that a page has."""
    for layer in model.layers:
        kernel, *rest = layer.get_weights() or [np.zeros(1)]
        if kernel.ndim > 1:
            depthwise = type(layer).__name__ == "DepthwiseConv2D"
            axes = (0, 1) if depthwise else tuple(range(kernel.ndim - 1))
            step = np.maximum(np.abs(kernel).max(axes) / np.float32(32767), 1e-30)
            layer.set_weights([np.round(kernel / step) * step, *rest])


def lenet(seed=0):
    """LeNet-5 in its form of 1998, 61,706 weights, untrained but sure of its answers."""
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    net = keras.Sequential(
        [
            keras.Input((28, 28, 1)),
            layers.Conv2D(6, 5, padding="same", activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Conv2D(16, 5, activation="tanh"),
            layers.AveragePooling2D(2),
            layers.Flatten(),
            layers.Dense(120, "tanh"),
            layers.Dense(84, "tanh"),
            layers.Dense(10, "softmax"),
        ]
    )
    kernel, bias = net.layers[-1].get_weights()
    net.layers[-1].set_weights([4 * kernel, bias])
    return net
