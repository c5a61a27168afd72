"""Chapter 08: labels exchanged, normalisation left open, no picture against the rule.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

CHAPTER = "08_transfer_learning"
EYES = ["parameters", "setup", "imports", "load", "animals", "eyes", "eyes-names", "eyes-train"]
EYES += ["dense", "features", "few", "few-define"]
SOONER = ("eyes-train", "epochs=budget.animal_epochs", "epochs=1")

MUTATIONS = [
    pytest.param(
        CHAPTER,
        [*EYES, "few-run", "curve-claims"],
        [("few-define", "(seen[:n], shown[1][:n])", "(seen[:n], 1 - shown[1][:n])")],
        "behind borrowed eyes 200 cats and dogs are worth more than alone",
        id="08: labels exchanged behind borrowed eyes",
    ),
    pytest.param(
        CHAPTER,
        [*EYES, "norm-run", "norm-frozen"],
        [SOONER, ("norm-frozen", "not isinstance(layer, layers.BatchNormalization)", "True")],
        "with batch normalisation frozen, they do not",
        id="08: normalisation left open",
    ),
    pytest.param(
        CHAPTER,
        [*EYES, "snow-parts", "snow-run", "snow-learn", "snow-both", "snow-claims"],
        [SOONER, ("snow-parts", "odd = round(against_the_rule * k)", "odd = 0")],
        "with as many against the rule as with it, exchanging the scene costs less",
        id="08: no picture against the rule",
    ),
]
