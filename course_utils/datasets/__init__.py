"""The data sets of the course: `load("mnist")` finds, fetches, checks or draws them.

Looked up in this order: the class folder (`COURSE_DATA_DIR`), the course folder (`data/`), the
Keras cache, the canonical address; where none gives it, a synthetic stand-in, said in one line.
"""

import operator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import config, events, synthetic
from ..ragged import Ragged
from . import locations, processed
from .errors import (
    BadRequest,
    BrokenFile,
    DatasetError,
    NoStandIn,
    NotReachable,
    NotWritable,
    WrongChecksum,
)
from .network import no_network, offline
from .processed import Arrays
from .registry import CARDS, GENERATED, Card
from .user_images import read_images

__all__ = [
    "CARDS", "BadRequest", "BrokenFile", "Card", "Dataset", "DatasetError", "Fetched", "NoStandIn",
    "NotReachable", "NotWritable", "Ragged", "WrongChecksum", "fetch", "load", "no_network",
    "offline", "read_images",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """One set in memory.

    Attributes
    ----------
    x_train, x_test : images: bytes (n, height, width[, channels]); texts: `Ragged`, word numbers;
        tables: real numbers (n, columns); photographs: names of files (n,) in `extras["folder"]`
    y_train, y_test : labels, shape (n,)
    class_names, card : names of the classes, and what is known of the set
    source : "real", "synthetic" or "generated"
    origin : class folder, course folder, Keras cache, downloaded, synthetic or generated
    extras : what else belongs to the set, such as `words` or `feature_names`

    Examples
    --------
    >>> import numpy as np
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
    source: str
    origin: str
    extras: dict[str, Any] = field(default_factory=dict)

    def __repr__(self) -> str:
        rows = f"{len(self.y_train):,} + {len(self.y_test):,}"
        return f"Dataset({self.name}: {self.source}, {rows}, {self.origin})"


@dataclass(frozen=True)
class Fetched:
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
    Dataset
        The set in memory.

    Raises
    ------
    DatasetError
        In one sentence: `BadRequest`, `NotReachable`, `BrokenFile`, `WrongChecksum`, ...

    Examples
    --------
    >>> data = load("mnist", "synthetic", train=4, test=2)
    MNIST: synthetic, 4 + 2 images, as asked for.
    >>> data.x_train.shape
    (4, 28, 28)
    """
    card = _card(name)
    _check_counts(card, train, test, card.train, card.test, "")
    try:
        given = None if source == "auto" else source
        source = config.choice(given, "COURSE_SOURCE", config.SOURCES, "auto")
    except ValueError as error:
        raise BadRequest(f"source: {error}") from None
    counts = train or card.train, test or card.test
    if name in GENERATED:
        arrays = dict(synthetic.GENERATED[name](*counts, seed))
        return _finished(card, arrays, "generated", "generated", "made on the spot", [])
    notes: list[str] = []
    reason = "as asked for"
    if source != "synthetic":
        try:
            origin, arrays = locations.find(card, notes)
            _check_counts(card, train, test, *(len(arrays[f"y_{p}"]) for p in ("train", "test")),
                          "this copy of ")  # fmt: skip
            where = origin if origin == locations.DOWNLOADED else f"from the {origin}"
            arrays = processed.first(arrays, train, test)
            return _finished(card, arrays, "real", origin, where, notes)
        except NotReachable as error:
            how = f"for the real set run `python -m course_utils fetch {name}` with a network, or "
            how += "set COURSE_DATA_DIR to the class folder"
            if config.class_folder():
                how = how.replace("set COURSE_DATA_DIR to", f"put {_layout(card)} into")
                notes.append(f"the class folder has no {card.title}")
            if source == "real":
                sentence = f"the real {card.title} is not here and cannot be fetched: {error}"
                raise NotReachable("; ".join([sentence, *notes, how])) from None
            reason = f"because {error}; {how}"
    if name not in synthetic.STAND_INS:
        raise NoStandIn(f"there is no synthetic stand-in for {card.title}: needed {reason}")
    arrays = dict(synthetic.STAND_INS[name](*counts, seed))
    return _finished(card, arrays, "synthetic", "synthetic", reason, notes)


def fetch(name: str) -> Fetched:
    """Bring the real set here, ahead of a class: downloads, checks and unpacks what is missing."""
    card = _card(name)
    if name in GENERATED:
        return Fetched(name, True, f"{card.title}: made on the spot, nothing to fetch.")
    notes: list[str] = []
    try:
        origin, _ = locations.find(card, notes, insist=True)
    except DatasetError as error:
        return Fetched(name, False, "; ".join([f"{card.title}: not here, {error}", *notes]) + ".")
    where = origin if origin == locations.DOWNLOADED else f"already in the {origin}"
    return Fetched(name, True, "; ".join([f"{card.title}: {where}", *notes]) + ".")


def _card(name: str) -> Card:
    known = CARDS | GENERATED
    if name not in known:
        raise BadRequest(f"there is no data set {name!r}: choose one of {', '.join(known)}")
    return known[name]


def _layout(card: Card) -> str:
    folder = locations.image_folder.LAYOUT if card.kind == "folder" else ""
    return folder or f"{card.name}.npz or {card.files[0].name}"


def _check_counts(card: Card, train: Any, test: Any, *most: Any) -> None:
    *most, copy = most
    for part, rows, highest in zip(("train", "test"), (train, test), most, strict=True):
        try:
            whole = operator.index(highest if rows is None else rows)
        except TypeError:
            raise BadRequest(f"{part}={rows!r} is no whole number") from None
        if not 1 <= whole <= highest:
            rows = f"1 to {highest:,} {part} {card.things}"
            raise BadRequest(f"{part}={whole:,} is out of range: {copy}{card.title} has {rows}")


def _finished(
    card: Card, arrays: Arrays, source: str, origin: str, where: str, notes: list[str]
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
