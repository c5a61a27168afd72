"""The cards of the data sets (`cards.toml`), and the page that is written from them."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..synthetic.shapes import COLOURS, PAIRS, SHAPES


@dataclass(frozen=True)
class Remote:
    """One canonical file: its name in a cache, address, checksum ("sha256:…"), size in bytes.

    A checksum of "" or a size of 0 is not known.
    """

    name: str
    url: str
    checksum: str
    size: int
    optional: bool = False  # the set can be read without it


@dataclass(frozen=True)
class Card:
    """What is known of one set; `shape` and `dtype` are of one row, counts are upper bounds."""

    name: str
    title: str
    kind: str  # images, text, table, folder
    things: str
    train: int
    test: int
    shape: tuple[int, ...]
    dtype: str
    labels: str
    source: str
    licence: str
    problems: str
    files: tuple[Remote, ...] = ()
    class_names: tuple[str, ...] = ()
    feature_names: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """Bytes to download."""
        return sum(remote.size for remote in self.files)


def _card(name: str, fields: dict[str, Any]) -> Card:
    fields = {key: tuple(value) if isinstance(value, list) else value
              for key, value in fields.items()}  # fmt: skip
    fields["files"] = tuple(Remote(**file) for file in fields.get("files", ()))
    return Card(name, **fields)


_CLASSES = {"colours": COLOURS, "shapes": SHAPES, "colours_shapes": PAIRS}
_TABLES = tomllib.loads((Path(__file__).parent / "cards.toml").read_text(encoding="utf-8"))
_PAGE = _TABLES.pop("page")
_ALL = {name: _card(name, {"class_names": _CLASSES.get(name, ())} | fields)
        for name, fields in _TABLES.items()}  # fmt: skip
CARDS: dict[str, Card] = {name: card for name, card in _ALL.items() if card.files}
GENERATED: dict[str, Card] = {name: card for name, card in _ALL.items() if not card.files}


def _describe(card: Card) -> str:
    shape = "×".join(map(str, card.shape)) + " " if card.shape else ""
    files = "\n".join(
        f"  - `{file.name}`, {file.size:,} bytes, {file.checksum.replace(':', ' ')}, <{file.url}>"
        for file in card.files
    )
    files = f"- Canonical files:\n{files}\n" if files else ""
    download = f"; {card.size / 1e6:,.1f} MB to download" if files else ""
    columns = f"\n- Columns: {', '.join(card.feature_names)}" if card.feature_names else ""
    classes = f"\n- Classes: {', '.join(card.class_names)}" if card.class_names else ""
    return (
        f"## {card.title} (`{card.name}`)\n\n- Source: {card.source}\n- Licence: {card.licence}\n"
        f"- Size: {card.train:,} + {card.test:,} {card.things}, each {shape}{card.dtype}"
        f"{download}\n- Labels: {card.labels}{classes}{columns}\n"
        f"{files}- Known problems: {card.problems}\n"
    )


def readme() -> str:
    """The text of `data/README.md`, which is written from the cards and from nothing else."""
    return _PAGE + "\n" + "\n".join(map(_describe, _ALL.values()))
