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
from typing import Any, BinaryIO

import numpy as np

from ..ragged import Ragged
from . import processed
from .errors import BrokenFile
from .processed import Arrays, Npz

SEED = 113  # of Keras's shuffles
START, UNKNOWN, FIRST_WORD = 1, 2, 3
UNREADABLE = (*processed.UNREADABLE, gzip.BadGzipFile, tarfile.TarError, pickle.UnpicklingError)
UNREADABLE += (TypeError, AttributeError, IndexError, zlib.error)


class _Unpickler(pickle.Unpickler):
    """Rebuilds NumPy arrays and plain containers, nothing else."""

    def find_class(self, module: str, name: str) -> Any:
        from numpy._core.multiarray import _reconstruct

        allowed = {
            ("numpy", "ndarray"): np.ndarray,
            ("numpy", "dtype"): np.dtype,
            ("numpy.core.multiarray", "_reconstruct"): _reconstruct,
            ("numpy._core.multiarray", "_reconstruct"): _reconstruct,
        }
        if (module, name) not in allowed:
            raise pickle.UnpicklingError(f"{module}.{name} is not allowed")
        return allowed[module, name]


def safe_name(name: str) -> bool:
    """Whether a member of an archive stays inside the folder it is unpacked to."""
    parts = PurePosixPath(name.replace("\\", "/"))
    return not (parts.is_absolute() or ".." in parts.parts or ":" in name or "\0" in name)


def _split(x: np.ndarray, y: np.ndarray, share: float = 0.2) -> Arrays:
    cut = int(len(x) * (1 - share))
    return {"x_train": x[:cut], "y_train": y[:cut], "x_test": x[cut:], "y_test": y[cut:]}


def _keras_rng() -> np.random.RandomState:
    return np.random.RandomState(SEED)


def _shuffled(rng: np.random.RandomState, *arrays: np.ndarray) -> list[np.ndarray]:
    order = np.arange(len(arrays[0]))
    rng.shuffle(order)
    return [array[order] for array in arrays]


def _objects(npz: Npz, key: str) -> np.ndarray:
    """An array of lists, through the restricted unpickler."""
    with npz.open(key) as raw:
        *_, dtype = processed.header(raw)
        if not dtype.hasobject:
            raise BrokenFile(f"{npz.path.name}: {key} is no array of lists", npz.path)
        return _Unpickler(raw).load()


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


def _without_last_word(*parts: Ragged) -> None:
    """Keras keeps the numbers below the highest one: the rarest word becomes unknown."""
    highest = max(part.tokens.max() for part in parts)
    for part in parts:
        part.tokens[part.tokens >= highest] = UNKNOWN


def _words(path: Path | None) -> Arrays:
    if path is None:
        return {}
    index = json.loads(path.read_text(encoding="utf-8"))
    words = ["<pad>", "<start>", "<unknown>", "<unused>"]
    words += [""] * (max(index.values()) + FIRST_WORD + 1 - len(words))
    for word, number in index.items():
        words[number + FIRST_WORD] = word
    return {"words": np.array(words)}


def _table(npz_path: Path) -> Arrays:
    with Npz(npz_path) as npz:
        return _split(*_shuffled(_keras_rng(), npz.array("x"), npz.array("y")))


def _imdb(npz_path: Path, index: Path | None) -> Arrays:
    arrays: Arrays = {}
    rng = _keras_rng()  # one for both parts
    with Npz(npz_path) as npz:
        for part in ("train", "test"):
            rows, labels = _shuffled(rng, _objects(npz, f"x_{part}"), npz.array(f"y_{part}"))
            arrays[f"x_{part}"], arrays[f"y_{part}"] = _numbered(rows), labels.astype(np.uint8)
    _without_last_word(arrays["x_train"], arrays["x_test"])
    return arrays | _words(index)


def _reuters(npz_path: Path, index: Path | None) -> Arrays:
    with Npz(npz_path) as npz:
        rows, labels = _shuffled(_keras_rng(), _objects(npz, "x"), npz.array("y"))
    arrays = _split(rows, labels.astype(np.uint8))
    arrays |= {key: _numbered(arrays[key]) for key in ("x_train", "x_test")}
    _without_last_word(arrays["x_train"], arrays["x_test"])
    return arrays | _words(index)


def _idx(path: Path, dimensions: int) -> np.ndarray:
    """An IDX file of bytes: magic number, sizes, data, all big-endian, gzipped."""
    with gzip.open(path) as file:
        start = np.frombuffer(file.read(4 * (dimensions + 1)), ">i4")
        if start[0] != 0x800 + dimensions or start[1:].astype(float).prod() > processed.LIMIT:
            raise BrokenFile(f"{path.name} is no IDX file of {dimensions} dimensions", path)
        count = int(start[1:].prod())
        return np.frombuffer(file.read(count + 1), np.uint8).reshape(start[1:]).copy()


def _fashion(x_train: Path, y_train: Path, x_test: Path, y_test: Path) -> Arrays:
    return {
        "x_train": _idx(x_train, 3),
        "y_train": _idx(y_train, 1),
        "x_test": _idx(x_test, 3),
        "y_test": _idx(y_test, 1),
    }


def _batch(file: BinaryIO) -> tuple[np.ndarray, np.ndarray]:
    batch = _Unpickler(file, encoding="bytes").load()
    images = np.asarray(batch[b"data"]).reshape(-1, 3, 32, 32).transpose(0, 2, 3, 1)
    return images, np.array(batch[b"labels"], np.uint8)


def _cifar(path: Path) -> Arrays:
    batches = {}
    with tarfile.open(path, "r:gz") as archive:
        for member in archive:
            if not safe_name(member.name) or not (member.isfile() or member.isdir()):
                raise BrokenFile(f"{path.name}: {member.name!r} would leave its folder", path)
            if member.size > processed.LIMIT:
                raise BrokenFile(f"{path.name}: {member.name!r} unpacks to over 1 GiB", path)
            if "_batch" in member.name:
                batches[PurePosixPath(member.name).name] = _batch(archive.extractfile(member))
    train = [batches[f"data_batch_{number}"] for number in range(1, 6)]
    x_train, y_train = (np.concatenate(parts) for parts in zip(*train, strict=True))
    x_test, y_test = batches["test_batch"]
    x_train, x_test = np.ascontiguousarray(x_train), np.ascontiguousarray(x_test)
    return {"x_train": x_train, "y_train": y_train, "x_test": x_test, "y_test": y_test}


READERS: dict[str, Callable[..., Arrays]] = {
    "fashion_mnist": _fashion,
    "cifar10": _cifar,
    "boston_housing": _table,
    "california_housing": _table,
    "imdb": _imdb,
    "reuters": _reuters,
}


def read(name: str, paths: list[Path | None]) -> Arrays:
    """All rows of the set `name` from its canonical files, in the order of the card."""
    try:
        return READERS[name](*paths)
    except UNREADABLE as error:
        path = next(path for path in paths if path)
        reason = f" ({error})" if isinstance(error, pickle.UnpicklingError) else ""
        raise BrokenFile(f"{path.name} is not laid out as its card says{reason}", path) from None
