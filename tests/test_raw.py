"""Canonical layouts, made small and served locally: read exactly as Keras does, or refused."""

import gzip
import io
import json
import pickle
import tarfile

import numpy as np
import pytest
from makers import mnist, npz, one_line, same, stand_in, texts

from course_utils import datasets
from course_utils.datasets import processed


def targz(members: dict[str, bytes], *, link: str = "") -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w:gz") as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
        if link:
            info = tarfile.TarInfo(link)
            info.type, info.linkname = tarfile.SYMTYPE, "/etc/passwd"
            archive.addfile(info)
    return file.getvalue()


def idx(array: np.ndarray) -> bytes:
    head = np.array([0x800 + array.ndim, *array.shape], ">i4").tobytes()
    return gzip.compress(head + array.tobytes())


BATCHES = (*(f"data_batch_{i}" for i in range(1, 6)), "test_batch")


def pixels(rows: int) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Labels (rows,) and bytes (rows, 3072) of CIFAR-10's six batches, filled at random."""
    rng = np.random.default_rng(0)
    return {
        name: (rng.integers(0, 10, rows, np.uint8), rng.integers(0, 256, (rows, 3072), np.uint8))
        for name in BATCHES
    }


def batches(rows: int) -> dict[str, bytes]:
    """CIFAR-10 as the binary archive has it: a label and 3,072 bytes for each image."""
    members = {"cifar-10-batches-bin/batches.meta.txt": b"airplane"}
    for name, (labels, images) in pixels(rows).items():
        rows_of_bytes = np.concatenate([labels[:, None], images], 1)
        members[f"cifar-10-batches-bin/{name}.bin"] = rows_of_bytes.tobytes()
    return members


def pickles(rows: int) -> dict[str, bytes]:
    """CIFAR-10 as Keras knows it: six pickles."""
    return {
        f"cifar-10-batches-py/{name}": pickle.dumps({b"data": images, b"labels": labels.tolist()})
        for name, (labels, images) in pixels(rows).items()
    }


def word_index(words: int) -> bytes:
    return json.dumps({f"word{number}": number for number in range(1, words)}).encode()


CANONICAL = {
    "mnist": lambda: {"mnist.npz": npz(**mnist())},
    "fashion_mnist": lambda: {
        f"fashion-mnist/{stem}.gz": idx(mnist()[part])
        for stem, part in {
            "train-images-idx3-ubyte": "x_train",
            "train-labels-idx1-ubyte": "y_train",
            "t10k-images-idx3-ubyte": "x_test",
            "t10k-labels-idx1-ubyte": "y_test",
        }.items()
    },
    "cifar10": lambda: {"cifar-10-binary.tar.gz": targz(batches(4))},
    "boston_housing": lambda: {
        "boston_housing.npz": npz(x=np.arange(39 * 13.0).reshape(39, 13), y=np.arange(39.0))
    },
    "california_housing": lambda: {
        "california_housing.npz": npz(
            x=np.arange(33 * 8, dtype="f4").reshape(33, 8), y=np.arange(33, dtype="f4")
        )
    },
    "imdb": lambda: {
        "imdb.npz": npz(
            x_train=texts(21, 1),
            y_train=np.arange(21) % 2,
            x_test=texts(9, 2),
            y_test=np.arange(9) // 5,
        ),
        "imdb_word_index.json": word_index(50),
    },
    "reuters": lambda: {
        "reuters.npz": npz(x=texts(31, 3), y=np.arange(31) % 46),
        "reuters_word_index.json": word_index(50),
    },
}


@pytest.fixture
def as_keras_reads(tmp_path, monkeypatch):
    """keras.datasets.NAME.load_data() on these files, its download and checksum taken out."""
    import importlib

    def load(name, files):
        folder = tmp_path / "for_keras"
        if name == "cifar10":  # Keras has the same in pickles
            files = {"cifar-10-python.tar.gz": targz(pickles(4))}
        for file, data in files.items():
            path = folder / file.rpartition("/")[2]
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(data)
            if file.endswith(".tar.gz"):
                with tarfile.open(path) as archive:
                    archive.extractall(folder, filter="data")
        module = importlib.import_module(f"keras.src.datasets.{name}")

        def get_file(fname=None, *_, extract=False, **__):
            return str(folder if extract else folder / fname)

        monkeypatch.setattr(module, "get_file", get_file)
        if name == "cifar10":  # its loader knows 10,000 images a batch
            data = {path.name: load_batch(path) for path in folder.glob("*/*_batch*")}
            train = [data[f"data_batch_{i}"] for i in range(1, 6)]
            return tuple(map(np.concatenate, zip(*train, strict=True))), data["test_batch"]
        return module.load_data()

    def load_batch(path):
        from keras.src.datasets.cifar import load_batch

        images, labels = load_batch(str(path))
        return images.transpose(0, 2, 3, 1), np.array(labels)

    return load


