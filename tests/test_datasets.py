"""load(): requests, ready files, what is printed; and the real sets where they are."""

import gzip
import io
import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from makers import mnist, npz, one_line, same, stand_in

import course_utils
from course_utils import datasets, synthetic
from course_utils.datasets import registry


@pytest.fixture
def shelf(tmp_path, monkeypatch):
    """A class folder to put files into: shelf(name, data)."""
    folder = tmp_path / "class"
    folder.mkdir()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))

    def put(name: str, data: bytes) -> Path:
        (folder / name).write_bytes(data)
        return folder

    return put


def ragged(prefix: str, *rows: list[int]) -> dict[str, np.ndarray]:
    offsets = np.cumsum([0, *map(len, rows)])
    return {
        f"{prefix}_tokens": np.concatenate(rows).astype(np.uint16),
        f"{prefix}_offsets": offsets,
    }


def text_arrays(**more) -> dict[str, np.ndarray]:
    return {
        **ragged("x_train", [1, 5, 6], [1, 4], [1, 7, 5, 4]),
        **ragged("x_test", [1, 6], [1, 5]),
        "y_train": np.array([0, 1, 1], np.uint8),
        "y_test": np.array([1, 0], np.uint8),
        "words": np.array(["<pad>", "<start>", "<unknown>", "<unused>", *"abcd"]),
        **more,
    }


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


def test_fault_sha256sums_vouch_for_ready_files(shelf, capsys, fault):
    from hashlib import sha256

    data = npz(**mnist())
    shelf("mnist.npz", data)
    shelf("SHA256SUMS", f"{sha256(data).hexdigest()} *mnist.npz\n".encode())
    for text in (" *mnist.npz\n", "  mnist.npz\r\n", "  ./mnist.npz\n"):
        for encoding in ("utf-8", "utf-8-sig", "utf-16"):
            shelf("SHA256SUMS", (sha256(data).hexdigest().upper() + text).encode(encoding))
            datasets.load("mnist")
            assert "unverified" not in one_line(capsys.readouterr()), (text, encoding)
    shelf("mnist.npz", npz(**mnist(seed=1)))
    with pytest.raises(datasets.WrongChecksum, match="SHA256SUMS") as caught:
        datasets.load("mnist")
    fault("data files", "not the file of SHA256SUMS", str(caught.value))


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


BAD_READY = {
    "cut short": ("mnist", lambda: npz(**mnist())[:-50], "no readable npz"),
    "no npz": ("mnist", lambda: b"<html>hello", "no readable npz"),
    "bit flipped": ("mnist", lambda: flipped(npz(**mnist())), "damaged"),
    "header lies": (
        "mnist",
        lambda: stored(npz(**mnist())).replace(
            b"(7, 28, 28), }" + b" " * 12, b"(7000000000000, 28, 28), }"
        ),
        "damaged",
    ),
    "dtype": ("mnist", lambda: npz(**mnist() | {"x_test": np.ones((4, 28, 28))}), "float64"),
    "shape": ("mnist", lambda: npz(**mnist() | {"x_train": np.ones((7, 28), "u1")}), r"\(28,\)"),
    "rows": ("mnist", lambda: npz(**mnist() | {"y_train": np.ones(6, "u1")}), "7 rows"),
    "classes": ("mnist", lambda: npz(**mnist() | {"y_test": np.full(4, 10)}), "10 .* expected"),
    "negative": ("mnist", lambda: npz(**mnist() | {"y_test": np.full(4, -1)}), "-1 .* expected"),
    "empty": ("mnist", lambda: npz(**mnist(train=0)), "0 rows"),
    "pickles": ("mnist", lambda: npz(**mnist() | {"y_test": np.array([{}] * 4)}), "pickled"),
    "keys": ("cifar10", lambda: npz(images=np.ones(3)), "other arrays"),
    "words": ("imdb", lambda: npz(**text_arrays(words=np.array(["a"] * 7))), "7 is beyond"),
    "negative token": ("imdb", lambda: npz(**text_arrays(x_train_tokens=-np.ones(9, "i2"))), "negative"),
    "words are numbers": ("imdb", lambda: npz(**text_arrays(words=np.arange(9))), "no list of words"),
    "topics are numbers": ("reuters", lambda: npz(**text_arrays(topics=np.arange(2))), "no list of"),
    "labels are words": ("mnist", lambda: npz(**mnist() | {"y_test": np.array(list("abcd"))}), "<U1"),
    "real labels": ("mnist", lambda: npz(**mnist() | {"y_test": np.full(4, 0.5)}), "y is float64"),
    "two names": (
        "boston_housing",
        lambda: npz(
            x_train=np.ones((3, 13)), x_test=np.ones((2, 13)), y_train=np.ones(3),
            y_test=np.ones(2), feature_names=np.array(["CRIM", "ZN"]),
        ),
        "2 feature names, 13 expected",
    ),
    "one array": ("mnist", lambda: npy(np.ones(3)), "no readable npz"),
    "offsets": (
        "imdb",
        lambda: npz(**text_arrays(x_train_offsets=np.array([0, 5, 3, 9]))),
        "count upwards",
    ),
    "tokens": ("imdb", lambda: npz(**text_arrays(x_test_tokens=np.ones(9, "u2"))), "without a row"),
    "not finite": (
        "boston_housing",
        lambda: npz(
            x_train=np.full((3, 13), np.nan), x_test=np.ones((2, 13)), y_train=np.ones(3),
            y_test=np.ones(2),
        ),
        "no finite",
    ),
}  # fmt: skip


