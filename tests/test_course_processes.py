"""Start of a run in a process of its own: the first cells of a notebook, Keras's own settings."""

import json
import os
import subprocess
import sys

import pytest

CELLS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True)
"""
SETUP = (
    "from course_utils import course; b = course.start('01', profile, seed=seed, changes=changes)"
)
PARAMETERS = 'profile = "quick"\nseed = None\nchanges = None'


def python(code, **environment):
    """What the code prints in a process of its own."""
    whole = os.environ | {"COURSE_PRECISION": "float32"} | environment
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=whole)
    return run.stdout + run.stderr


def test_a_fresh_process_says_one_line_and_nothing_else():
    said = python("from course_utils import course; course.start('01', 'quick')")
    assert said == "Profile quick, seed 0, float32, about 1 minute.\n"


@pytest.mark.parametrize(
    ("case", "cells", "sentence"),
    [
        (
            "sampels in the first cell",
            [f"{PARAMETERS}\nsampels = 5"],
            "sampels is no choice of this chapter: it has changes, profile, seed.",
        ),
        (
            "samples in the first cell",
            [f"{PARAMETERS}\nsamples = 5_000"],
            'samples is set through changes: write changes = {"samples": 5000}',
        ),
        (
            "papermill -p samples 5",
            [PARAMETERS, "# Parameters\nsamples = 5"],
            "samples is set through changes: write papermill -p changes '{\"samples\": 5}'",
        ),
        (
            "papermill -p chnages",
            ["x y", PARAMETERS, "# Parameters\nchnages = {}"],
            "chnages is no choice of this chapter: did you mean changes?",
        ),
    ],
)
def test_fault_a_name_that_the_first_cell_does_not_have(case, cells, sentence, fault):
    said = python(CELLS.format(cells=[*cells, SETUP]))
    assert said.splitlines()[-1] == f"ChoiceError: {sentence}"
    fault("your choices", case, said.splitlines()[-1])


def test_a_mended_first_cell_and_other_cells_are_no_fault():
    cells = [f"{PARAMETERS}\nsampels = 5", f"{PARAMETERS}\n_mine = 5", "other = 3", SETUP]
    assert "Profile quick, seed 0" in python(CELLS.format(cells=cells)).splitlines()[-1]


KERAS = """
from course_utils import keras_setup
keras = keras_setup.import_keras()
print(keras.backend.backend(), keras.config.image_data_format(), keras.config.floatx())
"""


OLD = {"backend": "theano", "image_data_format": "channels_first", "floatx": "float16"}


def test_settings_of_keras_from_another_time_do_not_matter(tmp_path):
    (tmp_path / "keras.json").write_text(json.dumps(OLD))
    assert python(KERAS, KERAS_HOME=str(tmp_path)) == "tensorflow channels_last float32\n"


@pytest.mark.parametrize("backend", ["torch", "jax"])
def test_fault_another_backend_is_named_and_not_used(backend, fault):
    sentence, found = python(KERAS, KERAS_BACKEND=backend).splitlines()
    assert sentence == f"The course runs Keras on TensorFlow: KERAS_BACKEND={backend} is not used."
    assert found == "tensorflow channels_last float32"
    fault("environment", f"KERAS_BACKEND={backend}", sentence)
