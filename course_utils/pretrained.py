"""Networks that others have trained: their weights found in Keras's cache, fetched, or missing.

The call into `keras.applications` stays in the notebook; here is what would distract there: no
network, a network that stalls, a login page in place of a file.
"""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from . import config
from .datasets import NotReachable, no_network
from .datasets.downloads import download, locked, matches, writing
from .datasets.registry import Remote

if TYPE_CHECKING:
    import keras

T = TypeVar("T")


def load_pretrained(make: Callable[[], T], *, optional: bool = False) -> T | None:
    """Make something with a network of `keras.applications`; None, and a line, where that fails.

    Weights in Keras's cache need no network. A file there that cannot be used is named and left,
    and fetched into the course folder.

    Parameters
    ----------
    make : a function without arguments that makes the network, and may use it
    optional : whether `COURSE_SOURCE=real` is content without it

    Returns
    -------
    What `make` returned, or None without weights; `COURSE_SOURCE=synthetic` does not ask for them.

    Raises
    ------
    NotReachable, in place of None, under `COURSE_SOURCE=real`

    Examples
    --------
    >>> load_pretrained(lambda: "a network")
    'a network'
    """
    source = config.choice(None, "COURSE_SOURCE", config.SOURCES, "auto")
    try:
        if source == "synthetic":
            raise NotReachable("synthetic data are asked for")
        return _make(make)
    except NotReachable as error:
        if source == "real" and not optional:
            sentence = f"the weights of this network are not here: {error}"
            raise NotReachable(sentence) from None
        print(f"The weights cannot be had: {error}.")
        return None


def complete(network: "keras.Model") -> "keras.Model":
    """Refuse a network where all weights of a kernel are zero, as they are where a file lacks them.

    Parameters
    ----------
    network : a network with weights

    Returns
    -------
    The same network.

    Raises
    ------
    ValueError, which names the layers

    Examples
    --------
    >>> import keras
    >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> complete(network) is network
    True
    """
    layers = network._flatten_layers(include_self=False, recursive=True)
    empty = [layer.name for layer in layers
             if any(w.ndim > 1 and not w.any() for w in layer.get_weights())]  # fmt: skip
    if empty:
        names = ", ".join(empty)
        raise ValueError(f"{network.name} has layers whose weights are all zero: {names}")
    return network


def _make(make: Callable[[], T]) -> T:
    """`make()`, its files from `_file`; once more where Keras could not use the last of them."""
    import keras

    files = sys.modules[keras.utils.get_file.__module__]
    before, used, refused = files.get_file, [], set()

    def get_file(fname: str, origin: str, file_hash: str | None = None, **_: Any) -> str:
        used.append(_file(fname, origin, file_hash or "", refused))
        return str(used[-1])

    files.get_file = get_file
    try:
        while True:
            try:
                return make()
            except (OSError, KeyError, ValueError) as error:
                of_weights = isinstance(error, OSError | KeyError) or "mismatch" in str(error)
                if not (of_weights and used) or used[-1] in refused:
                    raise
                _refuse(used[-1], "does not fit this network", refused)
    finally:
        files.get_file = before


def _file(name: str, url: str, digits: str, refused: set[Path]) -> Path:
    """The file `name` in Keras's cache, in ours, or fetched into ours; else NotReachable."""
    checksum = {32: "md5:", 64: "sha256:"}.get(len(digits), "") + digits
    ours = config.cache_folder() / "models" / name
    for path in (config.keras_folder() / "models" / name, ours):
        if path not in refused and path.is_file() and _usable(path, checksum, refused):
            return path
    if reason := no_network():
        raise NotReachable(reason)
    with locked(name, name):
        if not ours.is_file():  # else another process has fetched it meanwhile
            with writing(name):
                ours.parent.mkdir(exist_ok=True)
            download(Remote(name, url, checksum, 0), ours, name)
    if not _usable(ours, checksum, refused):
        raise NotReachable(f"what was fetched as {name} is no file of weights")
    return ours


def _usable(path: Path, checksum: str, refused: set[Path]) -> bool:
    """Whether a file has its checksum, or where none is known can be opened as HDF5."""
    import h5py

    try:
        if checksum and not matches(path, checksum):
            raise ValueError
        if not checksum and path.suffix == ".h5":
            h5py.File(path).close()
        return True
    except PermissionError as error:
        _refuse(path, f"cannot be read ({error.strerror})", refused)
    except (OSError, ValueError):
        _refuse(path, "is not the file that it should be (half of it, or a login page)", refused)
    return False


def _refuse(path: Path, why: str, refused: set[Path]) -> None:
    """Say why a file is not used; only what lies in the course folder is set aside."""
    refused.add(path)
    where, done = "Keras cache", "left there, you may delete it"
    if path.is_relative_to(config.cache_folder()):
        with writing(path.name):
            where, done = "course folder", f"set aside as {config.set_aside(path).name}"
    print(f"{path.name} in the {where} {why}: {done}.")
