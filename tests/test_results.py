"""Results of a run: published, promoted, shown."""

import json

import numpy as np
import pytest

from course_utils import config, events, results
from course_utils.training import Runs


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """A checkout without results, whose chapters note what they publish."""
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    monkeypatch.setattr(results, "_this_run", {})
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "notes.jsonl"))
    config.note_run("full", [])
    yield tmp_path
    config.note_run("quick", [])


def promote(root, chapter="05"):
    """Promote what was published since the last time."""
    path = root / "notes.jsonl"
    notes = [note for note in events.read(path) if note["kind"] == "result"]
    path.unlink(missing_ok=True)
    return results.promote(chapter, notes, root)


def runs(*accuracy, epochs=5):
    return Runs(
        accuracy=np.array(accuracy),
        histories=[],
        seconds=[2.0, 4.0],
        also=[],
        seeds=list(range(len(accuracy))),
        epochs=epochs,
        steps=None,
        parameters=1234,
        build=lambda: None,
    )


def publish(id="net", chapter="05", data="real", literature=0.99, accuracy=0.98, **more):
    both = runs(accuracy, 1.0)
    results.publish(id, both, chapter=chapter, what=id, data=data, literature=literature, **more)


def test_a_full_run_on_real_data_is_promoted(root):
    publish("zebra")
    publish("ant", edition="smaller")
    assert promote(root) == 2
    rows = json.loads((root / "data" / results.FILE).read_text())
    assert [row["id"] for row in rows] == ["ant", "zebra"]
    row = rows[1]
    assert (row["measured"], row["spread"], row["seeds"]) == (0.99, [0.98, 1.0], [0, 1])
    assert (row["train_seconds"], row["parameters"], row["epochs"]) == (3.0, 1234, 5)
    assert set(row) == {
        *("id", "chapter", "what", "metric", "literature", "measured", "spread", "seeds"),
        *("epochs", "train_seconds", "parameters", "data", "edition", "hardware", "date"),
    }


@pytest.mark.parametrize(
    ("profile", "changed", "more", "sentence"),
    [
        ("quick", [], {}, "bee is of the profile quick"),
        ("full", ["epochs"], {}, "bee is measured with changed epochs"),
        ("full", [], {"data": "synthetic"}, "bee is measured on synthetic data"),
        ("full", [], {"chapter": "06"}, "bee calls itself a result of chapter 06"),
        ("full", [], {"accuracy": float("nan")}, "bee is no number"),
    ],
)
def test_fault_a_result_that_is_no_reference(root, fault, profile, changed, more, sentence):
    """Then nothing of the chapter is promoted: its rows belong to one run."""
    publish("ant")
    promote(root)
    before = (root / "data" / results.FILE).read_bytes()
    publish("ant")
    config.note_run(profile, changed)
    publish("bee", **more)
    with pytest.raises(ValueError, match=f"no result is promoted: {sentence}") as error:
        promote(root)
    assert (root / "data" / results.FILE).read_bytes() == before
    fault("runs", f"to be promoted: {sentence}", str(error.value))


def test_promoting_replaces_all_of_the_chapter_and_nothing_else(root):
    publish("cat", chapter="06")
    promote(root, "06")
    publish("ant")
    publish("bee")
    promote(root)
    results.publish("bee", runs(0.5), chapter="05", what="bee", data="generated")
    promote(root)
    assert {id: row["measured"] for id, row in results.reference().items()} == {
        "bee": 0.5,
        "cat": 0.99,
    }
    assert promote(root) == 0, "a chapter without results"
    assert list(results.reference()) == ["cat"]


@pytest.mark.parametrize("content", ["[{", "{}x", '{"a": 1}', '[{"id": "a"}]', "[3]", "<<<<<<<"])
def test_fault_a_results_file_that_is_damaged(root, capsys, fault, content):
    path = root / "data" / results.FILE
    path.write_text(content)
    assert results.reference() == {}
    told = capsys.readouterr().out.strip()
    assert told.startswith("data/reference_results.json is damaged")
    publish("ant")
    with pytest.raises(ValueError, match="is damaged"):
        promote(root)
    assert path.read_text() == content, "nothing is lost"
    fault("runs", f"the results file holds {content}", told)


def test_the_table_holds_literature_reference_and_this_run(root, capsys):
    publish("ant")
    promote(root)
    publish("other", chapter="06")
    promote(root, "06")
    results._this_run.clear()
    results.publish("bee", runs(0.5, 0.7), chapter="05", what="bee", data="synthetic")
    results.publish("cow", runs(0.8), chapter="05", what="cow", data="synthetic")
    long = results.Measured(np.array([36.03]), [0], None, [], None)
    results.publish("doe", long, chapter="05", what="doe", data="synthetic", metric="minutes")
    results.table("05")
    head, bee, cow, doe, ant = capsys.readouterr().out.splitlines()
    assert head.split("  ")[-1].strip() == "this run"
    assert " ".join(bee.split()) == "bee – – 0.6000 (0.5000 to 0.7000, 2 seeds)"
    assert " ".join(cow.split()) == "cow – – 0.8000 (1 seed)"
    assert " ".join(doe.split()) == "doe, minutes – – 36.0 (1 seed)"
    assert " ".join(ant.split()) == "ant 0.9900 0.9900 (0.9800 to 1.0000, 2 seeds) –"


def test_what_was_not_taken_is_not_made_up(root):
    rule = results.Measured(np.array([0.9]), [np.int64(0)], None, [], np.int64(7))
    results.publish("rule", rule, chapter="10", what="a rule", data="generated")
    promote(root, "10")
    row = results.reference()["rule"]
    assert (row["train_seconds"], row["parameters"], row["epochs"]) == (None, 7, None)


def test_the_readme_table_holds_what_the_literature_knows(root):
    publish("ant")
    publish("bee", literature=None)
    promote(root)
    lines = results.readme_table().splitlines()
    assert len(lines) == 3
    assert lines[2] == "| 05 | ant | 0.9900 | **0.9900** | 0.9800–1.0000 | 2 | 5 |"
    results.publish("bee", runs(0.5), chapter="05", what="bee", data="real", literature=0.4)
    promote(root)
    assert results.readme_table().splitlines()[2].endswith("| **0.5000** | – | 1 | 5 |")


def test_without_a_results_file_there_is_no_reference():
    assert results.reference() == {}


def test_what_another_loop_measured_is_published_alike():
    measured = results.Measured(np.array([2.0, 3.0]), [0, 1], 100, [60.0, 80.0], 5121)
    results.publish("mae", measured, chapter="03", what="MAE", data="real", metric="MAE")
    row = results._this_run["mae"]
    assert (row["measured"], row["spread"], row["seeds"]) == (2.5, [2.0, 3.0], [0, 1])
    assert (row["train_seconds"], row["parameters"], row["epochs"]) == (70.0, 5121, 100)
