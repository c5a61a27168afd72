"""The data sets of the course: `load("mnist")` finds, fetches, checks or draws them.

Looked up in this order: the class folder (`COURSE_DATA_DIR`), the course folder (`data/`), the
Keras cache, the canonical address; where none gives it, a synthetic stand-in, said in one line.
"""

import operator
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from .. import config, events, synthetic
from ..ragged import Ragged
from . import locations, processed
from .errors import (
    BadRequest,
    BrokenFile,
    DatasetError,
    NotReachable,
    NotWritable,
    WrongChecksum,
)
from .network import no_network, offline
from .registry import CARDS, GENERATED, Card
from .user_images import read_images

__all__ = [
    "CARDS", "BadRequest", "BrokenFile", "Card", "Dataset", "DatasetError", "Fetched",
    "NotReachable", "NotWritable", "Ragged", "WrongChecksum", "fetch", "load", "no_network",
    "offline", "read_images",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """One set in memory; `extras` has what else belongs to it, such as `words`.

    Images: x uint8 (n, height, width[, channels]). Text: x `Ragged`, word numbers. Tables: x float
    (n, columns). Folder: x names (n,) below `extras["folder"]`. Labels y: shape (n,).

    Examples
    --------
    >>> x, y = np.zeros((2, 28, 28), np.uint8), np.array([0, 1])
    >>> Dataset("mine", x, y, x, y, ("cat", "dog"), None, "real", "my camera")
    Dataset(mine: real, 2 + 2, my camera)
    """

    name: str
    x_train: Any
    y_train: np.ndarray
    x_test: Any
    y_test: np.ndarray
    class_names: tuple[str, ...]
    card: Card | None
    source: str  # real, synthetic or generated
    origin: str  # class folder, course folder, Keras cache, downloaded, synthetic, generated
    extras: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = f"{len(self.y_train):,} + {len(self.y_test):,}"
        return f"Dataset({self.name}: {self.source}, {rows}, {self.origin})"


class Fetched(NamedTuple):
    """What `fetch` did for one set: whether the real set is here now, and a sentence."""

    name: str
    ok: bool
    message: str


def load(
    name: str,
    source: str = "auto",
    *,
    train: int | None = None,
    test: int | None = None,
    seed: int = 0,
) -> Dataset:
    """Load a data set, and say in one line what it is and where it came from.

    Parameters
    ----------
    name : the set, such as "mnist"; those that the course itself defines are made on the spot
    source : "real" never falls back, "synthetic" never asks the network, "auto" does what
        `COURSE_SOURCE` says, else real with fallback
    train, test : only the first rows of each part (None: all)
    seed : of synthetic data

    Returns
    -------
    The set in memory, a `Dataset`.

    Raises
    ------
    DatasetError, of one sentence: BadRequest, NotReachable, BrokenFile, WrongChecksum, NotWritable

    Examples
    --------
    >>> load("mnist", "synthetic", train=4, test=2).x_train.shape
    MNIST: synthetic, 4 + 2 images, as asked for.
    (4, 28, 28)
    """
    card = _card(name)
    _check_counts(card, train, test, card.train, card.test)
    try:
        given = None if source == "auto" else source
        source = config.choice(given, "COURSE_SOURCE", config.SOURCES, "auto")
    except ValueError as error:
        raise BadRequest(f"source: {error}") from None
    if card is GENERATED.get(name):
        return _made(card, "generated", train, test, seed, "made on the spot", [])
    if source == "synthetic":
        return _made(card, "synthetic", train, test, seed, "as asked for", [])
    notes: list[str] = []
    try:
        origin, arrays = locations.find(card, notes)
    except NotReachable as error:
        how = f"for the real set run `python -m course_utils fetch {name}` with a network, or "
        if config.class_folder():
            notes.append(f"the class folder has no {card.title}")
            how += f"put {locations.layout(card)} into the class folder"
        else:
            how += "set COURSE_DATA_DIR to the class folder"
        if source == "real":
            sentence = f"{card.title}: the real set is not here and cannot be fetched: {error}"
            raise NotReachable("; ".join([sentence, *notes, how])) from None
        return _made(card, "synthetic", train, test, seed, f"because {error}; {how}", notes)
    rows = (len(arrays[f"y_{part}"]) for part in ("train", "test"))
    _check_counts(card, train, test, *rows, "this copy of ")
    where = origin if origin == locations.DOWNLOADED else f"from the {origin}"
    return _finished(card, processed.first(arrays, train, test), "real", origin, where, notes)


def fetch(name: str) -> Fetched:
    """Bring the real set here, ahead of a class: downloads, checks and unpacks what is missing."""
    card = _card(name)
    if name in GENERATED:
        return Fetched(name, True, f"{card.title}: made on the spot, nothing to fetch.")
    notes: list[str] = []
    try:
        origin, _ = locations.find(card, notes, insist=True)
        said = origin if origin == locations.DOWNLOADED else f"already in the {origin}"
    except DatasetError as error:
        origin, said = "", f"not here, {error}"
    return Fetched(name, bool(origin), "; ".join([f"{card.title}: {said}", *notes]) + ".")


def _card(name: str) -> Card:
    known = CARDS | GENERATED
    if name not in known:
        raise BadRequest(f"there is no data set {name!r}: choose one of {', '.join(known)}")
    return known[name]


def _check_counts(
    card: Card, train: Any, test: Any, most_train: int, most_test: int, copy: str = ""
) -> None:
    for part, rows, most in (("train", train, most_train), ("test", test, most_test)):
        try:
            whole = operator.index(most if rows is None else rows)
        except TypeError:
            raise BadRequest(f"{part}={rows!r} is no whole number") from None
        if not 1 <= whole <= most:
            rows = f"1 to {most:,} {part} {card.things}"
            raise BadRequest(f"{part}={whole:,} is out of range: {copy}{card.title} has {rows}")


def _made(
    card: Card, kind: str, train: int | None, test: int | None, seed: int, why: str, notes: list
) -> Dataset:
    makers = synthetic.GENERATED if kind == "generated" else synthetic.STAND_INS
    arrays = makers[card.name](train or card.train, test or card.test, seed)
    return _finished(card, dict(arrays), kind, kind, why, notes)


def _finished(
    card: Card, arrays: dict[str, Any], source: str, origin: str, where: str, notes: list[str]
) -> Dataset:
    """The data set; prints its one line and records it."""
    parts = {key: arrays.pop(key) for key in ("x_train", "y_train", "x_test", "y_test")}
    if card.feature_names:
        arrays.setdefault("feature_names", card.feature_names)
    names = tuple(map(str, arrays.get("topics", card.class_names)))
    data = Dataset(card.name, **parts, class_names=names, card=card, source=source, origin=origin,
                   extras=arrays)  # fmt: skip
    rows = f"{len(data.y_train):,} + {len(data.y_test):,} {card.things}"
    print("; ".join([f"{card.title}: {source}, {rows}, {where}", *notes]) + ".")
    events.note("data", name=card.name, source=source, origin=origin)
    return data
