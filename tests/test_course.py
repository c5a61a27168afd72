"""Start of a run: its budgets, what it says, what it refuses, what it tells TensorFlow."""

import nbformat
import notebook_tools as tools
import numpy as np
import pytest

from course_utils import claims, config, course
from course_utils.choices import ChoiceError

TABLES = """
["00"]
minutes = { quick = 0.5, lesson = 5, full = 240 }
epochs = { quick = 1, lesson = 2, full = 3, about = "epochs of a training" }
samples = { quick = 100, lesson = 200, full = 60_000, least = 100, about = "training <digits>" }
sizes = { quick = [1, 2], lesson = [3], full = [4], about = "sizes" }
jobs = { quick = 1, lesson = "cores", full = "cores", about = "processes at a time" }
table = { choose = ["boston", "california"], about = "which table" }
data_set = { choose = ["mnist"], optional = true, about = "a data set" }
picture = { takes = "files", about = "your own" }
cut = { takes = "text", about = "a layer" }

["00".california]
epochs = { quick = 7, lesson = 8, full = 9, about = "epochs of a training" }

["00_lab"]
minutes = { quick = 1, lesson = 60, full = 60 }
dtype = "float32"
data = "generated"
epochs = { quick = 1, lesson = 2, full = 3, about = "epochs of a training" }
layer = { choose = [LAYERS], about = "a layer" }
""".replace("LAYERS", str([f"conv_pw_{i}" for i in range(30)])[1:-1])


@pytest.fixture
def start(monkeypatch, tmp_path):
    """`course.start` in float32 on the tables above, without a checkout.

    What it changes in Keras and TensorFlow is put back.
    """
    import keras
    import tensorflow as tf

    before = keras.config.dtype_policy()
    (tmp_path / "budgets.toml").write_text(TABLES, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(config, "checkout", lambda: None)
    monkeypatch.setenv("COURSE_PRECISION", "float32")
    yield course.start
    keras.config.set_dtype_policy(before)
    tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})
    config.note_run("quick", [])


def test_argument_then_environment_then_lesson(start, monkeypatch):
    assert start("00").epochs == 2
    monkeypatch.setenv("COURSE_PROFILE", "quick")
    assert start("00").epochs == 1
    assert start("00", "full").epochs == 3


@pytest.mark.parametrize(
    ("name", "options", "source", "line"),
    [
        ("00", {}, "", "Profile quick, seed 0, float32 as asked, about 30 seconds."),
        ("00", {"profile": "lesson"}, "", "Profile lesson, seed 0, float32 as asked, about 5 min"),
        ("00", {"profile": "full"}, "", "Profile full, seed 0, float32 as asked, about 4 hours."),
        ("00", {}, "real", "Profile quick, seed 0, float32 as asked, real data, about 30 seconds."),
        ("00", {"seed": 7}, "synthetic", "Profile quick, seed 7, float32 as asked, synthetic data"),
        (
            "00",
            {"changes": {"epochs": 5}},
            "",
            "Profile quick, seed 0, float32 as asked, with your",
        ),
        (
            "00_lab",
            {},
            "real",
            "Profile quick, seed 0, float32, generated data, about 1 minute.",
        ),
    ],
)
def test_it_says_one_line(name, options, source, line, start, monkeypatch, capsys):
    monkeypatch.setenv("COURSE_SOURCE", source)
    start(name, **{"profile": "quick"} | options)
    (said,) = capsys.readouterr().out.splitlines()
    assert said.startswith(line) and said.endswith(".")


def test_budgets_as_text(start, capsys):
    start("00", "quick", changes={"sizes": [5], "samples": 1_000})
    capsys.readouterr()
    course.budgets()
    head, epochs, samples, sizes, *_, table, _, picture, _ = capsys.readouterr().out.splitlines()
    assert head.split() == ["budget", "this", "run", "quick", "lesson", "full", "about"]
    assert epochs.split() == ["epochs", "1", "1", "2", "3", "epochs", "of", "a", "training"]
    assert samples.split()[:5] == ["samples", "1,000", "100", "200", "60,000"]
    assert sizes.split()[:6] == ["sizes", "5", "1", "2", "3", "4"]
    assert table.split()[:3] == ["table", "boston", "boston"]
    assert picture.split() == ["picture", "your", "own"]


def test_fault_budgets_before_the_start(monkeypatch, fault):
    monkeypatch.setattr(course, "_rows", [])
    with pytest.raises(ChoiceError, match="run the first two cells first") as caught:
        course.budgets()
    fault("your choices", "course.budgets() first of all", str(caught.value))


def test_what_the_reader_changed_is_noted(start):
    start("00", "quick", changes={"epochs": 7, "sizes": [1, 2], "cut": "conv_1", "jobs": None})
    assert config.changed_budget() == ["epochs", "cut"]
    assert (config.profile(), config.chapter()) == ("quick", "00")
    start("00_lab", "lesson", seed=3)
    assert config.changed_budget() == ["seed"]
    assert (config.profile(), config.chapter()) == ("lesson", "00_lab")


