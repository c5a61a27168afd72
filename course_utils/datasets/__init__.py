"""The data sets of the course: `load("mnist")` finds, fetches, checks or draws them.

Looked up in this order: the class folder (`COURSE_DATA_DIR`), the course folder (`data/`), the
Keras cache, the canonical address; where none gives it, a synthetic stand-in, said in one line.
"""

import operator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from .. import config, events
from ..ragged import Ragged
from . import locations
from .downloads import offline
from .errors import (
    BadRequest,
    BrokenFile,
    DatasetError,
    NoStandIn,
    NotReachable,
    NotWritable,
    WrongChecksum,
)
from .processed import Arrays
from .registry import CARDS, GENERATED, Card

__all__ = [
    "CARDS", "BadRequest", "BrokenFile", "Card", "Dataset", "DatasetError", "Fetched", "NoStandIn",
    "NotReachable", "NotWritable", "Ragged", "WrongChecksum", "fetch", "fetch_all", "load",
    "offline",
]  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Dataset:
    """One set in memory.

    Images: x uint8 (n, height, width[, channels]). Text: x `Ragged`, word numbers. Tables: x float
    (n, columns). Folder: x names (n,) below `extras["folder"]`. Labels y: shape (n,).
    """

    name: str
    x_train: Any
    y_train: np.ndarray
    x_test: Any
    y_test: np.ndarray
    class_names: tuple[str, ...]
    card: Card | None
    source: str  # real, synthetic or generated
    origin: str  # class folder, course folder, Keras cache, downloaded, synthetic
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
    """Load the set `name`, or its first `train` and `test` rows (None: all), and say in one line
    what it is and where it came from.

    source: "real" never falls back, "synthetic" never asks the network, "auto" does what
    `COURSE_SOURCE` says, else real with fallback. `seed` is that of synthetic data. Sets that the
    course itself defines are made on the spot, whatever the source.
    Raises a `DatasetError` of one sentence.
    """
    card = _card(name)
    for part, rows, most in (("train", train, card.train), ("test", test, card.test)):
        _check_count(card, part, rows, most)
    try:
        given = None if source == "auto" else source
        source = config.choice(given, "COURSE_SOURCE", config.SOURCES, "auto")
    except ValueError as error:
        raise BadRequest(f"source: {error}") from None
    if name in GENERATED:
        from course_utils import synthetic

        arrays = dict(synthetic.GENERATED[name](train or card.train, test or card.test, seed))
        return _finished(card, arrays, "generated", "generated", "made on the spot", [])
    notes: list[str] = []
    reason = "as asked for"
    if source != "synthetic":
        try:
            origin, arrays = locations.find(card, train, test, notes)
            for part, rows in (("train", train), ("test", test)):
                _check_count(card, part, rows, len(arrays[f"y_{part}"]), "this copy of ")
            where = origin if origin == locations.DOWNLOADED else f"from the {origin}"
            return _finished(card, arrays, "real", origin, where, notes)
        except NotReachable as error:
            if source == "real":
                sentence = f"the real {card.title} is not here and cannot be fetched: {error}"
                raise NotReachable(f"{sentence}; {_how(card)}") from None
            reason = f"because {error}; {_how(card)}"
    arrays = _synthetic(card, train or card.train, test or card.test, seed, reason)
    return _finished(card, arrays, "synthetic", "synthetic", reason, notes)


def fetch(name: str) -> Fetched:
    """Bring the real set here, ahead of a class: downloads, checks and unpacks what is missing."""
    card = _card(name)
    if name in GENERATED:
        return Fetched(name, True, f"{card.title}: made on the spot, nothing to fetch.")
    notes: list[str] = []
    try:
        origin, _ = locations.find(card, None, None, notes)
    except DatasetError as error:
        return Fetched(name, False, _sentence(f"{card.title}: not here, {error}", notes))
    where = origin if origin == locations.DOWNLOADED else f"already in the {origin}"
    return Fetched(name, True, _sentence(f"{card.title}: {where}", notes))


def fetch_all() -> list[Fetched]:
    """`fetch` for every set; one that fails does not keep the others away."""
    return [fetch(name) for name in CARDS]


def _card(name: str) -> Card:
    known = CARDS | GENERATED
    if name not in known:
        raise BadRequest(f"there is no data set {name!r}: choose one of {', '.join(known)}")
    return known[name]


def _check_count(card: Card, part: str, rows: int | None, most: int, copy: str = "") -> None:
    if rows is None:
        return
    try:
        whole = operator.index(rows)
    except TypeError:
        raise BadRequest(f"{part}={rows!r} is no whole number") from None
    if not 1 <= whole <= most:
        rows = f"1 to {most:,} {part} {card.things}"
        raise BadRequest(f"{part}={whole:,} is out of range: {copy}{card.title} has {rows}")


def _how(card: Card) -> str:
    return (
        f"for the real set run `python -m course_utils fetch {card.name}` with a network, "
        "or set COURSE_DATA_DIR to the class folder"
    )


def _sentence(text: str, notes: list[str]) -> str:
    return "; ".join([text, *notes]) + "."


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
    print(_sentence(f"{card.title}: {source}, {rows}, {where}", notes))
    events.note("data", name=card.name, source=source, origin=origin)
    return data


def _synthetic(card: Card, train: int, test: int, seed: int, reason: str) -> Arrays:
    from course_utils import synthetic

    if card.name not in synthetic.STAND_INS:
        raise NoStandIn(
            f"there is no synthetic stand-in for {card.title} yet, and it was needed {reason}"
        )
    return dict(synthetic.STAND_INS[card.name](train, test, seed))
