"""The most important claims of each chapter fail when what they are about is taken away."""

import nbformat
import notebook_tools as tools
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

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
ONE_SEED = ("adam", "batch_size =", "seeds = [budget.seed]\nbatch_size =")
RATE = "\nadam = keras.optimizers.Adam(falling_rate(n, budget.epochs))\nmoved_runs ="

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
            ("augment-run", "moved_runs =", "n = budget.variant_samples" + RATE),
        ],
        "four pixels cost LeNet more than a tenth of the digits",
        id="05: digits that stay where they are",
    ),
]


def prepared(chapter, cells, changes):
    """The chapter's `cells` only, after `changes`: (cell, old text, new text) each."""
    nb = nbformat.read(tools.FOLDER / f"{chapter}.ipynb", as_version=4)
    by_id = {cell.id: cell for cell in tools.code(nb)}
    nb.cells = [by_id[name] for name in cells]
    for name, old, new in changes:
        assert old in by_id[name].source, f"{name} no longer holds {old!r}"
        by_id[name].source = by_id[name].source.replace(old, new, 1)
    return nb


def failing_claim(nb):
    """Sentence of the claim at which the run of `nb` stops, None where it goes through."""
    client = NotebookClient(nb, timeout=200, resources={"metadata": {"path": str(tools.FOLDER)}})
    try:
        client.execute()
    except CellExecutionError as error:
        assert error.ename == "ClaimError", error
        return error.evalue.removeprefix("this run does not bear out the sentence: ")
    return None


@pytest.mark.parametrize(("chapter", "cells", "changes", "sentence"), MUTATIONS)
def test_the_claim_fails_without_what_it_is_about(chapter, cells, changes, sentence, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "drawn")
    assert failing_claim(prepared(chapter, cells, changes)) == sentence
