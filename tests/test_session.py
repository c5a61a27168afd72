"""Set-up of a run: its budget, what it says, what it refuses, what it tells TensorFlow."""

import json
import os
import subprocess
import sys

import numpy as np
import pytest

from course_utils import claims, config, session
from course_utils.choices import ChoiceError


@pytest.fixture
def quiet_setup(monkeypatch):
    """`session.setup` in float32; what it changes in Keras and TensorFlow is put back."""
    import keras
    import tensorflow as tf

    before = keras.config.dtype_policy()
    monkeypatch.setenv("COURSE_PRECISION", "float32")
    yield session.setup
    keras.config.set_dtype_policy(before)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    config.note_run("quick", [])


def test_setup_resolves_argument_then_environment_then_lesson(quiet_setup, monkeypatch):
    budgets = {"epochs": (None, 1, 2, 3)}
    assert quiet_setup(None, **budgets).epochs == 2
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    assert quiet_setup(None, **budgets).epochs == 1
    assert quiet_setup("full", **budgets).epochs == 3


def test_setup_prints_what_it_chose_as_a_table(quiet_setup, capsys):
    quiet_setup("quick", samples=(None, 1_000, 2_000, 60_000), sizes=([5], [1, 2], [3], [4]))
    first, head, samples, sizes = capsys.readouterr().out.splitlines()
    assert first == "Profile quick, seed 0, float32 as asked."
    assert head.split() == ["budget", "this", "run", "quick", "lesson", "full"]
    assert samples.split() == ["samples", "1,000", "1,000", "2,000", "60,000"]
    assert sizes.split() == ["sizes", "5", "1", "2", "3", "4"]


def test_setup_notes_what_the_reader_chose(quiet_setup):
    quiet_setup("quick", own={"a": 1, "b": None}, epochs=(7, 1, 2, 3), seeds=(1, 1, 2, 3))
    assert config.changed_budget() == ["epochs", "a"]
    assert config.profile() == "quick"


CHOICES = {"table": (None, ["boston", "california"])}
FAULTS = {  # what the reader wrote: what set-up says
    "profile fast": ({"profile": "fast"}, "unknown 'fast': choose one of quick, lesson, full"),
    "a list as profile": ({"profile": ["quick"]}, "unknown ['quick']: choose one of quick"),
    "no epochs": ({"epochs": 0}, "epochs must be a whole number of at least 1, not 0"),
    "negative epochs": ({"epochs": -5}, "epochs must be a whole number of at least 1, not -5"),
    "half an epoch": ({"epochs": 2.5}, "epochs must be a whole number of at least 1, not 2.5"),
    "True epochs": ({"epochs": True}, "epochs must be a whole number of at least 1, not True"),
    "epochs in quotes": ({"epochs": "3"}, "epochs must be a whole number of at least 1, not '3'"),
    "too many epochs": ({"epochs": 10**12}, "epochs must be at most 1,000,000,000"),
    "a list of epochs": ({"epochs": [3]}, "epochs takes one whole number such as 1, not [3]"),
    "an array of epochs": ({"epochs": np.ones(2, int)}, "epochs takes one whole number such as 1"),
    "one size": ({"sizes": 300}, "sizes takes a list such as [1, 2], not 300"),
    "sizes in quotes": ({"sizes": "300"}, "sizes takes a list such as [1, 2], not '300'"),
    "no sizes": ({"sizes": []}, "sizes takes a list such as [1, 2], not []"),
    "size 0": ({"sizes": [300, 0]}, "sizes must be a whole number of at least 1, not 0"),
    "few samples": ({"samples": 99}, "samples must be a whole number of at least 100, not 99"),
    "seed -1": ({"seed": -1}, "seed must be a whole number of at least 0, not -1"),
    "seed 1.5": ({"seed": 1.5}, "seed must be a whole number of at least 0, not 1.5"),
    "seed 2**32": ({"seed": 2**32}, "seed must be below 2,147,483,648"),
    "a list of seeds": ({"seed": [0, 1]}, "seed must be a whole number of at least 0, not [0, 1]"),
    "float16": ({"dtype": "float16"}, "unknown 'float16': choose one of auto, float32, bfloat16"),
    "another table": (
        {"choices": {"table": ("mnist", ["boston", "california"])}},
        "table cannot be 'mnist': choose one of boston, california",
    ),
    "a number as table": (
        {"choices": {"table": (3, ["boston", "california"])}},
        "table cannot be 3: choose one of boston, california",
    ),
    "a layer that is not": (
        {"choices": {"cut": ("conv_12", [f"conv_pw_{i}" for i in range(30)])}},
        "cut cannot be 'conv_12': choose one of conv_pw_12",
    ),
    "no such file": ({"files": {"a": "x.keras"}}, "a: there is no file or folder 'x.keras'"),
    "an empty name": ({"files": {"a": ""}}, "a: there is no file or folder ''"),
    "nobody's home": ({"files": {"a": "~nobody-here/x"}}, "a: there is no file or folder '~nobody"),
    "a name too long": ({"files": {"a": "x" * 5_000}}, "a: there is no file or folder 'xxx"),
    "a number as file": ({"files": {"a": 3}}, "a takes a file or folder, its name in quotes"),
    "an address": (
        {"files": {"a": "https://x.org/a.jpg"}},
        "a takes a file or folder, not an addr",
    ),
    "one file missing": ({"files": {"a": [".", "x"]}}, "a: there is no file or folder 'x'"),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_in_a_choice(case, quiet_setup, fault):
    options, sentence = FAULTS[case]
    given = {name: options.get(name) for name in ("epochs", "samples", "sizes")}
    rest = {name: value for name, value in options.items() if name not in given}
    budgets = {"epochs": (given["epochs"], 1, 2, 3), "samples": (given["samples"], 100, 200, 300)}
    with pytest.raises(ChoiceError) as caught:
        quiet_setup(
            **{"profile": "quick", "least": {"samples": 100}, **rest},
            sizes=(given["sizes"], [1, 2], [3], [4]), **budgets,
        )  # fmt: skip
    assert str(caught.value).startswith(sentence)
    assert caught.value._render_traceback_() == [f"ChoiceError: {caught.value}"]
    fault("your choices", case, str(caught.value))


@pytest.mark.parametrize(
    ("variable", "value", "sentence"),
    [
        ("COURSE_SEED", "abc", "COURSE_SEED must be a whole number, not 'abc'"),
        ("COURSE_SEED", "1.5", "COURSE_SEED must be a whole number, not '1.5'"),
        ("COURSE_SEED", "-1", "seed must be a whole number of at least 0, not -1"),
        ("COURSE_SEED", "9" * 12, "seed must be below 2,147,483,648"),
        ("COURSE_PROFILE", "slow", "unknown 'slow' (from COURSE_PROFILE): choose one of quick"),
    ],
)
def test_fault_in_the_environment(variable, value, sentence, quiet_setup, monkeypatch, fault):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ChoiceError) as caught:
        quiet_setup()
    assert str(caught.value).startswith(sentence)
    fault("your choices", f"{variable}={value}", str(caught.value))


