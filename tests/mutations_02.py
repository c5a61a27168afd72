"""Chapter 02: words that lose their places, nothing set aside, a quarter that is the whole.

Each entry: chapter, the cells that are run, changes (cell, old text, new text), and the sentence
of the claim that must fail.
"""

import pytest

BASICS = ["parameters", "setup", "imports", "load-texts", "multi-hot", "prepare-texts", "ten-ten"]
BASICS += ["learn", "learn-kept"]
READINGS = ["pad-reviews", "pad-networks", "pad-run", "pad-claims"]
REMEDIES = ["reviewer", "remedies-run", "remedies-eighth-run", "remedies-table", "remedies-claims"]

WORDS = "    rng = np.random.default_rng(7)\n    for vector, text"
ANY = "vector[rng.choice(words, len(set(text)), replace=False)] = 1"
# What an earlier cell that is left out would have defined.
SEEDS = ("learn-kept", "held =", "seed_range = range(budget.seed, budget.seed + 1)\nheld =")
PLAIN = '[learnt("10–10", ten_ten, x_train, s) for s in seed_range]'

MUTATIONS = [
    pytest.param(
        "02_dense_classifiers",
        [*BASICS, *READINGS],
        [
            SEEDS,
            ("multi-hot", "    for vector, text", WORDS),
            ("multi-hot", "vector[np.where(text < words, text, 2)] = 1", ANY),
        ],
        "multi-hot is read better than word numbers",
        id="02: as many words, but any",
    ),
    pytest.param(
        "02_dense_classifiers",
        [*BASICS, "imdb-curves", "imdb-curves-claims"],
        [("learn", "x[held:], y[held:]", "x, y")],
        "the validation loss ends above its best",
        id="02: it learns from the reviews set aside, too",
    ),
    pytest.param(
        "02_dense_classifiers",
        [*BASICS, *REMEDIES],
        [
            SEEDS,
            ("remedies-run", 'readings["multi-hot"]', PLAIN),
            ("remedies-eighth-run", "(len(x_train) - held) // 8", "(len(x_train) - held)"),
            ("remedies-eighth-run", "8 * budget", "budget"),
            ("remedies-eighth-run", "[7::8]", ""),
        ],
        "with an eighth of the data even the best epoch is worse",
        id="02: an eighth that is the whole",
    ),
]
