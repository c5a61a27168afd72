"""The most important claims of each chapter fail when what they are about is taken away."""

import nbformat
import notebook_tools as tools
import pytest
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError

BASICS = ["parameters", "setup", "load", "prepare", "frame", "dense-networks"]
BASICS += ["dense-networks-2", "lenet", "adam"]
SIX = ["six-a", "six-b", "six-c", "six-d", "six-e", "six-table", "six-run", "ladder-claims"]
DATA = ["data-run", "data-plot", "data-equal-run", "batch-run", "batch-print", "data-claims"]

ONLY_THREE = """runs = {}
recipes = {k: recipes[k] for k in ("softmax only", "dense 1000–470", "LeNet 20–50–500")}"""
PERMUTED = """
order = np.random.default_rng(7).permutation(784)
x_train, x_test = (x.reshape(-1, 784)[:, order].reshape(-1, 28, 28, 1) for x in (x_train, x_test))
claim("""

MUTATIONS = [
    pytest.param(
        "05_lenet_mnist",
        [*BASICS, *SIX],
        [("prepare", "\nclaim(", PERMUTED), ("six-run", "runs = {}", ONLY_THREE)],
        "LeNet reads more than a dense network of its size, from fewer digits",
        id="05: no neighbourhoods (one fixed permutation of the pixels)",
    ),
    pytest.param(
        "05_lenet_mnist",
        [*BASICS, *DATA],
        [("data-equal-run", "updates=budget.updates", "updates=12")],
        "with more steps on the same 300 digits it does",
        id="05: no more steps than before",
    ),
    pytest.param(
        "05_lenet_mnist",
        [*BASICS, "shift-define", "augment-define", "augment-run", "shift-plot", "shift-claims"],
        [
            ("augment-define", "4 / 28, 4 / 28", "0.0, 0.0"),
            ("adam", "four_fifths =", "seeds = [budget.seed]\nfour_fifths ="),
        ],
        "trained on moved digits it loses less than half as much",
        id="05: digits that do not move in training",
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
