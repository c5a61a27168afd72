"""Chapter 11: connections in both, connections exchanged, dense layers that are narrow.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

CHAPTER = "11_classic_architectures"
BASICS = ["parameters", "setup", "load", "pieces", "ends"]
RESIDUAL = [*BASICS, "residual", "resnet", "race-define", "race"]

MUTATIONS = [
    pytest.param(
        CHAPTER,
        [*RESIDUAL, "gradient", "gradient-run", "gradient-claim"],
        [("gradient", "resnet(8, depth, add)", "resnet(8, depth, True)")],
        "by a larger factor than with them",
        id="11: connections in both",
    ),
    pytest.param(
        CHAPTER,
        [*RESIDUAL, "deep-run", "deep-claim"],
        [("deep-run", "partial(resnet, 8, depth, add)", "partial(resnet, 8, depth, not add)")],
        "with connections the deep network ends with the lower training loss",
        id="11: connections exchanged",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, "alexnet-count", "alexnet", "zfnet", "count", "count-claims"],
        [
            ("alexnet", "dense(layers.Flatten()(x), 32 * f)", "dense(layers.Flatten()(x), f)"),
            ("alexnet", "dense(x, 32 * f)", "dense(x, f)"),
        ],
        "most parameters of AlexNet are in its dense layers",
        id="11: narrow dense layers",
    ),
]
