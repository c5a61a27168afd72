"""Networks that others have trained: their weights found in Keras's cache, fetched, or missing.

The call into `keras.applications` stays in the notebook; here is what would distract there: no
network, a network that stalls, a login page in place of a file.
"""

import socket
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

from . import config
from .datasets import NotReachable, offline

if TYPE_CHECKING:
    import keras

T = TypeVar("T")
STALLED_S = 20.0  # without a byte, after which a download is given up
_SIGNATURE = b"\x89HDF\r\n\x1a\n"
_MISSING = "The weights cannot be had"


def load_pretrained(make: Callable[[], T], *, optional: bool = False) -> T | None:
    """`make()`, something with a network of `keras.applications`, or None where its weights cannot
    be had; one line says why.

    `COURSE_SOURCE=synthetic` gives None without asking; `COURSE_SOURCE=real` raises NotReachable in
    place of None, unless what is made is `optional`. Weights already in Keras's cache need no
    network. A file there that holds none (a login page, say) is set aside under another name and
    fetched again.
    """
    source = config.choice(None, "COURSE_SOURCE", config.SOURCES, "auto")
    if source == "synthetic":
        print(f"{_MISSING}: synthetic data are asked for.")
        return None
    _set_aside()
    with _careful():
        try:
            return make()
        except Exception as error:  # what Keras raises where a download fails is a bare Exception
            if not _is_about_the_network(error) and not _set_aside():
                raise
            reason = "no network can be reached" if offline() else str(error).split(" -- ")[-1]
    if source == "real" and not optional:
        raise NotReachable(f"the weights of this network are not here: {reason}")
    print(f"{_MISSING}: {reason}.")
    return None


def complete(network: "keras.Model") -> "keras.Model":
    """`network` itself; ValueError, naming the layers, if all weights of a kernel in it are zero,
    as they are where a file lacks them.
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


def _is_about_the_network(error: Exception) -> bool:
    return isinstance(error, urllib.error.URLError | TimeoutError) or (
        type(error) is Exception and str(error).startswith("URL fetch failure")
    )


@contextmanager
def _careful() -> Iterator[None]:
    """Downloads that do not wait for ever, and none where there is no network."""
    before, opener = socket.getdefaulttimeout(), urllib.request._opener
    socket.setdefaulttimeout(STALLED_S)
    if offline():
        urllib.request.install_opener(_Nowhere())
    try:
        yield
    finally:
        socket.setdefaulttimeout(before)
        urllib.request.install_opener(opener)


class _Nowhere(urllib.request.OpenerDirector):
    def open(self, *_: Any, **__: Any) -> NoReturn:
        raise urllib.error.URLError("no network can be reached")


def _set_aside() -> list[str]:
    """Rename what is no file of weights in Keras's cache of them; returns and prints the names."""
    broken = []
    for path in sorted((config.keras_folder() / "models").glob("*.h5")):
        with path.open("rb") as file:
            if file.read(len(_SIGNATURE)) == _SIGNATURE:
                continue
        path.replace(path.with_name(path.name + ".broken"))
        print(f"{path.name} held no weights and is set aside.")
        broken.append(path.name)
    return broken