def rows(x) -> list:
    return [list(x[i]) for i in range(len(x))]


@pytest.mark.parametrize("name", CANONICAL)
def test_read_exactly_as_keras_does(server, monkeypatch, capsys, as_keras_reads, name):
    files = CANONICAL[name]()
    server.publish(monkeypatch, name, files)
    (x_train, y_train), (x_test, y_test) = as_keras_reads(name, files)
    capsys.readouterr()
    data = datasets.load(name, "real")
    assert "downloaded" in one_line(capsys.readouterr())
    np.testing.assert_array_equal(data.y_train, y_train)
    np.testing.assert_array_equal(data.y_test, y_test)
    if data.card.kind == "text":
        assert rows(data.x_train) == rows(x_train) and rows(data.x_test) == rows(x_test)
        decoded = [data.extras["words"][token] for token in data.x_train[0]]
        assert decoded[0] == "<start>" and decoded[1:] == [
            f"word{token - 3}" if token > 3 else "<unknown>" for token in data.x_train[0][1:]
        ]
        return
    for ours, theirs in ((data.x_train, x_train), (data.x_test, x_test)):
        np.testing.assert_array_equal(ours, theirs)
        assert ours.dtype == theirs.dtype and ours.flags.writeable and ours.flags.c_contiguous


@pytest.mark.parametrize("name", CANONICAL)
def test_first_rows_are_those_of_the_whole(server, monkeypatch, name):
    server.publish(monkeypatch, name, CANONICAL[name]())
    whole, part = datasets.load(name), datasets.load(name, train=5, test=2)
    assert len(part.x_train) == len(part.y_train) == 5 and len(part.x_test) == 2
    assert all(np.array_equal(part.x_train[i], whole.x_train[i]) for i in range(5))
    np.testing.assert_array_equal(part.y_test, whole.y_test[:2])


@pytest.mark.parametrize("where", ["class folder", "Keras cache"])
@pytest.mark.parametrize("name", CANONICAL)
def test_canonical_files_in_other_places(server, monkeypatch, tmp_path, capsys, name, where):
    files = CANONICAL[name]()
    server.publish(monkeypatch, name, files)
    folder = tmp_path / ("class" if where == "class folder" else "keras/datasets")
    for file, data in files.items():
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_bytes(data)
    if where == "class folder":
        monkeypatch.setenv("COURSE_DATA_DIR", str(folder))
    assert datasets.load(name, "real").origin == where
    line = one_line(capsys.readouterr(), tmp_path)
    assert where in line and "unverified" not in line
    assert not server.gets


def test_fault_pickles_of_the_keras_cache_are_not_read(monkeypatch, tmp_path, capsys, fault):
    stand_in(monkeypatch, "cifar10")
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / "cifar-10-batches-py-target_archive").write_bytes(targz(pickles(2)))
    assert datasets.load("cifar10", train=2, test=2).source == "synthetic"
    line = one_line(capsys.readouterr(), tmp_path)
    assert "as pickles only, which are not read" in line
    fault("data files", "CIFAR-10 as pickles in the Keras cache", line)


def test_word_list_may_be_missing_in_the_keras_cache(server, monkeypatch, tmp_path):
    files = CANONICAL["imdb"]()
    server.publish(monkeypatch, "imdb", files)
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / "imdb.npz").write_bytes(files["imdb.npz"])
    data = datasets.load("imdb")
    assert data.origin == "Keras cache" and "words" not in data.extras


@pytest.mark.parametrize("name", ["mnist", "imdb"])
def test_fault_wrong_file_in_the_keras_cache_is_passed_over(
    server, monkeypatch, tmp_path, capsys, fault, name
):
    server.publish(monkeypatch, name, CANONICAL[name]())
    folder = tmp_path / "keras" / "datasets"
    folder.mkdir(parents=True)
    (folder / f"{name}.npz").write_bytes(npz(**mnist(seed=9)))
    assert datasets.load(name).origin == "downloaded"
    line = one_line(capsys.readouterr(), tmp_path)
    assert "passed over" in line
    assert (folder / f"{name}.npz").read_bytes() == npz(**mnist(seed=9))  # other people's: left
    fault("data files", f"wrong {name}.npz in the Keras cache", line)


