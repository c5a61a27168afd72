"""Results of a run: recorded by label, listed with what is published, shown, promoted."""

import json
import tomllib

import keras
import numpy as np
import pytest
from bound_numbers import numbers

from course_utils import config, datasets, events, results, training

ROOT = config.checkout()
LISTED = """
["05"]
cow = { label = "cow", what = "cows", metric = "minutes" }

["05".ant]
label = "ant"
published = 0.99
source = "A. Author: A book, 2017, page 9."
recipe = "Ten epochs."
differs = "Five <epochs>."

["06"]
cat = { label = "cat" }
"""


@pytest.fixture(autouse=True)
def root(tmp_path, monkeypatch):
    """A checkout that lists three results and holds none, and a run that has noted nothing."""
    for folder in ("data", "notebooks"):
        (tmp_path / folder).mkdir()
    monkeypatch.setattr(config, "checkout", lambda: tmp_path)
    monkeypatch.setattr(events, "_noted", [])
    config.note_run("full", [])
    listed(tmp_path, LISTED)
    yield tmp_path
    config.note_run("quick", [])


def listed(root, text):
    (root / "notebooks" / results.LITERATURE).write_text(text, encoding="utf-8")


def record(label="ant", *values, **more):
    values = values or (0.98, 1.0)
    results.record(label, values, seeds=range(len(values)), **more)


def both():
    record("ant", epochs=5, seconds=[2.0, 4.0], parameters=np.int64(7))
    record("cow", 36.03)


def promote(root, chapter="05"):
    """Promote what was recorded since the last time."""
    notes = json.loads(json.dumps(events.noted("result"), default=lambda number: number.item()))
    events._noted.clear()
    return results.promote(chapter, notes, root)


def rows(root):
    return json.loads((root / "data" / results.FILE).read_text(encoding="utf-8"))


# --- recorded -------------------------------------------------------------------------------------


def test_measure_records_under_its_label():
    x, y = np.eye(2, dtype="float32").repeat(8, axis=0), np.arange(2).repeat(8)

    def build():
        return keras.Sequential([keras.Input((2,)), keras.layers.Dense(2, "softmax")])

    def measure(label):
        return training.measure(build, (x, y), (x, y), epochs=2, seeds=[3, 4], label=label)

    assert measure("").accuracy.shape == (2,) and events.noted("result") == []
    runs = measure("small")
    (noted,) = events.noted("result")
    assert noted["label"] == "small" and noted["values"] == runs.accuracy.tolist()
    assert (noted["seeds"], noted["epochs"], noted["parameters"]) == ([3, 4], 2, 6)
    assert noted["seconds"] == runs.seconds
    results.record("its double", 2 * runs.accuracy, of=runs)
    other = events.noted("result")[-1]
    assert other == noted | {"label": "its double", "values": (2 * runs.accuracy).tolist()}


def test_a_record_says_what_it_was_told_and_nothing_else():
    results.record("rule", 0.9)
    results.record("interval", np.float32(2), seeds=[5, 6])
    one, two = events.noted("result")
    assert one["values"] == [0.9] and two["values"] == [2.0] and two["seeds"] == [5, 6]
    assert (one["seeds"], one["seconds"], one["epochs"], one["parameters"]) == ([], [], None, None)


@pytest.mark.parametrize("how", [{}, {"seeds": [0]}, {"seeds": [0, 1, 2]}])
def test_fault_values_that_are_not_one_of_each_seed(fault, how):
    with pytest.raises(ValueError, match="one value for each seed: 'ant', 2 values from") as error:
        results.record("ant", [0.5, 0.6], **how)
    assert events.noted("result") == []
    fault("results", f"2 values, {how or 'no seeds'}", str(error.value))


@pytest.mark.parametrize(
    ("loaded", "kind"),
    [
        ([], "generated"),
        (["real", "generated"], "real"),
        (["real", "synthetic"], "synthetic"),
    ],
)
def test_the_kind_of_data_is_that_of_all_that_the_run_loaded(loaded, kind):
    for i, source in enumerate(loaded):
        events.note("data", name=f"set {i}", source=source)
    record()
    assert events.noted("result")[0]["data"] == kind


def test_a_set_that_is_loaded_notes_what_it_is():
    """Loaded once more, as when a cell is run again, the last time counts."""
    events.note("data", name="mnist", source="real")
    datasets.load("mnist", "synthetic", train=2, test=2)
    record()
    events.note("data", name="mnist", source="real")
    record()
    assert [note["data"] for note in events.noted("result")] == ["synthetic", "real"]


# --- shown ----------------------------------------------------------------------------------------


