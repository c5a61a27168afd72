"""Chapter 10: no freedom of place, a filter that was born dead everywhere, colour for both heads.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

CHAPTER = "10_colours_and_shapes"
BASICS = ["parameters", "setup", "import-keras", "frame"]
COLOURS = ["load-colours", "colour-net", "dense", "learn", "born-dead-define", "born-dead-run"]
SHAPES = ["load-shapes", "shape-net", "shape-dense", "dense", "learn", "shape-run"]
PLACES = ["new-pictures", "where-table", "centre-define", "centre-run", "centre-print"]
PAIRS = ["load-pairs", "learn", "shape-net", "heads", "heads-define", "heads-read", "heads-seeds"]

MUTATIONS = [
    pytest.param(
        CHAPTER,
        [*BASICS, *COLOURS, "born-dead-print", "born-dead-claims"],
        [("born-dead-define", "    first.set_weights([weights, bias])\n", "")],
        "on 0…1 the filter's weights never move",
        id="10: a filter that lives",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, *SHAPES, *PLACES, "centre-claims"],
        [("centre-define", "(14 - row, 14 - column)", "(0, 0)")],
        "with all shapes in the middle more than half of the gap is gone",
        id="10: shapes that stay where they are",
    ),
    pytest.param(
        CHAPTER,
        [*BASICS, *PAIRS, "heads-run", "heads-print", "grey-define", "grey-run", "grey-claims"],
        [("grey-define", "(trunk(grey))", "(trunk(inputs))")],
        "without colour the shape head names most of the pairs it never saw",
        id="10: a shape head that sees the colour",
    ),
]
