"""Ready files: `NAME.npz` without pickles, checked against the card of their set."""

import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from ..ragged import Ragged
from .errors import BrokenFile
from .registry import Card

LIMIT = 1 << 30  # bytes that one array may unpack to
UNREADABLE = (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError)
UNREADABLE += (RuntimeError, KeyError, MemoryError)  # of encrypted, damaged or lying archives
EXTRAS = ("words", "topics", "feature_names")
Arrays = dict[str, Any]


@contextmanager
def opened(path: Path) -> Iterator[np.lib.npyio.NpzFile]:
    """An `.npz` file, whose pickles are never read."""
    with path.open("rb") as file:
        try:
            npz = np.load(file, allow_pickle=False)
        except UNREADABLE:
            npz = None
        if not isinstance(npz, np.lib.npyio.NpzFile):
            raise BrokenFile(f"{path.name} is no readable npz file", path)
        with npz:
            yield npz


def array(npz: np.lib.npyio.NpzFile, key: str, path: Path) -> np.ndarray:
    """The array `key`; BrokenFile for pickles, bombs and damage."""
    try:
        if npz.zip.getinfo(f"{key}.npy").file_size > LIMIT:
            raise BrokenFile(f"{path.name}: {key} unpacks to more than 1 GiB", path)
        return np.ascontiguousarray(npz[key])
    except UNREADABLE as error:
        pickled = "Object arrays" in str(error)
        what = "holds pickled objects, which are not read" if pickled else "is damaged"
        raise BrokenFile(f"{path.name}: {key} {what}", path) from None


def read(path: Path, card: Card) -> Arrays | None:
    """All rows of a ready file, None where the file holds other arrays."""
    take, tokens = (_ragged, "_tokens") if card.kind == "text" else (array, "")
    with opened(path) as npz:
        if not {f"x_train{tokens}", f"x_test{tokens}", "y_train", "y_test"} <= set(npz.files):
            return None
        arrays = {key: array(npz, key, path) for key in ("y_train", "y_test", *EXTRAS)
                  if key in npz.files}  # fmt: skip
        return arrays | {key: take(npz, key, path) for key in ("x_train", "x_test")}


def _ragged(npz: np.lib.npyio.NpzFile, key: str, path: Path) -> Ragged:
    tokens, offsets = (array(npz, f"{key}_{part}", path) for part in ("tokens", "offsets"))
    whole = offsets.dtype.kind in "iu" and offsets.ndim == 1 and len(offsets) > 1
    if not whole or offsets[0] != 0 or (offsets[1:] < offsets[:-1]).any():
        raise BrokenFile(f"{path.name}: {key}_offsets do not count upwards from 0", path)
    if len(tokens) != offsets[-1]:
        raise BrokenFile(f"{path.name}: {key} has tokens without a row", path)
    return Ragged(tokens, offsets)


def first(arrays: Arrays, train: int | None, test: int | None) -> Arrays:
    """The same with the first `train` and `test` rows only (None: all); the rest is let go."""
    for key, rows in (("x_train", train), ("y_train", train), ("x_test", test), ("y_test", test)):
        values = arrays[key]
        if rows is not None and isinstance(values, Ragged):
            tokens = values.tokens[: values.offsets[rows]].copy()
            arrays[key] = Ragged(tokens, values.offsets[: rows + 1].copy())
        elif rows is not None:
            arrays[key] = values[:rows].copy()
    return arrays


def check(card: Card, arrays: Arrays, path: Path) -> None:
    """Shape, dtype and classes of both parts as the card has them, else BrokenFile."""
    for key in EXTRAS:
        if key in arrays and (arrays[key].dtype.kind != "U" or arrays[key].ndim != 1):
            raise BrokenFile(f"{path.name}: {key} is no list of words", path)
    names = len(arrays.get("feature_names", card.feature_names))
    if names != len(card.feature_names):
        sentence = f"{names} feature names, {len(card.feature_names)} expected"
        raise BrokenFile(f"{path.name}: {sentence}", path)
    classes = len(arrays.get("topics", card.class_names))
    words = len(arrays["words"]) if "words" in arrays else None
    for part in ("train", "test"):
        if wrong := _wrong(card, arrays[f"x_{part}"], arrays[f"y_{part}"], classes, words):
            raise BrokenFile(f"{path.name}: {part}: {wrong}", path)


def _wrong(card: Card, x: Any, y: np.ndarray, classes: int, words: int | None) -> str:
    text = card.kind == "text"
    values = x.tokens if text else x
    if values.dtype.kind not in "iu" if text else values.dtype != card.dtype:
        return f"x is {values.dtype}, {card.dtype} expected"
    if values.shape[1:] != card.shape:
        return f"a row of x has shape {values.shape[1:]}, {card.shape} expected"
    if y.ndim != 1 or len(y) != len(x) or not len(x):
        return f"x has {len(x)} rows and y shape {y.shape}"
    if y.dtype.kind not in ("f" if card.kind == "table" else "iu"):
        return f"y is {y.dtype}, numbers expected ({card.labels})"
    if card.kind == "table":
        finite = np.isfinite(x).all() and np.isfinite(y).all()
        return "" if finite else "x or y holds something that is no finite number"
    if y.min() < 0 or y.max() >= classes:
        return f"y goes from {y.min()} to {y.max()}, 0 to {classes - 1} expected"
    if text and values.min(initial=0) < 0:
        return f"a word number is negative ({values.min()})"
    if words is not None and values.max(initial=0) >= words:
        return f"a word number {values.max()} is beyond the {words} words"
    return ""
