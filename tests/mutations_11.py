"""Chapter 11: connections in both, labels in another order, dense layers that are narrow.

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
        [*BASICS, "lenet", "race-define", "race", "race-run", "race-claim"],
        [
            ("load", "cifar.y_train.astype", "cifar.y_train[::-1].astype"),
            ("race-run", "NETWORKS.items()", '{"LeNet-5": lenet, "dense": lenet}.items()'),
        ],
        "the best is right over a fifth more often than guessing",
        id="11: labels in another order",
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
