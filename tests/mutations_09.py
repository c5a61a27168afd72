"""Chapter 09: a pool that pools nothing, a map upside down, scenes that tell nothing.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

CHAPTER = "09_what_the_network_sees"
BASICS = ["parameters", "setup", "imports", "look", "network"]
LOOKED_INTO = [*BASICS, "plain", "load", "train", "inside", "grids"]
MAPS = ["field", "probability", "occlusion", "cam", "saliency", "slopes", "grad-cam", "overlay"]
MAPS += ["three-ways"]

MUTATIONS = [
    pytest.param(
        CHAPTER,
        [*LOOKED_INTO, "sparsity", "sparsity-claim"],
        [("network", 'MaxPooling2D(2, name="pool1")', 'MaxPooling2D(1, name="pool1")')],
        "behind a pool a smaller share is zero than in front of it",
        id="09: a pool of one",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, *MAPS, "marks", "marks-run", "marks-hits", "marks-claims"],
        [("grad-cam", "heat = ops.relu(ops", "heat = ops.relu(-ops")],
        "more often than a place at random: Grad-CAM",
        id="09: what speaks against",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, *MAPS, "pets", "on-the-animal", "pets-run", "pets-claims"],
        [("pets", 'pets.y_train == pets.extras["scene_train"]', "pets.y_train >= 0")],
        "with the animal covered, the first network still names over 0.6 of those that fit the"
        " rule",
        id="09: scenes that tell nothing",
    ),
]
