"""Chapter 03: one fold instead of four, nothing unseen, a choice that keeps to its fold.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup", "load"]
FOLDS = ["standardise", "network", "folds-by-hand", "one-fold", "validate", "cross-validate"]
SEEDS = ("cross-validate", "def cross", "seed_range = [budget.seed]\n\n\ndef cross")
KFOLD = ("lottery-define", "\n\n\ndef", "\nfrom sklearn.model_selection import KFold\n\n\ndef")

MUTATIONS = [
    pytest.param(
        "03_regression_kfold",
        [*BASICS, "lottery-define", "lottery-run", "lottery-claims"],
        [("lottery-run", "for fold in range(4)", "for fold in range(1)")],
        "the mean over four folds varies less than half as much",
        id="03: the mean of one fold",
    ),
    pytest.param(
        "03_regression_kfold",
        [*BASICS, *FOLDS, "study", "study-claims"],
        [("study", 'run["val_mae"]', 'run["mae"]'), SEEDS],
        "but the gap to the validation error opens further",
        id="03: validated on the rows it learns from",
    ),
    pytest.param(
        "03_regression_kfold",
        [*BASICS, "lottery-define", "leak-choose-define", "leak-choose-run", "leak-choose-claims"],
        [KFOLD, ("leak-choose-run", "chosen_inside=False", "chosen_inside=True")],
        "chosen on all rows, noise seems to predict prices",
        id="03: columns chosen inside the folds only",
    ),
]
