"""Ready files: `NAME.npz` without pickles, read part by part and checked against their card."""

import math
import zipfile
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from ..ragged import Ragged
from .errors import BrokenFile
from .registry import Card

LIMIT = 1 << 30  # bytes that one array may unpack to
_CHUNK = 1 << 18  # what NumPy itself takes: larger pieces are slower
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
UNREADABLE += (RuntimeError, KeyError)  # what zipfile raises for encrypted or lying archives
Arrays = dict[str, Any]


class Npz:
    """An `.npz` read without pickles, an array or its first rows at a time."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._zip = zipfile.ZipFile(path)
        except UNREADABLE:
            raise BrokenFile(f"{path.name} is no readable npz file", path) from None
        members = [info for info in self._zip.infolist() if info.filename.endswith(".npy")]
        self.members = {info.filename[:-4]: info for info in members}

    def __enter__(self) -> "Npz":
        return self

    def __exit__(self, *_: object) -> None:
        self._zip.close()

    def open(self, key: str) -> BinaryIO:
        """The raw `.npy` stream of one array."""
        if self.members[key].file_size > LIMIT:
            raise BrokenFile(f"{self.path.name}: {key} unpacks to more than 1 GiB", self.path)
        return self._zip.open(self.members[key])  # type: ignore[return-value]

    def array(self, key: str, rows: int | None = None) -> np.ndarray:
        """The array `key`, or its first `rows` rows; BrokenFile for pickles and damage."""
        try:
            with self.open(key) as raw:
                shape, fortran, dtype = header(raw)
                if dtype.hasobject:
                    sentence = f"{self.path.name}: {key} holds pickled objects, which are not read"
                    raise BrokenFile(sentence, self.path)
                if rows is not None and shape and not fortran:
                    shape = (min(rows, shape[0]), *shape[1:])
                if dtype.itemsize * math.prod(shape) > self.members[key].file_size:
                    raise ValueError("the header promises more than there is")
                array = np.empty(shape, dtype, order="F" if fortran else "C")
                room = memoryview(array.reshape(-1, order="A")).cast("B")
                while len(room):
                    data = raw.read(min(_CHUNK, len(room)))
                    if not data:
                        raise EOFError
                    room[: len(data)] = data
                    room = room[len(data) :]
                return np.ascontiguousarray(array[:rows] if shape else array)
        except UNREADABLE:
            raise BrokenFile(f"{self.path.name}: {key} is damaged", self.path) from None


def header(raw: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype]:
    """Shape, Fortran order and dtype at the head of a `.npy` stream; ValueError if it is none."""
    version = np.lib.format.read_magic(raw)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(raw)
    return np.lib.format.read_array_header_2_0(raw)


def is_ready(npz: Npz, card: Card) -> bool:
    """Whether the file has the keys of a ready file of this set."""
    suffix = "_tokens" if card.kind == "text" else ""
    return {f"x_train{suffix}", f"x_test{suffix}", "y_train", "y_test"} <= set(npz.members)


def _ragged(npz: Npz, key: str, rows: int | None) -> Ragged:
    offsets = npz.array(f"{key}_offsets", None if rows is None else rows + 1)
    in_order = offsets.dtype.kind in "iu" and offsets.ndim == 1 and len(offsets) > 1
    if not in_order or offsets[0] != 0 or (np.diff(offsets) < 0).any():
        raise BrokenFile(f"{npz.path.name}: {key}_offsets do not count upwards from 0", npz.path)
    tokens = npz.array(f"{key}_tokens", None if rows is None else int(offsets[-1]))
    if len(tokens) != offsets[-1]:
        raise BrokenFile(f"{npz.path.name}: {key} has tokens without a row", npz.path)
    return Ragged(tokens, offsets)


def read(path: Path, card: Card, train: int | None, test: int | None) -> Arrays:
    """The first `train` and `test` rows of a ready file (None: all), both parts at once."""

    def part(name: str, rows: int | None) -> Arrays:
        with Npz(path) as npz:
            take = _ragged if card.kind == "text" else Npz.array
            x, y = f"x_{name}", f"y_{name}"
            return {x: take(npz, x, rows), y: npz.array(y, rows)}

    with ThreadPoolExecutor(1) as other:
        testing = other.submit(part, "test", test)
        arrays = part("train", train) | testing.result()
    with Npz(path) as npz:
        extras = {"words", "topics", "feature_names"} & set(npz.members)
        return arrays | {key: npz.array(key) for key in sorted(extras)}


def check(card: Card, arrays: Arrays, path: Path) -> None:
    """Shape, dtype and classes of both parts as the card has them, else BrokenFile."""
    classes = len(arrays.get("topics", card.class_names))
    for part in ("train", "test"):
        x, y = arrays[f"x_{part}"], arrays[f"y_{part}"]
        wrong = _wrong(card, x, y, classes, len(arrays["words"]) if "words" in arrays else None)
        if wrong:
            raise BrokenFile(f"{path.name}: {part}: {wrong}", path)


def _wrong(card: Card, x: Any, y: np.ndarray, classes: int, words: int | None) -> str:
    values = x.tokens if isinstance(x, Ragged) else x
    shape = values.shape[1:]
    if values.dtype != card.dtype if card.kind != "text" else values.dtype.kind not in "iu":
        return f"x is {values.dtype}, {card.dtype} expected"
    if shape != card.shape:
        return f"a row of x has shape {shape}, {card.shape} expected"
    if y.ndim != 1 or len(y) != len(x) or not len(x):
        return f"x has {len(x)} rows and y shape {y.shape}"
    if card.kind == "table":
        numbers = y.dtype.kind == "f" and np.isfinite(x).all() and np.isfinite(y).all()
        return "" if numbers else "x or y holds something that is no finite number"
    if y.dtype.kind not in "iu" or y.min() < 0 or y.max() >= classes:
        return f"y goes from {y.min()} to {y.max()} ({y.dtype}), 0 to {classes - 1} expected"
    if words is not None and len(values) and values.max() >= words:
        return f"a word number {values.max()} is beyond the {words} words"
    return ""
