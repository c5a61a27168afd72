"""The most important claims of each chapter fail when what they are about is taken away."""

from importlib import import_module
from pathlib import Path

import notebook_tools as tools
import pytest
from nbclient.exceptions import CellExecutionError

MUTATIONS = [
    mutation
    for path in sorted(Path(__file__).parent.glob("mutations_[0-9][0-9].py"))
    for mutation in import_module(path.stem).MUTATIONS
]


def failing_claim(nb):
    """Sentence of the claim at which the run of `nb` stops, None where it goes through."""
    try:
        tools.execute(nb, timeout=200)
    except CellExecutionError as error:
        assert error.ename == "ClaimError", error
        return error.evalue.removeprefix("this run does not bear out the sentence: ")
    return None


@pytest.mark.parametrize(("chapter", "cells", "changes", "sentence"), MUTATIONS)
def test_the_claim_fails_without_what_it_is_about(chapter, cells, changes, sentence, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    assert failing_claim(tools.part(chapter, cells, changes)) == sentence


def test_every_chapter_has_three_mutations():
    chapters = [mutation.values[0] for mutation in MUTATIONS]
    assert {path.stem: 3 for path in tools.CHAPTERS} == {
        name: min(3, chapters.count(name)) for name in chapters
    }
