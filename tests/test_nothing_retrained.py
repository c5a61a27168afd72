"""Sentences, figures and claims of a chapter are edited: nothing is trained again."""

import json
import os
import subprocess
import sys

import nbformat
import pytest
from notebook_tools import FOLDER, changed, code

PROGRAM = """
import json, sys
import matplotlib
matplotlib.use("agg")
cells, fits = json.load(open(sys.argv[1])), []
scope = {"__name__": "__main__"}
for number, source in enumerate(cells):
    exec(compile(source, f"<cell {number}>", "exec"), scope)
    if number == 1:
        import keras
        fit = keras.Model.fit
        keras.Model.fit = lambda *args, **options: fits.append(1) or fit(*args, **options)
print(len(fits))
"""
SMALL = {"colour_samples": 300, "shape_samples": 300, "pair_samples": 450, "epochs": 1, "seeds": 1}


@pytest.fixture
def chapter():
    """The code of chapter 10 up to its first claim about a trained network, on few pictures."""
    cells = {cell.id: cell.source for cell in code(nbformat.read(chapter_file(), as_version=4))}
    names = list(cells)
    last = next(i for i, name in enumerate(names) if "measure(" in cells[name]) + 3
    chosen = {name: cells[name] for name in names[: last + 1]}
    chosen["parameters"] = changed(chosen["parameters"], SMALL) + '\nprofile = "lesson"'
    return chosen


def chapter_file():
    return FOLDER / "10_colours_and_shapes.ipynb"


def trainings(cells, folder):
    """How many times `fit` is called when `cells` run in a fresh process."""
    path = folder / "cells.json"
    path.write_text(json.dumps(list(cells.values())), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, str(path)],
        env=os.environ | {"COURSE_BUILD": str(folder / "build"), "COURSE_SOURCE": "synthetic"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    return int(done.stdout.splitlines()[-1])


def test_edited_words_retrain_nothing_and_an_edited_network_does(chapter, tmp_path):
    first = trainings(chapter, tmp_path)
    assert first > 0
    edited = {name: source.replace('title="', 'title="Anew: ') for name, source in chapter.items()}
    edited = {
        name: source.replace('claim("', 'claim("Said anew: ') for name, source in edited.items()
    }
    edited = {name: f"# a remark\n\n{source}  # another" for name, source in edited.items()}
    assert edited != chapter
    assert trainings(edited, tmp_path) == 0
    changed = {
        name: s.replace('activation="relu"', 'activation="tanh"') for name, s in chapter.items()
    }
    assert changed != chapter
    assert trainings(changed, tmp_path) > 0
