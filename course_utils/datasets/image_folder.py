"""The folder set cats_vs_dogs: found in any of its layouts, arranged into one, never trusted."""

import io
import re
import shutil
import stat
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import zip_longest
from pathlib import Path

import numpy as np

from .downloads import writing
from .errors import BrokenFile
from .processed import UNREADABLE, Arrays
from .raw import safe_name

FOLDER = "cats_vs_dogs"
LAYOUT = f"{FOLDER}/{{train,validation,test}}/{{cats,dogs}}/*.jpg"
CLASSES = ("cats", "dogs")
SPLIT = {"train": 1000, "validation": 500, "test": 500}  # images a class, by number
LIMIT = 4 << 30  # bytes that an archive may unpack to
IMAGE_LIMIT = 32 << 20
# Damaged in the canonical archive: empty, truncated, no JPEG or of a palette no decoder takes.
KNOWN_BAD = {
    "cats": {666, 5370, 6435, 10404, 11095, 12080},
    "dogs": {2317, 9500, 11233, 11702, 11912},
}
_NAME = re.compile(r"(?:^|/)(?:(cat|dog)s?/(\d+)|train/(cat|dog)\.(\d+))\.jpe?g$", re.IGNORECASE)
_JPEG = b"\xff\xd8\xff"


@contextmanager
def _members(source: Path) -> Iterator[dict[str, Callable[[], bytes]]]:
    """Names and readers of all files of a zip or a folder; BrokenFile where a zip is an attack."""
    if source.is_dir():
        files = (path for path in source.rglob("*") if path.suffix.lower() in (".jpg", ".jpeg"))
        yield {path.relative_to(source).as_posix(): path.read_bytes for path in files}
        return
    try:
        with zipfile.ZipFile(source) as archive:
            infos = archive.infolist()
            for info in infos:
                if not safe_name(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
                    sentence = f"{source.name}: {info.filename!r} would leave its folder"
                    raise BrokenFile(sentence, source)
            if (total := sum(info.file_size for info in infos)) > LIMIT:
                sentence = f"{source.name} unpacks to {total / 1e9:,.0f} GB: refused"
                raise BrokenFile(sentence, source)
            yield {info.filename: lambda info=info: archive.read(info)
                   for info in infos if info.file_size <= IMAGE_LIMIT}  # fmt: skip
    except UNREADABLE:
        raise BrokenFile(f"{source.name} is no readable zip file", source) from None


def _decodes(data: bytes) -> bool:
    from PIL import Image

    if not data.startswith(_JPEG):
        return False
    try:
        with warnings.catch_warnings(), Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            warnings.simplefilter("ignore")  # odd Exif data harms nobody
            image.draft("RGB", (64, 64))
            image.load()
            return image.mode in ("RGB", "L")
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        return False


def source(folder: Path, shared: bool) -> Path | None:
    """What in `folder` has photographs in Microsoft's or Kaggle's layout: `shared`, itself too."""
    places = [_sub(folder, name) for name in ("dogs-vs-cats", "petimages")]
    if shared:
        places.insert(0, _sub(folder, FOLDER))
        places.append(folder if all(_sub(folder, kind, kind[:-1]) for kind in CLASSES) else None)
    return next(filter(None, places), None)


def arrange(source: Path, target: Path, title: str, notes: list[str]) -> None:
    """Copy the split of the literature out of a zip or folder into `target`, whole or not at all.

    Unreadable images are left out by name, the next number takes their place.
    """
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    left_out = []
    try:
        with _members(source) as members:
            named = ((_NAME.search(name), read) for name, read in members.items())
            found = [([g for g in match.groups() if g], read) for match, read in named if match]
            for kind in CLASSES:
                places = [place for place, count in SPLIT.items() for _ in range(count)][::-1]
                ours = [(int(n), read) for (word, n), read in found if f"{word.lower()}s" == kind]
                for number, read in sorted(ours, key=lambda pair: pair[0]):
                    if not places:
                        break
                    name = f"{kind[:-1]}.{number}.jpg"
                    if number in KNOWN_BAD[kind] or not _decodes(data := read()):
                        left_out.append(name)
                        continue
                    with writing(title, LIMIT >> 5):
                        path = part / places.pop() / kind / name
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(data)
                if places:
                    count = sum(SPLIT.values()) - len(places)
                    sentence = f"{source.name} holds {count:,} readable {kind}, not enough"
                    raise BrokenFile(f"{sentence} (expected is {LAYOUT})", source)
        with writing(title):
            part.replace(target)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    if left_out:
        notes.append(f"left out as no readable JPEG: {', '.join(left_out)}")


def _sub(folder: Path | None, *names: str) -> Path | None:
    """The first folder in `folder` that has one of the names, in capitals or not."""
    inside = sorted(folder.iterdir()) if folder and folder.is_dir() else []
    return next((path for path in inside if path.name.lower() in names and path.is_dir()), None)


def arranged(folder: Path) -> dict[tuple[str, str], Path]:
    """The six folders of `LAYOUT` in `folder`; empty where one is missing."""
    splits = {split: _sub(_sub(folder, FOLDER), split) for split in SPLIT}
    found = {(split, kind): _sub(splits[split], kind, kind[:-1])
             for split in SPLIT for kind in CLASSES}  # fmt: skip
    return found if all(found.values()) else {}


def _number(path: Path) -> tuple[int, str]:
    digits = re.findall(r"\d+", path.stem)
    return (int(digits[-1]) if digits else 0, path.name)


def read(folders: dict[tuple[str, str], Path], notes: list[str]) -> Arrays:
    """Names relative to the folder of the set (x) and labels (y), cats and dogs in turn.

    Files that are no JPEG despite their name are left out and named in `notes`; so are folders of
    other classes, and parts that hold more of one class than of the other.
    """
    root = folders["train", "cats"].parents[1]
    arrays: Arrays = {"folder": root}
    left_out = []
    for split in SPLIT:
        columns: list[list[tuple[str, int]]] = [[], []]
        for label, kind in enumerate(CLASSES):
            for path in sorted(folders[split, kind].iterdir(), key=_number):
                if path.suffix.lower() not in (".jpg", ".jpeg"):
                    continue
                name = path.relative_to(root).as_posix()
                with path.open("rb") as file:
                    is_jpeg = file.read(3) == _JPEG
                columns[label].append((name, label)) if is_jpeg else left_out.append(name)
            if not columns[label]:
                place = f"{split}/{folders[split, kind].name}"
                sentence = f"{FOLDER}/{place} holds no JPEG images (expected is {LAYOUT})"
                raise BrokenFile(sentence, root)
        ours = [folders[split, kind] for kind in CLASSES]
        others = sorted(p.name for p in ours[0].parent.iterdir() if p.is_dir() and p not in ours)
        notes += [f"{split}/{other} is left out, only cats and dogs are read" for other in others]
        cats, dogs = map(len, columns)
        if abs(cats - dogs) > 1:
            notes.append(f"{split} is uneven, {cats:,} cats and {dogs:,} dogs")
        pairs = [one for pair in zip_longest(*columns) for one in pair if one]
        names, labels = zip(*pairs, strict=True)
        arrays[f"x_{split}"], arrays[f"y_{split}"] = np.array(names), np.array(labels, np.uint8)
    if left_out:
        notes.append(f"left out as no JPEG: {', '.join(left_out)}")
    return arrays