def test_one_file_missing_and_one_broken(server, monkeypatch, tmp_path, capsys):
    server.publish(monkeypatch, "fashion_mnist", CANONICAL["fashion_mnist"]())
    datasets.load("fashion_mnist")
    missing, broken, *_ = sorted((tmp_path / "cache" / "fashion-mnist").iterdir())
    missing.unlink()
    broken.write_bytes(b"half")
    del server.gets[:]
    capsys.readouterr()
    assert datasets.load("fashion_mnist").origin == "downloaded"
    assert f"set aside as {broken.name}.broken" in one_line(capsys.readouterr(), tmp_path)
    assert len(server.gets) == 2 and broken.with_name(f"{broken.name}.broken").exists()


class Evil:
    def __reduce__(self):
        return (print, ("evil ran",))


def evil_imdb() -> dict[str, bytes]:
    lists = texts(3, 0)
    lists[1] = Evil()
    good = {"x_test": texts(2, 1), "y_train": np.zeros(3, int), "y_test": np.zeros(2, int)}
    return {"imdb.npz": npz(x_train=lists, **good), "imdb_word_index.json": b"{}"}


EVIL = {
    "pickle in npz": ("imdb", evil_imdb, "print is not allowed"),
    "pickle in tar": (
        "cifar10",
        lambda: {
            "cifar-10-binary.tar.gz": targz(
                batches(2) | {"cifar-10-batches-bin/data_batch_3.bin": pickle.dumps(Evil(), 2)}
            )
        },
        "not laid out",
    ),
    "parent in tar": (
        "cifar10",
        lambda: {"cifar-10-binary.tar.gz": targz({"../evil_batch": b""})},
        "leave its folder",
    ),
    "absolute in tar": (
        "cifar10",
        lambda: {"cifar-10-binary.tar.gz": targz({"/tmp/evil_batch": b""})},
        "leave its folder",
    ),
    "link in tar": (
        "cifar10",
        lambda: {"cifar-10-binary.tar.gz": targz(batches(2), link="x_batch")},
        "leave its folder",
    ),
    "no batches": ("cifar10", lambda: {"cifar-10-binary.tar.gz": targz({})}, "not laid out"),
    "other keys": ("boston_housing", lambda: {"boston_housing.npz": npz(a=np.ones(3))}, "damaged"),
    "other shape": (
        "boston_housing",
        lambda: {"boston_housing.npz": npz(x=np.ones((9, 4)), y=np.ones(9))},
        r"shape \(4,\)",
    ),
    "other magic": (
        "fashion_mnist",
        lambda: (
            CANONICAL["fashion_mnist"]()
            | {"fashion-mnist/t10k-labels-idx1-ubyte.gz": gzip.compress(b"\0" * 64)}
        ),
        "no IDX file",
    ),
    "truncated gzip": (
        "fashion_mnist",
        lambda: {file: data[:-20] for file, data in CANONICAL["fashion_mnist"]().items()},
        "not laid out",
    ),
}


@pytest.mark.parametrize("case", EVIL)
def test_fault_what_passes_the_checksum_is_still_not_trusted(
    server, monkeypatch, capsys, fault, case
):
    name, files, reason = EVIL[case]
    server.publish(monkeypatch, name, files())
    with pytest.raises(datasets.BrokenFile, match=reason) as caught:
        datasets.load(name)
    assert "evil" not in capsys.readouterr().out
    fault("data files", f"archive: {case}", str(caught.value))


def test_pickles_are_read_only_after_the_checksum(server, monkeypatch, tmp_path):
    server.publish(monkeypatch, "imdb", CANONICAL["imdb"]())
    monkeypatch.setenv("COURSE_DATA_DIR", str(tmp_path))
    for file, data in evil_imdb().items():
        (tmp_path / file).write_bytes(data)
    with pytest.raises(datasets.WrongChecksum, match="class folder") as caught:
        datasets.load("imdb")
    assert "not allowed" not in str(caught.value) and str(tmp_path) not in str(caught.value)


def test_bombs_are_refused(server, monkeypatch):
    monkeypatch.setattr(processed, "LIMIT", 10_000)
    for name in ("boston_housing", "cifar10", "fashion_mnist"):
        rows = np.zeros((500, 13))
        files = {
            "boston_housing": {"boston_housing.npz": npz(x=rows, y=rows[:, 0])},
            "cifar10": {"cifar-10-binary.tar.gz": targz(batches(9))},
            "fashion_mnist": {
                file: idx(np.zeros((500, 28, 28)[: 3 if "images" in file else 1], np.uint8))
                for file in CANONICAL["fashion_mnist"]()
            },
        }[name]
        server.publish(monkeypatch, name, files)
        with pytest.raises(datasets.BrokenFile, match=r"unpacks to|no IDX"):
            datasets.load(name)


def test_known_canonical_file_beats_the_stand_in(server, monkeypatch):
    stand_in(monkeypatch)
    server.publish(monkeypatch, "mnist", CANONICAL["mnist"]())
    assert same(datasets.load("mnist"), mnist())
