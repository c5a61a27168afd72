"""Set-up of a run: its budget, what it says, what it refuses, what it tells TensorFlow."""

import subprocess
import sys

import pytest

from course_utils import config, session


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


@pytest.mark.parametrize(
    ("profile", "options", "message"),
    [
        ("fast", {}, "unknown 'fast': choose one of quick, lesson, full"),
        ("quick", {"epochs": (0, 1, 2, 3)}, "epochs must be a whole number of at least 1, not 0"),
        ("quick", {"samples": (-5, 1, 2, 3)}, "samples must be a whole number .*, not -5"),
        ("quick", {"epochs": (2.5, 1, 2, 3)}, "epochs must be a whole number .*, not 2.5"),
        ("quick", {"sizes": ([300, 0], [1], [2], [3])}, "sizes must be .* not 0"),
        ("quick", {"seed": -1}, "seed must be a whole number of at least 0, not -1"),
        ("quick", {"dtype": "float16"}, "unknown 'float16': choose one of auto, float32, bfloat16"),
    ],
)
def test_setup_refuses_what_cannot_be(quiet_setup, profile, options, message):
    with pytest.raises(ValueError, match=message):
        quiet_setup(profile, **options)


def test_an_unknown_profile_in_the_environment_is_named_with_its_variable(quiet_setup, monkeypatch):
    monkeypatch.setenv("COURSE_PROFILE", "slow")
    with pytest.raises(ValueError, match=r"unknown 'slow' \(from COURSE_PROFILE\)"):
        quiet_setup(None)


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
