"""Chapter 07: no depth, versions that are no others, one seed for all epochs, nothing whitened.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup", "load", "split", "frame"]
STUDY = [*BASICS, "small", "study-budget", "study"]
VERSIONS = ["matrices", "versions"]

MUTATIONS = [
    pytest.param(
        "07_cifar10_augmentation",
        [*STUDY, "depth-run", "depth-claim"],
        [("small", "(32, 64)[: depth - 1]", "()")],
        "three convolutions read more than eight units with as many parameters",
        id="07: no depth",
    ),
    pytest.param(
        "07_cifar10_augmentation",
        [*STUDY, *VERSIONS, "alone-run", "alone-print", "alone-claim"],
        [("versions", "everything = partial(versions, flip=True, turn=15.0, shift=0.1, zoom=0.15)",
          "everything = partial(versions)")],
        "with all four the gap between training and test is narrower",
        id="07: versions that are no others",
    ),
    pytest.param(
        "07_cifar10_augmentation",
        [*BASICS, *VERSIONS, "pipeline"],
        [("pipeline", "rerandomize_each_iteration=True", "rerandomize_each_iteration=False")],
        "in the second epoch every picture is another",
        id="07: one seed for all epochs",
    ),
    pytest.param(
        "07_cifar10_augmentation",
        [*BASICS, "whiten", "whiten-claim"],
        [("whiten", "directions / np.sqrt(variance + 5e-4)", "np.eye(12)")],
        "after whitening they do not",
        id="07: nothing whitened",
    ),
]  # fmt: skip
