"""Chapter 10: no freedom of place, a filter that was born dead everywhere, colour for both heads.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

CHAPTER = "10_colours_and_shapes"
BASICS = ["parameters", "setup", "import-keras", "frame"]
COLOURS = ["load-colours", "colour-net", "learn", "born-dead-define", "born-dead-run"]
SHAPES = ["load-shapes", "shape-net", "dense", "shape-dense", "learn", "shape-run"]
PLACES = ["new-pictures", "where-table", "centre-define", "centre-run", "centre-print"]
PAIRS = ["load-pairs", "learn", "shape-net", "heads", "heads-define", "heads-read", "heads-seeds"]
GREY = ["grey-define", "grey-lightest", "grey-run"]
# What an earlier cell that is left out would have defined.
UNSEEN = (
    "heads-seeds",
    "    return np.array(found)",
    "    return np.array(found)\n\n\nunseen = {}",
)

MUTATIONS = [
    pytest.param(
        CHAPTER,
        [*BASICS, *COLOURS, "born-dead-print", "born-dead-claims"],
        [("born-dead-define", "sorted((0.1 * sign, 0.9 * sign))", "(0.1, 0.9)")],
        "negative on 0…1, no weight of the two filters ever moves",
        id="10: filters that live",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, "load-colours", "colour-net", *SHAPES, *PLACES, "centre-claims"],
        [("centre-define", "(14 - row, 14 - column)", "(0, 0)")],
        "with all shapes in the middle more than half of the gap is gone",
        id="10: shapes that stay where they are",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, *PAIRS, *GREY, "grey-claims"],
        [UNSEEN, ("grey-run", "two_trunks(lightest)", "two_trunks()")],
        "of the two, the one whose shape head sees no colour names far more",
        id="10: a shape head that sees the colour",
    ),
]
