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
_MISSING = "The weights cannot be had"


def load_pretrained(make: Callable[[], T], *, optional: bool = False) -> T | None:
    """Make something with a network of `keras.applications`; say in one line where that fails.

    Weights in Keras's cache need no network; what is fetched goes into the course folder. A file
    in Keras's cache that cannot be used is named, left there, and fetched into the course folder.

    Parameters
    ----------
    make : a function without arguments that makes the network, and may use it
    optional : whether `COURSE_SOURCE=real` is content without it

    Returns
    -------
    What `make` returned, or None where the weights cannot be had; `COURSE_SOURCE=synthetic` gives
    None without asking.

    Raises
    ------
    NotReachable
        In place of None, under `COURSE_SOURCE=real`.

    Examples
    --------
    >>> load_pretrained(lambda: "a network")
    'a network'
    """
    source = config.choice(None, "COURSE_SOURCE", config.SOURCES, "auto")
    if source == "synthetic":
        print(f"{_MISSING}: synthetic data are asked for.")
        return None
    try:
        return _make(make)
    except NotReachable as error:
        if source == "real" and not optional:
            sentence = f"the weights of this network are not here: {error}"
            raise NotReachable(sentence) from None
        print(f"{_MISSING}: {error}.")
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
    ValueError
        Names the layers.

    Examples
    --------
    >>> import keras
    >>> network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    >>> complete(network) is network
    True
    """
    empty = [
        layer.name
        for layer in network._flatten_layers(include_self=False, recursive=True)
        if any(w.ndim > 1 and not w.any() for w in layer.get_weights())
    ]
    if empty:
        raise ValueError(
            f"{network.name} has layers whose weights are all zero: {', '.join(empty)}"
        )
    return network


def _make(make: Callable[[], T]) -> T:
    """`make()`, its files from `_file`; once more where Keras could not use the last of them."""
    import keras

    module = sys.modules[keras.utils.get_file.__module__]
    before, used, refused = module.get_file, [], set()

    def get_file(fname: str, origin: str, file_hash: str | None = None, **_: Any) -> str:
        used.append(_file(fname, origin, file_hash or "", refused))
        return str(used[-1])

    module.get_file = get_file
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
        module.get_file = before


def _file(name: str, url: str, digits: str, refused: set[Path]) -> Path:
    """The file `name` in Keras's cache, in ours, or fetched into ours; else NotReachable."""
    checksum = {32: "md5:", 64: "sha256:"}.get(len(digits), "") + digits
    ours = config.cache_folder() / "models" / name
    for path in (config.keras_folder() / "models" / name, ours):
        if path not in refused and path.is_file():
            if not (why := _unusable(path, checksum)):
                return path
            _refuse(path, why, refused)
    if reason := no_network():
        raise NotReachable(reason)
    with locked(name, name):
        if not ours.is_file():  # else another process has fetched it meanwhile
            with writing(name):
                ours.parent.mkdir(exist_ok=True)
            download(Remote(name, url, checksum, 0), ours, name)
    if why := _unusable(ours, checksum):
        _refuse(ours, why, refused)
        raise NotReachable(f"what was fetched as {name} {why}")
    return ours


def _unusable(path: Path, checksum: str) -> str:
    """What is wrong with a file of weights, "" if nothing is."""
    import h5py

    try:
        if checksum:
            good = matches(path, checksum)
            return "" if good else "is not the file that Keras names (half of it, or a login page)"
        if path.suffix == ".h5":
            h5py.File(path).close()
        return ""
    except PermissionError as error:
        return f"cannot be read ({error.strerror})"
    except OSError:
        return "cannot be read (half a file, or a login page)"


def _refuse(path: Path, why: str, refused: set[Path]) -> None:
    """Say why a file is not used; only what lies in the course folder is set aside."""
    refused.add(path)
    if path.is_relative_to(config.cache_folder()):
        with writing(path.name):
            done = f"set aside as {config.set_aside(path).name}"
        print(f"{path.name} in the course folder {why}: {done}.")
    else:
        print(f"{path.name} in the Keras cache {why}: it is left there, you may delete it.")
