"""Chapter 06: no neighbourhoods, judged by those who chose, not deep, four that are not alike.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup", "load", "prepare", "split", "frame", "optimizer", "small"]
BOTH = ["small-dense", "falling", "contest-run", "both-claims"]
FLATTERY = ["small-fit", "stop-run", "each-epoch", "small-runs"]
FLATTERY += ["flattery", "flattery-run", "flattery-claims"]
DEPTH = ["falling", "depth-define", "depth-run", "depth-claim"]
CONFUSION = ["convnet", "convnet-run", "confusion", "confusion-aloud", "confusion-claims"]

PERMUTED = """
order = np.random.default_rng(7).permutation(784)
x_all, x_test = (x.reshape(-1, 784)[:, order].reshape(-1, 28, 28, 1) for x in (x_all, x_test))
"""
TEST = 'x_test, y_test = prepare(fashion.x_test), fashion.y_test.astype("int32")'
# What an earlier cell that is left out would have defined.
SEEDS = ("falling", "def", "seed_range = range(budget.seeds)\n\n\ndef")
OTHERS = ("confusion-aloud", "for row in alike", "alike = [1, 5, 8, 9]\nfor row in alike")

MUTATIONS = [
    pytest.param(
        "06_fashion_mnist",
        [*BASICS, *BOTH],
        [SEEDS, ("prepare", TEST, TEST + PERMUTED)],
        "with the same recipe the convolutional network reads more",
        id="06: no neighbourhoods (one fixed permutation of the pixels)",
    ),
    pytest.param(
        "06_fashion_mnist",
        [*BASICS, *FLATTERY],
        [("flattery", "right[best, ~chooses]", "right[best, chooses]")],
        "few images flatter more than half of the test set does",
        id="06: judged by the images that chose",
    ),
    pytest.param(
        "06_fashion_mnist",
        [*BASICS, *DEPTH],
        [SEEDS, ("depth-define", "range(depth)", "range(1)")],
        "two narrow layers a block read more than one wide layer",
        id="06: narrow, but not deep",
    ),
    pytest.param(
        "06_fashion_mnist",
        [*BASICS, *CONFUSION],
        [OTHERS],
        "more than a third of all errors stay among these four",
        id="06: four that are not alike",
    ),
]