def npy(array: np.ndarray) -> bytes:
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def stored(data: bytes) -> bytes:
    """The same npz, its members not compressed."""
    file = io.BytesIO()
    with np.load(io.BytesIO(data)) as arrays:
        np.savez(file, **arrays)
    return file.getvalue()


def flipped(data: bytes) -> bytes:
    return data[:3000] + bytes([data[3000] ^ 255]) + data[3001:]


@pytest.mark.parametrize("case", BAD_READY)
def test_fault_file_of_the_class_that_cannot_be_used(shelf, tmp_path, monkeypatch, fault, case):
    name, data, reason = BAD_READY[case]
    stand_in(monkeypatch, name)
    folder = shelf(f"{name}.npz", data())
    with pytest.raises(datasets.BrokenFile, match=reason) as caught:
        datasets.load(name)
    text = str(caught.value)
    assert "class folder" in text and f"{name}.npz" in text and str(tmp_path) not in text
    assert "\n" not in text and "replace the file" in text
    assert [path.name for path in folder.iterdir()] == [f"{name}.npz"]  # nothing moved
    fault("data files", f"{name}.npz: {case}", text)


def test_fault_file_of_the_class_that_may_not_be_read(shelf, monkeypatch, tmp_path, fault):
    shelf("mnist.npz", npz(**mnist()))

    def denied(*_, **__):
        raise PermissionError(13, "Permission denied", str(tmp_path))

    monkeypatch.setattr("pathlib.Path.open", denied)
    with pytest.raises(
        datasets.BrokenFile, match=r"cannot be read \(Permission denied\)"
    ) as caught:
        datasets.load("mnist")
    assert str(tmp_path) not in str(caught.value) and "make room" not in str(caught.value)
    fault("data files", "a file that may not be read", str(caught.value))


def test_fault_class_folder_below_a_closed_home(shelf, monkeypatch, tmp_path, fault):
    folder = shelf("mnist.npz", npz(**mnist()))
    iterdir = Path.iterdir

    def closed(path):
        if path == folder:
            raise PermissionError(13, "Permission denied", str(path))
        return iterdir(path)

    monkeypatch.setattr("pathlib.Path.iterdir", closed)
    with pytest.raises(
        datasets.BrokenFile, match=r"cannot be read \(Permission denied\)"
    ) as caught:
        datasets.load("mnist")
    fault("data files", "the class folder below a closed home", str(caught.value))