@pytest.mark.parametrize(("said", "seed"), [("", 0), (" ", 0), ("7", 7), (" 42 ", 42)])
def test_a_seed_from_the_environment(said, seed, quiet_setup, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", said)
    assert quiet_setup("quick").seed == seed
    assert quiet_setup("quick", seed=3).seed == 3


def test_choices_come_back_checked(quiet_setup, monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.keras").touch()
    files = {"a": "~/mine.keras", "c": None, "d": [tmp_path]}
    budgets = {"sizes": (np.arange(1, 4), [1], [2], [3]), "epochs": (np.int64(2), 1, 2, 3)}
    found = quiet_setup("quick", files=files, choices=CHOICES, **budgets)
    assert (found.table, found.sizes, found.epochs) == ("boston", [1, 2, 3], 2)
    assert (found.a, found.c, found.d) == (f"{tmp_path}/mine.keras", None, [str(tmp_path)])
    assert config.changed_budget() == ["sizes", "epochs", "a", "d"]


def test_a_seed_or_a_table_of_the_readers_own_lets_claims_go_on(quiet_setup, capsys):
    table = {"table": ("california", ["boston", "california"])}
    quiet_setup("quick", choices=table, seed=42)
    claims.claim("two is less than one", 2, "<", 1)
    said = capsys.readouterr().out.splitlines()[-1]
    assert said.startswith("did not hold with your table, seed: two is less than one (2 < 1")
    quiet_setup("quick", choices={"table": ("boston", ["boston", "california"])}, seed=0)
    with pytest.raises(claims.ClaimError):
        claims.claim("two is less than one", 2, "<", 1)


def test_setup_in_a_fresh_process_writes_nothing_to_stderr():
    code = "from course_utils import session; session.setup('quick', dtype='float32')"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stderr == ""
    assert run.stdout.startswith("Profile quick")


@pytest.mark.parametrize(("profile", "off"), [("quick", True), ("lesson", False)])
def test_only_quick_leaves_graphs_as_they_are(quiet_setup, profile, off):
    import tensorflow as tf

    quiet_setup("quick")
    quiet_setup(profile)
    assert tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"] is off


# --- the parameters cell, and Keras's own settings ------------------------------------------------

CELLS = """
from IPython.core.interactiveshell import InteractiveShell
shell = InteractiveShell.instance()
for cell in {cells!r}:
    shell.run_cell(cell, store_history=True)
"""
SETUP = "from course_utils import session; b = session.setup(profile, samples=(samples, 1, 2, 3))"
PARAMETERS = 'profile = "quick"\nsamples = None'


def python(code, **environment):
    """What the code prints in a process of its own."""
    whole = os.environ | {"COURSE_PRECISION": "float32"} | environment
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env=whole)
    return run.stdout + run.stderr


@pytest.mark.parametrize(
    ("case", "cells", "sentence"),
    [
        (
            "sampels for samples",
            [f"{PARAMETERS}\nsampels = 5"],
            "sampels is no choice of this chapter: did you mean samples?",
        ),
        (
            "papermill -p sampels 5",
            [PARAMETERS, "# Parameters\nsampels = 5"],
            "sampels is no choice of this chapter: did you mean samples?",
        ),
        (
            "a name that is nothing like it",
            ["x y", "profile = None\nsamples = None\nzzz = 1"],
            "zzz is no choice of this chapter: it has dtype, profile, samples, seed.",
        ),
    ],
)
def test_fault_a_name_that_the_chapter_does_not_know(case, cells, sentence, fault):
    said = python(CELLS.format(cells=[*cells, SETUP]))
    assert said.splitlines()[-1] == f"ChoiceError: {sentence}"
    fault("your choices", case, said.splitlines()[-1])


def test_a_mended_parameters_cell_and_other_cells_are_no_fault():
    cells = [f"{PARAMETERS}\nsampels = 5", f"{PARAMETERS}\n_mine = 5", "other = 3", SETUP]
    assert python(CELLS.format(cells=cells)).startswith("Profile quick, seed 0")


KERAS = """
from course_utils import session
keras = session.import_keras()
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


def test_fault_keras_already_runs_on_another_backend(quiet_setup, monkeypatch, fault):
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(ChoiceError, match="restart the kernel") as caught:
        quiet_setup("quick")
    fault("environment", "Keras imported on torch", str(caught.value))
