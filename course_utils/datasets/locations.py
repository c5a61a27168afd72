"""Where a real set may lie: class folder, course folder, Keras cache, canonical address."""

from pathlib import Path, PurePosixPath

from .. import config
from . import downloads, image_folder, network, processed, raw
from .errors import BrokenFile, NotReachable, WrongChecksum
from .processed import Arrays
from .registry import Card

CLASS, COURSE, KERAS = "class folder", "course folder", "Keras cache"
DOWNLOADED = "downloaded"
UNVERIFIED = "an unverified copy"
_IDX = ("train-images-idx3", "train-labels-idx1", "t10k-images-idx3", "t10k-labels-idx1")
_IDX_FOLDERS = {
    "mnist": ("mnist", "MNIST/raw", ""),
    "fashion_mnist": ("fashion-mnist", "fashion_mnist", "FashionMNIST/raw", ""),
}
_FIRST_LABELS = {"mnist": b"\5\0\4\1\11\2\1\3\1\4", "fashion_mnist": b"\11\0\0\3\0\2\7\2\5\5"}


def names(card: Card) -> set[str]:
    """Files and folders in which the set may lie, in any of the layouts that are read."""
    found = {f"{card.name}.npz", *(remote.name for remote in card.files)}
    for place in _IDX_FOLDERS.get(card.name, ()):
        found |= {str(Path(place, f"{stem}-ubyte{end}")) for stem in _IDX for end in ("", ".gz")}
    return found | set(image_folder.FOLDERS if card.kind == "folder" else ())


def find(card: Card, notes: list[str], insist: bool = False) -> tuple[str, Arrays]:
    """Origin and arrays of the real set, from the first place that has it; else NotReachable.

    `insist` asks the network whatever is known of it.
    """
    shared, keras = config.class_folder(), config.keras_folder() / "datasets"
    for where, folder in ((CLASS, shared), (COURSE, config.cache_folder()), (KERAS, keras)):
        try:
            if folder and (arrays := _look(card, folder, where, notes)):
                return where, arrays
        except BrokenFile as error:
            if where == CLASS:
                sentence = f"the class folder cannot give {card.title}: {error}"
                do = "replace the file or unset COURSE_DATA_DIR"
                raise type(error)(f"{sentence}; {do}", error.path) from None
            notes.append(f"passed over: {error}")
    if card.name == "cifar10" and any(keras.glob("cifar-10-*-py*")):
        notes.append("the Keras cache has it as pickles only, which are not read")
    return _download(card, notes, insist)


def layout(card: Card) -> str:
    """What a class folder may hold for the set."""
    return image_folder.LAYOUT if card.kind == "folder" else f"{card.name}.npz"


def _download(card: Card, notes: list[str], insist: bool) -> tuple[str, Arrays]:
    """The set in the course folder, after what is missing or broken there was fetched."""
    if config.flag("COURSE_OFFLINE") or (not insist and network.no_network()):
        raise NotReachable(network.no_network())
    fetched: list[Path] = []
    with downloads.locked(card.name, card.title) as folder:
        while True:
            try:
                if arrays := _look(card, folder, COURSE, notes):
                    break
            except BrokenFile as error:
                if error.path in fetched or not error.path.exists():
                    raise
                with downloads.writing(card.title):
                    aside = config.set_aside(error.path)
                notes.append(f"the broken {error.path.name} was set aside as {aside.name}")
            for remote in card.files:
                if not (path := folder / remote.name).is_file():
                    downloads.download(remote, path, card.title, insist)
                    fetched.append(path)
        if card.kind == "folder":
            for path in fetched:
                path.unlink()  # ours: the photographs are unpacked
    return DOWNLOADED if fetched else COURSE, arrays