@pytest.mark.parametrize("case", ["not there", "empty", "a file"])
def test_fault_class_folder_without_the_set(monkeypatch, tmp_path, capsys, fault, case):
    stand_in(monkeypatch)
    folder = tmp_path / "class"
    if case != "not there":
        (folder.mkdir if case == "empty" else folder.touch)()
    monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    assert datasets.load("mnist", train=2, test=2).source == "synthetic"
    line = one_line(capsys.readouterr(), tmp_path)
    assert "the class folder has no MNIST" in line and "put mnist.npz into" in line
    assert ("COURSE_DATA_DIR names is not there" in line) == (case != "empty")
    fault("data files", f"class folder: {case}", line)


IDX = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
PLACES = [("mnist", "mnist"), ("mnist", "MNIST/raw"), ("fashion_mnist", "FashionMNIST/raw")]
PLACES += [("fashion_mnist", "fashion_mnist"), ("mnist", "."), ("fashion_mnist", ".")]


@pytest.mark.parametrize("gzipped", [True, False])
@pytest.mark.parametrize(("name", "place"), PLACES)
def test_idx_files_where_a_person_puts_them(shelf, monkeypatch, capsys, name, place, gzipped):
    arrays = mnist(train=12)
    first = {
        "mnist": [5, 0, 4, 1, 9, 2, 1, 3, 1, 4],
        "fashion_mnist": [9, 0, 0, 3, 0, 2, 7, 2, 5, 5],
    }
    arrays["y_train"][:10] = first[name]
    folder = shelf("readme.txt", b"") / place
    folder.mkdir(parents=True, exist_ok=True)
    for stem, part in zip(IDX, ("x_train", "y_train", "x_test", "y_test"), strict=True):
        head = np.array([0x800 + arrays[part].ndim, *arrays[part].shape], ">i4").tobytes()
        data = head + arrays[part].tobytes()
        path = folder / (f"{stem}-ubyte" + (".gz" if gzipped else ""))
        path.write_bytes(gzip.compress(data) if gzipped else data)
    assert same(datasets.load(name, "real"), arrays)
    assert "an unverified copy" in one_line(capsys.readouterr())
    other = "mnist" if name == "fashion_mnist" else "fashion_mnist"
    with pytest.raises(datasets.NotReachable):  # the same names, but another set's labels
        datasets.load(other, "real")


@pytest.mark.parametrize("source", ["auto", "synthetic"])
def test_drawn_data(monkeypatch, capsys, tmp_path, source):
    stand_in(monkeypatch)
    data = datasets.load("mnist", source, train=5, test=2, seed=3)
    assert same(data, mnist(5, 2, 3)) and data.source == data.origin == "synthetic"
    line = one_line(capsys.readouterr(), tmp_path)
    assert line.startswith("MNIST: synthetic, 5 + 2 images, ")
    assert ("fetch mnist" in line and "COURSE_DATA_DIR" in line) == (source == "auto")


def test_source_from_the_environment(monkeypatch, shelf):
    stand_in(monkeypatch)
    shelf("mnist.npz", npz(**mnist()))
    monkeypatch.setenv("COURSE_SOURCE", "synthetic")
    assert datasets.load("mnist", train=2, test=2).source == "synthetic"
    assert datasets.load("mnist", "real").source == "real"
    monkeypatch.setenv("COURSE_SOURCE", "reel")
    with pytest.raises(datasets.BadRequest, match=r"reel.*COURSE_SOURCE"):
        datasets.load("mnist")


@pytest.mark.parametrize("source", ["auto", "synthetic"])
def test_set_without_a_stand_in(monkeypatch, tmp_path, source):
    monkeypatch.delitem(synthetic.STAND_INS, "imdb", raising=False)
    with pytest.raises(
        datasets.NoStandIn, match="no synthetic stand-in for IMDB reviews"
    ) as caught:
        datasets.load("imdb", source)
    assert str(tmp_path) not in str(caught.value)


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
