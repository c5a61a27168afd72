"""Readers of the canonical files, as Keras and the authors publish them; checksums come first.

Splits, word numbers and order are exactly those of `keras.datasets` with its defaults.
"""

import gzip
import itertools
import json
import pickle
import tarfile
import zlib
from collections.abc import Callable
from pathlib import Path, PurePosixPath
from typing import Any

import numpy as np

from ..ragged import Ragged
from . import processed
from .errors import BrokenFile
from .processed import Arrays

SEED = 113  # of Keras's shuffles
START, UNKNOWN, FIRST_WORD = 1, 2, 3
UNREADABLE = (*processed.UNREADABLE, gzip.BadGzipFile, tarfile.TarError, pickle.UnpicklingError)
UNREADABLE += (TypeError, AttributeError, IndexError, zlib.error)
PARTS = ("x_train", "y_train", "x_test", "y_test")


class _Unpickler(pickle.Unpickler):
    """Rebuilds NumPy arrays of plain lists and nothing else: Keras publishes texts only so."""

    def find_class(self, module: str, name: str) -> Any:
        if name == "_reconstruct" and module.replace("_core", "core") == "numpy.core.multiarray":
            return np._core.multiarray._reconstruct
        if module == "numpy" and name in ("ndarray", "dtype"):
            return getattr(np, name)
        raise pickle.UnpicklingError(f"{module}.{name} is not allowed")


def safe_name(name: str) -> bool:
    """Whether a member of an archive stays inside the folder it is unpacked to."""
    parts = PurePosixPath(name.replace("\\", "/"))
    return not (parts.is_absolute() or ".." in parts.parts or ":" in name or "\0" in name)


def _split(x: np.ndarray, y: np.ndarray) -> Arrays:
    cut = int(len(x) * (1 - 0.2))
    return dict(zip(PARTS, (x[:cut], y[:cut], x[cut:], y[cut:]), strict=True))


def _shuffled(rng: np.random.RandomState, *arrays: np.ndarray) -> list[np.ndarray]:
    order = np.arange(len(arrays[0]))
    rng.shuffle(order)
    return [array[order] for array in arrays]


def _lists(npz: np.lib.npyio.NpzFile, key: str) -> np.ndarray:
    """An array of lists, through the restricted unpickler."""
    with npz.zip.open(f"{key}.npy") as file:
        version = np.lib.format.read_magic(file)
        head = "read_array_header_1_0" if version == (1, 0) else "read_array_header_2_0"
        *_, dtype = getattr(np.lib.format, head)(file)
        if not dtype.hasobject:
            raise TypeError(f"{key} is no array of lists")
        return _Unpickler(file).load()


def _numbered(rows: np.ndarray) -> Ragged:
    """Lists of word numbers as Keras gives them: a start sign, numbers moved up by three."""
    lengths = np.fromiter(map(len, rows), np.int64, len(rows)) + 1
    offsets = np.concatenate([[0], np.cumsum(lengths)])
    words = np.ones(offsets[-1], bool)
    words[offsets[:-1]] = False
    tokens = np.full(offsets[-1], START, np.int32)
    flat = np.fromiter(itertools.chain.from_iterable(rows), np.int32, words.sum())
    tokens[words] = flat + FIRST_WORD
    return Ragged(tokens, offsets)


def _texts(arrays: Arrays, index: Path | None) -> Arrays:
    """Lists made `Ragged`, labels bytes, and the words of the word list, if there is one.

    Keras keeps the numbers below the highest one: the rarest word becomes unknown.
    """
    train, test = (_numbered(arrays[key]) for key in ("x_train", "x_test"))
    highest = max(part.tokens.max() for part in (train, test))
    for part in (train, test):
        part.tokens[part.tokens >= highest] = UNKNOWN
    labels = {key: arrays[key].astype(np.uint8) for key in ("y_train", "y_test")}
    arrays = {"x_train": train, "x_test": test} | labels
    if index is not None:
        numbers = json.loads(index.read_text(encoding="utf-8"))
        words = ["<pad>", "<start>", "<unknown>", "<unused>"]
        words += [""] * (max(numbers.values()) + FIRST_WORD + 1 - len(words))
        for word, number in numbers.items():
            words[number + FIRST_WORD] = word
        arrays["words"] = np.array(words)
    return arrays


