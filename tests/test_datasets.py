"""load(): requests, ready files, what is printed; and the real sets where they are."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from makers import mnist, npz, one_line, same, stand_in, text_arrays

import course_utils
from course_utils import datasets, synthetic
from course_utils.datasets import registry


def test_ready_file_of_the_class(shelf, capsys, tmp_path, monkeypatch):
    shelf("mnist.npz", npz(**mnist()))
    monkeypatch.setenv("COURSE_RECORD", str(tmp_path / "record"))
    data = datasets.load("mnist")
    assert one_line(capsys.readouterr(), tmp_path) == (
        "MNIST: real, 7 + 4 images, from the class folder; an unverified copy."
    )
    assert same(data, mnist()) and data.x_train.flags.writeable
    assert (data.name, data.source, data.origin) == ("mnist", "real", "class folder")
    assert data.class_names == tuple("0123456789") and data.card is registry.CARDS["mnist"]
    assert json.loads((tmp_path / "record").read_text()) == {
        "kind": "data", "name": "mnist", "source": "real", "origin": "class folder",
    }  # fmt: skip
    assert repr(data) == "Dataset(mnist: real, 7 + 4, class folder)"
    assert not (tmp_path / "cache").exists()  # reading writes nothing


@pytest.mark.parametrize("order", ["C", "F"])
def test_only_the_first_rows(shelf, order):
    arrays = mnist()
    arrays["x_train"] = np.asarray(arrays["x_train"], order=order)
    shelf("mnist.npz", npz(**arrays))
    data = datasets.load("mnist", train=3, test=np.int64(1))
    assert same(data, {key: value[: 3 if "train" in key else 1] for key, value in arrays.items()})


def test_places_are_searched_in_order(shelf, tmp_path, monkeypatch):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "mnist.npz").write_bytes(npz(**mnist(seed=1)))
    assert datasets.load("mnist").origin == "course folder"
    folder = shelf("mnist.npz", npz(**mnist(seed=2)))
    assert same(datasets.load("mnist"), mnist(seed=2))
    (folder / "mnist.npz").unlink()
    assert same(datasets.load("mnist"), mnist(seed=1))


def test_ready_text(shelf, capsys):
    shelf("imdb.npz", npz(**text_arrays()))
    data = datasets.load("imdb")
    assert [row.tolist() for row in data.x_train] == [[1, 5, 6], [1, 4], [1, 7, 5, 4]]
    assert data.x_train[-1].tolist() == [1, 7, 5, 4] and len(data.x_train) == 3
    assert [row.tolist() for row in data.x_train[1:]] == [[1, 4], [1, 7, 5, 4]]
    assert data.class_names == ("negative", "positive") and data.extras["words"][5] == "b"
    assert repr(data.x_train) == "Ragged(3 rows, 9 tokens)"
    part = datasets.load("imdb", train=2, test=1)
    assert [row.tolist() for row in part.x_train] == [[1, 5, 6], [1, 4]]
    assert len(part.x_train.tokens) == 5  # what was not asked for was not read
    with pytest.raises(IndexError):
        data.x_train[3]
    with pytest.raises(ValueError, match="step"):
        data.x_train[::2]


def test_topics_of_a_ready_file_name_its_classes(shelf):
    shelf("reuters.npz", npz(**text_arrays(topics=np.array(["earn", "acq"]))))
    assert datasets.load("reuters").class_names == ("earn", "acq")


@pytest.mark.parametrize("source", ["auto", "synthetic"])
def test_drawn_data(monkeypatch, capsys, tmp_path, source):
    stand_in(monkeypatch)
    data = datasets.load("mnist", source, train=5, test=2, seed=3)
    assert same(data, mnist(5, 2, 3)) and data.source == data.origin == "synthetic"
    line = one_line(capsys.readouterr(), tmp_path)
    assert line.startswith("MNIST: synthetic, 5 + 2 images, ")
    assert ("fetch mnist" in line and "COURSE_DATA_DIR" in line) == (source == "auto")


@pytest.mark.parametrize("name", registry.GENERATED)
def test_generated_data_follow_the_seed(name):
    first, again, other = (datasets.load(name, train=9, test=9, seed=s) for s in (1, 1, 2))
    np.testing.assert_array_equal(first.x_train, again.x_train)
    assert not np.array_equal(first.x_train, other.x_train)


def test_source_from_the_environment(monkeypatch, shelf):
    stand_in(monkeypatch)
    shelf("mnist.npz", npz(**mnist()))
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    assert datasets.load("mnist", train=2, test=2).source == "synthetic"
    assert datasets.load("mnist", "real").source == "real"
    monkeypatch.setenv("COURSE_SOURCE", "reel")
    with pytest.raises(datasets.BadRequest, match=r"reel.*COURSE_SOURCE"):
        datasets.load("mnist")


def test_every_set_has_a_stand_in_or_is_generated():
    assert synthetic.STAND_INS.keys() == registry.CARDS.keys()
    assert synthetic.GENERATED.keys() == registry.GENERATED.keys()


@pytest.mark.parametrize(
    ("arguments", "options", "reason"),
    [
        (["minst"], {}, "no data set 'minst': choose one of mnist, "),
        (["mnist", "reel"], {}, "unknown 'reel'"),
        (["mnist"], {"train": -1}, "train=-1 is out of range"),
        (["mnist"], {"test": 0}, "test=0 is out of range"),
        (["mnist"], {"train": 60_001}, "train=60,001 is out of range: MNIST has 1 to 60,000"),
        (["mnist"], {"test": 2.5}, "test=2.5 is no whole number"),
        (["mnist"], {"train": "all"}, "train='all' is no whole number"),
    ],
)
def test_fault_requests_that_make_no_sense(fault, arguments, options, reason):
    with pytest.raises(datasets.BadRequest) as caught:
        datasets.load(*arguments, **options)
    text = str(caught.value)
    assert reason in text and "\n" not in text
    assert caught.value._render_traceback_() == [f"BadRequest: {text}"]  # what a notebook shows
    fault("data files", f"load({arguments}, {options})", text)


def test_more_rows_than_the_file_has(shelf):
    shelf("mnist.npz", npz(**mnist()))
    with pytest.raises(datasets.BadRequest, match=r"train=8.* 7 "):
        datasets.load("mnist", train=8)


def test_cards_are_complete_and_the_page_agrees():
    for card in registry.CARDS.values():
        assert card.source and card.licence and card.problems
        for remote in card.files:
            algorithm, _, digits = remote.checksum.partition(":")
            assert len(digits) == {"sha256": 64, "md5": 32}[algorithm] and remote.size > 0
            assert remote.url.startswith("https://")
            assert algorithm == "sha256" or "MD5 is known" in card.problems
    page = Path(course_utils.__file__).parents[1] / "data" / "README.md"
    assert page.read_text(encoding="utf-8") == registry.readme()


def test_import_is_light():
    code = "import sys; from course_utils import datasets; print(*sys.modules)"
    command = [sys.executable, "-c", code]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    heavy = {"keras", "tensorflow", "matplotlib", "requests", "tqdm", "filelock", "PIL", "scipy"}
    assert not heavy & set(loaded)
