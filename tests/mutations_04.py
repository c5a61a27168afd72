"""Chapter 04: a gradient without the flip, digits that do not move, neighbours left together.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup"]
BACKWARD = ["flip", "slide-backward", "backward-numbers", "backward-flip-claims"]
NETWORKS = ["keras-conv", "load", "move", "shift-networks", "shift-layers", "shift-list"]
MOVED = ["shift-run", "shift-measure", "shift-lost", "shift-claims"]
PERMUTED = ["shift-measure", "permute", "permute-run", "permute-claims"]

# What an earlier cell that is left out would have defined.
KERNEL = ("flip", "print(", "image, kernel = np.eye(4), np.eye(2)\nprint(")
TRAIN = "train, test = (x_train, y_train), (x_test, y_test)\nseed_range = [budget.seed]\nmoved ="
MEASURED = ("shift-measure", "moved =", TRAIN)

MUTATIONS = [
    pytest.param(
        "04_convolution_by_hand",
        [*BASICS, *BACKWARD],
        [KERNEL, ("slide-backward", "* kernel\n", "* kernel[::-1, ::-1]\n")],
        "the pixels' gradient is a convolution",
        id="04: the gradient of the pixels without the flip",
    ),
    pytest.param(
        "04_convolution_by_hand",
        [*BASICS, *NETWORKS, *MOVED],
        [MEASURED, ("move", "    moved = np", "    return images\n    moved = np")],
        "one pool, one pixel: a tenth more errors, or worse",
        id="04: digits that stay where they are",
    ),
    pytest.param(
        "04_convolution_by_hand",
        [*BASICS, *NETWORKS, *PERMUTED],
        [
            MEASURED,
            ("shift-measure", "also=at_each_shift, ", ""),
            ("shift-measure", "run.also", "0"),
            ("permute", "np.random.default_rng(7).permutation(784)", "np.arange(784)"),
        ],
        "the convolutional network loses more than the dense one",
        id="04: all pixels left in place",
    ),
]