def _table(path: Path) -> Arrays:
    with processed.opened(path) as npz:
        columns = (processed.array(npz, key, path) for key in "xy")
        return _split(*_shuffled(np.random.RandomState(SEED), *columns))


def _imdb(path: Path, index: Path | None) -> Arrays:
    arrays: Arrays = {}
    rng = np.random.RandomState(SEED)  # one for both parts
    with processed.opened(path) as npz:
        for part in ("train", "test"):
            labels = processed.array(npz, f"y_{part}", path)
            both = _shuffled(rng, _lists(npz, f"x_{part}"), labels)
            arrays[f"x_{part}"], arrays[f"y_{part}"] = both
    return _texts(arrays, index)


def _reuters(path: Path, index: Path | None) -> Arrays:
    with processed.opened(path) as npz:
        both = _lists(npz, "x"), processed.array(npz, "y", path)
    return _texts(_split(*_shuffled(np.random.RandomState(SEED), *both)), index)


def _idx(path: Path) -> np.ndarray:
    """An IDX file of bytes, gzipped or not: dimensions, sizes (big-endian), data."""
    with path.open("rb") as file:
        gzipped = file.read(2) == b"\x1f\x8b"
    with gzip.open(path) if gzipped else path.open("rb") as file:
        magic = file.read(4)
        sizes = np.frombuffer(file.read(4 * magic[3]), ">i4")
        if magic[:3] != b"\0\0\x08" or sizes.astype(float).prod() > processed.LIMIT:
            raise BrokenFile(f"{path.name} is no IDX file of bytes", path)
        return np.frombuffer(file.read(int(sizes.prod()) + 1), np.uint8).reshape(sizes).copy()


def idx(*paths: Path) -> Arrays:
    """The four IDX files of MNIST or Fashion-MNIST."""
    return dict(zip(PARTS, map(_idx, paths), strict=True))


def _cifar(path: Path) -> Arrays:
    """Binary batches: for each image its label, then its red, green and blue bytes."""
    batches = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            if not safe_name(member.name) or not (member.isfile() or member.isdir()):
                raise BrokenFile(f"{path.name}: {member.name!r} would leave its folder", path)
            if member.size > processed.LIMIT:
                raise BrokenFile(f"{path.name}: {member.name!r} unpacks to over 1 GiB", path)
            if member.name.endswith("_batch.bin") or "/data_batch_" in member.name:
                data = np.frombuffer(archive.extractfile(member).read(), np.uint8)
                batches[PurePosixPath(member.name).stem] = data.reshape(-1, 1 + 3 * 32 * 32)
    train = np.concatenate([batches[f"data_batch_{number}"] for number in range(1, 6)])
    pairs = [(rows[:, 1:].reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1), rows[:, 0])
             for rows in (train, batches["test_batch"])]  # fmt: skip
    arrays = map(np.ascontiguousarray, itertools.chain.from_iterable(pairs))
    return dict(zip(PARTS, arrays, strict=True))


READERS: dict[str, Callable[..., Arrays]] = {
    "mnist": idx,  # in the class folder only: the canonical file is an `.npz`
    "fashion_mnist": idx,
    "cifar10": _cifar,
    "boston_housing": _table,
    "california_housing": _table,
    "imdb": _imdb,
    "reuters": _reuters,
}


def read(name: str, paths: list[Path | None]) -> Arrays:
    """All rows of the set `name` from its files, in the order of the card."""
    try:
        return READERS[name](*paths)
    except UNREADABLE as error:
        path = next(path for path in paths if path)
        reason = f" ({error})" if isinstance(error, pickle.UnpicklingError) else ""
        raise BrokenFile(f"{path.name} is not laid out as its card says{reason}", path) from None