def test_the_table_holds_published_reference_this_run_and_what_differs(root, capsys):
    both()
    promote(root)
    record("ant", 0.25)
    record("ant", 0.5, 0.7)
    record("nowhere", 0.1)
    results.table("05")
    head, ant, *notes, head_of_own, cow = capsys.readouterr().out.splitlines()
    assert head.split() == ["published", "reference", "run", "this", "run"]
    shown = "ant 0.9900 0.9900 (0.9800 to 1.0000, 2 seeds) 0.6000 (0.5000 to 0.7000, 2 seeds)"
    assert " ".join(ant.split()) == shown
    assert notes == [
        "ant",
        "  Source: A. Author: A book, 2017, page 9.",
        "  Recipe: Ten epochs.",
        "  Here: Five <epochs>.",
    ]
    assert head_of_own.split() == ["reference", "run", "this", "run"]
    assert " ".join(cow.split()) == "cows, minutes 36.0 (1 seed) –"


def test_in_a_notebook_it_is_an_html_table(root):
    both()
    text, page = results.rendered(results.literature()["05"], {}, {})
    assert text.splitlines()[1].split() == ["ant", "0.9900", "–", "–"]
    assert page.count("<table>") == 2 and page.count("<tr>") == 4
    assert "Five &lt;epochs&gt;." in page and "page 9.<br>Recipe: Ten" in page
    assert page.index("<details>") > page.index("</table>"), "the chapter's own are folded away"
    own = results.rendered(results.literature()["06"], {}, {})[1]
    assert "<details>" not in own, "but not where there are no others"


def test_fault_a_table_of_another_chapter(fault):
    with pytest.raises(ValueError, match=r"does not list '5', but 05, 06") as error:
        results.table("5")
    fault("results", "table('5')", str(error.value))


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('["05"]\na = { label = "a", publishd = 1 }', "a has the unknown publishd"),
        ('["05"]\na = { what = "a" }', "a has no label"),
        ('["05"]\na = 3', "a is no table"),
        ('["05"\n', "Expected"),
        ('["05"]\na = { label = "x" }\nb = { label = "x" }', "two results of 05 are labeled 'x'"),
        ('["05"]\na = { label = "x" }\n["06"]\na = { label = "y" }', "a is the id of two results"),
    ],
)
def test_fault_a_list_that_cannot_be_used(root, fault, text, sentence):
    listed(root, text)
    with pytest.raises(
        ValueError, match=f"notebooks/literature.toml cannot be used: {sentence}"
    ) as e:
        results.table("05")
    fault("results", f"the list holds {text}", str(e.value))


def test_the_readme_table_holds_what_has_a_published_figure(root):
    both()
    promote(root)
    line = "| 05 | ant | 0.9900 | **0.9900** | 0.9800–1.0000 | 2 | 5 |"
    assert results.readme_table().splitlines()[2:] == [line]
    (root / "README.md").write_text(
        "a\n<!-- results:begin -->\nold\n<!-- results:end -->\nz\n", encoding="utf-8"
    )
    results.write_readme(root)
    text = (root / "README.md").read_text(encoding="utf-8")
    table = results.readme_table()
    assert text == f"a\n<!-- results:begin -->\n{table}\n<!-- results:end -->\nz\n"
    results.write_readme(root)
    assert (root / "README.md").read_text(encoding="utf-8") == text


# --- promoted -------------------------------------------------------------------------------------


def test_a_full_run_on_real_data_promotes_what_is_listed(root):
    events.note("data", name="mnist", source="real")
    both()
    record("nowhere", 0.1)
    assert promote(root) == 2
    ant, cow = rows(root)
    assert (ant["id"], cow["id"], ant["chapter"]) == ("ant", "cow", "05")
    assert (ant["measured"], ant["spread"], ant["seeds"]) == (0.99, [0.98, 1.0], [0, 1])
    assert (ant["train_seconds"], ant["parameters"], ant["epochs"]) == (3.0, 7, 5)
    assert (cow["train_seconds"], cow["parameters"], cow["epochs"]) == (None, None, None)
    assert ant["data"] == "real" and ant["hardware"].endswith(" cores") and len(ant["date"]) == 10