def _look(card: Card, folder: Path, where: str, notes: list[str]) -> Arrays | None:
    """The set in one folder, None if it is not there; BrokenFile if it cannot be used."""
    path = folder / f"{card.name}.npz"
    try:
        if where == CLASS:
            next(folder.iterdir(), None)
        if card.kind == "folder":
            return _photographs(card, folder, where, notes)
        vouched = path.is_file() and _vouched(card, path, where)
        arrays = processed.read(path, card) if path.is_file() else None
        if not arrays and (arrays := _canonical(card, folder, where)):
            vouched = True
        if arrays := arrays or _idx(card, folder, where):
            processed.check(card, arrays, path)
            notes += [] if vouched else [UNVERIFIED]
        elif path.is_file() and all(remote.name != path.name for remote in card.files):
            raise BrokenFile(f"{path.name} in the {where} holds other arrays", path)
        return arrays
    except OSError as error:
        if where == CLASS and isinstance(error, FileNotFoundError | NotADirectoryError):
            notes.append("the class folder that COURSE_DATA_DIR names is not there")
            return None
        sentence = f"{card.title} in the {where} cannot be read ({error.strerror or error})"
        raise BrokenFile(sentence, path) from None


def _vouched(card: Card, path: Path, where: str) -> bool:
    """Whether a ready file is the canonical one or the one that `SHA256SUMS` beside it lists."""
    for remote in card.files:
        if remote.name == path.name:
            if downloads.matches(path, remote.checksum):
                return True
            if where == KERAS:
                downloads.verify(path, remote, f"in the {where}")
    sums = path.with_name("SHA256SUMS")
    data = sums.read_bytes() if sums.is_file() else b""
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    lines = (line.split(maxsplit=1) for line in data.decode(encoding, "replace").splitlines())
    listed = {str(PurePosixPath(rest[0].lstrip("*"))): digits for digits, *rest in lines if rest}
    if path.name in listed and not downloads.matches(path, f"sha256:{listed[path.name]}"):
        raise WrongChecksum(f"{path.name} in the {where} is not the file of SHA256SUMS", path)
    return path.name in listed


def _canonical(card: Card, folder: Path, where: str) -> Arrays | None:
    """All rows from the canonical files in `folder`, each checked first; None if one is missing.

    A word list may be missing where others have filled the folder.
    """
    paths = [path if (path := folder / remote.name).is_file() else None for remote in card.files]
    pairs = list(zip(paths, card.files, strict=True))
    if any(path is None and (where == COURSE or not remote.optional) for path, remote in pairs):
        return None
    for path, remote in pairs:
        if path:
            downloads.verify(path, remote, f"in the {where}")
    return raw.read(card.name, paths)


def _idx(card: Card, folder: Path, where: str) -> Arrays | None:
    """MNIST or Fashion-MNIST from its four IDX files, gzipped or not, where a person put them.

    Their names are the same: outside a folder of its own a set is known by its first labels.
    """
    for place in _IDX_FOLDERS.get(card.name, ()) if where == CLASS else ():
        names = ((f"{stem}-ubyte", f"{stem}-ubyte.gz") for stem in _IDX)
        both = [[path for name in pair if (path := folder / place / name).is_file()]
                for pair in names]  # fmt: skip
        if all(both):
            arrays = raw.read(card.name, [found[0] for found in both])
            if place or arrays["y_train"][:10].tobytes() == _FIRST_LABELS[card.name]:
                return arrays
    return None


def _photographs(card: Card, folder: Path, where: str, notes: list[str]) -> Arrays | None:
    """The folder set where it lies, or unpacked into the course folder from an archive there."""
    arrays = image_folder.read(folder, notes)
    archive = folder / card.files[0].name
    if not arrays and archive.is_file():
        downloads.verify(archive, card.files[0], f"in the {where}")
        with downloads.locked(card.name, card.title) as cache:
            if not (arrays := image_folder.read(cache, notes)):
                target = cache / image_folder.FOLDER
                image_folder.unpack(archive, target, card.title, notes)
                arrays = image_folder.read(cache, notes)
    notes += [UNVERIFIED] if arrays and where != COURSE else []
    return arrays
