"""The class folder: files in any layout that people have, refused where they cannot be used."""

import gzip
import io
from pathlib import Path

import numpy as np
import pytest
from makers import mnist, npz, one_line, same, stand_in, text_arrays

from course_utils import datasets


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


def text(**more) -> bytes:
    """A ready file of reviews or newswires with `more` arrays in it, or others."""
    return npz(**text_arrays(**more))


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
    "negative token": ("imdb", lambda: text(x_train_tokens=-np.ones(9, "i2")), "is negative"),
    "words are numbers": ("imdb", lambda: text(words=np.arange(9)), "no list of words"),
    "topics are numbers": ("reuters", lambda: text(topics=np.arange(2)), "no list of words"),
    "labels are words": ("mnist", lambda: npz(**mnist() | {"y_test": np.array([*"abcd"])}), "<U1"),
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
