"""The folder set cats_vs_dogs: found in any of its layouts, its archive never trusted."""

import re
import shutil
import stat
import zipfile
from collections.abc import Callable
from itertools import zip_longest
from pathlib import Path

import numpy as np

from .downloads import writing
from .errors import BrokenFile
from .processed import UNREADABLE, Arrays
from .raw import safe_name

FOLDER = "cats_vs_dogs"
FOLDERS = (FOLDER, "dogs-vs-cats", "PetImages", "cats", "dogs", "Cat", "Dog")
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
_NAME = re.compile(r"(?:^|/)(cat|dog)(?:s?/|\.)(\d+)\.jpe?g$", re.IGNORECASE)  # PetImages, Kaggle


def _first(
    files: dict[str, Callable[[], bytes]], kind: str, source: Path, left_out: list[str]
) -> list[str]:
    """The names of the first images of a class, by number, as many as the split takes."""
    matches = ((name, _NAME.search(name)) for name in files)
    numbers = {int(m[2]): name for name, m in matches if m and m[1].lower() == kind[:-1]}
    names: list[str] = []
    for number in sorted(numbers.keys() - KNOWN_BAD[kind]):
        good = files[numbers[number]]().startswith(b"\xff\xd8\xff")
        (names if good else left_out).append(numbers[number])
        if len(names) == sum(SPLIT.values()):
            return names
    sentence = f"{source.name} holds {len(names):,} readable {kind}, not enough"
    raise BrokenFile(f"{sentence} (expected is {LAYOUT})", source)


def unpack(archive: Path, target: Path, title: str, notes: list[str]) -> None:
    """The images of the split out of a zip into `target`, whole or not at all."""
    part = target.with_name(target.name + ".part")
    shutil.rmtree(part, ignore_errors=True)
    left_out: list[str] = []
    try:
        with zipfile.ZipFile(archive) as file:
            infos = file.infolist()
            for info in infos:
                if not safe_name(info.filename) or stat.S_ISLNK(info.external_attr >> 16):
                    sentence = f"{archive.name}: {info.filename!r} would leave its folder"
                    raise BrokenFile(sentence, archive)
            if sum(info.file_size for info in infos) > LIMIT:
                raise BrokenFile(f"{archive.name} unpacks to over 4 GiB: refused", archive)
            files = {info.filename: lambda info=info: file.read(info)
                     for info in infos if info.file_size <= IMAGE_LIMIT}  # fmt: skip
            for kind in CLASSES:
                for name in _first(files, kind, archive, left_out):
                    path, data = part / kind / name.rpartition("/")[2], files[name]()
                    with writing(title, LIMIT >> 5):
                        path.parent.mkdir(parents=True, exist_ok=True)
                        path.write_bytes(data)
        with writing(title):
            part.replace(target)
    except UNREADABLE:
        raise BrokenFile(f"{archive.name} is no readable zip file", archive) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
    notes += [f"left out as no JPEG: {', '.join(left_out)}"] if left_out else []


def _sub(folder: Path | None, *names: str) -> Path | None:
    """The first folder in `folder` that has one of the names, in capitals or not."""
    inside = sorted(folder.iterdir()) if folder and folder.is_dir() else []
    return next((path for path in inside if path.name.lower() in names and path.is_dir()), None)


def _images(folder: Path, pattern: str = "*") -> list[Path]:
    paths = (path for path in folder.glob(pattern) if path.suffix.lower() in (".jpg", ".jpeg"))
    return sorted(paths, key=lambda path: (int("0" + "".join(re.findall(r"\d+", path.stem)[-1:])),
                                           path.name))  # fmt: skip


def read(folder: Path, notes: list[str]) -> Arrays | None:
    """Names in the folder of the set (x) and labels (y), cats and dogs in turn; None without one.

    The folder is `LAYOUT`, or images by number as Microsoft or Kaggle pack them, which are split
    here. Files that are no JPEG despite their name are left out and named in `notes`; so are
    folders of other classes, and parts that hold more of one class than of the other.
    """
    places = [_sub(folder, name) for name in map(str.lower, FOLDERS[:3])]
    itself = folder if all(_sub(folder, kind, kind[:-1]) for kind in CLASSES) else None
    if not (root := next(filter(None, (*places, itself)), None)):
        return None
    arrays: Arrays = {"folder": root}
    left_out: list[str] = []
    folders = {(split, kind): _sub(_sub(root, split), kind, kind[:-1])
               for split in SPLIT for kind in CLASSES}  # fmt: skip
    parts: dict[tuple[str, str], list[str]] = {}
    if all(folders.values()):
        for key, place in folders.items():
            parts[key] = []
            for path in _images(place):
                name = path.relative_to(root).as_posix()
                with path.open("rb") as file:
                    (parts[key] if file.read(3) == b"\xff\xd8\xff" else left_out).append(name)
            if not parts[key]:
                where = place.relative_to(root.parent).as_posix()
                raise BrokenFile(f"{where} holds no JPEG images (expected is {LAYOUT})", root)
        others = [path for split in SPLIT for path in folders[split, "cats"].parent.iterdir()
                  if path.is_dir() and path not in folders.values()]  # fmt: skip
        notes += [f"{path.parent.name}/{path.name} is left out, only cats and dogs are read"
                  for path in sorted(others)]  # fmt: skip
    else:
        files = {
            path.relative_to(root).as_posix(): path.read_bytes for path in _images(root, "**/*")
        }
        if root == folder:
            files = {name: data for name, data in files.items() if name.count("/") == 1}
        for kind in CLASSES:
            names = iter(_first(files, kind, root, left_out))
            for split, count in SPLIT.items():
                parts[split, kind] = [next(names) for _ in range(count)]
    for split in SPLIT:
        cats, dogs = (parts[split, kind] for kind in CLASSES)
        if abs(len(cats) - len(dogs)) > 1:
            notes.append(f"{split} is uneven, {len(cats):,} cats and {len(dogs):,} dogs")
        turns = zip_longest(((name, 0) for name in cats), ((name, 1) for name in dogs))
        names, labels = zip(*(one for turn in turns for one in turn if one), strict=True)
        arrays[f"x_{split}"], arrays[f"y_{split}"] = np.array(names), np.array(labels, np.uint8)
    notes += [f"left out as no JPEG: {', '.join(left_out)}"] if left_out else []
    return arrays
