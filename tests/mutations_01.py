"""Chapter 01: no fold in the network, other batches, zeros that say what the mean says.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup"]
RING = ["ring-define", "ring-networks", "ring-run", "ring-plot", "ring-claims"]
LOOP = ["load", "loop-data", "loop-network", "loop", "loop-run", "fit"]
WINE = ["wine", "missing-define", "missing-net", "missing-train", "missing-run-whole"]
# What an earlier cell that is left out would have defined.
KERAS = "import keras\nfrom keras import layers\n\n"
ADAM = "fast_adam = keras.optimizers.Adam(0.01)\n\n\n"

MUTATIONS = [
    pytest.param(
        "01_tensors",
        [*BASICS, *RING],
        [
            ("ring-define", "def ring", KERAS + ADAM + "def ring"),
            ("ring-run", '"with relu": "relu"', '"with relu": None'),
        ],
        "with relu more than nine in ten are",
        id="01: the fold taken out",
    ),
    pytest.param(
        "01_tensors",
        [*BASICS, *LOOP],
        [
            ("loop", "def train", "import tensorflow as tf\n\n\ndef train"),
            ("fit", "shuffle=False", "shuffle=True"),
        ],
        "fit gives the same weights as our loop",
        id="01: other batches than those of the loop",
    ),
    pytest.param(
        "01_tensors",
        [*BASICS, *WINE, "missing-print-whole", "missing-claims-whole"],
        [
            ("wine", "from sklearn", KERAS + "from sklearn"),
            ("missing-define", "if standardise:", "if True:"),
        ],
        "zeros cost the divided wines more than a tenth",
        id="01: zeros that say what the mean says",
    ),
]
