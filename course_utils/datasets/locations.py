"""Where a real set may lie: class folder, course folder, Keras cache, canonical address."""

from pathlib import Path

from .. import config
from . import downloads, image_folder, processed, raw
from .errors import BrokenFile, NotReachable, WrongChecksum
from .processed import Arrays
from .registry import Card

CLASS, COURSE, KERAS = "class folder", "course folder", "Keras cache"
DOWNLOADED = "downloaded"
UNVERIFIED = "an unverified copy"


def find(card: Card, train: int | None, test: int | None, notes: list[str]) -> tuple[str, Arrays]:
    """Origin and arrays of the real set, from the first place that has it; else NotReachable."""
    shared = config.class_folder()
    if shared and not shared.is_dir():
        notes.append("the class folder that COURSE_DATA_DIR names is not there")
    elif shared and (arrays := _shared(card, shared, train, test, notes)):
        return CLASS, arrays
    if arrays := _own(card, train, test, notes):
        return COURSE, arrays
    try:
        keras = config.keras_folder() / "datasets"
        if arrays := _look(card, keras, KERAS, train, test, notes):
            return KERAS, arrays
    except BrokenFile as error:
        notes.append(f"passed over: {error}")
    return _download(card, train, test, notes)


def _shared(
    card: Card, folder: Path, train: int | None, test: int | None, notes: list[str]
) -> Arrays | None:
    try:
        return _look(card, folder, CLASS, train, test, notes)
    except BrokenFile as error:
        raise type(error)(
            f"the class folder cannot give {card.title}: {error}; replace the file or unset "
            "COURSE_DATA_DIR",
            error.path,
        ) from None


def _own(card: Card, train: int | None, test: int | None, notes: list[str]) -> Arrays | None:
    """The set in the course folder; a broken file is set aside, if no other process has done so."""
    folder = config.cache_folder()
    try:
        return _look(card, folder, COURSE, train, test, notes)
    except BrokenFile:
        with downloads.locked(card):
            try:
                return _look(card, folder, COURSE, train, test, notes)
            except BrokenFile as error:
                notes.append(downloads.set_aside(error.path))
        return None


def _download(
    card: Card, train: int | None, test: int | None, notes: list[str]
) -> tuple[str, Arrays]:
    if downloads.offline():
        raise NotReachable("no network can be reached")
    with downloads.locked(card) as folder:
        if card.kind == "folder" and (arrays := _look(card, folder, COURSE, train, test, notes)):
            return COURSE, arrays  # another process has unpacked it meanwhile
        fresh = downloads.ensure(card, folder, notes)
        arrays = _look(card, folder, COURSE, train, test, notes)
    return DOWNLOADED if fresh else COURSE, arrays


def _look(
    card: Card, folder: Path, where: str, train: int | None, test: int | None, notes: list[str]
) -> Arrays | None:
    """The set in one folder, None if it is not there; BrokenFile if it cannot be used."""
    try:
        if card.kind == "folder":
            return _look_for_pets(card, folder, where, train, test, notes)
        path = folder / f"{card.name}.npz"
        if path.is_file():
            with processed.Npz(path) as npz:
                is_ready = processed.is_ready(npz, card)
            if is_ready:
                return _ready(card, path, where, train, test, notes)
        arrays = _canonical(card, folder, where)
        if arrays is None:
            if path.is_file() and all(remote.name != path.name for remote in card.files):
                raise BrokenFile(f"{path.name} in the {where} holds other arrays", path)
            return None
        processed.check(card, arrays, path)
        for part, rows in (("train", train), ("test", test)):
            for key in (f"x_{part}", f"y_{part}"):
                arrays[key] = arrays[key][:rows]
        return arrays
    except OSError as error:
        sentence = f"{card.title} in the {where} cannot be read ({error.strerror or error})"
        raise BrokenFile(sentence, folder / f"{card.name}.npz") from None


def _ready(
    card: Card, path: Path, where: str, train: int | None, test: int | None, notes: list[str]
) -> Arrays:
    vouched = _vouched(card, path, where)
    arrays = processed.read(path, card, train, test)
    processed.check(card, arrays, path)
    if not vouched:
        notes.append(UNVERIFIED)
    return arrays


def _vouched(card: Card, path: Path, where: str) -> bool:
    """Whether a ready file is the canonical one or the one that `SHA256SUMS` beside it lists."""
    for remote in card.files:
        if remote.name == path.name:
            try:
                downloads.verify(path, remote, f"in the {where}")
                return True
            except WrongChecksum:
                if where == KERAS:
                    raise
    sums = path.with_name("SHA256SUMS")
    if not sums.is_file():
        return False
    lines = (line.split() for line in sums.read_text(encoding="utf-8").splitlines())
    listed = {fields[1].lstrip("*"): fields[0] for fields in lines if len(fields) == 2}
    if path.name in listed and downloads.digest(path) != listed[path.name].lower():
        raise WrongChecksum(f"{path.name} in the {where} is not the file of SHA256SUMS", path)
    return path.name in listed


def _canonical(card: Card, folder: Path, where: str) -> Arrays | None:
    """All rows from the canonical files in `folder`, each checked first; None if one is missing.

    A word list may be missing where others have filled the folder.
    """
    paths: list[Path | None] = []
    for remote in card.files:
        names = (remote.name, *remote.aliases)
        path = next((folder / name for name in names if (folder / name).is_file()), None)
        if path is None and (not remote.optional or where == COURSE):
            return None
        paths.append(path)
    for remote, path in zip(card.files, paths, strict=True):
        if path:
            downloads.verify(path, remote, f"in the {where}")
    return raw.read(card.name, paths)


def _look_for_pets(
    card: Card, folder: Path, where: str, train: int | None, test: int | None, notes: list[str]
) -> Arrays | None:
    """The folder set: arranged, or arranged now, into the course folder, from what lies there."""
    place, target = folder / image_folder.FOLDER, config.cache_folder() / image_folder.FOLDER
    if not image_folder.is_arranged(place):
        source = _source_of_pets(card, folder, where)
        if source is None or (where != COURSE and image_folder.is_arranged(target)):
            return None
        with downloads.locked(card):
            if not image_folder.is_arranged(target):
                if target.exists():
                    notes.append(downloads.set_aside(target))
                image_folder.arrange(source, target, notes)
                if where == COURSE and source.is_file():
                    source.unlink()
        place = target
    arrays = image_folder.read(place, train, test, notes)
    if where != COURSE:
        notes.append(UNVERIFIED)
    return arrays


def _source_of_pets(card: Card, folder: Path, where: str) -> Path | None:
    archive = folder / card.files[0].name
    if archive.is_file():
        downloads.verify(archive, card.files[0], f"in the {where}")
        return archive
    others = (
        ("dogs-vs-cats", "PetImages") if where == COURSE else (image_folder.FOLDER, "dogs-vs-cats")
    )
    return next((folder / name for name in others if (folder / name).is_dir()), None)
