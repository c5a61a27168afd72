"""Chapter 05: no neighbourhoods, no more steps, digits that do not move.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup", "load", "prepare", "frame", "dense-networks", "dense-networks-2"]
BASICS += ["lenet", "adam"]
VARIANTS = ["variants-define", "variants-list", "variants-run", "variants-claims"]
DATA = ["data-run", "data-plot", "data-equal-run", "batch-run", "batch-print", "data-claims"]
MOVED = ["shift-define", "augment-define", "at-each-shift", "augment-run", "shift-plot"]

PERMUTED = """
order = np.random.default_rng(7).permutation(784)
x_train, x_test = (x.reshape(-1, 784)[:, order].reshape(-1, 28, 28, 1) for x in (x_train, x_test))
claim("""
# What an earlier cell that is left out would have defined.
ONE_SEED = ("adam", "batch_size =", "seed_range = [budget.seed]\nbatch_size =")

MUTATIONS = [
    pytest.param(
        "05_lenet_mnist",
        [*BASICS, *VARIANTS],
        [ONE_SEED, ("prepare", "\nclaim(", PERMUTED)],
        "on the same digits LeNet reads more than a dense network",
        id="05: no neighbourhoods (one fixed permutation of the pixels)",
    ),
    pytest.param(
        "05_lenet_mnist",
        [*BASICS, *DATA],
        [("data-equal-run", "updates=budget.updates", "updates=12")],
        "with more steps on the same 300 digits it leads that, too",
        id="05: no more steps than before",
    ),
    pytest.param(
        "05_lenet_mnist",
        [*BASICS, *MOVED, "shift-claims"],
        [
            ONE_SEED,
            ("shift-define", "    moved = np", "    return images\n    moved = np"),
            ("augment-run", "adam =", "n = budget.variant_samples\nadam ="),
        ],
        "four pixels cost LeNet more than a tenth of the digits",
        id="05: digits that stay where they are",
    ),
]