@pytest.mark.parametrize(
    "given", ['{"epochs": 7, "table": null}', "{'epochs': 7, 'samples': 1_000, 'table': None}"]
)
def test_changes_as_text(given, start):
    assert start("00", "quick", changes=given).epochs == 7
    assert start("00", "quick", changes="{}").epochs == 1


def test_values_come_back_checked(start, monkeypatch, tmp_path):
    from course_utils import cross_validation

    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(cross_validation, "cores", lambda: 48)
    (tmp_path / "mine.jpg").touch()
    changes = {"sizes": np.arange(1, 4), "epochs": np.int64(2), "data_set": "mnist"}
    found = start("00", "lesson", changes=changes | {"picture": "~/mine.jpg"})
    assert (found.table, found.data_set, found.cut) == ("boston", "mnist", None)
    assert (found.sizes, found.epochs, found.jobs) == ([1, 2, 3], 2, 48)
    assert found.picture == f"{tmp_path}/mine.jpg"
    assert config.changed_budget() == ["sizes", "data_set", "picture"]
    found = start("00", "lesson", changes={"picture": [tmp_path]})
    assert (found.picture, found.data_set) == ([str(tmp_path)], None)


def test_lines_that_differ_with_a_choice(start, capsys):
    assert start("00", "quick", changes={"table": "california"}).epochs == 7
    assert config.changed_budget() == ["table"]
    course.budgets()
    assert "epochs    7           7       8       9" in capsys.readouterr().out
    assert start("00", "quick", changes={"table": "california", "epochs": 1}).epochs == 1
    assert start("00", "quick").epochs == 1


def test_the_precision_of_a_chapter_and_of_the_reader(start, monkeypatch):
    import keras

    monkeypatch.setenv("COURSE_PRECISION", "bfloat16")
    assert start("00_lab", "quick").dtype == "float32"
    assert keras.config.dtype_policy().name == "float32"
    assert start("00", "quick").dtype == "bfloat16"
    assert keras.config.dtype_policy().name == "mixed_bfloat16"
    assert start("00", "quick", changes={"dtype": "float32"}).dtype == "float32"
    assert config.changed_budget() == []


LIST = "it has cut, data_set, dtype, epochs, jobs, picture, samples, sizes, table."
FAULTS = {  # what the reader wrote: what is said
    "profile fast": ({"profile": "fast"}, "unknown 'fast': choose one of quick, lesson, full"),
    "a list as profile": ({"profile": ["quick"]}, "unknown ['quick']: choose one of quick"),
    "seed -1": ({"seed": -1}, "seed must be a whole number of at least 0, not -1"),
    "seed 1.5": ({"seed": 1.5}, "seed must be a whole number of at least 0, not 1.5"),
    "seed 2**32": ({"seed": 2**32}, "seed must be below 2,147,483,648"),
    "a list of seeds": ({"seed": [0, 1]}, "seed must be a whole number of at least 0, not [0, 1]"),
    "a chapter that is not": ({"name": "12"}, "budgets.toml has no table '12', only 00, 00_lab"),
    "changes = 3": ({"changes": 3}, 'changes takes a dictionary such as {"epochs": 10}, not 3'),
    "changes = [3]": ({"changes": [3]}, "changes takes a dictionary such as"),
    "changes = 'epochs=3'": ({"changes": "epochs=3"}, "changes takes a dictionary such as"),
    "changes = ''": ({"changes": ""}, "changes takes a dictionary such as"),
    "changes = '[1]'": ({"changes": "[1]"}, "changes takes a dictionary such as"),
}  # fmt: skip
CHANGES = {
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
    "cores as jobs": ({"jobs": "cores"}, "jobs must be a whole number of at least 1, not 'cores'"),
    "epoch for epochs": ({"epoch": 3}, "epoch is no budget of this chapter: did you mean epochs?"),
    "a name unlike any": ({"zzz": 3}, f"zzz is no budget of this chapter: {LIST}"),
    "3 as a name": ({3: 3}, "3 is no budget of this chapter: it has cut, data_set"),
    "minutes": ({"minutes": 3}, "minutes is no budget of this chapter: it has cut, data_set"),
    "the profile": ({"profile": "quick"}, "profile has a line of its own in the first cell"),
    "the seed": ({"seed": 3}, "seed has a line of its own in the first cell, outside changes"),
    "float16": ({"dtype": "float16"}, "unknown 'float16': choose one of auto, float32, bfloat16"),
    "another table": ({"table": "mnist"}, "table cannot be 'mnist': choose one of boston, calif"),
    "a number as table": ({"table": 3}, "table cannot be 3: choose one of boston, california"),
    "no such file": ({"picture": "x.jpg"}, "picture: there is no file or folder 'x.jpg'"),
    "an empty name": ({"picture": ""}, "picture: there is no file or folder ''"),
    "nobody's home": ({"picture": "~nobody-here/x"}, "picture: there is no file or folder '~no"),
    "a name too long": ({"picture": "x" * 5_000}, "picture: there is no file or folder 'xxx"),
    "a number as file": ({"picture": 3}, "picture takes a file or folder, its name in quotes"),
    "an address": ({"picture": "https://x.org/a.jpg"}, "picture takes a file or folder, not an a"),
    "one file missing": ({"picture": [".", "x"]}, "picture: there is no file or folder 'x'"),
    "a number as text": ({"cut": 3}, "cut takes a text in quotes, not 3"),
}
FAULTS |= {case: ({"changes": changes}, said) for case, (changes, said) in CHANGES.items()}
FAULTS["precision where it is fixed"] = (
    {"name": "00_lab", "changes": {"dtype": "bfloat16"}},
    "dtype is no budget of this chapter: it has epochs, layer.",
)
FAULTS["a layer that is not"] = (
    {"name": "00_lab", "changes": {"layer": "conv_12"}},
    "layer cannot be 'conv_12': choose one of conv_pw_12",
)