@pytest.mark.parametrize(
    ("profile", "changed", "source", "value", "sentence"),
    [
        ("quick", [], "real", 0.5, "'cow' (cow) is of the profile quick"),
        ("full", ["epochs"], "real", 0.5, "'cow' (cow) is measured with changed epochs"),
        ("full", [], "synthetic", 0.5, "'cow' (cow) is measured on synthetic data"),
        ("full", [], "real", float("nan"), "'cow' (cow) is no number"),
        ("full", [], "real", None, "'cow' (cow) is in no record of this run"),
        ("full", [], "real", (0.5, 0.6), "'cow' (cow) is recorded twice, with different figures"),
    ],
)
def test_fault_a_result_that_is_no_reference(
    root, fault, profile, changed, source, value, sentence
):
    """Then nothing of the chapter is promoted: its rows belong to one run."""
    both()
    promote(root)
    before = rows(root)
    record("ant", 0.1)
    config.note_run(profile, changed)
    events.note("data", name="mnist", source=source)
    for one in value if isinstance(value, tuple) else [value] * (value is not None):
        record("cow", one)
    with pytest.raises(ValueError, match="no result is promoted: ") as error:
        promote(root)
    assert str(error.value).endswith(sentence)
    assert rows(root) == before
    fault("runs", f"to be promoted: {sentence}", str(error.value))


def test_promoting_replaces_all_of_the_chapter_and_nothing_else(root):
    record("cat")
    assert promote(root, "06") == 1
    both()
    promote(root)
    listed(root, '["05"]\ncow = { label = "cow" }\n["06"]\ncat = { label = "cat" }')
    record("cow", 0.5, seconds=[1.0])
    record("cow", 0.5, seconds=[2.0])
    assert promote(root) == 1, "recorded twice with the same figures, it is one result"
    assert rows(root)[0]["train_seconds"] == 2.0
    assert {row["id"]: row["measured"] for row in rows(root)} == {"cow": 0.5, "cat": 0.99}
    assert promote(root, "07") == 0, "a chapter without results"
    listed(root, '["07"]\ncat = { label = "cat" }')
    record("cat", 0.1)
    promote(root, "07")
    moved = [(row["chapter"], row["measured"]) for row in rows(root) if row["id"] == "cat"]
    assert moved == [("07", 0.1)], "it stands once, where it is listed now"


@pytest.mark.parametrize("content", ["[{", "{}x", '{"a": 1}', '[{"id": "a"}]', "[3]", "<<<<<<<"])
def test_fault_a_results_file_that_is_damaged(root, capsys, fault, content):
    path = root / "data" / results.FILE
    path.write_text(content)
    assert results.reference() == {}
    told = capsys.readouterr().out.strip()
    assert told.startswith("data/reference_results.json is damaged")
    both()
    with pytest.raises(ValueError, match="is damaged"):
        promote(root)
    assert path.read_text() == content, "nothing is lost"
    fault("runs", f"the results file holds {content}", told)


def test_numbers_in_prose_are_bound_to_chapters_labs_and_published_figures(root):
    listed(root, LISTED.replace('["06"]', '["05_how_much"]'))
    both()
    promote(root)
    record("cat", 0.25)
    promote(root, "05_how_much")
    stored = results.reference()
    text = "Reference run: 0.9900<!-- ref:ant -->, 0.25<!-- ref:cat -->, {}<!-- ref:{} -->"
    assert numbers(text.format("0.99", "ant.published"), stored) == []
    assert len(numbers(text.format("0.98", "ant.published"), stored)) == 1
    assert len(numbers(text.format("0.98", "cat.published"), stored)) == 1
    assert "published" not in rows(root)[0], "it stands in one place"


def test_without_a_results_file_there_is_no_reference():
    assert results.reference() == {}


# --- the course's own list ------------------------------------------------------------------------


@pytest.fixture
def course(monkeypatch):
    monkeypatch.setattr(config, "checkout", lambda: ROOT)
    return results.literature()


def test_every_reference_result_is_listed_where_it_stands(course):
    where = {id: chapter for chapter, entries in course.items() for id in entries}
    stored = {id: row["chapter"] for id, row in results.reference().items()}
    assert stored == {id: where.get(id) for id in stored} and len(stored) > 200
    assert {row["data"] for row in results.reference().values()} <= {"real", "generated"}


def test_every_listed_result_is_of_a_chapter_or_lab_that_exists(course):
    stems = {path.stem for path in (ROOT / "notebooks" / "labs").glob("*.ipynb")}
    stems |= {path.stem[:2] for path in (ROOT / "notebooks").glob("[0-9]*.ipynb")}
    assert set(course) <= stems


def test_every_published_figure_has_its_source_recipe_and_what_differs(course):
    text = (ROOT / "notebooks" / results.LITERATURE).read_text(encoding="utf-8")
    assert tomllib.loads(text).keys() == course.keys()
    about = {"source", "recipe", "differs"}
    count = 0
    for entries in course.values():
        for id, entry in entries.items():
            told = about & entry.keys()
            assert told == (about if "published" in entry else set()), id
            assert all(entry[field].endswith(".") for field in told), id
            count += "published" in entry
    assert count >= 30
