"""The folder set cats_vs_dogs: found in any of its layouts, arranged into one, never trusted."""

import io
import re
import shutil
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from .errors import BrokenFile
from .processed import UNREADABLE, Arrays
from .raw import safe_name

FOLDER = "cats_vs_dogs"
CLASSES = ("cats", "dogs")
SPLIT = {"train": 1000, "validation": 500, "test": 500}  # images a class, by number
LIMIT = 4 << 30  # bytes that an archive may unpack to
IMAGE_LIMIT = 32 << 20
# Damaged in the canonical archive: empty, truncated, no JPEG or of a palette no decoder takes.
KNOWN_BAD = {
    "cats": {666, 5370, 6435, 10404, 11095, 12080},
    "dogs": {2317, 9500, 11233, 11702, 11912},
}
_NAME = re.compile(r"(?:^|/)(?:(cat|dog)s?/(\d+)|train/(cat|dog)\.(\d+))\.jpg$", re.IGNORECASE)
Sources = dict[str, dict[int, Callable[[], bytes]]]


def _numbered(names: dict[str, Callable[[], bytes]]) -> Sources:
    """Class and number of every image whose name follows Microsoft's or Kaggle's layout."""
    sources: Sources = {name: {} for name in CLASSES}
    for name, read in names.items():
        if match := _NAME.search(name):
            kind, number = (group for group in match.groups() if group)
            sources[f"{kind.lower()}s"][int(number)] = read
    return sources


@contextmanager
def _archive(path: Path) -> Iterator[Sources]:
    """The images of a zip; BrokenFile if a member would leave the folder or the whole is a bomb."""
    try:
        with zipfile.ZipFile(path) as archive:
            total = 0
            for info in archive.infolist():
                total += info.file_size
                if not safe_name(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
                    raise BrokenFile(f"{path.name}: {info.filename!r} would leave its folder", path)
            if total > LIMIT:
                raise BrokenFile(f"{path.name} unpacks to {total / 1e9:,.0f} GB: refused", path)
            yield _numbered(
                {
                    info.filename: lambda info=info: archive.read(info)
                    for info in archive.infolist()
                    if info.file_size <= IMAGE_LIMIT
                }
            )
    except UNREADABLE:
        raise BrokenFile(f"{path.name} is no readable zip file", path) from None


@contextmanager
def _folder(path: Path) -> Iterator[Sources]:
    files = {file.relative_to(path).as_posix(): file.read_bytes for file in path.rglob("*.jpg")}
    yield _numbered(files)


def _decodes(data: bytes) -> bool:
    from PIL import Image

    if not data.startswith(b"\xff\xd8\xff"):
        return False
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            warnings.simplefilter("ignore")  # odd Exif data harms nobody
            image.draft("RGB", (64, 64))
            image.load()
            return image.mode in ("RGB", "L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def arrange(source: Path, target: Path, notes: list[str]) -> None:
    """Copy the split of the literature out of a zip or folder into `target`, whole or not at all.

    Unreadable images are left out by name, the next number takes their place.
    """
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    left_out = []
    try:
        with (_archive if source.is_file() else _folder)(source) as sources:
            for kind in CLASSES:
                places = [place for place, count in SPLIT.items() for _ in range(count)][::-1]
                for number, read in sorted(sources[kind].items()):
                    if not places:
                        break
                    name = f"{kind[:-1]}.{number}.jpg"
                    if number in KNOWN_BAD[kind] or not _decodes(data := read()):
                        left_out.append(name)
                        continue
                    folder = part / places.pop() / kind
                    folder.mkdir(parents=True, exist_ok=True)
                    (folder / name).write_bytes(data)
                if places:
                    found = sum(SPLIT.values()) - len(places)
                    sentence = f"{source.name} holds {found:,} readable {kind}, not enough"
                    raise BrokenFile(sentence, source)
        part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if left_out:
        notes.append(f"left out as no readable JPEG: {', '.join(left_out)}")


def is_arranged(folder: Path) -> bool:
    """Whether `folder` has the layout {train,validation,test}/{cats,dogs}."""
    return all((folder / split / kind).is_dir() for split in SPLIT for kind in CLASSES)


def _number(path: Path) -> tuple[int, str]:
    digits = re.findall(r"\d+", path.stem)
    return (int(digits[-1]) if digits else 0, path.name)


def read(folder: Path, train: int | None, test: int | None, notes: list[str]) -> Arrays:
    """Names relative to `folder` (x) and labels (y) of an arranged folder, cats and dogs in turn.

    Files that are no JPEG despite their name are left out and named in `notes`; so are folders of
    other classes, and parts that hold more of one class than of the other.
    """
    arrays: Arrays = {"folder": folder}
    left_out = []
    for split, rows in (("train", train), ("validation", None), ("test", test)):
        columns: list[list[tuple[str, int]]] = []
        for label, kind in enumerate(CLASSES):
            column = []
            for path in sorted((folder / split / kind).glob("*.jpg"), key=_number):
                if rows is not None and len(column) * len(CLASSES) >= rows:
                    break
                with path.open("rb") as file:
                    if file.read(3) != b"\xff\xd8\xff":
                        left_out.append(path.name)
                        continue
                column.append((f"{split}/{kind}/{path.name}", label))
            if not column:
                raise BrokenFile(f"{FOLDER}/{split}/{kind} holds no JPEG images", folder)
            columns.append(column)
        others = (p.name for p in (folder / split).iterdir() if p.is_dir())
        for other in sorted(set(others) - set(CLASSES)):
            notes.append(f"{split}/{other} is left out, only cats and dogs are read")
        counts = [len(column) for column in columns]
        if abs(counts[0] - counts[1]) > 1:
            uneven = " and ".join(f"{n:,} {kind}" for n, kind in zip(counts, CLASSES, strict=True))
            notes.append(f"{split} is uneven, {uneven}")
        pairs = [pair for pairs in zip(*columns, strict=False) for pair in pairs]
        shortest = min(map(len, columns))
        pairs += [pair for column in columns for pair in column[shortest:]]
        names, labels = zip(*pairs[:rows], strict=True)
        arrays[f"x_{split}"] = np.array(names)
        arrays[f"y_{split}"] = np.array(labels, np.uint8)
    if left_out:
        notes.append(f"left out as no JPEG: {', '.join(left_out)}")
    return arrays