@pytest.mark.parametrize("case", FAULTS)
def test_fault_in_a_choice(case, start, fault):
    options, sentence = FAULTS[case]
    with pytest.raises(ChoiceError) as caught:
        start(**{"name": "00", "profile": "quick"} | options)
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
        ("COURSE_SOURCE", "web", "unknown 'web' (from COURSE_SOURCE): choose one of auto, real"),
    ],
)
def test_fault_in_the_environment(variable, value, sentence, start, monkeypatch, fault):
    monkeypatch.setenv(variable, value)
    with pytest.raises(ChoiceError) as caught:
        start("00")
    assert str(caught.value).startswith(sentence)
    fault("your choices", f"{variable}={value}", str(caught.value))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (None, "budgets.toml is missing: it stands in the course's folder notebooks/"),
        ("x = {", "budgets.toml cannot be read: Invalid"),
    ],
)
def test_fault_in_the_file_of_budgets(text, sentence, start, tmp_path, fault):
    path = tmp_path / "budgets.toml"
    path.unlink() if text is None else path.write_text(text)
    with pytest.raises(ChoiceError) as caught:
        start("00", "quick")
    assert str(caught.value).startswith(sentence)
    fault("your choices", f"budgets.toml: {text or 'not there'}", str(caught.value))


def test_a_lab_finds_the_budgets_in_the_folder_above(start, tmp_path, monkeypatch):
    (tmp_path / "labs").mkdir()
    monkeypatch.chdir(tmp_path / "labs")
    assert start("00_lab", "quick").epochs == 1


@pytest.mark.parametrize(("said", "seed"), [("", 0), (" ", 0), ("7", 7), (" 42 ", 42)])
def test_a_seed_from_the_environment(said, seed, start, monkeypatch):
    monkeypatch.setenv("COURSE_SEED", said)
    assert start("00", "quick").seed == seed
    assert start("00", "quick", seed=3).seed == 3


def test_a_seed_or_a_table_of_the_readers_own_lets_claims_go_on(start, capsys):
    start("00", "quick", seed=42, changes={"table": "california"})
    claims.claim("two is less than one", 2, "<", 1)
    assert "did not hold" in capsys.readouterr().out
    start("00", "quick", seed=0, changes={"table": "boston"})
    with pytest.raises(claims.ClaimError):
        claims.claim("two is less than one", 2, "<", 1)


@pytest.mark.parametrize(("profile", "off"), [("quick", True), ("lesson", False)])
def test_only_quick_leaves_graphs_as_they_are(start, profile, off):
    import tensorflow as tf

    start("00", "quick")
    start("00", profile)
    assert tf.config.optimizer.get_experimental_options()["disable_meta_optimizer"] is off


def test_in_a_notebook_the_table_opens_below_the_line(start, tmp_path):
    source = "from course_utils import config, course\nconfig.checkout = lambda: None\n"
    source += "budget = course.start('00', 'quick', changes={'samples': 200})"
    nb = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source)])
    tools.execute(nb, folder=tmp_path)
    (output,) = nb.cells[0].outputs
    assert output.output_type == "display_data"
    line, page = output.data["text/plain"], output.data["text/html"]
    assert line == "Profile quick, seed 0, float32 as asked, with your samples."
    assert page.startswith(f"<details><summary>{line}</summary><table>")
    row = "<tr><th>samples</th><td><b>200</b></td><td>100</td><td>200</td><td>60,000</td>"
    assert row in page and "training &lt;digits&gt;" in page


def test_fault_keras_already_runs_on_another_backend(start, monkeypatch, fault):
    import keras

    monkeypatch.setattr(keras.backend, "backend", lambda: "torch")
    with pytest.raises(ChoiceError, match="restart the kernel") as caught:
        start("00", "quick")
    fault("environment", "Keras imported on torch", str(caught.value))
