"""Results of a run: published, promoted, shown."""

import json

import numpy as np
import pytest

from course_utils import config, results
from course_utils.training import Runs


@pytest.fixture(autouse=True)
def own_checkout(tmp_path, monkeypatch):
    (tmp_path / "data").mkdir()
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    monkeypatch.setattr(results, "_this_run", {})
    yield
    config.note_run("quick", [])


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


def publish(id="net", chapter="05", data="real", literature=0.99, **more):
    results.publish(
        id, runs(0.98, 1.0), chapter=chapter, what=id, data=data, literature=literature, **more
    )


def test_a_full_run_on_real_data_is_promoted(tmp_path):
    config.note_run("full", [])
    publish("zebra")
    publish("ant", edition="smaller")
    assert results.promote() == 2
    rows = json.loads((tmp_path / "data" / "reference_results.json").read_text())
    assert [row["id"] for row in rows] == ["ant", "zebra"]
    row = rows[1]
    assert (row["measured"], row["spread"], row["seeds"]) == (0.99, [0.98, 1.0], [0, 1])
    assert (row["train_seconds"], row["parameters"], row["epochs"]) == (3.0, 1234, 5)
    assert set(row) == {
        *("id", "chapter", "what", "metric", "literature", "measured", "spread", "seeds"),
        *("epochs", "train_seconds", "parameters", "data", "edition", "hardware", "date"),
    }


@pytest.mark.parametrize(
    ("profile", "changed", "data"),
    [("quick", [], "real"), ("full", ["epochs"], "real"), ("full", [], "synthetic")],
)
def test_any_other_run_is_not(profile, changed, data):
    config.note_run(profile, changed)
    publish(data=data)
    assert results.promote() == 0


def test_promoting_keeps_what_is_there_and_replaces_by_id(tmp_path):
    config.note_run("full", [])
    publish("ant")
    publish("bee")
    results.promote()
    results.publish("bee", runs(0.5), chapter="05", what="bee", data="real")
    results.promote()
    assert {id: row["measured"] for id, row in results.reference().items()} == {
        "ant": 0.99,
        "bee": 0.5,
    }


def test_the_table_holds_literature_reference_and_this_run(capsys):
    config.note_run("full", [])
    publish("ant")
    publish("other", chapter="06")
    results.promote()
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


def test_what_was_not_taken_is_not_made_up():
    config.note_run("full", [])
    rule = results.Measured(np.array([0.9]), [0], None, [], None)
    results.publish("rule", rule, chapter="10", what="a rule", data="generated")
    results.promote()
    row = results.reference()["rule"]
    assert (row["train_seconds"], row["parameters"], row["epochs"]) == (None, None, None)


def test_the_readme_table_holds_what_the_literature_knows():
    config.note_run("full", [])
    publish("ant")
    publish("bee", literature=None)
    results.promote()
    lines = results.readme_table().splitlines()
    assert len(lines) == 3
    assert lines[2] == "| 05 | ant | 0.9900 | **0.9900** | 0.9800–1.0000 | 2 | 5 |"
    results.publish("bee", runs(0.5), chapter="05", what="bee", data="real", literature=0.4)
    results.promote()
    assert results.readme_table().splitlines()[3].endswith("| **0.5000** | – | 1 | 5 |")


def test_without_a_results_file_there_is_no_reference():
    assert results.reference() == {}


def test_what_another_loop_measured_is_published_alike():
    measured = results.Measured(np.array([2.0, 3.0]), [0, 1], 100, [60.0, 80.0], 5121)
    results.publish("mae", measured, chapter="03", what="MAE", data="real", metric="MAE")
    row = results._this_run["mae"]
    assert (row["measured"], row["spread"], row["seeds"]) == (2.5, [2.0, 3.0], [0, 1])
    assert (row["train_seconds"], row["parameters"], row["epochs"]) == (70.0, 5121, 100)
